// Programs allocates as three kinds of programs do: a cache of a steady size, a heap
// that grows, and bursts between times of little use; and as seven others.
//
//	GODEBUG=gctrace=1 go run ./gc/pacer/pacerlive/programs cache 2> gctrace.log
package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/metrics"
)

// An entry is 256 bytes, and points to others.
type entry struct {
	next, other *entry
	key         uint64
	_           [29]uint64
}

// random is a generator of the same numbers every time.
type random uint64

func (r *random) next(n int) int {
	*r = *r*6364136223846793005 + 1442695040888963407
	return int(uint64(*r>>33) % uint64(n))
}

var (
	r    random = 1
	sink []byte
	work uint64
)

// garbage allocates n bytes that are not kept, and works with them.
func garbage(bytes int) {
	for bytes > 0 {
		n := 64 + r.next(1000)
		sink = make([]byte, n)
		for i := range sink {
			work += uint64(i) ^ uint64(sink[i])
		}
		bytes -= n
	}
	look()
}

// cache keeps 200,000 entries, and replaces one at a time.
func cache() any {
	entries := make([]*entry, 200_000)
	for i := range entries {
		entries[i] = &entry{key: uint64(i)}
		garbage(100)
	}
	for range 1_500_000 {
		i := r.next(len(entries))
		entries[i] = &entry{key: uint64(i)}
		garbage(500)
	}
	return entries
}

// grow has a list that grows by 600,000 entries.
func grow() any {
	var list *entry
	for i := range 600_000 {
		list = &entry{next: list, key: uint64(i)}
		garbage(900)
	}
	return list
}

// burst builds 100,000 entries and drops them, again and again.
func burst() any {
	keep := make([]*entry, 40_000)
	for i := range keep {
		keep[i] = &entry{key: uint64(i)}
	}
	for range 12 {
		var list *entry
		for i := range 100_000 {
			list = &entry{next: list, other: keep[i%len(keep)], key: uint64(i)}
			garbage(100)
		}
		work += list.key
		list = nil
		garbage(60 << 20)
	}
	return keep
}

func main() {
	shapes := map[string]func() any{
		"cache": cache, "grow": grow, "burst": burst,
		"quick": quick, "small": small, "queue": queue, "buffers": buffers, "maps": maps, "tree": tree, "arrays": arrays,
	}
	if len(os.Args) != 2 || shapes[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "programs: want cache, grow or burst; or quick, small, queue, buffers, maps, tree or arrays")
		os.Exit(2)
	}
	kept := shapes[os.Args[1]]()
	fmt.Println("beside", beside)
	runtime.GC()                                // its line reports the final size of the heap
	runtime.ReadMemStats(new(runtime.MemStats)) // stops the world, which waits until that line is written
	fmt.Println(work, kept != nil)
}

var (
	largest, beside uint64
	calls           int
	samples         = []metrics.Sample{
		{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}, {Name: "/memory/classes/heap/free:bytes"},
	}
)

// look looks, now and then, whether the heap is larger than ever, and how much is mapped
// beside its objects then, as the pacer counts it.
// (`runtime/mgcpacer.go:(*gcControllerState).memoryLimitHeapGoal`)
func look() {
	if calls++; calls%256 != 0 {
		return
	}
	metrics.Read(samples)
	if objects := samples[0].Value.Uint64(); objects > largest {
		largest, beside = objects, samples[1].Value.Uint64()-samples[2].Value.Uint64()-samples[3].Value.Uint64()-objects
	}
}
