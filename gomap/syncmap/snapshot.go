package syncmap

import (
	"fmt"
	"slices"
	"strings"

	"github.com/orrery-go/orrery/gomap"
)

// A Design is one of the two designs of sync.Map.
type Design string

// The designs.
const (
	ReadDirty Design = "read and dirty" // Go 1.9 to 1.23
	HashTrie  Design = "hash trie"      // since Go 1.24
)

// String returns the name.
func (d Design) String() string { return string(d) }

// A Snapshot is the state of a map. It shares no memory with the model, except for what
// keys and values point to.
type Snapshot[K comparable, V any] struct {
	Release string `json:"release"`
	Design  Design `json:"design"`

	// Of two maps. Entries are in the order in which they were made; one that both
	// maps lead to has one number.

	Read     []EntryState[K, V] `json:"read"`
	Amended  bool               `json:"amended"`  // the dirty map has keys that read has not
	HasDirty bool               `json:"hasDirty"` // there is a dirty map
	Dirty    []EntryState[K, V] `json:"dirty"`
	Misses   int                `json:"misses"`
	Locked   bool               `json:"locked"` // for good: after a panic

	// Of a trie.

	Seed  uint64            `json:"seed,string"`
	Nodes []NodeState       `json:"nodes"` // in the order of the hashes, each before what is below it; none before the first operation
	Trie  []TrieEntry[K, V] `json:"trie"`  // in the order of a range
}

// An EntryState is the state of an entry of one of the two maps.
type EntryState[K comparable, V any] struct {
	Number int   `json:"number"` // in the order in which they were made, from 1
	Key    K     `json:"key"`
	Value  V     `json:"value"`
	State  State `json:"state"`
}

// A State is the state of an entry of the two maps.
type State string

// The states.
const (
	Full    State = "full"
	Deleted State = "deleted"
	Gone    State = "expunged" // deleted, and its key is not in the dirty map
)

// String returns the name.
func (s State) String() string { return string(s) }

// A NodeState is the state of a node of a trie.
type NodeState struct {
	Number int  `json:"number"` // as it was made, from 1; an empty map's root is 1
	Parent int  `json:"parent"` // the number of the node above; 0: it is the root
	Place  int  `json:"place"`  // in the node above, 0 to 15
	Locked bool `json:"locked"` // for good: after a panic
}

// A TrieEntry is an entry of a trie.
type TrieEntry[K comparable, V any] struct {
	Node  int `json:"node"`  // its number
	Place int `json:"place"` // in the node, 0 to 15
	Chain int `json:"chain"` // entries of the same hash that come before
	Key   K   `json:"key"`
	Value V   `json:"value"`
}

// Snapshot returns the state of the map.
func (m *Map[K, V]) Snapshot() Snapshot[K, V] {
	s := Snapshot[K, V]{
		Read: []EntryState[K, V]{}, Dirty: []EntryState[K, V]{}, Nodes: []NodeState{}, Trie: []TrieEntry[K, V]{},
	}
	if m.hash == nil {
		return s
	}
	s.Release, s.Design = m.release.String(), HashTrie
	if p := m.maps; p != nil {
		s.Design = ReadDirty
		s.Read, s.Dirty = entries(p.read), entries(p.dirty)
		s.Amended, s.HasDirty, s.Misses, s.Locked = p.amended, p.dirty != nil, p.misses, p.locked
		return s
	}
	s.Seed = m.trie.seed
	if m.trie.root != nil {
		m.trie.root.state(&s, 0, 0)
	}
	return s
}

// entries returns those of one of two maps.
func entries[K comparable, V any](in *gomap.Map[K, *entry[V]]) []EntryState[K, V] {
	out := []EntryState[K, V]{}
	for key, e := range contents(in) {
		s := EntryState[K, V]{Number: e.number, Key: key, State: Full}
		switch {
		case e.gone:
			s.State = Gone
		case e.value == nil:
			s.State = Deleted
		default:
			s.Value = *e.value
		}
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b EntryState[K, V]) int { return a.Number - b.Number })
	return out
}

// contents yields the entries of a map of buckets. A range would draw a random number.
func contents[K comparable, V any](in *gomap.Map[K, *entry[V]]) func(func(K, *entry[V]) bool) {
	return func(yield func(K, *entry[V]) bool) {
		if in == nil {
			return
		}
		s := in.Snapshot()
		for _, array := range [][][]gomap.Unit[K, *entry[V]]{s.Buckets, s.OldBuckets} {
			for _, chain := range array {
				for i := range chain {
					for j, top := range chain[i].Control {
						if top >= s.MinTop && !yield(chain[i].Slots[j].Key, chain[i].Slots[j].Elem) {
							return
						}
					}
				}
			}
		}
	}
}

// state reports a node and all below it.
func (n *node[K, V]) state(s *Snapshot[K, V], parent, place int) {
	s.Nodes = append(s.Nodes, NodeState{n.number, parent, place, n.locked})
	for i := range n.places {
		p := &n.places[i]
		if p.node != nil {
			p.node.state(s, n.number, i)
		}
		chain := 0
		for e := p.entry; e != nil; e = e.next {
			s.Trie = append(s.Trie, TrieEntry[K, V]{n.number, i, chain, e.key, e.value})
			chain++
		}
	}
}

const maxLines = 100 // of a snapshot's text

// String draws the state: two maps as lists, with "-" for a deleted entry and "x" for an
// expunged one, or a trie as a tree. Only the beginning of a large map is drawn.
func (s Snapshot[K, V]) String() string {
	var b strings.Builder
	if s.Design == ReadDirty {
		list := func(name string, entries []EntryState[K, V]) {
			fmt.Fprintf(&b, "%s:", name)
			for i, e := range entries {
				if i == maxLines {
					fmt.Fprintf(&b, " and %d more", len(entries)-i)
					break
				}
				sign := map[State]string{Deleted: "-", Gone: "x"}[e.State]
				fmt.Fprintf(&b, " %s%.20s", sign, fmt.Sprint(e.Key))
			}
		}
		list("read", s.Read)
		if s.Amended {
			b.WriteString(" (amended)")
		}
		if s.HasDirty {
			list("\ndirty", s.Dirty)
		}
		fmt.Fprintf(&b, "\nmisses: %d", s.Misses)
		return b.String()
	}
	fmt.Fprintf(&b, "nodes: %d, entries: %d", len(s.Nodes), len(s.Trie))
	depth := map[int]int{}
	for i, n := range s.Nodes {
		if i == maxLines {
			fmt.Fprintf(&b, "\nand %d nodes more", len(s.Nodes)-i)
			break
		}
		depth[n.Number] = depth[n.Parent] + 1
		fmt.Fprintf(&b, "\n%snode %d", strings.Repeat("  ", min(depth[n.Number]-1, 20)), n.Number)
		if n.Parent > 0 {
			fmt.Fprintf(&b, " at %X", n.Place)
		}
		b.WriteString(":")
		for _, e := range s.Trie[:min(len(s.Trie), 10_000)] {
			if e.Node == n.Number {
				fmt.Fprintf(&b, " %X=%.20s", e.Place, fmt.Sprint(e.Key))
			}
		}
	}
	return b.String()
}
