package note_test

import (
	"bytes"
	"context"
	"fmt"
	"runtime/trace"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/orrery-go/orrery/sched/schedtrace/note"
	"github.com/orrery-go/orrery/sched/schedtrace/whatif"
)

// operations does each of the operations, and checks that it does.
func operations(t *testing.T) {
	c := make(chan int, 2)
	note.Send(c, 1)
	if v, ok := note.Recv(c); v != 1 || !ok {
		t.Errorf("received %d, %v", v, ok)
	}
	var got []int
	var wg sync.WaitGroup
	note.Go(&wg, func() {
		for v := range note.All(c) {
			got = append(got, v)
		}
	})
	for i := range 5 {
		note.Send(c, i)
	}
	note.Close(c)
	note.Wait(&wg)
	if !slices.Equal(got, []int{0, 1, 2, 3, 4}) {
		t.Errorf("received %v", got)
	}
	if v, ok := note.Recv(c); v != 0 || ok {
		t.Errorf("received %d, %v of a closed channel", v, ok)
	}
	var mu sync.Mutex
	var rw sync.RWMutex
	n := 0
	note.Add(&wg, 2)
	for range 2 {
		go func() {
			defer note.Done(&wg)
			note.RLock(&rw)
			note.RUnlock(&rw)
			note.Lock(rw.RLocker()) // without a note
			note.Unlock(rw.RLocker())
			note.Lock(&rw)
			note.Unlock(&rw)
			note.Lock(&mu)
			defer note.Unlock(&mu)
			n++
		}()
	}
	note.Wait(&wg)
	choices(t)
	conditions(t)
	atomics(t)
	start := time.Now()
	if note.Sleep(time.Millisecond); n != 2 || time.Since(start) < time.Millisecond {
		t.Errorf("%d of 2, after %v", n, time.Since(start))
	}
}

// choices does selects: each case, and one of more cases than a log has room for.
func choices(t *testing.T) {
	c, d, ends := make(chan int), make(chan string, 1), make(chan bool)
	var wg sync.WaitGroup
	sum, sent := 0, 0 // of the numbers that the goroutine receives, and of the others
	note.Go(&wg, func() {
		for {
			s := note.Select(note.CaseRecv(c), note.CaseRecv(d), note.CaseRecv(ends))
			select {
			case v := <-c:
				s.Case(0)
				sum += v
			case <-d:
				s.Case(1)
			case _, ok := <-ends:
				s.Case(2, ok)
				return
			}
		}
	})
	for i := range 10 {
		s := note.Select(note.CaseSend(c), note.CaseSend(d))
		select {
		case c <- i:
			s.Case(0)
		case d <- "word":
			s.Case(1)
			sent += i
		}
	}
	for {
		s := note.Select(note.CaseSend(d), note.CaseDefault())
		select {
		case d <- "last":
			s.Case(0)
			continue
		default:
			s.Case(1)
		}
		break
	}
	note.Close(ends)
	note.Wait(&wg)
	if sum+sent != 45 {
		t.Errorf("%d and %d, want 45", sum, sent)
	}
	ctx, cancel := context.WithCancel(context.Background())
	note.Go(&wg, func() {
		var never chan int
		s := note.Select(note.CaseRecv(ctx.Done()), note.CaseRecv(never), note.CaseSend(never))
		select {
		case _, ok := <-ctx.Done():
			s.Case(0, ok)
		case <-never:
			s.Case(1)
		case never <- 1:
			s.Case(2)
		}
	})
	note.Cancel(ctx, cancel)
	note.Cancel(ctx, cancel)
	note.Wait(&wg)
	many := make([]note.Case, 200)
	many[150] = note.CaseRecv(c)
	note.Close(c)
	s := note.Select(many...)
	<-c
	s.Case(150)
}

// conditions waits for a condition in each of the ways.
func conditions(t *testing.T) {
	var mu sync.Mutex
	var rw sync.RWMutex
	for _, l := range []sync.Locker{&mu, &rw, rw.RLocker()} {
		c := sync.NewCond(l)
		turn, waits := 0, make(chan int, 2)
		var wg sync.WaitGroup
		for range 2 {
			note.Go(&wg, func() {
				c.L.Lock() // nothing but the condition has notes
				note.Send(waits, 0)
				time.Sleep(100 * time.Microsecond) // main, too, waits for L, which Wait unlocks
				for turn == 0 {
					note.Wait(c)
				}
				c.L.Unlock()
			})
		}
		note.Recv(waits)
		note.Recv(waits)
		if _, ok := l.(*sync.Mutex); ok {
			mu.Lock()
			turn++
			mu.Unlock()
		} else {
			rw.Lock()
			turn++
			rw.Unlock()
		}
		note.Signal(c)
		note.Broadcast(c)
		note.Wait(&wg)
	}
}

// atomics does each of the atomic operations.
func atomics(t *testing.T) {
	var a atomic.Int64
	var b atomic.Uint32
	var c atomic.Bool
	var p atomic.Pointer[int] // without notes
	note.AtomicStore(&a, 5)
	note.AtomicStore(&b, 1)
	note.AtomicStore(&p, new(int))
	if note.AtomicAdd(&a, -2) != 3 || note.AtomicAdd(&b, ^uint32(0)) != 0 || note.AtomicLoad(&a) != 3 || *note.AtomicLoad(&p) != 0 ||
		note.AtomicSwap(&c, true) || !note.AtomicCompareAndSwap(&c, true, false) || note.AtomicCompareAndSwap(&a, 4, 5) || note.AtomicSwap(&p, nil) == nil {
		t.Errorf("%d, %d, %v", a.Load(), b.Load(), c.Load())
	}
}

// TestOperations does them with and without a trace. What the trace tells can be
// replayed.
func TestOperations(t *testing.T) {
	note.Run(func() { operations(t) })
	var file bytes.Buffer
	if err := trace.Start(&file); err != nil {
		t.Skip(err) // go test -trace
	}
	note.Run(func() { operations(t) })
	trace.Stop()
	w, err := whatif.Read(&file)
	if err != nil {
		t.Fatal(err)
	}
	if r := w.Recorded(); !r.Region || !r.Locks || r.Ignored != 0 || r.Goroutines < 4 || r.Makespan < time.Millisecond {
		t.Errorf("%+v", r)
	}
	if r := w.Recorded(); r.Selects < 14 || r.Conditions < 8 || r.Atomics < 8 {
		t.Errorf("%+v", r)
	}
	if _, err := w.Predict(whatif.Config{}, 1, 4); err != nil {
		t.Error(err)
	}
}

// TestOff checks that an operation allocates nothing while there is no trace.
func TestOff(t *testing.T) {
	if trace.IsEnabled() {
		t.Skip("go test -trace")
	}
	c := make(chan int, 1)
	var mu sync.Mutex
	var n64 atomic.Int64
	k := sync.NewCond(&mu)
	if n := testing.AllocsPerRun(100, func() {
		s := note.Select(note.CaseSend(c), note.CaseDefault())
		s.Case(1)
		note.Signal(k)
		note.AtomicAdd(&n64, 1)
		note.AtomicCompareAndSwap(&n64, 1, 2)
		note.Send(c, 1)
		note.Recv(c)
		note.Lock(&mu)
		note.Unlock(&mu)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// A pipeline that tells a trace what it does.
func Example() {
	lines, lengths := make(chan string, 4), make(chan int, 4)
	note.Run(func() {
		go func() {
			for s := range note.All(lines) {
				note.Send(lengths, len(s))
			}
			note.Close(lengths)
		}()
		for _, s := range []string{"a", "bc"} {
			note.Send(lines, s)
		}
		note.Close(lines)
		for n := range note.All(lengths) {
			fmt.Println(n)
		}
	})
	// Output:
	// 1
	// 2
}
