package gclive

import (
	"fmt"
	"math"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
	"time"
	"unsafe"
	"weak"
)

// The following functions measure the collector of the running process. Each call takes
// some tens of milliseconds and some megabytes; only one may run at a time.

var (
	list    *node0 // keeps large data alive
	holders [200]*node0
	bytes   []byte
	flat    []byte
)

// chain makes a list of n nodes.
func chain(n int) *node0 {
	var head *node0
	for range n {
		head = &node0{slots: [2]unsafe.Pointer{unsafe.Pointer(head)}}
	}
	return head
}

// MarkShare returns the part of a collection's time for which the world is stopped, with
// a list of many nodes: the least of several measurements.
func MarkShare() float64 {
	defer func() { list = nil }()
	list = chain(200_000)
	least := 1.0
	for range 3 {
		least = min(least, pauseShare())
	}
	return least
}

// pauseShare runs a collection, and returns the part of its time for which the world was
// stopped.
func pauseShare() float64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	runtime.GC()
	took := time.Since(start)
	runtime.ReadMemStats(&after)
	return float64(after.PauseTotalNs-before.PauseTotalNs) / float64(took)
}

// StackShare is [MarkShare] with running goroutines that have deep stacks.
func StackShare() float64 {
	var stop atomic.Bool
	done := make(chan bool)
	const goroutines = 100
	for range goroutines {
		go func() { deep(2000, &stop); done <- true }()
	}
	time.Sleep(20 * time.Millisecond)
	least := 1.0
	for range 5 {
		least = min(least, pauseShare())
	}
	stop.Store(true)
	for range goroutines {
		<-done
	}
	return least
}

//go:noinline
func deep(n int, stop *atomic.Bool) int {
	x := n
	p := [4]*int{&x, &x, &x, &x}
	if n > 0 {
		return deep(n-1, stop) + *p[n%4]
	}
	for !stop.Load() {
		runtime.Gosched()
	}
	return *p[0]
}

// Pauses returns the number of times that the world is stopped in a collection.
func Pauses() int {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	runtime.GC()
	before := pauseCount()
	runtime.GC()
	return pauseCount() - before
}

func pauseCount() (n int) {
	s := []metrics.Sample{{Name: "/sched/pauses/total/gc:seconds"}}
	metrics.Read(s)
	for _, c := range s[0].Value.Float64Histogram().Counts {
		n += int(c)
	}
	return n
}

// Cycles returns the number of cycles that run when n are requested.
func Cycles(n int) int {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for range n {
		runtime.GC()
	}
	runtime.ReadMemStats(&after)
	return int(after.NumGC - before.NumGC)
}

// SweptAtOnce reports whether all garbage is reclaimed by the time at which the program
// sees the end of a cycle that its allocation has started. The program may be late; then
// it tries again, at most 20 times.
func SweptAtOnce() bool {
	for range 20 {
		if sweptAtOnce() < 0.9 {
			return false
		}
	}
	return true
}

func sweptAtOnce() float64 {
	const garbage = 500_000
	old := debug.SetGCPercent(-1)
	defer debug.SetGCPercent(old)
	defer func() { list = nil }()
	for range garbage { // as many objects stay alive between them, so that no span is free as a whole
		bytes = make([]byte, 16)
		list = &node0{slots: [2]unsafe.Pointer{unsafe.Pointer(list)}}
		list = &node0{slots: list.slots}
	}
	var before, at, after runtime.MemStats
	runtime.ReadMemStats(&before)
	debug.SetGCPercent(50) // the heap exceeds its goal: the next span starts a cycle
	for at = before; at.NumGC == before.NumGC; runtime.ReadMemStats(&at) {
		bytes = make([]byte, 4<<10)
	}
	runtime.KeepAlive(bytes)
	debug.SetGCPercent(-1)
	for range 100 {
		time.Sleep(5 * time.Millisecond)
		if runtime.ReadMemStats(&after); after.Frees-before.Frees >= garbage {
			break
		}
	}
	return float64(at.Frees-before.Frees) / float64(after.Frees-before.Frees)
}

// Outlived reports whether objects that are unlinked from the heap while a cycle marks,
// and objects that are made and dropped during it, are left after that cycle, and
// whether any is left after the next.
func Outlived() (unlinked, made, later bool) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	defer func() { list = nil; clear(holders[:]) }()
	list = chain(1_000_000)
	runtime.GC()
	var old, born [len(holders)]weak.Pointer[node0]
	for i := range holders {
		holders[i], old[i] = holder0()
	}
	done := make(chan bool)
	go func() { runtime.GC(); done <- true }()
	for i, going := 0, true; going; {
		select {
		case <-done:
			going = false
		default:
		}
		if i < len(holders) {
			unlink(holders[i])
			born[i] = dropped()
			i++
		}
		for start := time.Now(); time.Since(start) < 100*time.Microsecond; {
			runtime.Gosched()
		}
	}
	for i := range holders {
		unlink(holders[i])
		unlinked = unlinked || alive0(old[i])
		made = made || alive0(born[i])
	}
	list = nil
	runtime.GC()
	for i := range holders {
		later = later || alive0(old[i]) || alive0(born[i])
	}
	return unlinked, made, later
}

//go:noinline
func holder0() (*node0, weak.Pointer[node0]) {
	n := new(node0)
	return &node0{slots: [2]unsafe.Pointer{unsafe.Pointer(n)}}, weak.Make(n)
}

//go:noinline
func unlink(n *node0) { n.slots[0] = nil }

//go:noinline
func dropped() weak.Pointer[node0] { return weak.Make(new(node0)) }

//go:noinline
func alive0(w weak.Pointer[node0]) bool { return w.Value() != nil }

// KeptOnStack makes objects while cycles run, holds them on its stack alone, and reports
// whether all are intact.
func KeptOnStack() bool {
	defer func() { list = nil }()
	list = chain(200_000)
	done := make(chan bool)
	go func() {
		runtime.GC()
		runtime.GC()
		done <- true
	}()
	var held [256]*[4]int
	ok := true
	for i, going := 0, true; going; i++ {
		select {
		case <-done:
			going = false
		default:
		}
		if p := held[i%len(held)]; p != nil && p[1] != i-len(held) {
			ok = false
		}
		held[i%len(held)] = &[4]int{1: i}
	}
	return ok
}

// MarkCPU returns the CPU time for marking n small objects with pointers, divided by
// that for one object of the same number of bytes without pointers. The latter counts as
// at least a tenth of a millisecond.
func MarkCPU(n int) float64 {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	defer func() { list, flat = nil, nil }()
	cost := func(rounds int) float64 { // the least, since a busy machine can only add to it
		least := 1e9
		for range rounds {
			before := markSeconds()
			runtime.GC()
			least = min(least, markSeconds()-before)
		}
		return least
	}
	rest := cost(20) // for the rest of the process's heap
	flat = make([]byte, 16*n)
	one := cost(20)
	runtime.KeepAlive(flat)
	flat = nil
	list = chain(n)
	return (cost(3) - rest) / max(one-rest, 1e-4)
}

func markSeconds() (sum float64) {
	s := []metrics.Sample{
		{Name: "/cpu/classes/gc/mark/assist:cpu-seconds"},
		{Name: "/cpu/classes/gc/mark/dedicated:cpu-seconds"},
		{Name: "/cpu/classes/gc/mark/idle:cpu-seconds"}, // most of it if a P has nothing else to do
	}
	metrics.Read(s)
	for _, m := range s {
		sum += m.Value.Float64()
	}
	return sum
}

// Mallocs returns the number of objects that f allocates: the least of several
// measurements, since other goroutines can only add to it.
func Mallocs(f func()) int {
	least := math.MaxInt
	var before, after runtime.MemStats
	for range 10 {
		runtime.ReadMemStats(&before)
		f()
		runtime.ReadMemStats(&after)
		least = min(least, int(after.Mallocs-before.Mallocs))
	}
	runtime.KeepAlive(sink)
	return least
}

var sink *[4]int

// OnHeap returns the numbers of heap objects of a function whose variable stays in its
// frame, and of one whose variable outlives it.
func OnHeap() string {
	return fmt.Sprint(Mallocs(func() { inFrame(1) }), Mallocs(func() { escapes(1) }))
}

//go:noinline
func inFrame(n int) int {
	var x [4]int
	x[n] = n
	return x[n&1]
}

//go:noinline
func escapes(n int) int {
	var x [4]int
	x[n] = n
	sink = &x
	return x[n&1]
}

// Turns returns the numbers of objects that n turns of a loop allocate if each makes
// one, and if they keep one.
func Turns(n int) string {
	each := Mallocs(func() {
		for range n {
			sink = new([4]int)
		}
	})
	kept := Mallocs(func() {
		x := new([4]int)
		for i := range n {
			x[i&3] = i
			sink = x
		}
	})
	return fmt.Sprint(each, kept)
}
