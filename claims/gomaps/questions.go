// Package gomaps asks the Go that builds it the ledger's questions about maps, in the
// Go of 1.2, so that every release can.
//
// # Concurrent use
//
// The questions may not be asked by several goroutines at once: some count the blocks
// that the process allocates.
package gomaps

import (
	"fmt"
	"math"
	"runtime"
)

// MapQuestions are the questions, by row.
var MapQuestions = map[string]func() string{
	"map-9": func() string {
		m := entries(5)
		orders := map[string]bool{}
		for i := 0; i < 8000; i++ {
			orders[order(m)] = true
		}
		return fmt.Sprint(len(orders))
	},
	"map-10": func() string {
		m := entries(2)
		n := 0
		for i := 0; i < 8000; i++ {
			for k := range m {
				if k == 0 {
					n++
				}
				break
			}
		}
		return fmt.Sprint((n + 500) / 1000)
	},
	"map-14": func() string {
		m := map[float64]int{}
		for i := 0; i < 5; i++ {
			m[math.NaN()] = 1
		}
		n := len(m)
		for k := range m {
			delete(m, k)
		}
		return fmt.Sprint(n, len(m))
	},
	"map-15": func() string {
		m := map[float64]int{}
		m[0], m[math.Copysign(0, -1)] = 1, 1
		for k := range m {
			return fmt.Sprint(len(m), math.Signbit(k))
		}
		return "nothing"
	},
	"map-17": func() string { return panicOf(func() { noMap()[1] = 1 }) },
	"map-20": func() string {
		m := map[interface{}]int{}
		return panicOf(func() { MapSum += m[[]int{1}] })
	},
	"map-22": func() string {
		m := map[struct{}]int{}
		m[struct{}{}], m[struct{}{}] = 1, 2
		return fmt.Sprint(len(m))
	},
	"map-23": func() string {
		m := entries(3)
		replace(m)
		return yesOrNo(len(m) == 0)
	},
	"map-28": func() string {
		twice := 0
		for i := 0; i < 300; i++ {
			m, came := entries(i), map[int]bool{}
			for k := range m {
				if came[k] {
					twice++
				}
				came[k] = true
				m[1000+len(came)] = 1
			}
		}
		return fmt.Sprint(twice)
	},
	"map-29": func() string {
		m := map[int]int{3: 1, 1: 1, 2: 1}
		first := fmt.Sprint(m)
		for i := 0; i < 300; i++ {
			if fmt.Sprint(m) != first {
				return "random"
			}
		}
		return first
	},
	"map-30": func() string {
		full := make([]map[int]int, 100)
		for i := range full {
			full[i] = entries(8)
		}
		i := -1
		return blocks(func() { i++; full[i][3] = 4 })
	},
	"map-34": func() string {
		return blocks(func() { MapSum += local() }) + " " + blocks(func() { MapSum += literal() })
	},
	"map-35": func() string {
		m, b := map[string]int{"a key of some forty bytes, which is long": 1}, []byte("a key of some forty bytes, which is long")
		return blocks(func() { MapSum += m[string(b)] })
	},
}

// MapSum and MapKept hold results, so that the compiler needs them.
var (
	MapSum  int
	MapKept map[int]int
)

// noMap returns a nil map.
func noMap() map[int]int { return nil }

// entries makes a map of n entries on the heap.
func entries(n int) map[int]int {
	m := map[int]int{}
	for i := 0; i < n; i++ {
		m[i] = i
	}
	MapKept = m
	return m
}

// order tells the keys as a range yields them.
func order(m map[int]int) string {
	var keys []int
	for k := range m {
		keys = append(keys, k)
	}
	return fmt.Sprint(keys)
}

// replace assigns another map to its parameter.
func replace(m map[int]int) {
	MapKept = m
	m = map[int]int{}
	MapKept = m
}

// local makes a map of eight entries that does not escape.
func local() int {
	m := make(map[int]int)
	for i := 0; i < 8; i++ {
		m[i] = i
	}
	return len(m)
}

// literal does the same with a literal.
func literal() int {
	m := map[int]int{}
	for i := 0; i < 8; i++ {
		m[i] = i
	}
	return len(m)
}

var mapsBefore, mapsAfter runtime.MemStats

// blocks returns the number of blocks that each of 100 calls allocates.
func blocks(f func()) string {
	const calls = 100
	runtime.ReadMemStats(&mapsBefore)
	for i := 0; i < calls; i++ {
		f()
	}
	runtime.ReadMemStats(&mapsAfter)
	return fmt.Sprint((mapsAfter.Mallocs - mapsBefore.Mallocs) / calls)
}

// panicOf returns the text of the panic of f.
func panicOf(f func()) (text string) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case error:
			text = r.Error()
		default:
			text = fmt.Sprint(r)
		}
	}()
	f()
	return "nothing"
}

func yesOrNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
