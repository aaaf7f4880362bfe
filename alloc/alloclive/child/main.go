// Child allocates and collects real objects one by one, with nothing else running.
package main

import (
	"errors"
	"runtime"
	"runtime/debug"
	"time"
	"unsafe"

	"github.com/orrery-go/orrery/alloc"
	"github.com/orrery-go/orrery/alloc/alloclive"
	"github.com/orrery-go/orrery/internal/child"
)

// All memory that a program needs is allocated before it runs, so that only its own
// operations allocate.
var (
	roots   []unsafe.Pointer // by object; nil if it was dropped
	fillers []unsafe.Pointer
	stats   runtime.MemStats
	rules   *alloc.Rules
	classes []alloc.Class
)

func main() {
	var err error
	if rules, err = alloc.ForRelease("running"); err != nil {
		panic(err)
	}
	classes = rules.Classes()
	settle()
	debug.SetGCPercent(-1)
	fillers = make([]unsafe.Pointer, 0, 1<<18)
	child.Serve(func(q alloclive.Question) (alloclive.Answer, error) {
		var a alloclive.Answer
		var err error
		switch {
		case q.Metadata:
			a.Metadata = metadata()
		case q.Make:
			a.Made = made()
		case q.Structs:
			a.Structs, err = structs()
		case q.Levels:
			a.Levels = levels()
		case q.Scavenge:
			a.Retained = retain()
		case q.Steps != nil:
			a = pageSteps(q.Steps)
		case q.Paces != nil:
			a.Goals = paces(q.Paces)
		case q.Lazy:
			return lazy(q.Program)
		case q.Hole != nil:
			a.Hole = hole(q.Hole)
		case q.Place != nil:
			a.Place, err = alloclive.Place(q.Place.Size, q.Place.Noscan)
		default:
			return run(q.Program)
		}
		return a, err
	})
}

func run(program alloclive.Program) (alloclive.Answer, error) {
	mallocs, reads := program.Count()
	roots = make([]unsafe.Pointer, mallocs)
	sizes := program.Sizes()
	a := alloclive.Answer{Addrs: make([]uint64, 0, mallocs), Stats: make([]alloc.MemStats, reads)}
	bySize := make([]alloc.SizeStats, reads*len(stats.BySize))
	for i := range a.Stats {
		a.Stats[i].BySize = bySize[i*len(stats.BySize):][:len(stats.BySize)-1]
	}
	clear(fillers)
	fillers = fillers[:0]
	for range 2 { // an object in a sync.Pool dies in the second
		runtime.GC()
	}
	if err := fill(); err != nil {
		return a, err
	}
	runtime.ReadMemStats(&stats)
	before, read := stats.Mallocs, 0
	for _, op := range program {
		switch op.Verb {
		case alloclive.Noscan, alloclive.Scan:
			x := malloc(op.Arg, op.Verb == alloclive.Noscan)
			roots[len(a.Addrs)] = x
			a.Addrs = append(a.Addrs, uint64(uintptr(x)))
		case alloclive.Drop:
			roots[op.Arg] = nil
		case alloclive.Free:
			if !freegc(roots[op.Arg], uintptr(sizes[op.Arg]), true) {
				return a, errors.New("the runtime does not take an object back")
			}
			roots[op.Arg] = nil
		case alloclive.Collect:
			runtime.GC()
		case alloclive.Read:
			runtime.ReadMemStats(&stats)
			note(&a.Stats[read])
			read++
		}
	}
	runtime.ReadMemStats(&stats)
	a.Others = int64(stats.Mallocs - before - uint64(mallocs))
	runtime.KeepAlive(program)
	clear(roots)
	return a, nil
}

// settle makes the runtime allocate what it allocates once: memory for its timers, one
// of which belongs to the scavenger.
func settle() {
	for range 3 {
		runtime.GC()
	}
	var timers [32]*time.Timer
	for i := range timers {
		timers[i] = time.NewTimer(time.Hour)
	}
	for _, t := range timers {
		t.Stop()
	}
	time.Sleep(10 * time.Millisecond)
}

// fill fills the free slots of spans of every class, so that the next object of each
// begins a fresh span.
func fill() error {
	for _, k := range classes {
		for _, noscan := range []bool{true, false} {
			size := min(k.Size, rules.MaxSmall())
			if noscan && size < rules.TinySize() {
				continue // the class has no spans of this kind
			}
			if !noscan {
				p, err := rules.Place(size, false)
				if err != nil {
					return err
				}
				size -= p.Header
			}
			run, last := int64(0), uintptr(0)
			for run < rules.SpanObjects(k.Index, noscan) {
				x := malloc(size, noscan)
				fillers = append(fillers, x)
				at := uintptr(x)
				switch {
				case run > 0 && at == last+uintptr(k.Size):
					run++
				case at%uintptr(rules.PageSize()) < 16:
					run = 1
				default:
					run = 0
				}
				last = at
				if len(fillers) == cap(fillers) {
					return alloclive.ErrDisturbed
				}
			}
		}
	}
	return nil
}

//go:noinline
func malloc(size int64, noscan bool) unsafe.Pointer {
	if noscan {
		return unsafe.Pointer(unsafe.SliceData(make([]byte, size)))
	}
	return unsafe.Pointer(unsafe.SliceData(make([]*byte, size/int64(unsafe.Sizeof(uintptr(0))))))
}

func note(s *alloc.MemStats) {
	s.TotalAlloc, s.Mallocs, s.Frees = stats.TotalAlloc, stats.Mallocs, stats.Frees
	s.Alloc, s.HeapAlloc, s.HeapInuse, s.HeapObjects = stats.Alloc, stats.HeapAlloc, stats.HeapInuse, stats.HeapObjects
	for i := range s.BySize {
		b := stats.BySize[i+1]
		s.BySize[i] = alloc.SizeStats{Size: int64(b.Size), Mallocs: b.Mallocs, Frees: b.Frees}
	}
}
