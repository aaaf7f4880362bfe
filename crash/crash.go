// Package crash holds the one error type for what ends a goroutine or a program
// in Go: panics, fatal errors and deadlocks, with the runtime's own text.
//
// A model declares each of its crashes once, as a variable:
//
//	var SendOnClosed = crash.Panic("send on closed channel")
//
// and returns it from the operations that crash. Where an older release words it
// differently, the model returns [Error.In] with that release's text; [errors.Is]
// still matches the variable:
//
//	if errors.Is(err, chanq.SendOnClosed) { ... }   // in every release
//
// # Concurrent use
//
// An [Error] does not change, and several goroutines may use it at once.
package crash

import "fmt"

// A Kind is the kind of a crash, by its effect.
type Kind string

// The kinds.
const (
	KindPanic    Kind = "panic"    // unwinds the goroutine, which may recover
	KindFatal    Kind = "fatal"    // runtime.throw or fatal: ends the program
	KindDeadlock Kind = "deadlock" // ends the program: no goroutine can go on
)

// String returns the name.
func (k Kind) String() string { return string(k) }

// An Error is a crash. Errors are compared by [errors.Is], not by ==.
type Error struct {
	Kind Kind   `json:"kind"`
	Name string `json:"name"` // the text of the newest release: the same in all of them
	Text string `json:"text"` // the text of the release at hand, without "panic: " or "fatal error: "
}

// Panic makes a panic with the text of the newest release.
func Panic(text string) *Error { return &Error{KindPanic, text, text} }

// Fatal makes a fatal error with the text of the newest release, without
// "fatal error: ".
func Fatal(text string) *Error { return &Error{KindFatal, text, text} }

// Deadlock makes a deadlock with the text of the newest release, without
// "fatal error: ".
func Deadlock(text string) *Error { return &Error{KindDeadlock, text, text} }

// In returns the same crash with the text of another release.
func (e *Error) In(text string) *Error { return &Error{e.Kind, e.Name, text} }

// OfKind returns the same crash as another kind, for releases in which a fatal error
// was a panic.
func (e *Error) OfKind(k Kind) *Error { return &Error{k, e.Name, e.Text} }

// Textf returns the same crash with a text that has the values of this occurrence
// in it, such as an index.
func (e *Error) Textf(format string, args ...any) *Error { return e.In(fmt.Sprintf(format, args...)) }

// Error returns the text.
func (e *Error) Error() string { return e.Text }

// Line returns the first line that the runtime prints: "panic: " or "fatal error: "
// and the text.
func (e *Error) Line() string {
	if e.Kind == KindPanic {
		return "panic: " + e.Text
	}
	return "fatal error: " + e.Text
}

// Is reports whether target is the same crash, in whichever release's words and of
// whichever kind.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t != nil && e != nil && t.Name == e.Name
}
