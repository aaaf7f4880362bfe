package escape

import (
	"cmp"
	"fmt"
)

// A Verdict is the compiler's decision about a variable, an allocation or a parameter, in
// its words.
type Verdict string

// The verdicts.
const (
	MovedToHeap     Verdict = "moved to heap"           // a variable: it is on the heap
	EscapesToHeap   Verdict = "escapes to heap"         // what an expression allocates is on the heap
	DoesNotEscape   Verdict = "does not escape"         // it is on the stack, or a parameter leaks nowhere
	LeakingParam    Verdict = "leaking param"           // what a parameter holds reaches the heap
	LeakingContent  Verdict = "leaking param content"   // what it points to does
	LeakingToResult Verdict = "leaking param to result" // it reaches a result
	SelfAssignment  Verdict = "self-assignment"         // an assignment that stores nothing new
	ZeroCopy        Verdict = "zero-copy"               // a string's bytes are used as they are
	UnsafeUintptr   Verdict = "unsafe uintptr"          // a uintptr that may be a pointer
)

// String returns the name.
func (v Verdict) String() string { return string(v) }

// A Diagnostic is a message of the compiler.
type Diagnostic struct {
	File     string  `json:"file"`
	Line     int     `json:"line"`
	Column   int     `json:"column"` // in bytes, from 1; 0 if a line directive leaves it out
	Verdict  Verdict `json:"verdict"`
	Text     string  `json:"text"`     // the compiler's: "moved to heap: x"
	Name     string  `json:"name"`     // the variable or expression that it is about
	Function string  `json:"function"` // "f", "(*T).m", "f.func1"
	Instance bool    `json:"instance"` // the function is an instance of a generic one

	Size     int64  `json:"size"`     // bytes allocated; -1 if that is not known before the program runs, 0 for parameters
	Heap     string `json:"heap"`     // why it is on the heap in any case: "too large for stack"
	Location int    `json:"location"` // its number in Graphs and Events, 0 if it has none
	Why      []Flow `json:"why"`      // the way to the heap or to the result, with Config.Explain
}

// maxColumn is the first column that the compiler does not keep: it has eight bits for
// them (cmd/internal/src/pos.go:format).
const maxColumn = 255

// String returns the compiler's line: "x.go:3:5: moved to heap: x". It has no column if
// that is 255 or more, or if a line directive leaves it out.
func (d Diagnostic) String() string {
	if d.Column < 1 || d.Column >= maxColumn {
		return fmt.Sprintf("%s:%d: %s", d.File, d.Line, d.Text)
	}
	return fmt.Sprintf("%s:%d:%d: %s", d.File, d.Line, d.Column, d.Text)
}

func compareDiagnostics(x, y Diagnostic) int {
	return cmp.Or(cmp.Compare(x.File, y.File), cmp.Compare(x.Line, y.Line), cmp.Compare(x.Column, y.Column))
}
