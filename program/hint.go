package program

import (
	"slices"
	"strings"
)

// inGo has what is written here for words of Go's that are no verbs.
var inGo = map[string]string{
	"for": "loop or while", "range": "loop or while", "switch": "if", "case": "select recv a, send b 1, default",
	"func": "NAME: or NAME(PARAMETER, ...): in a line of its own", "var": "VARIABLE = VALUE",
	"gosched": "yield", "goexit": "exit", "print": "mark", "println": "mark", "fmt": "mark", "time": "sleep DURATION",
	"runtime": "yield, exit, gc or procs", "lockosthread": "lockthread", "unlockosthread": "unlockthread", "gomaxprocs": "procs",
	"make": "a declaration before the first function", "newcond": "a declaration before the first function",
	"after": "recv after DURATION", "receive": "recv", "rlocker": "a declaration before the first function", "elseif": "else, and an if in it",
}

// unknown returns the error for a line whose first word is not a verb, and says what
// might have been meant.
func (r *reader) unknown() *Error {
	word := r.peek(0)
	low := strings.ToLower(word)
	base, _, _ := strings.Cut(low, ".")
	want := "go, work, send, recv, lock, sleep ..."
	switch {
	case slices.Contains(declared, Type(low)):
		return errorf("no operation %q: declarations stand before the first function", word)
	case strings.HasPrefix(r.after(), ":="):
		want = word + " = VALUE [OPERATOR VALUE]; no variable of a function is declared"
	case strings.HasPrefix(r.after(), "<-"):
		want = "send " + word + " VALUE"
	case strings.HasPrefix(r.after(), "++"), strings.HasPrefix(r.after(), "+="):
		want = word + " = " + word + " + VALUE"
	case strings.HasPrefix(r.after(), "--"), strings.HasPrefix(r.after(), "-="):
		want = word + " = " + word + " - VALUE"
	case inGo[low] != "":
		want = inGo[low]
	case inGo[base] != "":
		want = inGo[base]
	default:
		for v := Go; v < last; v++ {
			if v != Set && near(low, shapes[v].word) {
				want = v.Usage()
				break
			}
		}
	}
	return errorf("no operation %q (want %s)", word, want)
}

// declared are the kinds of what is declared before the first function.
var declared = []Type{IntType, ChanType, Mutex, RWMutex, WaitGroup, Cond, Once, TimerType, TickerType, ContextType}

// after returns the text after the next token, without the space before it.
func (r *reader) after() string {
	if r.next >= len(r.tokens) {
		return ""
	}
	t := r.tokens[r.next]
	return strings.TrimLeft(r.line[t.from+len(t.text):], " \t")
}

// near reports whether the words are the same except for one letter that is missing, or
// too much, or another one, or two that have changed places.
func near(a, b string) bool {
	if len(a) < len(b) {
		a, b = b, a
	}
	i := 0
	for i < len(b) && a[i] == b[i] {
		i++
	}
	a, b = a[i:], b[i:]
	switch {
	case len(a) == len(b)+1:
		return a[1:] == b
	case len(a) != len(b):
		return false
	case a == "" || a[1:] == b[1:]:
		return true
	}
	return len(a) > 1 && a[0] == b[1] && a[1] == b[0] && a[2:] == b[2:]
}
