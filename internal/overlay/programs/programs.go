package main

import (
	"io"
	"iter"
	"maps"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

func names() []string { return slices.Sorted(maps.Keys(programs)) }

var sink atomic.Int64

// work computes for about n microseconds.
func work(n int) {
	x := int64(1)
	for range n * 600 {
		x = x*6364136223846793005 + 1442695040888963407
	}
	sink.Add(x)
}

// together runs n goroutines and waits for them.
func together(n int, f func(i int)) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { f(i) })
	}
	wg.Wait()
}

var programs = map[string]func(size int){
	"fan-out": func(size int) {
		for range size {
			together(20, func(int) { work(3) })
		}
	},
	"uneven fan-out": func(size int) {
		for range size {
			together(20, func(i int) { work(i) })
		}
	},
	"burst": func(size int) { // more than a ring holds
		for range max(1, size/50) {
			together(900, func(int) { work(1) })
		}
	},
	"pipeline": func(size int) { pipeline(size*5, 0) },
	"buffered": func(size int) { pipeline(size*5, 16) },
	"pool": func(size int) {
		jobs, done := make(chan int), make(chan int, 16)
		for range 8 {
			go func() {
				for j := range jobs {
					work(j % 4)
					done <- j
				}
			}()
		}
		go func() {
			for i := range size * 10 {
				jobs <- i
			}
			close(jobs)
		}()
		for range size * 10 {
			<-done
		}
	},
	"mutex": func(size int) {
		var mu sync.Mutex
		together(8, func(int) {
			for range size * 2 {
				mu.Lock()
				work(2)
				mu.Unlock()
			}
		})
	},
	"rwmutex": func(size int) {
		var mu sync.RWMutex
		together(8, func(i int) {
			for j := range size * 2 {
				if (i+j)%8 == 0 {
					mu.Lock()
					work(1)
					mu.Unlock()
				} else {
					mu.RLock()
					work(1)
					mu.RUnlock()
				}
			}
		})
	},
	"starving mutex": func(size int) { // handed over, after a millisecond
		var mu sync.Mutex
		together(4, func(int) {
			for range max(1, size/20) {
				mu.Lock()
				work(1500)
				mu.Unlock()
			}
		})
	},
	"recursion": func(size int) {
		var split func(n int)
		split = func(n int) {
			if n < 2 {
				work(1)
				return
			}
			together(2, func(i int) { split((n + i) / 2) })
		}
		split(size * 8)
	},
	"sleeps": func(size int) {
		together(20, func(i int) {
			for j := range max(1, size/10) {
				time.Sleep(time.Duration(20+(i*7+j*13)%300) * time.Microsecond)
				work(2)
			}
		})
	},
	"timers": func(size int) {
		var wg sync.WaitGroup
		for i := range size * 3 {
			wg.Add(1)
			time.AfterFunc(time.Duration(i%500)*time.Microsecond, wg.Done)
		}
		tick := time.NewTicker(100 * time.Microsecond)
		for range 10 {
			<-tick.C
		}
		tick.Stop()
		wg.Wait()
	},
	"timeouts": func(size int) {
		c := make(chan int)
		together(10, func(i int) {
			for range max(1, size/10) {
				select {
				case <-c:
				case <-time.After(time.Duration(50+i*20) * time.Microsecond):
				}
			}
		})
	},
	"echo":      func(size int) { echo(size, false) },
	"deadlines": func(size int) { echo(max(1, size/4), true) },
	"files": func(size int) {
		dir, err := os.MkdirTemp("", "orrery-")
		if err != nil {
			panic(err)
		}
		defer os.RemoveAll(dir)
		together(6, func(i int) {
			name := filepath.Join(dir, string(rune('a'+i)))
			for range max(1, size/4) {
				if err := os.WriteFile(name, make([]byte, 4096), 0o600); err != nil {
					panic(err)
				}
				if _, err := os.ReadFile(name); err != nil {
					panic(err)
				}
				work(2)
			}
		})
	},
	"system calls": func(size int) {
		together(6, func(i int) {
			for j := range max(1, size/4) {
				nanosleep(int64(20+(i*31+j*17)%200) * 1000)
				work(5)
			}
		})
	},
	"collections": func(size int) {
		together(6, func(int) {
			var keep [][]byte
			for i := range size {
				keep = append(keep, make([]byte, 20_000))
				if i%20 == 0 {
					keep = nil
				}
				work(1)
			}
			runtime.KeepAlive(keep)
		})
	},
	"forced collections": func(size int) {
		together(4, func(i int) {
			for range max(1, size/20) {
				if i == 0 {
					runtime.GC()
				}
				together(4, func(int) { work(2) })
			}
		})
	},
	"gosched": func(size int) {
		together(10, func(int) {
			for range size * 3 {
				runtime.Gosched()
			}
		})
	},
	"some gosched": func(size int) {
		together(10, func(int) {
			for range size {
				work(3)
				runtime.Gosched()
			}
		})
	},
	"locked": func(size int) {
		c := make(chan int)
		together(6, func(i int) {
			if i%2 == 0 {
				runtime.LockOSThread()
				defer runtime.UnlockOSThread()
				for range size {
					c <- i
				}
				return
			}
			for range size {
				<-c
				work(1)
			}
		})
	},
	"coroutines": func(size int) {
		together(4, func(i int) {
			next, stop := iter.Pull(func(yield func(int) bool) {
				for j := range size {
					if !yield(j) {
						return
					}
				}
			})
			defer stop()
			for range size / 2 {
				next()
				if i == 0 {
					runtime.Gosched()
				}
			}
		})
	},
	"select": func(size int) {
		a, b, quit := make(chan int), make(chan int, 4), make(chan int)
		var readers sync.WaitGroup
		for range 4 {
			readers.Go(func() {
				for {
					select {
					case <-a:
						work(1)
					case <-b:
					case <-quit:
						return
					}
				}
			})
		}
		together(6, func(i int) {
			for range size * 2 {
				if i%2 == 0 {
					a <- i
				} else {
					b <- i
				}
			}
		})
		close(quit)
		readers.Wait()
	},
	"broadcast": func(size int) {
		var mu sync.Mutex
		cond := sync.NewCond(&mu)
		round := 0
		var wg sync.WaitGroup
		for range 12 {
			wg.Go(func() {
				mu.Lock()
				defer mu.Unlock()
				for r := 1; r <= size/2; r++ {
					for round < r {
						cond.Wait()
					}
				}
			})
		}
		for range size / 2 {
			mu.Lock()
			round++
			cond.Broadcast()
			mu.Unlock()
			work(5)
		}
		wg.Wait()
	},
	"loops": func(size int) { // stopped after a slice
		together(6, func(int) { work(400 * max(1, size/2)) })
	},
	"resize": func(size int) {
		procs := runtime.GOMAXPROCS(0)
		defer runtime.GOMAXPROCS(procs)
		for i := range max(1, size/20) {
			runtime.GOMAXPROCS(1 + i%procs)
			together(30, func(int) { work(2) })
		}
	},
	"pipes": func(size int) {
		r, w, err := os.Pipe()
		if err != nil {
			panic(err)
		}
		back, to, err := os.Pipe()
		if err != nil {
			panic(err)
		}
		go func() {
			io.Copy(to, r)
			to.Close()
		}()
		b := make([]byte, 8)
		for range size * 2 {
			w.Write(b)
			io.ReadFull(back, b)
		}
		w.Close()
		io.Copy(io.Discard, back)
	},
}

func pipeline(n, buffer int) {
	c := make(chan int, buffer)
	go func() {
		defer close(c)
		for i := range n {
			c <- i
		}
	}()
	for range 4 {
		from, to := c, make(chan int, buffer)
		go func() {
			defer close(to)
			for v := range from {
				work(1)
				to <- v
			}
		}()
		c = to
	}
	for range c {
	}
}

func echo(size int, deadlines bool) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				io.Copy(c, c)
				c.Close()
			}()
		}
	}()
	together(8, func(i int) {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			panic(err)
		}
		defer c.Close()
		b := make([]byte, 64)
		for range size {
			if deadlines {
				c.SetReadDeadline(time.Now().Add(time.Duration(30+i*20) * time.Microsecond))
				c.Read(b)
				continue
			}
			c.Write(b)
			if _, err := io.ReadFull(c, b); err != nil {
				panic(err)
			}
		}
	})
}
