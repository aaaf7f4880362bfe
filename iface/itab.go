package iface

import (
	"fmt"
)

// An itab is the first word of an interface with methods: the interface, the type, and
// for each method of the interface the function to call (runtime/runtime2.go:itab).
type itab struct {
	addr   uint64
	inter  *Type
	typ    *Type
	funs   []string
	derefs []bool
	misses string // a method that the type has not: the itab says that an assertion fails
}

// maxItabs bounds the itabs of a Runtime.
const maxItabs = 1 << 14

// An itabTable is the table in which the runtime finds the itab of an interface and a
// type: an open hash table that doubles, before Go 1.10 lists that never grow.
type itabTable struct {
	chains  bool
	lists   [][]*itab
	entries []*itab
	count   int
	all     []*itab
}

// The sizes (runtime/iface.go:itabInitSize).
const (
	itabInitSize = 512
	itabLists    = 1009
)

func newItabTable(chains bool) itabTable {
	if chains {
		return itabTable{chains: true, lists: make([][]*itab, itabLists)}
	}
	return itabTable{entries: make([]*itab, itabInitSize)}
}

func (t *itabTable) size() int { return max(len(t.lists), len(t.entries)) }

// list returns the list of a pair in older releases (go1.9.7 runtime/iface.go:itabhash).
func (t *itabTable) list(inter, typ *Type) int {
	return int((inter.hash + 17*typ.hash) % itabLists)
}

// find looks for an itab, and counts the entries it looks at (runtime/iface.go:find).
func (t *itabTable) find(inter, typ *Type) (tab *itab, probes int) {
	if t.chains {
		for i, tab := range t.lists[t.list(inter, typ)] {
			if tab.inter == inter && tab.typ == typ {
				return tab, i + 1
			}
		}
		return nil, len(t.lists[t.list(inter, typ)])
	}
	mask := len(t.entries) - 1
	h := int(inter.hash^typ.hash) & mask
	for i := 1; ; i++ {
		tab := t.entries[h]
		if tab == nil || tab.inter == inter && tab.typ == typ {
			return tab, i
		}
		h = (h + i) & mask // triangular numbers reach every entry
	}
}

// add adds an itab. It reports the new size if the table had to grow
// (runtime/iface.go:itabAdd).
func (t *itabTable) add(tab *itab) (grown int) {
	if t.chains {
		i := t.list(tab.inter, tab.typ)
		t.lists[i] = append([]*itab{tab}, t.lists[i]...)
		return 0
	}
	if t.count >= 3*(len(t.entries)/4) {
		old := t.entries
		t.entries, t.count = make([]*itab, 2*len(old)), 0
		for _, e := range old {
			if e != nil {
				t.put(e)
			}
		}
		grown = len(t.entries)
	}
	t.put(tab)
	return grown
}

func (t *itabTable) put(tab *itab) {
	mask := len(t.entries) - 1
	h := int(tab.inter.hash^tab.typ.hash) & mask
	for i := 1; t.entries[h] != nil; i++ {
		h = (h + i) & mask
	}
	t.entries[h] = tab
	t.count++
}

// slotOf reports where an itab is: its entry, or its list.
func (t *itabTable) slotOf(tab *itab) int {
	if t.chains {
		return t.list(tab.inter, tab.typ)
	}
	mask := len(t.entries) - 1
	h := int(tab.inter.hash^tab.typ.hash) & mask
	for i := 1; t.entries[h] != nil && t.entries[h] != tab; i++ {
		h = (h + i) & mask
	}
	return h
}

func (t *itabTable) check() error {
	for _, tab := range t.all {
		if found, _ := t.find(tab.inter, tab.typ); found != tab {
			return fmt.Errorf("iface: the itab of %.80s for %.80s is not found", tab.typ, tab.inter)
		}
	}
	if !t.chains && (t.count != len(t.all) || t.count > 3*(len(t.entries)/4)) {
		return fmt.Errorf("iface: %d itabs, %d counted, in a table of %d", len(t.all), t.count, len(t.entries))
	}
	return nil
}

// itabOf is runtime/iface.go:getitab: the itab from the table, or a new one, also if
// the type has not all methods; then it says so the next time. A type without a method
// table never gets one.
func (m *Runtime) itabOf(inter, typ *Type) (*itab, error) {
	table := m.methodsOf(typ)
	if len(table) == 0 && !typ.named() {
		if m.trace != nil {
			m.event(Event{Kind: Missing, Type: typ.name, Method: inter.inter[0].name})
		}
		return &itab{inter: inter, typ: typ, misses: inter.inter[0].name}, nil
	}
	if tab, probes := m.itabs.find(inter, typ); tab != nil {
		if m.trace != nil {
			m.event(Event{Kind: ItabFound, Type: typ.name, Other: inter.name, Probes: probes, OK: tab.misses == ""})
		}
		return tab, nil
	}
	return m.makeItab(inter, typ, ItabMade)
}

// staticItab returns the itab of a conversion, which the compiler knows to succeed. It is
// in the table from the start of the program.
func (m *Runtime) staticItab(inter, typ *Type) (*itab, error) {
	if !m.rules.itabStatic {
		return m.itabOf(inter, typ)
	}
	if tab, _ := m.itabs.find(inter, typ); tab != nil && tab.misses == "" {
		if m.trace != nil {
			m.event(Event{Kind: ItabStatic, Type: typ.name, Other: inter.name, OK: true})
		}
		return tab, nil
	}
	return m.makeItab(inter, typ, ItabStatic)
}

func (m *Runtime) makeItab(inter, typ *Type, kind Kind) (*itab, error) {
	if len(m.itabs.all) >= maxItabs {
		return nil, fmt.Errorf("iface: more than %d itabs", maxItabs)
	}
	tab := &itab{addr: itabBase + itabStep*uint64(len(m.itabs.all)), inter: inter, typ: typ}
	m.fill(tab)
	m.itabs.all = append(m.itabs.all, tab)
	grown := m.itabs.add(tab)
	if m.trace != nil {
		if grown > 0 {
			m.event(Event{Kind: TableGrown, Bytes: int64(grown)})
		}
		m.event(Event{Kind: kind, Type: typ.name, Other: inter.name, OK: tab.misses == ""})
	}
	return tab, nil
}

// fill walks the methods of the interface and of the type side by side: both are in
// order (runtime/iface.go:itabInit).
func (m *Runtime) fill(tab *itab) {
	table, j := m.methodsOf(tab.typ), 0
	for _, want := range tab.inter.inter {
		for j < len(table) && !(table[j].same(want) && m.sameFunc(table[j].typ, want.typ)) {
			j++
		}
		if j == len(table) {
			if m.trace != nil {
				m.event(Event{Kind: Missing, Type: tab.typ.name, Method: want.name})
			}
			tab.misses, tab.funs, tab.derefs = want.name, nil, nil
			return
		}
		if m.trace != nil {
			m.event(Event{Kind: Matched, Type: tab.typ.name, Method: want.name, OK: true})
		}
		tab.funs = append(tab.funs, table[j].text)
		tab.derefs = append(tab.derefs, table[j].deref)
		j++
	}
}
