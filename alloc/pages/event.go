package pages

import "fmt"

// A Kind is the kind of an event.
type Kind string

// The steps.
const (
	FromCache  Kind = "from page cache"  // pages come from the P's page cache
	FillCache  Kind = "fill page cache"  // the P takes the free pages of an aligned 64
	FlushCache Kind = "flush page cache" // the P gives its page cache back
	Tree       Kind = "page tree"        // pages are found by the summaries
	BestFit    Kind = "best fit"         // pages are found in the treap or the lists
	Grow       Kind = "grow"             // the heap takes pages from its arena
	Reserve    Kind = "reserve"          // the system reserves an arena
	Freed      Kind = "free pages"
	Scavenged  Kind = "scavenge"        // pages are given back to the system
	NoMemory   Kind = "cannot allocate" // the limit is reached
)

// String returns the name.
func (k Kind) String() string { return string(k) }

// An Event is one step.
type Event struct {
	Seq   uint64 `json:"seq"` // 1, 2, 3, and so on
	Kind  Kind   `json:"kind"`
	Rule  string `json:"rule"` // the row of alloc/fidelity.md that the step follows
	P     int    `json:"p"`    // the P on whose behalf, where it matters
	Page  int64  `json:"page"` // the first
	Pages int64  `json:"pages"`
}

func (e Event) String() string {
	return fmt.Sprintf("%s: %d pages from %d on", e.Kind, e.Pages, e.Page)
}

// kindRules maps each kind to its row of alloc/fidelity.md.
var kindRules = map[Kind]string{
	FromCache:  "page-cache",
	FillCache:  "page-cache",
	FlushCache: "page-cache",
	Tree:       "first-fit",
	BestFit:    "best-fit",
	Grow:       "growth",
	Reserve:    "reservation",
	Freed:      "retained",
	Scavenged:  "scavenging",
	NoMemory:   "out-of-memory",
}

func (h *Heap) event(e Event) {
	if h.trace != nil {
		h.seq++
		e.Seq, e.Rule = h.seq, kindRules[e.Kind]
		h.trace(e)
	}
}
