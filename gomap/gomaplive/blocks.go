package gomaplive

import (
	"fmt"
	"maps"
	"runtime"
	"runtime/debug"

	"github.com/orrery-go/orrery/gomap"
)

// A Type is a type of map whose blocks are counted.
type Type struct {
	Name  string
	count func(q Question) gomap.Blocks
	Model func(q Question) (gomap.Blocks, error)
}

// Types returns the types of maps whose blocks are counted.
func Types() []Type {
	words := make([]string, 6000)
	numbers := make([]*int, 6000)
	for i := range words {
		words[i], numbers[i] = fmt.Sprint("key ", i), new(int)
	}
	return []Type{
		counted("map[int]int", func(i int) int { return i }, func(i int) int { return i }),
		counted("map[string]int", func(i int) string { return words[i] }, func(i int) int { return i }),
		counted("map[int32]*int", func(i int) int32 { return int32(i) }, func(i int) *int { return numbers[i] }),
		counted("map[int]struct{}", func(i int) int { return i }, func(int) struct{} { return struct{}{} }),
		counted("map[byte]bool", func(i int) byte { return byte(i) }, func(int) bool { return true }),
		counted("map[[17]int64]int", func(i int) [17]int64 { return [17]int64{int64(i)} }, func(i int) int { return i }),
		counted("map[int][129]byte", func(i int) int { return i }, func(int) (v [129]byte) { return v }),
		counted("map[int][128]byte", func(i int) int { return i }, func(int) (v [128]byte) { return v }),
		counted("map[[2]string][20]*int", func(i int) [2]string { return [2]string{words[i]} }, func(int) (v [20]*int) { return v }),
	}
}

var escaped any // values that must be on the heap

func counted[K comparable, V any](name string, key func(int) K, elem func(int) V) Type {
	return Type{
		Name: name,
		count: func(q Question) gomap.Blocks {
			runtime.GC() // to the end, since a collection allocates, too
			defer debug.SetGCPercent(debug.SetGCPercent(-1))
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			m := make(map[K]V, q.Hint)
			escaped = &m // one more block, for a pointer
			for i := range q.N {
				m[key(i)] = elem(i)
			}
			pointer := gomap.Blocks{Mallocs: 1, Bytes: 8}
			if q.Then != "" {
				runtime.ReadMemStats(&before)
				pointer = gomap.Blocks{}
			}
			switch q.Then {
			case "update":
				m[key(0)] = elem(1)
			case "clone":
				m = maps.Clone(m)
			}
			runtime.ReadMemStats(&after)
			return gomap.Blocks{
				Mallocs: int(after.Mallocs-before.Mallocs) - pointer.Mallocs,
				Bytes:   int64(after.TotalAlloc-before.TotalAlloc) - pointer.Bytes,
			}
		},
		Model: func(q Question) (gomap.Blocks, error) {
			m, err := gomap.New[K, V](gomap.Config[K]{Release: "running", Hint: int64(q.Hint)})
			if err != nil {
				return gomap.Blocks{}, err
			}
			for i := range q.N {
				if _, err := m.Put(key(i), elem(i)); err != nil {
					return gomap.Blocks{}, err
				}
			}
			switch q.Then {
			case "update":
				o, err := m.Put(key(0), elem(1))
				return gomap.Blocks{Mallocs: o.Mallocs, Bytes: o.Bytes}, err
			case "clone":
				c, err := m.Clone()
				if err != nil {
					return gomap.Blocks{}, err
				}
				return c.Allocated(), nil
			}
			return m.Allocated(), nil
		},
	}
}
