package claims

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/gomap"
	"github.com/orrery-go/orrery/gomap/gomaplive"
	"github.com/orrery-go/orrery/gomap/syncmap"
)

// mapUseChecks are the checks of ranges, of concurrent use, and of sync.Map.
var mapUseChecks = map[string]check{
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
		live: asked("map-9"),
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
		live: asked("map-10"),
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
		live: asked("map-17"),
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
		live: asked("map-23"),
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
		live: asked("map-28"),
	},
	"map-29": {
		model: func(rel string) (string, error) {
			m, err := gomap.New[int, int](gomap.Config[int]{Release: rel})
			for _, k := range []int{3, 1, 2} {
				if err == nil {
					_, err = m.Put(k, 1)
				}
			}
			if err != nil {
				return "", err
			}
			print := func() string {
				var keys []int
				for k := range m.All() {
					keys = append(keys, k)
				}
				if since(rel, "go1.12") { // internal/fmtsort
					slices.Sort(keys)
				}
				var text []string
				for _, k := range keys {
					text = append(text, fmt.Sprint(k, ":1"))
				}
				return "map[" + strings.Join(text, " ") + "]"
			}
			first := print()
			for range 300 {
				if print() != first {
					return "random", nil
				}
			}
			return first, nil
		},
		live: asked("map-29"),
	},
	"map-31": {
		model: func(rel string) (string, error) {
			if !since(rel, "go1.9") { // sync.Map does not exist; the row is about the version that came
				rel = "go1.9"
			}
			m, err := syncmap.New[int, int](syncmap.Config[int]{Release: rel})
			if err != nil {
				return "", err
			}
			for i := range 3 { // a key in the read map, and a new one
				if _, err := m.Store(i, i); err != nil {
					return "", err
				}
				if err := m.Range(func(int, int) bool { return i < 2 }); i < 2 && err != nil {
					return "", err
				}
			}
			if _, err := m.Store(9, 9); err != nil {
				return "", err
			}
			s := m.Snapshot()
			n := 0
			for _, there := range []bool{len(s.Read) > 0, s.HasDirty} {
				if there {
					n++
				}
			}
			return fmt.Sprint(n), nil
		},
		live: func() (string, error) {
			return fmt.Sprint(mapsIn(reflect.TypeFor[sync.Map](), map[reflect.Type]bool{})), nil
		},
	},
}

// firstOfTwo returns the number of ranges, out of 8, over the entries 0 and 1 that begin
// with 0.
func firstOfTwo(first func() int) string {
	n := 0
	for range 8000 {
		if first() == 0 {
			n++
		}
	}
	return fmt.Sprint(math.Round(float64(n) / 1000))
}

// mapsIn counts the maps in a type, and in what its fields point to.
func mapsIn(t reflect.Type, seen map[reflect.Type]bool) (n int) {
	if seen[t] {
		return 0
	}
	seen[t] = true
	switch t.Kind() {
	case reflect.Map:
		return 1
	case reflect.Pointer, reflect.Array:
		return mapsIn(t.Elem(), seen)
	case reflect.Struct:
		for i := range t.NumField() {
			n += mapsIn(t.Field(i).Type, seen)
		}
	}
	return n
}
