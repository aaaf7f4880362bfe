package claims

import (
	_ "embed"
	"errors"
	"fmt"
	"math/bits"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"

	"github.com/orrery-go/orrery/claims/gomaps"
	"github.com/orrery-go/orrery/gomap"
	"github.com/orrery-go/orrery/gomap/gomaplive"
)

// mapSink keeps maps on the heap.
var mapSink any

// gomapChecks are the checks of the structure of a map, and of the places of entries.
var gomapChecks = map[string]check{
	"map-1": {
		model: onMap(func(m *mapModel[int]) string {
			m.fill(9)
			if len(m.Snapshot().Directory) > 0 {
				return "directory"
			}
			return "buckets"
		}),
		live: func() (string, error) {
			if gomaplive.Look(filled(9)).Directory > 0 {
				return "directory", nil
			}
			return "buckets", nil
		},
	},
	"map-2": {
		model: func(rel string) (string, error) {
			const hash = 0xA9<<56 | 0x55
			m, err := gomap.New[int, int](gomap.Config[int]{Release: rel, Hash: func(int, uint64) uint64 { return hash }})
			if err != nil {
				return "", err
			}
			if _, err := m.Put(1, 1); err != nil {
				return "", err
			}
			s := m.Snapshot()
			if s.Design == gomap.Swiss {
				return bitsBeside(hash, s.Small[0].Control[0])
			}
			return bitsBeside(hash, s.Buckets[0][0].Control[0])
		},
		live: func() (string, error) {
			m := map[int]int{}
			for hash := uint64(0); ; { // until the two places would differ
				clear(m)
				m[1] = 1
				look := gomaplive.Look(m)
				if hash = gomaplive.HashOf(look, 1); hash>>56 != hash&127 {
					return bitsBeside(hash, look.Tables[0].Control[0][0])
				}
			}
		},
	},
	"map-3": {
		model: func(rel string) (string, error) {
			mixer := gomap.Hash[int]()
			m, err := gomap.New[int, int](gomap.Config[int]{Release: rel, Hint: 5000, Hash: mixer})
			if err != nil {
				return "", err
			}
			if _, err := m.Put(-1, 0); err != nil { // a map that becomes empty would take another seed
				return "", err
			}
			s := m.Snapshot()
			groups := 0
			if s.Design == gomap.Swiss {
				groups = len(s.Tables[0].Groups)
			}
			var all []placed
			for i := range 200 { // one at a time, so that it is in the group where its search begins
				if _, err := m.Put(i, i); err != nil {
					return "", err
				}
				o, err := m.Find(i)
				if err != nil {
					return "", err
				}
				p := placed{hash: mixer(i, s.Seed), unit: o.Place.Unit}
				if s.Design == gomap.Swiss {
					p.table = slices.IndexFunc(s.Tables, func(t gomap.TableState[int, int]) bool { return t.Number == o.Place.Table })
				}
				all = append(all, p)
				if _, err := m.Delete(i); err != nil {
					return "", err
				}
			}
			return chosenBy(all, groups)
		},
		live: func() (string, error) {
			var all []placed
			groups := 0
			for i := range 200 {
				m := make(map[int]int, 5000)
				m[i] = i
				look := gomaplive.Look(m)
				for t, table := range look.Tables {
					groups = len(table.Control)
					for g, word := range table.Control {
						if slices.ContainsFunc(word[:], func(c uint8) bool { return c < 0x80 }) {
							all = append(all, placed{gomaplive.HashOf(look, i), t, g})
						}
					}
				}
			}
			return chosenBy(all, groups)
		},
	},
	"map-8": {
		model: func(rel string) (string, error) {
			m, err := gomap.New[int, int](gomap.Config[int]{Release: rel, Hint: 100})
			if err != nil {
				return "", err
			}
			if s := m.Snapshot(); s.Design == gomap.Buckets {
				return fmt.Sprint(len(s.Buckets) + s.Preallocated), nil
			}
			return "none", nil
		},
		live: func() (string, error) {
			if gomaplive.Look(make(map[int]int, 100)).Directory > 0 {
				return "none", nil
			}
			return "some", nil
		},
	},
	"map-16": {
		model: onMap(func(m *mapModel[int]) string { m.fill(77); return fmt.Sprint(m.Snapshot().Len == 77) }),
		live:  func() (string, error) { return fmt.Sprint(gomaplive.Look(filled(77)).Words[0] == 77), nil },
	},
	"map-32": {
		model: func(rel string) (string, error) {
			m, err := gomap.New[int, int](gomap.Config[int]{Release: rel, Hint: 112, Hash: func(int, uint64) uint64 { return 0 }})
			if err != nil {
				return "", err
			}
			var units []string
			for i := range 40 {
				o, err := m.Put(i, i)
				if err != nil {
					return "", err
				}
				if o.Place.Table > 0 && m.Snapshot().Design == gomap.Buckets {
					return "chain", nil
				}
				if i%8 == 0 {
					units = append(units, fmt.Sprint(o.Place.Unit))
				}
			}
			return strings.Join(units, " "), nil
		},
		live: liveProbes,
	},
	"map-33": {
		model: func(rel string) (string, error) {
			m, err := gomap.New[int, int](gomap.Config[int]{Release: rel, Hint: 20, Hash: func(int, uint64) uint64 { return 0 }})
			if err != nil {
				return "", err
			}
			for i := range 8 {
				if _, err := m.Put(i, i); err != nil {
					return "", err
				}
			}
			if _, err := m.Delete(3); err != nil {
				return "", err
			}
			s := m.Snapshot()
			if s.Design == gomap.Buckets {
				return fmt.Sprint(s.Buckets[0][0].Control[3]), nil
			}
			return fmt.Sprintf("0x%X", s.Tables[0].Groups[0].Control[3]), nil
		},
		live: liveTombstone,
	},
}

// A mapModel is a map of the model and its first error.
type mapModel[K comparable] struct {
	*gomap.Map[K, K]
	err error
}

func (m *mapModel[K]) note(_ gomap.Outcome, err error) { m.err = errors.Join(m.err, err) }

// fill puts the keys 0 to n-1.
func (m *mapModel[K]) fill(n int) {
	for i := m.Len(); i < n; i++ {
		m.note(m.Put(any(i).(K), any(i).(K)))
	}
}

// onMap returns a check that an empty map answers.
func onMap(answer func(m *mapModel[int]) string) func(string) (string, error) {
	return func(rel string) (string, error) {
		m, err := gomap.New[int, int](gomap.Config[int]{Release: rel})
		if err != nil {
			return "", err
		}
		model := &mapModel[int]{Map: m}
		text := answer(model)
		return text, model.err
	}
}

// newMap returns a map with the keys 0 to n-1.
func newMap(rel string, n int) (*gomap.Map[int, int], error) {
	m, err := gomap.New[int, int](gomap.Config[int]{Release: rel, Seed: rand.Uint64()})
	for i := 0; i < n && err == nil; i++ {
		_, err = m.Put(i, i)
	}
	return m, err
}

func filled(n int) map[int]int {
	m := map[int]int{}
	for i := range n {
		m[i] = i
	}
	mapSink = m
	runtime.KeepAlive(mapSink)
	return m
}

// asked returns a function that answers a question of the probe in this process.
func asked(id string) func() (string, error) {
	return func() (string, error) { return gomaps.MapQuestions[id](), nil }
}

//go:embed gomaps/questions.go
var mapQuestions string

// mapProbe returns the file of the probe that asks about maps.
func mapProbe() string { return strings.Replace(mapQuestions, "package gomaps", "package main", 1) }

func bitsBeside(hash uint64, beside uint8) (string, error) {
	switch uint64(beside) {
	case hash >> 56:
		return "56-63", nil
	case hash & 127:
		return "0-6", nil
	}
	return "", fmt.Errorf("%#x beside the hash %#x", beside, hash)
}

// A placed is the place of the only entry of a map.
type placed struct {
	hash        uint64
	table, unit int
}

// chosenBy reports which bits of the hash select the table and the group or bucket.
// groups is the number of groups of a table; 0 for buckets.
func chosenBy(all []placed, groups int) (string, error) {
	number := func(of func(placed) int, n int) (from []int) {
		for bit := range bits.Len(uint(n - 1)) {
			for h := range 64 {
				if !slices.ContainsFunc(all, func(p placed) bool { return of(p)>>bit&1 != int(p.hash>>h&1) }) {
					from = append(from, h)
				}
			}
		}
		return from
	}
	run := func(first, n int) (out []int) {
		for i := range n {
			out = append(out, first+i)
		}
		return out
	}
	tables, units := 0, 0
	for _, p := range all {
		tables, units = max(tables, p.table+1), max(units, p.unit+1)
	}
	table, unit := number(func(p placed) int { return p.table }, tables), number(func(p placed) int { return p.unit }, units)
	switch {
	case groups == 0 && len(unit) > 1 && slices.Equal(unit, run(0, len(unit))):
		return "low B", nil
	case groups > 0 && len(table) > 1 && slices.Equal(table, run(64-len(table), len(table))) && slices.Equal(unit, run(7, bits.Len(uint(groups-1)))):
		return "top globalDepth, then 7 and up", nil
	}
	return "", fmt.Errorf("the table by bits %d, the group by %d", table, unit)
}

// liveProbes puts keys whose search begins in the same group, out of sixteen, and
// returns the groups in which they end up.
func liveProbes() (string, error) {
	m := make(map[int]int, 112)
	look := gomaplive.Look(m)
	if len(look.Tables) != 1 || look.Tables[0].Capacity != 128 {
		return "", fmt.Errorf("%d tables", len(look.Tables))
	}
	var groups []string
	for k, n := 0, 0; n < 40; k++ {
		if gomaplive.HashOf(look, k)>>7&15 != 0 {
			continue
		}
		before := gomaplive.Look(m).Tables[0].Control
		m[k] = k
		for g, c := range gomaplive.Look(m).Tables[0].Control {
			if c != before[g] && n%8 == 0 {
				groups = append(groups, fmt.Sprint(g))
			}
		}
		n++
	}
	return strings.Join(groups, " "), nil
}

// liveTombstone deletes from a full group.
func liveTombstone() (string, error) {
	m := make(map[int]int, 20)
	look := gomaplive.Look(m)
	var keys []int
	for k := 0; len(keys) < 8; k++ {
		if gomaplive.HashOf(look, k)>>7&uint64(len(look.Tables[0].Control)-1) == 0 {
			keys = append(keys, k)
			m[k] = k
		}
	}
	delete(m, keys[3])
	return fmt.Sprintf("0x%X", gomaplive.Look(m).Tables[0].Control[0][3]), nil
}
