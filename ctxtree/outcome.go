package ctxtree

// A What is the kind of an outcome: how an operation ended.
type What string

// The ends of an operation.
const (
	DidMake   What = "made"      // a context, or an AfterFunc: Node
	DidPass   What = "passed"    // time
	DidSettle What = "settled"   // all goroutines
	DidCancel What = "canceled"  // the context, and Canceled-1 below it
	HadEnded  What = "had ended" // before: no effect
	DidStop   What = "stopped"   // the function will not be called
	TooLate   What = "too late"  // the function was started, or stopped before
	DidFinish What = "finished"  // the context of another package
	DidRun    What = "ran"       // a goroutine, to its end
	DoesWait  What = "waits"     // the goroutine
)

// String returns the name.
func (w What) String() string { return string(w) }

// An Outcome is the result of an operation.
type Outcome struct {
	What     What `json:"what"`
	Node     Node `json:"node,omitempty"` // the context that was made, of [Tree.Do]
	Canceled int  `json:"canceled"`       // number of contexts, AfterFuncs included, canceled before the operation returned
}

// String returns "canceled", "had ended" and so on.
func (o Outcome) String() string { return string(o.What) }
