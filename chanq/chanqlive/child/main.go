// Child performs operations on channels in a runtime that notes when it takes their locks.
package main

import (
	"errors"
	"runtime"
	"unsafe"

	"github.com/orrery-go/orrery/chanq"
	"github.com/orrery-go/orrery/chanq/chanqlive"
	"github.com/orrery-go/orrery/internal/child"
	"github.com/orrery-go/orrery/internal/overlay"
	"github.com/orrery-go/orrery/internal/overlay/noted"
)

func main() { child.Serve(run) }

var garbage []chan int64

func address(c chan int64) uint64 { return uint64(*(*uintptr)(unsafe.Pointer(&c))) }

func run(q chanqlive.Acts) (a chanqlive.Locks, err error) {
	var chans []chan int64
	last := uint64(0)
	for _, size := range q.Sizes { // the runtime locks those of a select in the order of addresses
		c := make(chan int64, size)
		for address(c) < last {
			if len(garbage) == 1<<20 {
				return a, errors.New("no channel has a higher address")
			}
			garbage = append(garbage, c)
			c = make(chan int64, size)
		}
		last = address(c)
		chans, a.Chans = append(chans, c), append(a.Chans, last)
	}
	garbage = nil
	l := chanqlive.Of(chans)
	marker := make(chan int64, 4*len(q.Acts)+16)
	a.Marker = address(marker)
	noted.Begin(1<<16, overlay.Of(overlay.ChanLock, overlay.ChanUnlock))
	workers := make([]chan chanq.Op, q.Goroutines)
	for i := range workers {
		workers[i] = make(chan chanq.Op)
		go func() {
			marker <- int64(i)
			for op := range workers[i] {
				_, _ = l.Do(op)
			}
		}()
		settle()
	}
	for _, act := range q.Acts {
		workers[act.G-1] <- act.Op
		settle()
		marker <- 0
	}
	a.Notes = noted.End()
	return a, nil
}

// settle lets all goroutines do what they can.
func settle() {
	for range 20 {
		runtime.Gosched()
	}
}
