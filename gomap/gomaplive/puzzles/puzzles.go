// Package puzzles asks the Go that builds it what people have asked and reported about
// maps, in the Go of 1.2, so that every release can answer.
//
// # Concurrent use
//
// The puzzles may be asked by several goroutines at once.
package puzzles

import (
	"fmt"
	"math"
)

// MapPuzzles are the puzzles, by name.
var MapPuzzles = map[string]func() string{
	// Whether a range yields entries after its body has emptied the map in a loop,
	// during a growth that began in the range: golang/go#59411.
	"emptied in a growth": func() string {
		for trial := 0; trial < 400; trial++ {
			m := numbers(96)
			late, empty := []int{}, false
			for k := range m {
				if empty {
					late = append(late, k)
					continue
				}
				for i := 0; i < trial%20; i++ {
					m[1000+i] = 1
				}
				for k := range m {
					delete(m, k)
				}
				empty = true
			}
			if len(late) > 0 {
				return "some"
			}
		}
		return "none"
	},
	// The entries with NaN and other keys that a loop of deletes leaves:
	// golang/go#20660.
	"NaN deleted in a loop": func() string {
		m := map[float64]int{1: 1, 2: 2, math.NaN(): 3, math.Inf(1): 4}
		m[math.NaN()] = 5
		for k := range m {
			delete(m, k)
		}
		_, found := m[math.NaN()]
		return fmt.Sprint(len(m), found)
	},
	// Whether a range ends that adds an entry for each entry that it yields, and yields
	// each original entry once.
	"adds while it ranges": func() string {
		for n := 1; n < 60; n++ {
			m, came := numbers(n), map[int]int{}
			for k := range m {
				came[k]++
				m[k+1000] = 1
				if len(m) > 100000 {
					return "no end"
				}
			}
			for k := 0; k < n; k++ {
				if came[k] != 1 {
					return fmt.Sprint(k, " came ", came[k], " times")
				}
			}
		}
		return "once"
	},
	// The number of entries that a range yields if the first turn deletes all others.
	"deletes the others": func() string {
		n := 0
		m := numbers(50)
		for k := range m {
			n++
			for i := 0; i < 50; i++ {
				if i != k {
					delete(m, i)
				}
			}
		}
		return fmt.Sprint(n, len(m))
	},
	// The number of orders in which three entries are yielded: golang/go#6719.
	"orders of three": func() string {
		m, seen := numbers(3), map[string]bool{}
		for i := 0; i < 1000; i++ {
			text := ""
			for k := range m {
				text += fmt.Sprint(k)
			}
			seen[text] = true
		}
		return fmt.Sprint(len(seen))
	},
	// Whether 1 of several types is one key.
	"ones of several types": func() string {
		m := map[interface{}]int{}
		for _, k := range []interface{}{1, int64(1), 1.0, "1", int64(1), [1]int{1}, [1]interface{}{1}} {
			m[k]++
		}
		return fmt.Sprint(len(m), m[int64(1)])
	},
	// Whether a key with a NaN in it is ever found.
	"NaN inside": func() string {
		m := map[interface{}]int{}
		k := [2]interface{}{1, math.NaN()}
		m[k] = 1
		m[k] = 2
		_, found := m[k]
		delete(m, k)
		return fmt.Sprint(len(m), found)
	},
	// Whether entries yielded after a growth in the body have their current elements.
	"updated in a growth": func() string {
		for n := 2; n < 40; n++ {
			m := numbers(n)
			old, first := 0, true
			for k, v := range m {
				if !first {
					if k < n && v != 777 {
						old++
					}
					continue
				}
				first = false
				for i := 0; i < n; i++ {
					m[i] = 777
				}
				for i := 0; i < 4*n; i++ {
					m[5000+i] = 1
				}
			}
			if old > 0 {
				return "old ones come"
			}
		}
		return "those of now"
	},
	// The result of a range that deletes each entry and puts it back under another key.
	"renames all": func() string {
		m := map[int]int{}
		for i := 0; i < 20; i++ {
			m[i] = i
		}
		for k, v := range m {
			if k < 100 {
				delete(m, k)
				m[k+100] = v
			}
		}
		sum := 0
		for k, v := range m {
			if k == v+100 {
				sum++
			}
		}
		return fmt.Sprint(len(m), sum)
	},
	// The result of reading a nil map with a key that cannot be hashed: golang/go#23734.
	"unhashable in nil": func() (text string) {
		defer func() {
			if e, ok := recover().(error); ok {
				text = e.Error()
			}
		}()
		var m map[interface{}]int
		delete(m, 1)
		n := m[[]int{1}]
		return fmt.Sprint(n, len(m))
	},
}

func numbers(n int) map[int]int {
	m := map[int]int{}
	for i := 0; i < n; i++ {
		m[i] = i
	}
	return m
}
