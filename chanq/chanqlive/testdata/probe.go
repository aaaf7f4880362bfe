// The probe of package chanqlive, in the Go of 1.2, so that every release runs it.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"
)

func main() {
	var out struct {
		Again   bool
		HchanIn map[string]int
		Panics  map[string]string
		Timers  map[string]string
	}
	out.Again = again()
	out.HchanIn = map[string]int{
		"byte": hchanIn(func(n int) { sink = make(chan byte, n) }),
		"*int": hchanIn(func(n int) { sink = make(chan *int, n/8) }),
	}
	minus, n16, n40 := -1, 1<<32, 1<<40
	out.Panics = map[string]string{
		"close nil":    panics(func() { var c chan int; close(c) }),
		"close closed": panics(func() { c := make(chan int); close(c); close(c) }),
		"send closed":  panics(func() { c := make(chan int); close(c); c <- 1 }),
		"make -1":      panics(func() { sink = make(chan int, minus) }),
		"make 64K*4G":  panics(func() { sink = make(chan [1<<16 - 1]byte, n16*2) }),
		"make 1K*1T":   panics(func() { sink = make(chan [1 << 10]byte, n40) }),
		"make 0*1T":    panics(func() { sink = make(chan struct{}, n40) }),
	}
	out.Timers = timers()
	json.NewEncoder(os.Stdout).Encode(out)
}

// again reports whether a select that was woken by a close ever ends with its other
// case, which had become ready by the time that the select ran.
func again() bool {
	for i := 0; i < 64; i++ {
		c, d, done := make(chan int), make(chan int, 1), make(chan bool)
		waits := true
		go func() {
			other := false
			select {
			case <-c:
			case <-d:
				other = true
			}
			waits = false
			done <- other
		}()
		for j := 0; j < 8; j++ {
			runtime.Gosched()
		}
		close(c)
		d <- 7
		if !waits {
			panic("it did not wait")
		}
		if <-done {
			return true
		}
	}
	return false
}

var (
	sink          interface{}
	before, after runtime.MemStats
)

// hchanIn reports the largest buffer that shares a size class of 128 bytes with the
// hchan: the largest for which one object of 128 bytes is allocated, or -1 if there is
// none.
func hchanIn(make func(n int)) int {
	most := -1
	for n := 0; n <= 64; n += 8 {
		for try := 0; try < 100; try++ {
			runtime.ReadMemStats(&before)
			make(n)
			runtime.ReadMemStats(&after)
			// The hchan alone or with its buffer; otherwise there are two objects.
			if after.Mallocs-before.Mallocs <= 2 {
				break
			}
		}
		if after.TotalAlloc-before.TotalAlloc <= 128 && after.Mallocs-before.Mallocs == 1 {
			most = n
		}
	}
	return most
}

func panics(f func()) (text string) {
	defer func() {
		if e := recover(); e != nil {
			text = fmt.Sprint(e)
		}
	}()
	f()
	return ""
}

// timers reports the results of operations on a timer that fired without a receiver.
func timers() map[string]string {
	fired := func() *time.Timer {
		t := time.NewTimer(time.Millisecond)
		time.Sleep(20 * time.Millisecond)
		return t
	}
	received := func(t *time.Timer) bool {
		select {
		case <-t.C:
			return true
		default:
			return false
		}
	}
	out := map[string]string{}
	// One step at a time, since the order in which operands are evaluated is another
	// question.
	tell := func(name string, answers ...interface{}) { out[name] = strings.TrimSpace(fmt.Sprintln(answers...)) }
	t := fired()
	n, c := len(t.C), cap(t.C)
	first := received(t)
	second := received(t)
	tell("fired", n, c, first, second, t.Stop())
	t = fired()
	stopped := t.Stop()
	n = len(t.C)
	tell("stop", stopped, n, received(t))
	t = fired()
	stopped = t.Reset(time.Hour)
	n = len(t.C)
	tell("reset", stopped, n, received(t))
	t = time.NewTimer(time.Hour)
	n, c = len(t.C), cap(t.C)
	first = received(t)
	stopped = t.Stop()
	again := t.Stop()
	reset := t.Reset(time.Hour)
	tell("running", n, c, first, stopped, again, reset, t.Reset(time.Hour))
	return out
}
