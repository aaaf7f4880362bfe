package main

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/orrery-go/orrery/sched/schedtrace/note"
)

var sink atomic.Uint64

// burst computes for about that many microseconds.
//
//go:noinline
func burst(us int) {
	x := uint64(us) + 1
	for range us * 700 {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
	}
	sink.Add(x)
}

// share says that programs do one part in share of their work.
var share = 1

// noted says that operations have notes.
var noted bool

func send(c chan int, v int) {
	if noted {
		note.Send(c, v)
	} else {
		c <- v
	}
}

func recv(c chan int) (int, bool) {
	if noted {
		return note.Recv(c)
	}
	v, ok := <-c
	return v, ok
}

func shut(c chan int) {
	if noted {
		note.Close(c)
	} else {
		close(c)
	}
}

// all runs functions as goroutines and waits for them.
func all(n int, f func(int)) {
	var wg sync.WaitGroup
	for i := range n {
		if noted {
			note.Go(&wg, func() { f(i) })
		} else {
			wg.Go(func() { f(i) })
		}
	}
	if noted {
		note.Wait(&wg)
	} else {
		wg.Wait()
	}
}

var programs = map[string]func(){
	"fan-out": func() {
		all(40/share, func(int) { burst(500) })
	},
	"uneven": func() {
		all(24/share, func(i int) { burst(100 + 97*(i*i%23)) })
	},
	"divide": func() { divide(7 - share/2) },
	"serial": func() {
		for range max(4/share, 2) {
			burst(3000)
			all(8, func(int) { burst(600) })
		}
	},
	"buffered":   func() { pipeline(16, 120, 100, 100, 100) },
	"bottleneck": func() { pipeline(8, 80, 60, 300, 60) },
	"unbuffered": func() { pipeline(0, 120, 100, 100, 100) },
	"syscalls": func() {
		all(8, func(int) {
			for range max(4/share, 2) {
				burst(300)
				blocks(2 * time.Millisecond)
			}
		})
	},
	"pool": func() {
		jobs, results := make(chan int, 4), make(chan int, 4)
		go func() {
			for i := range 60 / share {
				send(jobs, i)
			}
			shut(jobs)
		}()
		go func() {
			all(4, func(int) {
				for {
					i, ok := recv(jobs)
					if !ok {
						return
					}
					burst(60 + 37*(i*i%29))
					send(results, i)
				}
			})
			shut(results)
		}()
		for {
			if _, ok := recv(results); !ok {
				return
			}
			burst(50)
		}
	},
	"mutex": func() {
		var mu sync.Mutex
		all(6, func(int) {
			for range 30 / share {
				burst(60)
				if noted {
					note.Lock(&mu)
				} else {
					mu.Lock()
				}
				burst(60)
				if noted {
					note.Unlock(&mu)
				} else {
					mu.Unlock()
				}
			}
		})
	},
	"fan-in":    fanIn,
	"quit":      quit,
	"broadcast": phases,
	"counter":   counter,
	"queue":     queue,
	"small":     func() { pipeline(4, 3000, 2, 2) },
	"tiny": func() {
		all(2000/share, func(int) { burst(3) })
	},
}

// divide sorts halves, as it were, and merges them.
func divide(depth int) {
	if depth == 0 {
		burst(150)
		return
	}
	done := make(chan int, 1)
	go func() {
		divide(depth - 1)
		send(done, 0)
	}()
	divide(depth - 1)
	recv(done)
	burst(60)
}

// pipeline passes n values through stages, between channels of that size.
func pipeline(size, n int, stages ...int) {
	in := make(chan int, size)
	first := in
	for _, us := range stages {
		from, to := in, make(chan int, size)
		go func() {
			for {
				v, ok := recv(from)
				if !ok {
					break
				}
				burst(us)
				send(to, v)
			}
			shut(to)
		}()
		in = to
	}
	go func() {
		for i := range n / share {
			send(first, i)
		}
		shut(first)
	}()
	for {
		if _, ok := recv(in); !ok {
			return
		}
	}
}
