package syncmaplive

import (
	"runtime"
	"runtime/debug"
	"sync"
	"unsafe"

	"github.com/orrery-go/orrery/gomap"
	"github.com/orrery-go/orrery/gomap/syncmap"
)

// An Allocation holds the numbers of blocks of a real map and of the model.
type Allocation struct {
	Real, Model gomap.Blocks
}

// Count stores n keys, deletes a third of them, stores some again, and counts blocks. It
// must run in a child, in which nothing else allocates.
func Count(n int) (a Allocation, err error) {
	boxes := make([]any, n+1) // so that boxing allocates nothing
	for i := range boxes {
		boxes[i] = i
	}
	program := func(store func(k, v any), remove func(k any)) {
		for i := range n {
			store(boxes[i], boxes[i])
		}
		for i := 0; i < n; i += 3 {
			remove(boxes[i])
			store(boxes[i/2], boxes[0])
		}
	}
	m := new(sync.Map)
	memory, err := trieOf(m)
	if err != nil {
		return a, err
	}
	runtime.GC() // to the end, since a collection allocates, too
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	m.Load(nil)
	program(m.Store, m.Delete)
	runtime.ReadMemStats(&after)
	a.Real = gomap.Blocks{Mallocs: int(after.Mallocs - before.Mallocs), Bytes: int64(after.TotalAlloc - before.TotalAlloc)}

	model, err := syncmap.New[any, any](syncmap.Config[any]{
		Release: "running",
		Hash:    func(key any, seed uint64) uint64 { return uint64(memory.keyHash(unsafe.Pointer(&key), uintptr(seed))) },
		Rand:    func() uint64 { return uint64(memory.seed) },
	})
	if err != nil {
		return a, err
	}
	model.Load(nil)
	program(func(k, v any) { model.Store(k, v) }, func(k any) { model.Delete(k) })
	a.Model = model.Allocated()
	return a, nil
}
