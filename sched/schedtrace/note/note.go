// Package note writes a program's operations on channels and locks into its execution
// trace, so that package whatif can replay the program with another GOMAXPROCS. Each
// function logs an operation and then does it. A trace alone says which goroutine has
// woken which; it says nothing about operations for which no goroutine waited: a send to
// a buffer with room, the locking of a free lock. With other processors a goroutine may
// wait for just these.
//
// The lines to change are those of the operations:
//
//	c <- v                note.Send(c, v)
//	v := <-c              v, _ := note.Recv(c)
//	for v := range c      for v := range note.All(c)
//	close(c)              note.Close(c)
//	mu.Lock()             note.Lock(&mu)
//	defer mu.Unlock()     defer note.Unlock(&mu)
//	wg.Add(n)             note.Add(&wg, n)
//	wg.Done()             note.Done(&wg)
//	wg.Wait()             note.Wait(&wg)
//	wg.Go(f)              note.Go(&wg, f)
//	cond.Wait()           note.Wait(cond)
//	cond.Signal()         note.Signal(cond)
//	cond.Broadcast()      note.Broadcast(cond)
//	n.Add(1)              note.AtomicAdd(&n, 1)
//	n.Load()              note.AtomicLoad(&n)
//	cancel()              note.Cancel(ctx, cancel)
//	time.Sleep(d)         note.Sleep(d)
//
// and one around the part to replay: note.Run(work). A select gets a line before it, and
// one in each case:
//
//	s := note.Select(note.CaseRecv(jobs), note.CaseRecv(quit))
//	select {
//	case j := <-jobs:
//		s.Case(0)
//		do(j)
//	case <-quit:
//		s.Case(1)
//		return
//	}
//
// In a case j, ok := <-jobs it is s.Case(0, ok).
//
// System calls, go statements and computing need none, nor does an atomic operation
// whose result decides nothing, such as a counter of requests. While no trace is recorded
// an operation costs a few nanoseconds more.
//
// What the program decides by other means, such as a variable beside a condition, is not
// in a trace: package whatif says what it does about that.
//
// # Sources
//
// runtime/trace/annotation.go.
//
// # Concurrent use
//
// All functions may be called by several goroutines, as the operations that they do.
package note

import (
	"context"
	"iter"
	"reflect"
	"runtime/trace"
	"strconv"
	"sync"
	"time"
)

// Category is that of the logs, and the type of the region of [Run].
const Category = "orrery"

// Run runs f as the region that is replayed: from its beginning to its end.
func Run(f func()) { trace.WithRegion(context.Background(), Category, f) }

// log logs an operation on the object at an address, and a number.
func log(verb string, on uintptr, n int64) {
	var buf [64]byte
	b := append(buf[:0], verb...)
	b = strconv.AppendUint(append(b, ' '), uint64(on), 16)
	b = strconv.AppendInt(append(b, ' '), n, 10)
	trace.Log(context.Background(), Category, string(b))
}

func addressOf(x any) uintptr { return reflect.ValueOf(x).Pointer() }

// Send is c <- v.
func Send[T any](c chan<- T, v T) {
	if trace.IsEnabled() {
		log("send", addressOf(c), int64(cap(c)))
	}
	c <- v
}

// Recv is v, ok := <-c. That c is closed has a log of its own, after it.
func Recv[T any](c <-chan T) (v T, ok bool) {
	if trace.IsEnabled() {
		log("recv", addressOf(c), int64(cap(c)))
	}
	v, ok = <-c
	if !ok && trace.IsEnabled() {
		log("closed", addressOf(c), int64(cap(c)))
	}
	return v, ok
}

// All returns the values of a channel until it is closed: the range over it.
func All[T any](c <-chan T) iter.Seq[T] {
	return func(yield func(T) bool) {
		for {
			if v, ok := Recv(c); !ok || !yield(v) {
				return
			}
		}
	}
}

// Close is close(c).
func Close[T any](c chan<- T) {
	if trace.IsEnabled() {
		log("close", addressOf(c), int64(cap(c)))
	}
	close(c)
}

// Cancel is cancel(), the function that context.WithCancel and its like have returned with
// the context. It closes the context's channel; those of contexts made of it are closed
// without a note.
func Cancel(ctx context.Context, cancel context.CancelFunc) {
	if trace.IsEnabled() {
		if c := ctx.Done(); c != nil {
			log("cancel", addressOf(c), 0)
		}
	}
	cancel()
}

// Lock is l.Lock(). What is neither a *sync.Mutex nor a *sync.RWMutex is locked without a
// note.
func Lock(l sync.Locker) {
	noteLock("lock", l)
	l.Lock()
}

// Unlock is l.Unlock().
func Unlock(l sync.Locker) {
	noteLock("unlock", l)
	l.Unlock()
}

func noteLock(verb string, l sync.Locker) {
	if !trace.IsEnabled() {
		return
	}
	switch l := l.(type) {
	case *sync.Mutex:
		log(verb, addressOf(l), 0)
	case *sync.RWMutex:
		log(verb, addressOf(l), 1)
	}
}

// RLock is l.RLock().
func RLock(l *sync.RWMutex) {
	if trace.IsEnabled() {
		log("rlock", addressOf(l), 1)
	}
	l.RLock()
}

// RUnlock is l.RUnlock().
func RUnlock(l *sync.RWMutex) {
	if trace.IsEnabled() {
		log("runlock", addressOf(l), 1)
	}
	l.RUnlock()
}

// Add is wg.Add(n).
func Add(wg *sync.WaitGroup, n int) {
	if trace.IsEnabled() {
		log("add", addressOf(wg), int64(n))
	}
	wg.Add(n)
}

// Done is wg.Done().
func Done(wg *sync.WaitGroup) { Add(wg, -1) }

// Wait is w.Wait(), of a *sync.WaitGroup or a *sync.Cond. Of anything else it is without a
// note.
func Wait(w interface{ Wait() }) {
	if trace.IsEnabled() {
		switch w := w.(type) {
		case *sync.WaitGroup:
			log("wait", addressOf(w), 0)
		case *sync.Cond:
			noteCond("condwait", w)
		}
	}
	w.Wait()
}

// Go is wg.Go(f).
func Go(wg *sync.WaitGroup, f func()) {
	Add(wg, 1)
	go func() {
		defer Done(wg)
		f()
	}()
}

// Sleep is time.Sleep(d).
func Sleep(d time.Duration) {
	if trace.IsEnabled() {
		log("sleep", 0, int64(d))
	}
	time.Sleep(d)
}
