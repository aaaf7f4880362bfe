package syncmap

import "fmt"

// A Kind is the kind of an event.
type Kind string

// The kinds.
const (
	Missed   Kind = "missed"   // read did not have the key: N misses, and Of keys in the dirty map
	Promoted Kind = "promoted" // the dirty map, of N keys, is the read map now
	Copied   Kind = "copied"   // a dirty map was made, of N of the Of keys of the read map
	Expunged Kind = "expunged" // N deleted entries, which the dirty map does not have
	Revived  Kind = "revived"  // entry N, which was expunged, is in the dirty map again

	Inserted  Kind = "inserted"  // an entry at Place of node N
	Chained   Kind = "chained"   // an entry joins one whose hash is the same, at Place of node N
	Expanded  Kind = "expanded"  // node N, at Place of node Of, has two entries that met there, or leads to them
	Collapsed Kind = "collapsed" // node N, at Place of node Of, which became empty
)

// kindRules are the rows of gomap/fidelity.md.
var kindRules = map[Kind]string{
	Missed: "sync-promote", Promoted: "sync-promote", Copied: "sync-dirty", Expunged: "sync-dirty", Revived: "sync-dirty",
	Inserted: "sync-trie", Chained: "sync-trie", Expanded: "sync-trie", Collapsed: "sync-collapse",
}

// String returns the name.
func (k Kind) String() string { return string(k) }

// An Event is one step.
type Event struct {
	Seq   uint64 `json:"seq"` // 1, 2, 3, and so on
	Kind  Kind   `json:"kind"`
	Rule  string `json:"rule"` // the row of gomap/fidelity.md that the step follows
	N     int    `json:"n"`
	Of    int    `json:"of"`
	Place int    `json:"place"` // 0 to 15
}

// event gives a step to Config.Trace.
func (m *Map[K, V]) event(e Event) {
	if m.config.Trace == nil {
		return
	}
	m.seq++
	e.Seq, e.Rule = m.seq, kindRules[e.Kind]
	m.config.Trace(e)
}

// String reads like "promoted 3 keys".
func (e Event) String() string {
	switch e.Kind {
	case Missed:
		return fmt.Sprintf("missed: %d of %d", e.N, e.Of)
	case Promoted:
		return fmt.Sprintf("promoted %d keys", e.N)
	case Copied:
		return fmt.Sprintf("copied %d of %d keys", e.N, e.Of)
	case Expunged:
		return fmt.Sprintf("expunged %d entries", e.N)
	case Revived:
		return fmt.Sprintf("revived entry %d", e.N)
	case Inserted, Chained:
		return fmt.Sprintf("%s at place %X of node %d", e.Kind, e.Place, e.N)
	case Expanded, Collapsed:
		return fmt.Sprintf("%s node %d at place %X of node %d", e.Kind, e.N, e.Place, e.Of)
	}
	return string(e.Kind)
}
