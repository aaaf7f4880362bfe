package escapelive

// valueSource has functions for new of a value, min, max and clear.
const valueSource = `package value

var sink any

func newValue(n int) (*int, *string) {
	s := "x"
	_ = new(n + 1)
	return new(n), new(s)
}

func newConst() { sink = new(5) }

func minmax(a, b string) string { return max(a, min(b, "c")) }

func cleared(m map[string]*int, s []*int) { clear(m); clear(s) }
`
