package main

import (
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"time"
	"unsafe"

	"github.com/orrery-go/orrery/gc/gclive"
	"github.com/orrery-go/orrery/internal/overlay"
	"github.com/orrery-go/orrery/internal/overlay/noted"
)

var spot unsafe.Pointer // a store to it passes the barrier

// stores runs stores to a global during marking.
func stores(all []gclive.Store) (m gclive.Marked, err error) {
	m.Steps = make([]int64, 0, len(all))
	p, none := unsafe.Pointer(new(object0)), spot
	markAlone(0)
	noted.Begin(1<<18, overlay.Of(overlay.BufferFlushed, overlay.BufferFlushed))
	flush()
	since := time.Now()
	for _, s := range all {
		switch s {
		case gclive.StoreNil:
			spot = nil
		case gclive.StoreNilVariable:
			spot = none
		case gclive.StorePointer:
			spot = p
		}
		m.Steps = append(m.Steps, int64(buffered()))
	}
	m.Longest = time.Since(since)
	m.Notes = noted.End()
	finish()
	spot = nil
	return m, nil
}

// scan does all root jobs, and scans what is grey.
func scan() {
	for {
		if class, _ := nextRoot(); class == 0 {
			break
		}
		root()
	}
	drain(1 << 62)
	flush()
	drain(1 << 62)
}

// finish ends the marking.
func finish() {
	for {
		scan()
		if markDone() {
			break
		}
	}
	together()
}

var kept []unsafe.Pointer

// sizes marks objects of each size, given in words: one that is all pointers, and one
// without any.
func sizes(words []int) (m gclive.Marked, err error) {
	kept = nil
	for _, n := range words {
		for _, of := range []reflect.Type{reflect.TypeFor[unsafe.Pointer](), reflect.TypeFor[int]()} {
			p := reflect.New(reflect.ArrayOf(n, of)).UnsafePointer()
			kept = append(kept, p)
			m.Addrs = append(m.Addrs, uint64(uintptr(p)))
		}
	}
	noted.Begin(1<<18, overlay.Of(overlay.ScannedObject, overlay.ScannedIn))
	markAlone(0)
	finish()
	m.Notes = noted.End()
	kept = nil
	return m, nil
}

// calls calls runtime.GC in each of the states.
func calls(states []string) (m gclive.Marked, err error) {
	for _, s := range states {
		hold(true)
		for range 2000 {
			spot = alloc(0)
			spot = alloc(1)
		}
		spot = nil
		noted.Begin(1<<18, overlay.Of(overlay.SweptSpan, overlay.SweptSpan)|overlay.Of(overlay.CycleBegan, overlay.GotGC))
		done := make(chan bool)
		two := func() {
			go func() {
				runtime.GC()
				done <- true
			}()
		}
		switch s {
		case gclive.CallSwept:
			runtime.GC()
			noted.End()
			noted.Begin(1<<18, overlay.Of(overlay.SweptSpan, overlay.SweptSpan)|overlay.Of(overlay.CycleBegan, overlay.GotGC))
		case gclive.CallUnswept:
			markAlone(0)
			finish()
		case gclive.CallBegun, gclive.CallRoots, gclive.CallGrey, gclive.CallTwo:
			markAlone(0)
			for s != gclive.CallBegun {
				if class, _ := nextRoot(); class == 0 {
					break
				}
				root()
			}
			if s == gclive.CallGrey {
				drain(4096)
			}
			if s == gclive.CallTwo {
				two()
				runtime.Gosched()
			}
			together()
		default:
			return m, fmt.Errorf("marker: no state %q", s)
		}
		runtime.GC()
		left := unswept()
		if s == gclive.CallTwo {
			<-done
		}
		m.Calls = append(m.Calls, gclive.Called{Unswept: left, Notes: noted.End()})
		hold(false)
	}
	return m, nil
}

// assist allocates during marking, when only the list is left to be scanned.
func assist(a gclive.Assisting) (m gclive.Marked, err error) {
	array := reflect.ArrayOf(a.Words, reflect.TypeFor[unsafe.Pointer]())
	head := unsafe.Pointer(nil)
	for range a.Objects {
		p := reflect.New(array).UnsafePointer()
		*(*unsafe.Pointer)(p) = head
		head = p
	}
	w := makeWeak(head)
	head = nil
	m.Steps = make([]int64, 0, len(a.Steps))
	hold(true)
	markAlone(a.Ratio)
	scan()
	credit(int64(a.Roots))
	noted.Begin(1<<16, overlay.Of(overlay.Assisted, overlay.Assisted))
	was := colourOf(uintptr(unsafe.Pointer(w.Value()))) // the list is grey now
	for _, n := range a.Steps {
		runtime.Gosched() // a time slice for each
		if n < 0 {
			credit(drain(int64(-n)))
		} else if len(allocate(n)) != n {
			return m, errors.New("marker: not so many bytes")
		}
		m.Steps = append(m.Steps, assists())
	}
	finish()
	m.Notes = noted.End() // which would assist before
	sweep()
	hold(false)
	if was == 0 {
		err = errors.New("marker: the list is white")
	}
	return m, err
}

// allocate allocates n bytes without pointers in the heap.
//
//go:noinline
func allocate(n int) []byte { return make([]byte, n) }
