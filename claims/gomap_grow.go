package claims

import (
	"fmt"
	"strings"

	"github.com/orrery-go/orrery/gomap"
	"github.com/orrery-go/orrery/gomap/gomaplive"
)

// mapGrowChecks are the checks of when and how a map grows.
var mapGrowChecks = map[string]check{
	"map-4": {
		model: func(rel string) (string, error) { return modelGrowths(rel, 900) },
		live: func() (string, error) {
			var at []string
			m, slots := map[int]int{}, 8
			for i := 1; i <= 900; i++ {
				m[i] = i
				if n := gomaplive.Look(m).Slots(); i > 1 && n != slots {
					at, slots = append(at, fmt.Sprint(i)), n
				}
			}
			return strings.Join(at, " "), nil
		},
	},
	"map-5": {
		model: onMap(func(m *mapModel[int]) string {
			m.fill(897)
			if s := m.Snapshot(); s.Design == gomap.Swiss {
				return tablesOf(len(s.Tables), s.Tables[0].Capacity)
			}
			return fmt.Sprint(len(m.Snapshot().Buckets) * 8)
		}),
		live: func() (string, error) {
			t := gomaplive.Look(filled(897)).Tables
			return tablesOf(len(t), t[0].Capacity), nil
		},
	},
	"map-6": {
		model: onMap(func(m *mapModel[int]) string {
			for i := 0; ; i++ {
				m.fill(i)
				if s := m.Snapshot(); len(s.OldBuckets) == 64 {
					n := 0
					for _, chain := range s.OldBuckets {
						if !chain[0].Evacuated && !movedTop(m.Release(), chain[0].Control[0]) {
							n++
						}
					}
					return fmt.Sprint(n)
				} else if i > 500 {
					return "none"
				}
			}
		}),
		live: func() (string, error) {
			m := map[int]int{}
			for i := range 500 {
				before := gomaplive.Look(m)
				m[i] = i
				after := gomaplive.Look(m)
				if full := int(after.Len); after.Slots() != before.Slots() && full != entries(after) {
					return fmt.Sprint(full - entries(after)), nil // number of entries in other places
				}
			}
			return "none", nil
		},
	},
	"map-7": {
		model: func(rel string) (string, error) {
			same := false
			m, err := gomap.New[int, int](gomap.Config[int]{Release: rel, Trace: func(e gomap.Event) { same = same || e.Kind == gomap.SameSize }})
			if err != nil {
				return "", err
			}
			err = churn(func(k int) error { _, err := m.Put(k, k); return err }, func(k int) error { _, err := m.Delete(k); return err }, func() bool { return same })
			return yes(same), err
		},
		live: func() (string, error) {
			m, same := map[int]int{}, false
			before := gomaplive.Look(m)
			err := churn(func(k int) error { m[k] = k; return nil }, func(k int) error { delete(m, k); return nil }, func() bool {
				now := gomaplive.Look(m)
				same = same || len(before.Tables) > 0 && now.Slots() == before.Slots() && now.Tables[0].At != before.Tables[0].At
				before = now
				return same
			})
			return yes(same), err
		},
	},
	"map-30": {
		quiet: true,
		model: func(rel string) (string, error) {
			m, err := newMap(rel, 8)
			if err != nil {
				return "", err
			}
			o, err := m.Put(3, 4)
			return fmt.Sprint(o.Mallocs), err
		},
		live: asked("map-30"),
	},
	"map-38": {
		model: func(rel string) (string, error) {
			slow, err := modelPrunes(rel, func(k int) [2]uint64 { return [2]uint64{uint64(k)} })
			if err != nil {
				return "", err
			}
			quick, err := modelPrunes(rel, func(k int) uint64 { return uint64(k) })
			return yes(slow) + " " + yes(quick), err
		},
		live: func() (string, error) {
			slow, err := livePrunes(func(k int) [2]uint64 { return [2]uint64{uint64(k)} })
			if err != nil {
				return "", err
			}
			quick, err := livePrunes(func(k int) uint64 { return uint64(k) })
			return yes(slow) + " " + yes(quick), err
		},
	},
}

func modelGrowths(rel string, n int) (string, error) {
	var at []string
	i := 0
	m, err := gomap.New[int, int](gomap.Config[int]{Release: rel, Trace: func(e gomap.Event) {
		if e.Kind == gomap.Grew || e.Kind == gomap.Split {
			at = append(at, fmt.Sprint(i))
		}
	}})
	for i = 1; i <= n && err == nil; i++ {
		_, err = m.Put(i, i)
	}
	return strings.Join(at, " "), err
}

func tablesOf(n, slots int) string {
	if n == 1 {
		return fmt.Sprint(slots)
	}
	return fmt.Sprintf("%s of %d", map[int]string{2: "two"}[n], slots)
}

// entries returns the number of full slots.
func entries(m gomaplive.Memory) (n int) {
	for _, t := range m.Tables {
		for _, c := range t.Control {
			for _, b := range c {
				if b < 0x80 {
					n++
				}
			}
		}
	}
	return n
}

// movedTop reports whether the first tophash of a bucket marks it as evacuated.
func movedTop(rel string, top uint8) bool {
	switch {
	case since(rel, "go1.12"):
		return 2 <= top && top <= 4
	case since(rel, "go1.3"):
		return 1 <= top && top <= 3
	}
	return false
}

// churn keeps a map at one length, with keys that come and go, until done.
func churn(put, remove func(int) error, done func() bool) error {
	const length = 94
	for k := range 20_000 {
		if k >= length {
			if err := remove(k - length); err != nil {
				return err
			}
		}
		if err := put(k); err != nil {
			return err
		}
		if done() && k > 2*length {
			return nil
		}
	}
	return nil
}

// prunable fills the second group of a table of two groups except for one slot, puts
// eight keys into the first and deletes four there, which leaves tombstones that no
// search needs. Then it puts one more key into the second group, which has a free slot
// while the table has no room: the table is pruned or grows. The keys of a group are
// named by number.
func prunable(put, remove func(group, number int) error) error {
	for number := range 8 {
		if err := put(0, number); err != nil {
			return err
		}
	}
	for number := range 6 {
		if err := put(1, number); err != nil {
			return err
		}
	}
	for number := range 4 {
		if err := remove(0, number); err != nil {
			return err
		}
	}
	return put(1, 6)
}

// modelPrunes reports whether tombstones are pruned.
func modelPrunes[K comparable](rel string, key func(int) K) (bool, error) {
	pruned := false
	group := map[K]int{}
	m, err := gomap.New[K, int](gomap.Config[K]{
		Release: rel, Hint: 9,
		Hash:  func(k K, _ uint64) uint64 { return uint64(group[k]) << 7 },
		Trace: func(e gomap.Event) { pruned = pruned || e.Kind == gomap.Pruned },
	})
	if err != nil {
		return false, err
	}
	of := func(g, number int) K {
		k := key(2*number + g)
		group[k] = g
		return k
	}
	err = prunable(func(g, number int) error { _, err := m.Put(of(g, number), 1); return err }, func(g, number int) error { _, err := m.Delete(of(g, number)); return err })
	return pruned, err
}

// livePrunes does the same on the running Go: pruning keeps the table, and gives it more
// room.
func livePrunes[K comparable](key func(int) K) (bool, error) {
	m := make(map[K]int, 9)
	before := gomaplive.Look(m)
	if len(before.Tables) != 1 || before.Tables[0].Capacity != 16 {
		return false, fmt.Errorf("%d tables", len(before.Tables))
	}
	var keys [2][]K // keys whose search begins in each group
	for k := 0; len(keys[0]) < 8 || len(keys[1]) < 8; k++ {
		g := gomaplive.HashOf(before, key(k)) >> 7 & 1
		keys[g] = append(keys[g], key(k))
	}
	err := prunable(func(g, number int) error { m[keys[g][number]] = 1; return nil }, func(g, number int) error { delete(m, keys[g][number]); return nil })
	after := gomaplive.Look(m)
	return after.Tables[0].At == before.Tables[0].At && after.Tables[0].GrowthLeft == 3, err
}
