package note_test

import (
	"bytes"
	"fmt"
	"runtime/trace"
	"slices"
	"sync"
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
	start := time.Now()
	if note.Sleep(time.Millisecond); n != 2 || time.Since(start) < time.Millisecond {
		t.Errorf("%d of 2, after %v", n, time.Since(start))
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
	if n := testing.AllocsPerRun(100, func() {
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
