package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"
)

// The mutex under test. Its only word is uintptr key (runtime.mutex).
var l uintptr

func word() uint64 { return uint64(atomic.LoadUintptr(&l)) }

// The states of a worker.
const (
	free int32 = iota
	locking
	holding
	unlocking
)

// A worker is a thread: a goroutine locked to it. It waits for a command in a read that
// the scheduler does not know of, so that it keeps its P.
type worker struct {
	state int32
	tid   int
	pipe  [2]int
	own   uintptr // a mutex that no other thread locks
}

func (w *worker) work(started chan bool) {
	runtime.LockOSThread()
	tid, _, _ := syscall.RawSyscall(syscall.SYS_GETTID, 0, 0, 0)
	w.tid = int(tid)
	started <- true
	var command [1]byte
	for {
		n, _, _ := syscall.RawSyscall(syscall.SYS_READ, uintptr(w.pipe[0]), uintptr(unsafe.Pointer(&command[0])), 1)
		if n != 1 {
			continue
		}
		if command[0] == 'l' {
			// Sysmon sees that the P is busy for long and asks the goroutine to yield,
			// again every 10 ms. A goroutine without a lock does so in any function's
			// prologue, lock's among them, and there its thread's sleep would look like
			// lock's. One that has a lock of its own already does not.
			lock(&w.own)
			atomic.StoreInt32(&w.state, locking)
			lock(&l)
			atomic.StoreInt32(&w.state, holding)
		} else {
			atomic.StoreInt32(&w.state, unlocking)
			unlock(&l)
			unlock(&w.own)
			atomic.StoreInt32(&w.state, free)
		}
	}
}

func (w *worker) tell(command byte) {
	syscall.Write(w.pipe[1], []byte{command})
}

func (w *worker) is(state int32) bool { return atomic.LoadInt32(&w.state) == state }

// asleep reports whether the kernel has put the worker to sleep in lock, whose only other
// system call is sched_yield.
func (w *worker) asleep() bool {
	if !w.is(locking) {
		return false
	}
	f, err := os.Open(fmt.Sprintf("/proc/self/task/%d/stat", w.tid))
	if err != nil {
		return false
	}
	defer f.Close()
	stat := make([]byte, 512)
	n, err := f.Read(stat)
	if err != nil {
		return false
	}
	stat = stat[:n]
	i := bytes.LastIndex(stat, []byte(") "))
	return i >= 0 && stat[i+2] == 'S'
}

var workers []*worker

func start(n int) error {
	for len(workers) < n {
		w := new(worker)
		if err := syscall.Pipe(w.pipe[:]); err != nil {
			return err
		}
		started := make(chan bool)
		go w.work(started)
		<-started
		workers = append(workers, w)
	}
	return nil
}

// until waits until done returns true.
func until(done func() bool) error {
	for deadline := time.Now().Add(5 * time.Second); !done(); {
		if time.Now().After(deadline) {
			return errors.New("nothing has happened for 5 seconds")
		}
		// Not time.Sleep: Go 1.14 can forget a timer while all other Ps are busy.
		ts := syscall.NsecToTimespec(20000)
		syscall.Nanosleep(&ts, nil)
	}
	return nil
}

// holder returns the number of the worker that holds the lock, or 0.
func holder() int {
	for i, w := range workers {
		if w.is(holding) {
			return i + 1
		}
	}
	return 0
}

// waiting reports whether a worker waits for the lock.
func waiting() bool {
	for _, w := range workers {
		if w.is(locking) {
			return true
		}
	}
	return false
}

// An Entry is the result of a step of a script, once no thread is moving.
type Entry struct {
	Word     uint64
	Acquired int // the thread that got the lock; 0 for none
}

// play runs a script: 2 makes thread 2 lock, -2 makes it unlock.
func play(script []int) (log []Entry, err error) {
	for _, step := range script {
		var e Entry
		if step > 0 {
			w := workers[step-1]
			w.tell('l')
			err = until(func() bool { return w.is(holding) || w.asleep() })
			if w.is(holding) {
				e.Acquired = step
			}
		} else {
			w := workers[-step-1]
			w.tell('u')
			err = until(func() bool { return w.is(free) })
			if err == nil {
				err = until(func() bool {
					e.Acquired = holder()
					return e.Acquired > 0 || !waiting()
				})
			}
		}
		if err != nil {
			return log, err
		}
		e.Word = word()
		log = append(log, e)
	}
	return log, nil
}
