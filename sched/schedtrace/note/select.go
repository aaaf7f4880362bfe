package note

import (
	"context"
	"runtime/trace"
	"strconv"
)

// A Case is a case of a select, for [Select]. The zero Case is that of a nil channel.
type Case struct {
	kind byte // 'r', 's', 'd'; 0 while there is no trace
	on   uintptr
	size int
}

// CaseRecv is case <-c. The channel may be nil.
func CaseRecv[T any](c <-chan T) Case {
	if !trace.IsEnabled() {
		return Case{}
	}
	return Case{'r', addressOf(c), cap(c)}
}

// CaseSend is case c <- v. The channel may be nil.
func CaseSend[T any](c chan<- T) Case {
	if !trace.IsEnabled() {
		return Case{}
	}
	return Case{'s', addressOf(c), cap(c)}
}

// CaseDefault is default.
func CaseDefault() Case { return Case{kind: 'd'} }

// A Selection is a select that has begun. The zero Selection has no notes.
type Selection struct{ noted bool }

// maxLine bounds a log: runtime/trace cuts longer ones.
const maxLine = 900

// Select announces a select of these cases, which the goroutine does next. Each case,
// default too, must begin with Selection.Case.
func Select(cases ...Case) Selection {
	if !trace.IsEnabled() {
		return Selection{}
	}
	var buf [1024]byte
	b := append(buf[:0], "select "...)
	for i, c := range cases {
		if len(b) > maxLine { // it goes on in another log
			trace.Log(context.Background(), Category, "cases "+string(b[len("select "):]))
			b = append(buf[:0], "select "...)
		} else if i > 0 {
			b = append(b, ',')
		}
		if c.kind == 0 {
			c.kind = 'r'
		}
		b = strconv.AppendUint(append(b, c.kind, ':'), uint64(c.on), 16)
		b = strconv.AppendInt(append(b, ':'), int64(c.size), 10)
	}
	trace.Log(context.Background(), Category, string(b))
	return Selection{true}
}

// Case says which case went through: its place among those of Select, from 0. In a
// case v, ok := <-c, where c may be closed while others receive from it, too, ok belongs
// there: then it is known which of them got the values.
func (s Selection) Case(i int, ok ...bool) {
	if !s.noted {
		return
	}
	closed := uintptr(0)
	if len(ok) > 0 && !ok[0] {
		closed = 1
	}
	log("case", closed, int64(i))
}
