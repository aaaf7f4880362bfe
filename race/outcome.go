package race

// A What is the kind of an outcome: how an operation ended.
type What string

// The ends of an operation.
const (
	DidOp    What = "done"
	DidMake  What = "made"    // Object
	DidStart What = "started" // G
	DoesWait What = "waits"   // the goroutine can do nothing until another one lets it
	DoesRun  What = "runs"    // the function of a Once
)

// String returns the name.
func (w What) String() string { return string(w) }

// An Outcome is the result of an operation.
type Outcome struct {
	What   What   `json:"what"`
	Races  int    `json:"races"`            // that it has made: see [Detector.Reports]
	Woken  int    `json:"woken"`            // goroutines that can go on now
	Panics int    `json:"panics"`           // of them, those that panic: they were sending on a channel that is closed
	G      G      `json:"g,omitempty"`      // that was started, by [Detector.Do]
	Object Object `json:"object,omitempty"` // that was made, by [Detector.Do]
}

// String returns "done", "waits" and so on.
func (o Outcome) String() string { return string(o.What) }
