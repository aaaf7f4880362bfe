package main

import (
	"math/rand/v2"
	"reflect"
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"
)

// shared has the semaphores, in some of its words: two that are a multiple of 251 words
// apart have the same root in the runtime.
var shared [251 * 16]uint64

// semaphores runs goroutines that take and return units of semaphores at random: those of
// any kind also wait at the front, and hand units over.
func semaphores(seed uint64, any bool) {
	clear(shared[:])
	r := rand.New(rand.NewPCG(seed, 1))
	var semas []*uint32
	for range 1 + r.IntN(12) {
		place := r.IntN(2) + 251*r.IntN(len(shared)/251)
		semas = append(semas, (*uint32)(unsafe.Pointer(&shared[place])))
	}
	const goroutines = 24
	var left atomic.Int32
	left.Store(goroutines)
	for i := range goroutines {
		go func() {
			r := rand.New(rand.NewPCG(seed, uint64(i+2)))
			for range 40 {
				s := semas[r.IntN(len(semas))]
				kind := r.IntN(4)
				switch k := r.IntN(10); {
				case k < 4 && any && kind < 2:
					semacquireMutex(s, kind == 0, 0)
				case k < 4:
					semacquire(s)
				case k < 8:
					semrelease(s, any && kind == 0, 0)
				default:
					runtime.Gosched()
				}
			}
			left.Add(-1)
		}()
	}
	for i := 0; left.Load() > 0; i++ {
		runtime.Gosched()
		semrelease(semas[i%len(semas)], any && i%5 == 0, 0)
	}
}

// waitingSelects lets goroutines wait in selects of random cases, several of them of one
// channel or of none.
func waitingSelects(size int) {
	r := rand.New(rand.NewPCG(uint64(size), 3))
	for range size {
		chans := make([]chan int, 1+r.IntN(6))
		for i := range chans {
			chans[i] = make(chan int)
		}
		cases := make([]reflect.SelectCase, 2+r.IntN(20))
		for i := range cases {
			c := reflect.ValueOf((chan int)(nil))
			if r.IntN(8) > 0 {
				c = reflect.ValueOf(chans[r.IntN(len(chans))])
			}
			cases[i] = reflect.SelectCase{Dir: reflect.SelectRecv, Chan: c}
			if r.IntN(2) == 0 {
				cases[i] = reflect.SelectCase{Dir: reflect.SelectSend, Chan: c, Send: reflect.ValueOf(i)}
			}
		}
		stop := make(chan int)
		cases[0] = reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(stop)}
		var wg sync.WaitGroup
		wg.Go(func() { reflect.Select(cases) })
		runtime.Gosched()
		close(stop)
		wg.Wait()
	}
}
