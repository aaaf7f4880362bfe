// The probe of package pacerlive, in the Go of 1.2.
package main

import (
	"bytes"
	"encoding/json"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"
)

type node struct {
	next *node
	_    [127]uintptr
}

var (
	list *node
	flat [][]byte
)

func main() {
	file, err := os.Create("trace")
	if err != nil {
		panic(err)
	}
	if err := syscall.Dup2(int(file.Fd()), 2); err != nil {
		panic(err)
	}
	if minor := strings.Split(runtime.Version()+".", ".")[1]; len(minor) == 1 && minor < "9" {
		os.Stdout.WriteString("{}") // the pacer of older releases is not modelled
		return
	}
	lines := pacing()
	json.NewEncoder(os.Stdout).Encode(map[string]interface{}{"Goals": goals(), "Pacer": lines})
}

// next returns random numbers.
var seed = uint32(1)

func next(n int) int {
	seed = seed*1664525 + 1013904223
	return int(seed>>8) % n
}

// percents are the settings for each heap; from the first two follow the bytes in use
// and the other bytes that count.
var percents = []int{10000, 20000, 99999, 1000, 500, 333, 200, 150, 133, 100, 75, 50, 25, 10, 1, 0}

// goals returns the goals of heaps at each setting.
func goals() [][]uint64 {
	var m runtime.MemStats
	var out [][]uint64
	for i := 0; i < 20; i++ {
		debug.SetGCPercent(20000)
		list, flat = nil, nil
		for j := next(16000); j > 0; j-- {
			list = &node{next: list}
		}
		for j := next(100); j > 0; j-- {
			flat = append(flat, make([]byte, 1+next(200000)))
		}
		row := make([]uint64, len(percents))
		runtime.GC()
		runtime.ReadMemStats(&m)
		before := m.NumGC
		for k, g := range percents {
			debug.SetGCPercent(g)
			runtime.ReadMemStats(&m)
			row[k] = m.NextGC
		}
		debug.SetGCPercent(20000)
		runtime.ReadMemStats(&m)
		if m.NumGC != before || m.NextGC != row[1] {
			i-- // a collection came between
			continue
		}
		out = append(out, row)
	}
	return out
}

// pacing makes the heap grow and shrink, and returns the pacer's own output about it.
func pacing() []string {
	runtime.GOMAXPROCS(1)
	var m runtime.MemStats
	for m.NumGC < 24 {
		if next(3) == 0 {
			list = nil
		}
		for j := 2000 + next(20000); j > 0; j-- {
			list = &node{next: list}
		}
		runtime.ReadMemStats(&m)
	}
	list = nil
	f, err := os.Open("trace")
	if err != nil {
		panic(err)
	}
	defer f.Close()
	var b bytes.Buffer
	b.ReadFrom(f)
	var lines []string
	for _, line := range strings.Split(b.String(), "\n") {
		if strings.HasPrefix(line, "pacer: ") && !strings.Contains(line, "assist ratio=") && !strings.Contains(line, "sweep done") {
			if i := strings.Index(line, " goal\u0394="); i > 0 {
				line = line[:i] // the rest follows from it
			}
			lines = append(lines, strings.TrimPrefix(line, "pacer: "))
		}
	}
	return lines
}
