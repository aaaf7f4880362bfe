package runes

// RuneError is the result of decoding invalid bytes, with width 1, and what encoding
// writes for a number that is not a code point.
const RuneError = '\uFFFD'

// The bounds of code points.
const (
	MaxRune      = '\U0010FFFF'
	surrogateMin = 0xd800
	surrogateMax = 0xdfff
)

// UTFMax is the largest number of bytes of a rune.
const UTFMax = 4

// text is what can be decoded: Go's functions come in two forms.
type text interface{ ~string | ~[]byte }

// Decode returns the first rune and its width in bytes: (RuneError, 0) for an empty text,
// and (RuneError, 1) for invalid bytes (unicode/utf8/utf8.go:DecodeRune).
func Decode[T text](s T) (r rune, width int) {
	if len(s) == 0 {
		return RuneError, 0
	}
	b := s[0]
	if b < 0x80 {
		return rune(b), 1
	}
	first := firsts[b]
	n := int(first.width)
	if len(s) < n || n == 0 || s[1] < first.low || first.high < s[1] {
		return RuneError, 1
	}
	r = rune(b&first.mask)<<6 | rune(s[1]&0x3f)
	for i := 2; i < n; i++ {
		c := s[i]
		if c&0xc0 != 0x80 {
			return RuneError, 1
		}
		r = r<<6 | rune(c&0x3f)
	}
	return r, n
}

// A first is what a first byte above 7F says.
type first struct {
	width     byte // of the rune; 0 if it begins none
	mask      byte // of the bits that are the rune's
	low, high byte // of the second byte
}

// firsts is made from the automaton, so that there is one set of rules.
var firsts = makeFirsts()

func makeFirsts() (out [256]first) {
	for _, t := range transitions[Start] {
		if t.to == Done {
			continue
		}
		second := transitions[t.to][0]
		width := 1 + t.to.Missing()
		for b := int(t.low); b <= int(t.high); b++ {
			out[b] = first{byte(width), 0xff >> (width + 1), second.low, second.high}
		}
	}
	return out
}

// DecodeLast returns the last rune and its width, as [Decode] does
// (unicode/utf8/utf8.go:DecodeLastRune).
func DecodeLast[T text](s T) (r rune, width int) {
	end := len(s)
	if end == 0 {
		return RuneError, 0
	}
	// The rune begins at the last byte that is no tail, at most four back.
	start := end - 1
	for start > max(0, end-UTFMax) && s[start]&0xc0 == 0x80 {
		start--
	}
	if r, width = Decode(s[start:]); start+width != end {
		return RuneError, 1
	}
	return r, width
}

// Full reports whether s begins with a whole rune, or with bytes that are invalid however
// they go on (unicode/utf8/utf8.go:FullRune).
func Full[T text](s T) bool {
	state := Start
	for i := 0; i < len(s) && state != Done && state != Wrong; i++ {
		state = state.Next(s[i])
	}
	return state == Done || state == Wrong
}

// Count returns the number of runes; each invalid byte counts as one.
func Count[T text](s T) (n int) {
	for len(s) > 0 {
		_, width := Decode(s)
		s = s[width:]
		n++
	}
	return n
}

// Valid reports whether s is UTF-8 from the beginning to the end.
func Valid[T text](s T) bool {
	for len(s) > 0 {
		r, width := Decode(s)
		if r == RuneError && width == 1 {
			return false
		}
		s = s[width:]
	}
	return true
}

// ValidRune reports whether r is a code point that can be encoded: from 0 to 10FFFF,
// and no surrogate.
func ValidRune(r rune) bool {
	return 0 <= r && r < surrogateMin || surrogateMax < r && r <= MaxRune
}

// Len returns the number of bytes of r, or -1 if it cannot be encoded
// (unicode/utf8/utf8.go:RuneLen).
func Len(r rune) int {
	switch {
	case !ValidRune(r):
		return -1
	case r < 0x80:
		return 1
	case r < 0x800:
		return 2
	case r < 0x10000:
		return 3
	}
	return 4
}

// Append appends the encoding of r to dst, or that of RuneError if r cannot be encoded
// (unicode/utf8/utf8.go:AppendRune).
func Append(dst []byte, r rune) []byte {
	switch Len(r) {
	case 1:
		return append(dst, byte(r))
	case 2:
		return append(dst, 0xc0|byte(r>>6), tail(r))
	case 3:
		return append(dst, 0xe0|byte(r>>12), tail(r>>6), tail(r))
	case 4:
		return append(dst, 0xf0|byte(r>>18), tail(r>>12), tail(r>>6), tail(r))
	}
	return Append(dst, RuneError)
}

func tail(r rune) byte { return 0x80 | byte(r&0x3f) }
