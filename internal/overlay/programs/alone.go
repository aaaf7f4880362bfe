package main

import (
	"os"
	"runtime"
	"time"
)

// alone are programs that show one thing each, and are run only by name.
var alone = map[string]func(size int){
	"timers of nobody":       func(size int) { channelTimers(size, false) },
	"timers waited for":      func(size int) { channelTimers(size, true) },
	"semaphores":             func(size int) { semaphores(uint64(size), false) },
	"semaphores of any kind": func(size int) { semaphores(uint64(size), true) },
	"waiting selects":        waitingSelects,
	"cycles": func(size int) {
		for range size {
			runtime.GC()
			timedCycle()
		}
	},
	"stacks": func(size int) {
		for i := range 12 {
			done := make(chan int)
			go func() { done <- deep(size << i) }()
			<-done
		}
	},
	"reads": func(size int) { // more of them than Ps wait in the kernel
		together(16, func(i int) {
			f, err := os.Open("/proc/self/smaps")
			if err != nil {
				panic(err)
			}
			defer f.Close()
			b := make([]byte, 64<<10)
			for range size {
				f.ReadAt(b, 0)
				work(i)
			}
		})
	},
}

// channelTimers makes timers that do not fire, on all of whose channels a goroutine waits,
// or none.
func channelTimers(n int, waited bool) {
	timers := make([]*time.Timer, n)
	for i := range timers {
		timers[i] = time.NewTimer(time.Hour - time.Duration(i*7919%n)*time.Second)
	}
	if waited {
		stop := make(chan bool)
		together(n+1, func(i int) {
			if i == n {
				time.Sleep(20 * time.Millisecond)
				close(stop)
				return
			}
			select {
			case <-timers[i].C:
			case <-stop:
			}
		})
	}
	for _, t := range timers {
		t.Stop()
	}
}

//go:noinline
func deep(n int) int {
	var room [128]byte
	if n <= 0 {
		return int(room[0])
	}
	room[n%128] = byte(n)
	return deep(n-128) + int(room[(n+1)%128])
}
