package escapelive

// iterSource has functions for loops over functions.
const iterSource = `package iter

type seq[T any] func(yield func(T) bool)

var sink *int

func count(n int) seq[int] {
	return func(yield func(int) bool) {
		for i := range n {
			if !yield(i) {
				return
			}
		}
	}
}

func pairs(yield func(*int, string) bool) {
	x := 1
	yield(&x, "a")
}

func loop(n int) (total int) {
	for i := range count(n) {
		total += i
	}
	return
}

func find(n int) *int {
	for i := range count(n) {
		if i > 2 {
			return &i
		}
	}
	return nil
}

func nested(n int) (p *int, err error) {
	for i := range count(n) {
		for q, s := range pairs {
			switch {
			case s == "b":
				continue
			case i > 3:
				return q, nil
			}
		}
		defer func() { sink = p }()
	}
	return
}

func assign() {
	var p *int
	var s string
	for p, s = range pairs {
		if s != "" {
			break
		}
	}
	sink = p
}
`
