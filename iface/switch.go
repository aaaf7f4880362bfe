package iface

import (
	"cmp"
	"fmt"
	"math/bits"
	"reflect"
	"slices"
)

// maxCases bounds the cases of a type switch.
const maxCases = 1 << 10

// A Switch is a type switch at a place in a program. Get one from [Runtime.Switch].
type Switch struct {
	m      *Runtime
	from   *Type
	cases  []*Type
	groups []group
	cache  map[int]*siteCache // of groups of interfaces
}

// A group is a run of cases that are tried together.
type group struct {
	inter bool
	cases []int
}

// Switch makes a type switch with the cases, in order; a nil *Type is case nil. It
// returns an error if the switch does not compile, because from is not an interface type
// or a case is duplicate or impossible, or if there are more than 1,024 cases.
func (m *Runtime) Switch(from *Type, cases ...*Type) (*Switch, error) {
	if err := m.owns(from); err != nil {
		return nil, err
	}
	if from.kind != reflect.Interface {
		return nil, fmt.Errorf("iface: %.80s is no interface type: it has no dynamic type", from)
	}
	if len(cases) > maxCases {
		return nil, fmt.Errorf("iface: %d cases: at most %d are allowed", len(cases), maxCases)
	}
	for i, t := range cases {
		if slices.Contains(cases[:i], t) {
			return nil, fmt.Errorf("iface: case %d is there twice", i)
		}
		if t == nil {
			continue
		}
		if err := m.owns(t); err != nil {
			return nil, err
		}
		if t.kind != reflect.Interface {
			if name, why := m.missing(t, from); name != "" {
				return nil, fmt.Errorf("iface: impossible case: %.80s does not implement %.80s: method %.40s: %s", t, from, name, why)
			}
		}
	}
	s := &Switch{m: m, from: from, cases: slices.Clone(cases), cache: map[int]*siteCache{}}
	s.group()
	return s, nil
}

// group sorts the cases into runs. Since Go 1.22 all concrete types come before all
// interfaces, and what an interface before it would catch is left out; before, runs are
// as the cases stand (cmd/compile/internal/walk/switch.go:walkSwitchType).
func (s *Switch) group() {
	if s.m.rules.siteCaches {
		concrete, inter := group{}, group{inter: true}
		for i, t := range s.cases {
			switch {
			case t == nil || s.shadowed(t, inter.cases):
			case t.kind == reflect.Interface:
				inter.cases = append(inter.cases, i)
			default:
				concrete.cases = append(concrete.cases, i)
			}
		}
		for _, g := range []group{concrete, inter} {
			if len(g.cases) > 0 {
				s.groups = append(s.groups, g)
			}
		}
		return
	}
	for i, t := range s.cases {
		if t == nil {
			continue
		}
		inter, n := t.kind == reflect.Interface, len(s.groups)
		if n == 0 || inter || s.groups[n-1].inter {
			s.groups = append(s.groups, group{inter: inter})
			n++
		}
		s.groups[n-1].cases = append(s.groups[n-1].cases, i)
	}
}

func (s *Switch) shadowed(t *Type, by []int) bool {
	return slices.ContainsFunc(by, func(i int) bool {
		name, _ := s.m.missing(t, s.cases[i])
		return name == ""
	})
}

// Do returns the index of the case that a value takes, or -1 if it takes none. It returns
// an error if x is not of the switch's type.
func (s *Switch) Do(x Value) (int, error) {
	if err := s.m.enterSite(s.from, x); err != nil {
		return -1, err
	}
	defer s.m.leave()
	d := s.m.dynamicType(x.t, x.bytes())
	if d == nil {
		i := slices.Index(s.cases, nil)
		s.m.caseEvent("nil", "nil", i >= 0)
		return i, nil
	}
	for g := range s.groups {
		i, err := s.try(g, d)
		if i >= 0 || err != nil {
			return i, err
		}
	}
	return -1, nil
}

// try tries a group. It returns the number of the case, or -1.
func (s *Switch) try(g int, d *Type) (int, error) {
	cases := s.groups[g].cases
	switch {
	case !s.groups[g].inter:
		return s.concrete(cases, d), nil
	case s.m.rules.siteCaches:
		return s.interfaces(g, cases, d)
	}
	i := cases[0]
	ok := s.cases[i].empty()
	if !ok {
		tab, err := s.m.itabOf(s.cases[i], d)
		if err != nil {
			return -1, err
		}
		ok = tab.misses == ""
	}
	if s.m.caseEvent(d.name, s.cases[i].name, ok); ok {
		return i, nil
	}
	return -1, nil
}

// interfaces finds the case in the cache of the switch, or asks for an itab of each
// (runtime/iface.go:interfaceSwitch). A last case any is not in the cache.
func (s *Switch) interfaces(g int, cases []int, d *Type) (int, error) {
	last := -1
	if n := len(cases); s.cases[cases[n-1]].empty() {
		last, cases = cases[n-1], cases[:n-1]
	}
	if len(cases) > 0 {
		c := s.cache[g]
		if c == nil {
			c = new(siteCache)
			s.cache[g] = c
		}
		e, hit := c.find(d)
		if !s.m.cacheEvent(d, hit) {
			e = cached{typ: d, which: -1}
			for _, i := range cases {
				tab, err := s.m.itabOf(s.cases[i], d)
				if err != nil {
					return -1, err
				}
				if s.m.caseEvent(d.name, s.cases[i].name, tab.misses == ""); tab.misses == "" {
					e.which, e.tab = i, tab
					break
				}
			}
			if err := c.update(s.m, e); err != nil {
				return -1, err
			}
		}
		if e.which >= 0 {
			return e.which, nil
		}
	}
	if last >= 0 {
		s.m.caseEvent(d.name, s.cases[last].name, true)
	}
	return last, nil
}

// concrete finds the case by the hash of the type: by a table since Go 1.19 if there
// are five or more, else by halving until fewer than four are left.
func (s *Switch) concrete(cases []int, d *Type) int {
	hashes := slices.Clone(cases)
	slices.SortStableFunc(hashes, func(a, b int) int { return cmp.Compare(s.cases[a].hash, s.cases[b].hash) })
	distinct := len(slices.CompactFunc(slices.Clone(hashes), func(a, b int) bool { return s.cases[a].hash == s.cases[b].hash }))
	if s.m.rules.jumpTables && distinct >= jumpTableCases {
		if size, shift := s.jumpTable(hashes); size > 0 {
			return s.jump(hashes, d, size, shift)
		}
	}
	for len(hashes) >= binarySearchMin {
		half := len(hashes) / 2
		below := d.hash <= s.cases[hashes[half-1]].hash
		s.m.hashEvent(Halved, d, s.cases[hashes[half-1]], below)
		if below {
			hashes = hashes[:half]
		} else {
			hashes = hashes[half:]
		}
	}
	for _, i := range hashes {
		t := s.cases[i]
		s.m.hashEvent(HashTried, d, t, t.hash == d.hash)
		if t.hash != d.hash {
			continue
		}
		if s.m.caseEvent(d.name, t.name, t == d); t == d {
			return i
		}
	}
	return -1
}

// The least cases of a search by halves, and of a jump table
// (cmd/compile/internal/walk/switch.go:binarySearch, tryJumpTable).
const (
	binarySearchMin = 4
	jumpTableCases  = 5
)

// jumpTable finds bits of the hash that tell all cases apart: the entries of the
// table, and how far the hash is shifted. 0 entries: there are no such bits.
func (s *Switch) jumpTable(cases []int) (size, shift int) {
	first := bits.Len(uint(len(cases) - 1))
	for b := first; b < first+3; b++ {
		for shift := 0; shift <= 32-b; shift++ {
			taken := map[uint32]bool{}
			for _, i := range cases {
				taken[s.cases[i].hash>>shift&(1<<b-1)] = true
			}
			if len(taken) == len(cases) {
				return 1 << b, shift
			}
		}
	}
	return 0, 0
}

func (s *Switch) jump(cases []int, d *Type, size, shift int) int {
	slot := func(t *Type) uint32 { return t.hash >> shift & uint32(size-1) }
	for _, i := range cases {
		if t := s.cases[i]; slot(t) == slot(d) {
			s.m.jumpEvent(d, t.name, size)
			if s.m.caseEvent(d.name, t.name, t == d); t == d {
				return i
			}
			return -1
		}
	}
	s.m.jumpEvent(d, "none", size)
	return -1
}
