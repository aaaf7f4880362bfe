// The probe of package claims answers the questions of the ledger, by row, on the Go
// that builds it. It is in the Go of 1.2, so that every release runs it. The questions
// about contexts, goroutines, interfaces and maps are in the files of packages contexts,
// goroutines, interfaces and gomaps, and the programs of rows are run by the files of
// package bench's child, all of which are put beside it.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"
	"unsafe"
)

// Values that must be on the heap are assigned to these variables.
var (
	ints      []int
	memory    []byte
	pointers  []*int
	intsPtr   [1000]*int
	ptrsPtr   [1000]**int
	nothing   *struct{}
	something *struct{}
	signals   chan struct{}
	flags     chan bool
	mapEmpty  map[int64]struct{}
	mapBool   map[int64]bool
)

var before, after runtime.MemStats

func main() {
	if len(os.Args) > 1 && os.Args[1][0] == '{' {
		runAlone(os.Args[1])
		return
	}
	if len(os.Args) > 1 {
		fmt.Print(GoroutineQuestions[os.Args[1]]())
		return
	}
	answers := map[string]interface{}{
		"12-1": marshal([]int(nil)) + " " + marshal([]int{}),
		"12-2": fmt.Sprint(make([]int, 0) == nil, len(make([]int, 0))),
		"12-3": zerobase(),
		"12-4": fmt.Sprint([]int{} == nil),
		"12-5": fmt.Sprint([]int{} == nil, []int(nil) == nil),
		"17-1": fmt.Sprint(cap(append(make([]int, 5), make([]int, 6)...)), cap(append(make([]byte, 5), make([]byte, 6)...))),
		"17-2": fmt.Sprint(cap(append(make([]int, 1000, 1024), make([]int, 25)...))),
		"17-3": fmt.Sprint(cap(append(make([]int, 1024), 1))),
		"17-4": fmt.Sprint(cap(append(make([]struct{}, 5), make([]struct{}, 2)...))),
		"17-5": pointerCaps(),
		"17-6": firstCaps(),
		"20-4": fmt.Sprint(unsafe.Offsetof(struct {
			a bool
			b int64
		}{}.a)),
		"20-5": arrayOffsets(),
		"20-6": structSizes(),
		"20-7": fmt.Sprint(unsafe.Sizeof(struct{ a, b byte }{})),
		"20-8": fmt.Sprint(unsafe.Sizeof(struct {
			a int64
			b struct{}
		}{})),
		"22-1":  emptySizes(),
		"22-2":  setSaves(),
		"22-3":  channelBytes(),
		"22-4":  fmt.Sprint(unsafe.Sizeof(stateless{})),
		"28-13": eightByteClasses(),
		"29-6":  fmt.Sprint(appendMallocs()),
	}
	for id := range GoroutineQuestions {
		answers[id] = apart(id)
	}
	for id, q := range Questions {
		answers[id] = q()
	}
	for id, q := range InterfaceQuestions {
		answers[id] = q()
	}
	for id, q := range MapQuestions {
		answers[id] = q()
	}
	ended := map[string][]ending{}
	for id, r := range programRows {
		key := fmt.Sprint(r.Program, r.Env)
		if ended[key] == nil {
			ended[key] = r.endings()
		}
		answers[id] = ended[key]
	}
	json.NewEncoder(os.Stdout).Encode(answers)
}

// apart asks a question in a process of its own, on one P and without collections, which
// free stacks.
func apart(id string) string {
	os.Setenv("GOMAXPROCS", "1")
	os.Setenv("GOGC", "off")
	for try := 0; try < 100; try++ {
		answer, err := exec.Command("/proc/self/exe", id).Output()
		if err != nil {
			return err.Error()
		}
		if len(answer) > 0 {
			return string(answer)
		}
	}
	return "disturbed 100 times"
}

// A row is the program of a row, how often it is run at least, and how many of the runs
// are to be quiet: which of them were disturbed is seen later.
type row struct {
	alone
	runs, quiet int
}

func (r row) endings() (list []ending) {
	quiet := 0
	for start := time.Now(); len(list) < r.runs || quiet < r.quiet && time.Since(start) < 5*time.Second; {
		e := r.run()
		if t := e.Result; t == nil || t.Stopped == 0 && t.Began < 3*time.Millisecond && t.Late < time.Millisecond {
			quiet++
		}
		list = append(list, e)
	}
	return list
}

func marshal(v interface{}) string {
	data, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(data)
}

func zerobase() string {
	n := 0
	ints = make([]int, n)
	nothing = new(struct{})
	if *(*unsafe.Pointer)(unsafe.Pointer(&ints)) == unsafe.Pointer(nothing) {
		return "zerobase"
	}
	return "elsewhere"
}

func pointerCaps() string {
	var caps []string
	pointers = nil
	for len(pointers) < 600 {
		old := cap(pointers)
		if pointers = append(pointers, nil); cap(pointers) != old && cap(pointers) > 60 {
			caps = append(caps, fmt.Sprint(cap(pointers)))
		}
	}
	return strings.Join(caps, " ")
}

// firstCaps appends to a slice that does not escape.
func firstCaps() string {
	var caps [4]int
	n, last := 0, 0
	var s []int
	for n < len(caps) {
		s = append(s, 1)
		if cap(s) != last {
			last = cap(s)
			caps[n] = last
			n++
		}
	}
	return strings.Trim(fmt.Sprint(caps), "[]")
}

func arrayOffsets() string {
	var x struct {
		a bool
		s [16]byte
		t string
	}
	return fmt.Sprint(unsafe.Offsetof(x.s), unsafe.Offsetof(x.t))
}

func structSizes() string {
	return fmt.Sprint(
		unsafe.Sizeof(struct {
			a bool
			b int64
			c bool
		}{}),
		unsafe.Sizeof(struct {
			b    int64
			a, c bool
		}{}),
		unsafe.Sizeof(struct {
			a bool
			s [16]byte
		}{}))
}

func emptySizes() string {
	return fmt.Sprint(
		unsafe.Sizeof(struct{}{}),
		unsafe.Sizeof(struct {
			a struct{}
			b int64
		}{}),
		unsafe.Sizeof(struct {
			b int64
			a struct{}
		}{}))
}

type stateless struct{}

func (stateless) Area() int { return 0 }

// setSaves reports whether a set as map[int64]struct{} is smaller than one as
// map[int64]bool, by more than the overflow buckets of an unlucky hash.
func setSaves() string {
	const n = 100000
	heap := func(fill func()) float64 {
		runtime.GC()
		runtime.ReadMemStats(&before)
		fill()
		runtime.GC()
		runtime.ReadMemStats(&after)
		return float64(after.HeapAlloc) - float64(before.HeapAlloc)
	}
	empty := heap(func() {
		mapEmpty = make(map[int64]struct{})
		for i := int64(0); i < n; i++ {
			mapEmpty[i] = struct{}{}
		}
	})
	full := heap(func() {
		mapBool = make(map[int64]bool)
		for i := int64(0); i < n; i++ {
			mapBool[i] = true
		}
	})
	if empty < 0.97*full {
		return "smaller"
	}
	return "the same"
}

func channelBytes() string {
	bytes := func(alloc func()) uint64 {
		least := uint64(1 << 62) // other goroutines can only add to it
		for i := 0; i < 5; i++ {
			runtime.ReadMemStats(&before)
			alloc()
			runtime.ReadMemStats(&after)
			if n := after.TotalAlloc - before.TotalAlloc; n < least {
				least = n
			}
		}
		return least
	}
	return fmt.Sprint(
		bytes(func() { signals = make(chan struct{}, 1000000) }),
		bytes(func() { flags = make(chan bool, 1000000) }))
}

// eightByteClasses returns the size classes in which 1,000 objects of 8 bytes are
// counted, without and with pointers.
func eightByteClasses() string {
	class := func(alloc func(i int)) int {
		runtime.ReadMemStats(&before)
		for i := 0; i < 1000; i++ {
			alloc(i)
		}
		runtime.ReadMemStats(&after)
		most, size := uint64(0), 0
		for i := range after.BySize {
			if n := after.BySize[i].Mallocs - before.BySize[i].Mallocs; n > most {
				most, size = n, int(after.BySize[i].Size)
			}
		}
		return size
	}
	return fmt.Sprint(
		class(func(i int) { intsPtr[i] = new(int) }),
		class(func(i int) { ptrsPtr[i] = new(*int) }))
}

// appendMallocs returns the allocations of one append to a slice that does not escape.
// (If it were inlined into the loop, all but the first would go to the heap: the
// compiler gives each append one buffer for each call of its function.)
func appendMallocs() uint64 {
	const n = 1000
	runtime.ReadMemStats(&before)
	for i := 0; i < n; i++ {
		sum += appendOne(i)
	}
	runtime.ReadMemStats(&after)
	return (after.Mallocs - before.Mallocs + n/2) / n
}

var sum int

//go:noinline
func appendOne(i int) int {
	var s []int
	s = append(s, i)
	return s[0] + cap(s)
}
