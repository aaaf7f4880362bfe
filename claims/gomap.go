package claims

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/gomap"
	"github.com/orrery-go/orrery/gomap/gomaplive"
	"github.com/orrery-go/orrery/layout"
)

// mapSink keeps maps on the heap.
var mapSink any

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
			for hash := uint64(0); ; { // until the two would differ
				clear(m)
				m[1] = 1
				look := gomaplive.Look(m)
				if hash = gomaplive.HashOf(look, 1); hash>>56 != hash&127 {
					return bitsBeside(hash, look.Tables[0].Control[0][0])
				}
			}
		},
	},
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
					return fmt.Sprint(full - entries(after)), nil // entries that are elsewhere
				}
			}
			return "none", nil
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
	"map-9": {
		model: func(rel string) (string, error) {
			m, err := newMap(rel, 5)
			if err != nil {
				return "", err
			}
			orders := map[string]bool{}
			for range 8000 {
				var order []int
				for k := range m.All() {
					order = append(order, k)
				}
				orders[fmt.Sprint(order)] = true
			}
			return fmt.Sprint(len(orders)), nil
		},
		live: func() (string, error) {
			m, orders := filled(5), map[string]bool{}
			for range 8000 {
				var order []int
				for k := range m {
					order = append(order, k)
				}
				orders[fmt.Sprint(order)] = true
			}
			return fmt.Sprint(len(orders)), nil
		},
	},
	"map-10": {
		model: func(rel string) (string, error) {
			m, err := newMap(rel, 2)
			if err != nil {
				return "", err
			}
			return firstOfTwo(func() int {
				for k := range m.All() {
					return k
				}
				return -1
			}), nil
		},
		live: func() (string, error) {
			m := filled(2)
			return firstOfTwo(func() int {
				for k := range m {
					return k
				}
				return -1
			}), nil
		},
	},
	"map-13": {
		model: onMap(func(m *mapModel[int]) string {
			m.fill(100)
			before := m.Snapshot()
			m.note(m.Clear())
			after := m.Snapshot()
			return yes(len(before.Tables) == len(after.Tables) && len(before.Buckets) == len(after.Buckets))
		}),
		live: func() (string, error) {
			m := filled(100)
			before := gomaplive.Look(m)
			clear(m)
			return yes(gomaplive.Look(m).Tables[0].At == before.Tables[0].At), nil
		},
	},
	"map-14": {
		model: func(rel string) (string, error) {
			m, err := gomap.New[float64, int](gomap.Config[float64]{Release: rel})
			if err != nil {
				return "", err
			}
			for range 5 {
				if _, err := m.Put(math.NaN(), 1); err != nil {
					return "", err
				}
			}
			n := m.Len()
			for k := range m.All() {
				if _, err := m.Delete(k); err != nil {
					return "", err
				}
			}
			return fmt.Sprint(n, m.Len()), nil
		},
		live: func() (string, error) {
			m := map[float64]int{}
			for range 5 {
				m[math.NaN()] = 1
			}
			n := len(m)
			for k := range m {
				delete(m, k)
			}
			return fmt.Sprint(n, len(m)), nil
		},
	},
	"map-15": {
		model: func(rel string) (string, error) {
			m, err := gomap.New[float64, int](gomap.Config[float64]{Release: rel})
			if err != nil {
				return "", err
			}
			for _, k := range []float64{0, math.Copysign(0, -1)} {
				if _, err := m.Put(k, 1); err != nil {
					return "", err
				}
			}
			for k := range m.All() {
				return fmt.Sprint(m.Len(), math.Signbit(k)), nil
			}
			return "", errors.New("it is empty")
		},
		live: func() (string, error) {
			m := map[float64]int{}
			m[0], m[math.Copysign(0, -1)] = 1, 1
			for k := range m {
				return fmt.Sprint(len(m), math.Signbit(k)), nil
			}
			return "", errors.New("it is empty")
		},
	},
	"map-16": {
		model: onMap(func(m *mapModel[int]) string { m.fill(77); return fmt.Sprint(m.Snapshot().Len == 77) }),
		live:  func() (string, error) { return fmt.Sprint(gomaplive.Look(filled(77)).Words[0] == 77), nil },
	},
	"map-17": {
		model: func(rel string) (string, error) {
			m, err := gomap.New[int, int](gomap.Config[int]{Release: rel, Nil: true})
			if err != nil {
				return "", err
			}
			_, err = m.Put(1, 1)
			return crashText(err)
		},
		live: func() (string, error) { var m map[int]int; return panicText(func() { m[1] = 1 }), nil },
	},
	"map-18": {
		model: onMap(func(m *mapModel[int]) string {
			m.fill(1)
			m.err = errors.Join(m.err, m.BeginWrite())
			_, err := m.Put(1, 1)
			var c *crash.Error
			if errors.As(err, &c) {
				return c.Line()
			}
			return "no complaint"
		}),
		live: func() (string, error) { return gomaplive.FatalLine("write") },
		slow: true,
	},
	"map-19": {
		model: onMap(func(m *mapModel[int]) string {
			m.fill(5)
			before := m.Snapshot().Flags
			for range m.All() {
				break
			}
			return yes(m.Snapshot().Flags != before)
		}),
		live: func() (string, error) {
			m := filled(5)
			before := gomaplive.Look(m).Words
			for range m {
				break
			}
			return yes(gomaplive.Look(m).Words != before), nil
		},
	},
	"map-20": {
		model: func(rel string) (string, error) {
			m, err := gomap.New[any, int](gomap.Config[any]{Release: rel})
			if err != nil {
				return "", err
			}
			_, _, err = m.Get([]int{1})
			if err == nil {
				return "nothing", nil
			}
			return crashText(err)
		},
		live: func() (string, error) {
			m := map[any]int{}
			return panicText(func() { m[0] = m[[]int{1}] }), nil
		},
	},
	"map-21": {
		model: func(rel string) (string, error) {
			m, err := gomap.New[any, int](gomap.Config[any]{Release: rel})
			if err != nil {
				return "", err
			}
			_, err = m.Put(1, 1)
			if _, bad := m.Put([]int{1}, 1); !errors.Is(bad, gomap.Unhashable) || err != nil {
				return "", fmt.Errorf("%v, %v", err, bad)
			}
			var c *crash.Error
			if _, _, err = m.Get(1); errors.As(err, &c) {
				return c.Line(), nil
			}
			return "reads", err
		},
		live: func() (string, error) {
			m := map[any]int{1: 1}
			if panicText(func() { m[[]int{1}] = 1 }) == "nothing" || m[1] != 1 {
				return "", errors.New("no panic")
			}
			return "reads", nil
		},
	},
	"map-22": {
		model: func(rel string) (string, error) {
			m, err := gomap.New[struct{}, int](gomap.Config[struct{}]{Release: rel})
			for range 2 {
				if err == nil {
					_, err = m.Put(struct{}{}, 1)
				}
			}
			if err != nil {
				return "", err
			}
			return fmt.Sprint(m.Len()), nil
		},
		live: func() (string, error) {
			m := map[struct{}]int{}
			m[struct{}{}], m[struct{}{}] = 1, 2
			return fmt.Sprint(len(m)), nil
		},
	},
	"map-23": {
		model: onMap(func(m *mapModel[int]) string {
			m.fill(3)
			func(m *gomap.Map[int, int]) {
				mapSink = m
				m, _ = gomap.New[int, int](gomap.Config[int]{})
				mapSink = m
			}(m.Map)
			return yes(m.Len() == 0)
		}),
		live: func() (string, error) {
			m := filled(3)
			func(m map[int]int) { mapSink = m; m = map[int]int{}; mapSink = m }(m)
			return yes(len(m) == 0), nil
		},
	},
	"map-24": {
		quiet: true,
		model: func(rel string) (string, error) {
			var out []string
			for _, hint := range []int64{8, 9} {
				m, err := gomap.New[int, int](gomap.Config[int]{Release: rel, Hint: hint})
				if err != nil {
					return "", err
				}
				out = append(out, fmt.Sprint(m.Allocated().Mallocs))
			}
			return strings.Join(out, " "), nil
		},
		live: func() (string, error) {
			blocks := func(n int) float64 {
				return testing.AllocsPerRun(100, func() { mapSink = make(map[int]int, n) })
			}
			return fmt.Sprint(blocks(8), blocks(9)), nil
		},
	},
	"map-25": {
		quiet: true,
		model: func(rel string) (string, error) {
			a, err := twoElems[[128]byte](rel)
			if err != nil {
				return "", err
			}
			b, err := twoElems[[129]byte](rel)
			return fmt.Sprint(a, b), err
		},
		live: func() (string, error) {
			small := testing.AllocsPerRun(100, func() { m := map[int][128]byte{}; mapSink = m; m[1], m[2] = [128]byte{}, [128]byte{} })
			large := testing.AllocsPerRun(100, func() { m := map[int][129]byte{}; mapSink = m; m[1], m[2] = [129]byte{}, [129]byte{} })
			return fmt.Sprint(small, large), nil
		},
	},
	"map-26": {
		model: func(rel string) (string, error) {
			r, err := layout.ForRelease(rel)
			if err != nil {
				return "", err
			}
			m, err := r.Map(layout.Int, layout.Int)
			return fmt.Sprint(m.Unit.PtrBytes), err
		},
	},
	"map-27": {
		model: onMap(func(m *mapModel[int]) string {
			m.fill(1)
			before := m.Snapshot().Seed
			m.note(m.Delete(0))
			return yes(m.Snapshot().Seed != before)
		}),
		live: func() (string, error) {
			m := filled(1)
			before := gomaplive.Look(m).Seed
			delete(m, 0)
			return yes(gomaplive.Look(m).Seed != before), nil
		},
	},
	"map-28": {
		model: func(rel string) (string, error) {
			twice := 0
			for i := range 300 {
				m, err := newMap(rel, i)
				if err != nil {
					return "", err
				}
				came := map[int]bool{}
				for k := range m.All() {
					if came[k] {
						twice++
					}
					came[k] = true
					if _, err := m.Put(1000+len(came), 1); err != nil || len(came) > 1000 {
						return "", fmt.Errorf("it does not end: %v", err)
					}
				}
			}
			return fmt.Sprint(twice), nil
		},
		live: func() (string, error) {
			twice := 0
			for i := range 300 {
				m, came := filled(i), map[int]bool{}
				for k := range m {
					if came[k] {
						twice++
					}
					came[k] = true
					m[1000+len(came)] = 1
				}
			}
			return fmt.Sprint(twice), nil
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
		live: func() (string, error) {
			full := make([]map[int]int, 0, 101)
			for range cap(full) {
				full = append(full, filled(8))
			}
			i := -1
			return fmt.Sprint(testing.AllocsPerRun(100, func() { i++; full[i][3] = 4 })), nil
		},
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
	"map-37": {
		quiet: true, // the loop stays a loop
		model: func(rel string) (string, error) {
			m, err := gomap.New[int, int](gomap.Config[int]{Release: rel, Hash: func(k int, _ uint64) uint64 { return uint64(k % 2) }})
			if err != nil {
				return "", err
			}
			for i := range 100 {
				if _, err := m.Put(i, i); err != nil {
					return "", err
				}
			}
			if _, err := m.Clear(); err != nil {
				return "", err
			}
			for _, chain := range m.Snapshot().Buckets {
				if len(chain) > 1 {
					return "no", nil
				}
			}
			return "yes", nil
		},
		live: func() (string, error) {
			m := filled(100)
			for k := range m {
				delete(m, k)
			}
			for _, t := range gomaplive.Look(m).Tables { // one clear: not even a tombstone is left
				if t.GrowthLeft != t.Capacity*7/8 {
					return "no", nil
				}
			}
			return "yes", nil
		},
	},
}

// A mapModel is a map of the model with its errors.
type mapModel[K comparable] struct {
	*gomap.Map[K, K]
	err error
}

func (m *mapModel[K]) note(_ gomap.Outcome, err error) { m.err = errors.Join(m.err, err) }

// fill puts 0 to n-1.
func (m *mapModel[K]) fill(n int) {
	for i := m.Len(); i < n; i++ {
		m.note(m.Put(any(i).(K), any(i).(K)))
	}
}

// onMap answers by an empty map.
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

// newMap has the keys 0 to n-1.
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

func bitsBeside(hash uint64, beside uint8) (string, error) {
	switch uint64(beside) {
	case hash >> 56:
		return "56-63", nil
	case hash & 127:
		return "0-6", nil
	}
	return "", fmt.Errorf("%#x beside the hash %#x", beside, hash)
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

// entries counts full slots.
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

// movedTop reports whether the first tophash of a bucket says that it was evacuated.
func movedTop(rel string, top uint8) bool {
	switch {
	case since(rel, "go1.12"):
		return 2 <= top && top <= 4
	case since(rel, "go1.3"):
		return 1 <= top && top <= 3
	}
	return false
}

// firstOfTwo is how many of 8 ranges over the entries 0 and 1 begin with 0.
func firstOfTwo(first func() int) string {
	n := 0
	for range 8000 {
		if first() == 0 {
			n++
		}
	}
	return fmt.Sprint(math.Round(float64(n) / 1000))
}

func twoElems[V any](rel string) (int, error) {
	m, err := gomap.New[int, V](gomap.Config[int]{Release: rel})
	for i := 0; i < 2 && err == nil; i++ {
		_, err = m.Put(i, *new(V))
	}
	if err != nil {
		return 0, err
	}
	return m.Allocated().Mallocs, nil
}

func crashText(err error) (string, error) {
	var c *crash.Error
	if errors.As(err, &c) {
		return c.Text, nil
	}
	return "", fmt.Errorf("no crash: %v", err)
}

func panicText(f func()) (text string) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case runtime.Error:
			text = r.Error()
		default:
			text = fmt.Sprint(r)
		}
	}()
	f()
	return "nothing"
}

// liveProbes puts keys whose search begins in the same group, of sixteen, and tells in
// which groups they come to lie.
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
