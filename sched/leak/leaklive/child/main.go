// The program of an experiment: it makes objects and goroutines according to states, and
// asks the runtime which goroutines are leaked. It is built with the goroutineleak
// profile.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"regexp"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/orrery-go/orrery/internal/child"
	"github.com/orrery-go/orrery/sched/leak"
)

// A thing is any object but a channel.
type thing struct {
	refs []any
	mu   sync.Mutex
	rw   sync.RWMutex
	wg   sync.WaitGroup
	cond sync.Cond
}

var (
	globals [][]any // objects that global variables refer to
	blocked atomic.Int64
	number  int // number of states so far
)

func main() {
	debug.SetGCPercent(-1) // so that only the collections of the profile run finalizers
	child.Serve(func(states []leak.State) ([][]int, error) {
		if pprof.Lookup("goroutineleak") == nil {
			return nil, errors.New("no profile of this name")
		}
		first := number
		built := make(chan int)
		go func() { // on a stack of its own, which is gone afterwards
			n := 0
			for _, s := range states {
				n += build(number, s)
				number++
			}
			built <- n
		}()
		for want := int64(<-built); blocked.Load() < want; {
			runtime.Gosched()
		}
		blocked.Store(0)
		for range 100 { // all goroutines that can still run do so now, on the one P
			runtime.Gosched()
		}
		return profile(first, len(states))
	})
}

// build makes the objects and goroutines of a state, and returns the number of
// goroutines.
func build(n int, s leak.State) int {
	objects := make([]any, len(s.Objects)+1)
	for i, o := range s.Objects {
		if o.Type == leak.Chan {
			objects[i+1] = make(chan any, len(o.Refs))
		} else {
			objects[i+1] = &thing{}
		}
	}
	pick := func(refs []int) []any {
		var out []any
		for _, r := range refs {
			out = append(out, objects[r])
		}
		return out
	}
	for i, o := range s.Objects {
		switch x := objects[i+1].(type) {
		case chan any:
			for _, r := range o.Refs {
				x <- objects[r]
			}
		case *thing:
			x.refs = pick(o.Refs)
			switch o.Type {
			case leak.Mutex:
				x.mu.Lock()
			case leak.RWMutex:
				x.rw.Lock()
			case leak.WaitGroup:
				x.wg.Add(1)
			case leak.Cond:
				x.cond.L = &x.mu
			}
		}
	}
	globals = append(globals, pick(s.Globals))
	if len(s.Timers) > 0 {
		held := pick(s.Timers)
		time.AfterFunc(time.Hour, func() { use(held) })
	}
	for _, f := range s.Finalizers {
		x, ok := objects[f.Of].(*thing)
		if !ok {
			continue
		}
		held := pick(f.Refs)
		if f.Cleanup {
			runtime.AddCleanup(x, func(held []any) { use(held) }, held)
		} else {
			runtime.SetFinalizer(x, func(*thing) { use(held) })
		}
	}
	for i, g := range s.Goroutines {
		on := []any{}
		for _, k := range g.On {
			on = append(on, objects[k.Object])
		}
		// Each has a slice of its own, and none has the slice of the state.
		go run(fmt.Sprint(n, ":", i+1), g.Reason, slices.Clone(g.On), on, pick(g.Refs))
	}
	return len(s.Goroutines)
}

//go:noinline
func use(held []any) { runtime.KeepAlive(held) }

var background = context.Background()

func run(name string, op leak.Reason, cases []leak.Case, on, held []any) {
	pprof.SetGoroutineLabels(pprof.WithLabels(background, pprof.Labels("g", name)))
	var first any
	if len(on) > 0 {
		first = on[0]
	}
	switch op {
	case leak.Send:
		send(first.(chan any), held)
	case leak.Recv:
		recv(first.(chan any), held)
	case leak.Lock, leak.RLock, leak.Wait:
		wait(first.(*thing), op, held)
	case leak.Select:
		choose(cases, on, held)
	default:
		outside(op, held)
	}
}

// Each of these functions has the objects it waits for in its own frame, and must not be
// inlined, so that nothing else of the goroutine refers to them.

//go:noinline
func send(c chan any, held []any) {
	blocked.Add(1)
	c <- nil
	use(held)
}

//go:noinline
func recv(c chan any, held []any) {
	blocked.Add(1)
	<-c
	use(held)
}

//go:noinline
func wait(x *thing, op leak.Reason, held []any) {
	blocked.Add(1)
	switch {
	case op == leak.RLock:
		x.rw.RLock()
	case op == leak.Wait && x.cond.L != nil:
		x.mu.Lock()
		x.cond.Wait()
	case op == leak.Wait:
		x.wg.Wait()
	case x.rw.TryRLock(): // the mutex is the one that is locked
		x.mu.Lock()
	default:
		x.rw.Lock()
	}
	use(held)
}

//go:noinline
func choose(cases []leak.Case, on, held []any) {
	c := make([]chan any, 4) // nil beyond the given ones
	d := make([]chan any, 4)
	for i, k := range cases {
		if k.Send {
			c[i] = on[i].(chan any)
		} else {
			d[i] = on[i].(chan any)
		}
	}
	blocked.Add(1)
	select {
	case c[0] <- nil:
	case c[1] <- nil:
	case c[2] <- nil:
	case c[3] <- nil:
	case <-d[0]:
	case <-d[1]:
	case <-d[2]:
	case <-d[3]:
	}
	use(held)
}

//go:noinline
func outside(op leak.Reason, held []any) {
	blocked.Add(1)
	switch op {
	case leak.NilChan:
		var c chan any
		<-c
	case leak.SelectNone:
		select {}
	case leak.IOWait:
		r, w, err := os.Pipe()
		if err != nil {
			panic(err)
		}
		r.Read(make([]byte, 1))
		use([]any{w})
	case leak.Syscall:
		inCall()
	case leak.Coroutine: // the remaining goroutine has this one's label
		next, _ := iter.Pull(func(yield func(int) bool) {
			yield(0)
			use(held)
		})
		next()
	case leak.Runnable, leak.Sleep:
		time.Sleep(time.Hour)
	}
	use(held)
}

var label = regexp.MustCompile(`"g":"(\d+):(\d+)"`)

// profile reads the profile, and sorts its goroutines by state.
func profile(first, n int) ([][]int, error) {
	var out bytes.Buffer
	if err := pprof.Lookup("goroutineleak").WriteTo(&out, 1); err != nil {
		return nil, err
	}
	leaked := make([][]int, n)
	for _, m := range label.FindAllSubmatch(out.Bytes(), -1) {
		state, _ := strconv.Atoi(string(m[1]))
		g, _ := strconv.Atoi(string(m[2]))
		if state -= first; state >= 0 && state < n {
			leaked[state] = append(leaked[state], g)
		}
	}
	for i := range leaked {
		slices.Sort(leaked[i])
		leaked[i] = slices.Compact(leaked[i])
		if leaked[i] == nil {
			leaked[i] = []int{}
		}
	}
	return leaked, nil
}
