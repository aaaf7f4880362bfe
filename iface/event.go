package iface

import "fmt"

// A Kind is the kind of an event.
type Kind string

// The kinds.
const (
	Boxed      Kind = "boxed"       // a value of Type became a data word; Place says where it is
	TypeWords  Kind = "type words"  // of two interfaces were compared: Type and Other
	DataWords  Kind = "data words"  // were compared
	Memory     Kind = "memory"      // two values of Type were compared, by Bytes
	ItabFound  Kind = "itab found"  // of Type and Other, an interface, in the table, after Probes
	ItabMade   Kind = "itab made"   // and added; OK says whether Type has all methods
	ItabStatic Kind = "itab static" // the compiler made it
	Matched    Kind = "matched"     // Method, in the table of Type
	Missing    Kind = "missing"     // Method is not in the table of Type
	TableGrown Kind = "table grown" // the itab table, to Bytes entries
	CacheHit   Kind = "cache hit"   // the cache of the place knows Type
	CacheMiss  Kind = "cache miss"  // and does not
	CacheGrown Kind = "cache grown" // the cache of the place was replaced by one of Bytes entries
	CaseTried  Kind = "case tried"  // Type against Other, a case; OK says whether it is that
	Halved     Kind = "halved"      // the cases: OK says whether the hash of Type is at most that of Other
	HashTried  Kind = "hash tried"  // the hash of Type against that of Other
	Jumped     Kind = "jumped"      // by a table of Bytes entries, to Other if there is one
	DeepSame   Kind = "deep same"   // what two values point to is at one place
	DeepSeen   Kind = "deep seen"   // two values are being compared, or were
	DeepNil    Kind = "deep nil"    // one of the values is nil; OK: both
	DeepTypes  Kind = "deep types"  // Type and Other differ
	DeepLength Kind = "deep length" // two slices or maps differ in length, or one of them is nil
	DeepKey    Kind = "deep key"    // a key of Type is not found
	DeepFunc   Kind = "deep func"   // functions are equal only if both are nil
	Called     Kind = "called"      // Method, by its place in the table
	Panicked   Kind = "panicked"    // with the text Method
)

// kindRules are the rows of fidelity.md that events follow.
var kindRules = map[Kind]string{
	Boxed:      "boxed",
	TypeWords:  "type-words",
	DataWords:  "direct",
	Memory:     "memory",
	ItabFound:  "itab-table",
	ItabMade:   "itab-made",
	ItabStatic: "itab-static",
	Matched:    "itab-made",
	Missing:    "itab-made",
	TableGrown: "itab-table",
	CacheHit:   "site-cache",
	CacheMiss:  "site-cache",
	CacheGrown: "site-cache",
	CaseTried:  "assert",
	Halved:     "type-switch",
	HashTried:  "type-switch",
	Jumped:     "jump-table",
	DeepSame:   "deep-same",
	DeepSeen:   "deep-visited",
	DeepNil:    "deep",
	DeepTypes:  "deep",
	DeepLength: "deep",
	DeepKey:    "deep-nan-keys",
	DeepFunc:   "deep-func",
	Called:     "call",
}

// String returns the name.
func (k Kind) String() string { return string(k) }

// An Event is one step.
type Event struct {
	Seq    uint64 `json:"seq"` // 1, 2, 3, and so on
	Kind   Kind   `json:"kind"`
	Rule   string `json:"rule"` // the row of fidelity.md that the step follows
	Type   string `json:"type,omitempty"`
	Other  string `json:"other,omitempty"`
	Method string `json:"method,omitempty"`
	Place  Place  `json:"place,omitempty"`
	Bytes  int64  `json:"bytes,omitempty"` // or entries of a table
	Probes int    `json:"probes,omitempty"`
	OK     bool   `json:"ok"`
}

// String reads like "type words: int and string: differ".
func (e Event) String() string {
	verdict := map[bool]string{true: "the same", false: "differ"}[e.OK]
	found := map[bool]string{true: "yes", false: "no"}[e.OK]
	switch e.Kind {
	case Boxed:
		return fmt.Sprintf("boxed: %s: %s, %d bytes", e.Type, e.Place, e.Bytes)
	case TypeWords:
		return fmt.Sprintf("type words: %s and %s: %s", e.Type, e.Other, verdict)
	case DataWords, Memory:
		return fmt.Sprintf("%s: %d bytes of %s: %s", e.Kind, e.Bytes, e.Type, map[bool]string{true: "equal", false: "unequal"}[e.OK])
	case ItabFound:
		return fmt.Sprintf("itab found: %s for %s, after %d probes: %s", e.Type, e.Other, e.Probes, map[bool]string{true: "good", false: "a method is missing"}[e.OK])
	case ItabMade, ItabStatic:
		return fmt.Sprintf("%s: %s for %s: %s", e.Kind, e.Type, e.Other, map[bool]string{true: "good", false: "a method is missing"}[e.OK])
	case Matched, Missing:
		return fmt.Sprintf("%s: %s of %s", e.Kind, e.Method, e.Type)
	case TableGrown, CacheGrown:
		return fmt.Sprintf("%s: %d entries", e.Kind, e.Bytes)
	case CacheHit, CacheMiss:
		return fmt.Sprintf("%s: %s", e.Kind, e.Type)
	case CaseTried, HashTried:
		return fmt.Sprintf("%s: %s against %s: %s", e.Kind, e.Type, e.Other, found)
	case Halved:
		return fmt.Sprintf("halved: the hash of %s is at most that of %s: %s", e.Type, e.Other, found)
	case Jumped:
		return fmt.Sprintf("jumped: %s, by a table of %d, to %s", e.Type, e.Bytes, e.Other)
	case DeepTypes:
		return fmt.Sprintf("deep types: %s and %s: %s", e.Type, e.Other, verdict)
	case Called:
		return "called: " + e.Method
	case Panicked:
		return "panicked: " + e.Method
	}
	return fmt.Sprintf("%s: %s: %s", e.Kind, e.Type, map[bool]string{true: "equal", false: "unequal"}[e.OK])
}

// event gives the step to Config.Trace, which is set.
//
//go:noinline
func (m *Runtime) event(e Event) {
	m.seq++
	e.Seq = m.seq
	if e.Rule == "" {
		e.Rule = kindRules[e.Kind]
	}
	m.trace(e)
}

func (m *Runtime) panics(rule, typ, text string) {
	if m.trace != nil {
		m.event(Event{Kind: Panicked, Rule: rule, Type: typ, Method: text})
	}
}

func (m *Runtime) deepEvent(k Kind, x, y Value, eq bool) {
	if m.trace != nil {
		m.event(Event{Kind: k, Type: x.t.name, Other: y.t.name, OK: eq})
	}
}
