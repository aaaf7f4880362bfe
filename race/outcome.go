package race

// A What is the kind of an outcome: how an operation ended.
type What string

// The ends of an operation.
const (
	DidOp    What = "done"
	DidMake  What = "made"    // Object
	DidStart What = "started" // G
	DoesWait What = "waits"   // the goroutine cannot act until another lets it go on
	DoesRun  What = "runs"    // the function of a Once
)

// String returns the name.
func (w What) String() string { return string(w) }

// An Outcome is the result of an operation.
type Outcome struct {
	What   What   `json:"what"`
	Races  int    `json:"races"`            // races that the operation completes: see [Detector.Reports]
	Woken  int    `json:"woken"`            // goroutines that can go on now
	Panics int    `json:"panics"`           // of them, goroutines that panic, since they were sending on a channel that is now closed
	G      G      `json:"g,omitempty"`      // the goroutine that was started, of [Detector.Do]
	Object Object `json:"object,omitempty"` // the object that was made, of [Detector.Do]
}

// String returns "done", "waits" and so on.
func (o Outcome) String() string { return string(o.What) }
