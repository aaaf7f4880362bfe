package gotrace

import (
	"fmt"

	"github.com/orrery-go/orrery/internal/names"
)

// A ThreadID, ProcID or GoID is a number chosen by the caller, 0 or more.
type (
	ThreadID int64
	ProcID   int64
	GoID     int64
)

// None stands for no thread, processor or goroutine.
const None = -1

// A Status is the status of a goroutine.
type Status uint8

// The statuses, with their numbers in the file.
const (
	Runnable Status = 1 + iota
	Running
	Syscall
	Waiting
)

var statuses = []string{"", "runnable", "running", "in a system call", "waiting"}

// String returns the name: "in a system call".
func (s Status) String() string { return names.Of("Status", statuses, int(s)) }

// What a processor does, with its number in the file. One with a thread runs, or is in
// the system call of that thread's goroutine.
const (
	procRunning = 1
	procIdle    = 2
	procSyscall = 3
)

// A State holds the processors and goroutines that exist when a trace begins.
type State struct {
	Procs      []Proc
	Goroutines []Goroutine
}

// A Proc is a processor.
type Proc struct {
	ID     ProcID
	Thread ThreadID // that has it, or None
}

// A Goroutine is a goroutine. One that is running, or in a system call, has a thread.
type Goroutine struct {
	ID     GoID
	Status Status
	Thread ThreadID // None if it has none
	Start  Frame    // the function it runs; tools name it so
}

// A thread is what a Writer knows of one.
type thread struct {
	id   ThreadID
	p    *proc
	g    *goroutine
	data []byte
	from uint64 // the time that its batch begins with
	last uint64 // the time of the last event in it
}

type proc struct {
	id     ProcID
	m      *thread
	seq    uint64
	inCall bool // of its thread's goroutine
}

// stop takes a processor from its thread.
func (p *proc) stop() {
	p.m.p, p.m, p.inCall = nil, nil, false
}

type goroutine struct {
	id     GoID
	m      *thread
	seq    uint64
	start  *Frame
	status Status
}

// threads are those that have, or had lately, something to do, in the order of that.
type threads struct {
	byID map[ThreadID]*thread
	list []*thread
}

func (t *threads) get(id ThreadID) *thread {
	m := t.byID[id]
	if m == nil {
		m = &thread{id: id}
		t.byID[id] = m
		t.list = append(t.list, m)
	}
	return m
}

// forget drops those that have nothing: they may have ended.
func (t *threads) forget() {
	kept := t.list[:0]
	for _, m := range t.list {
		if m.p != nil || m.g != nil || len(m.data) > 0 {
			kept = append(kept, m)
		} else {
			delete(t.byID, m.id)
		}
	}
	clear(t.list[len(kept):])
	t.list = kept
}

// begin takes over what is there when the trace begins.
func (w *Writer) begin(s State) error {
	for _, p := range s.Procs {
		if err := w.addProc(p.ID); err != nil {
			return err
		}
		if p.Thread == None {
			continue
		}
		if p.Thread < 0 {
			return fmt.Errorf("gotrace: processor %d has thread %d: want 0 or more, or None", p.ID, p.Thread)
		}
		m := w.threads.get(p.Thread)
		if m.p != nil {
			return fmt.Errorf("gotrace: thread %d has processors %d and %d", m.id, m.p.id, p.ID)
		}
		m.p = w.procs[p.ID]
		m.p.m = m
	}
	for _, k := range s.Goroutines {
		start := k.Start
		g, err := w.addGoroutine(k.ID, k.Status, &start)
		if err != nil {
			return err
		}
		if k.Status != Running && k.Status != Syscall {
			continue
		}
		if k.Thread < 0 {
			return fmt.Errorf("gotrace: goroutine %d is %v on thread %d: want 0 or more", k.ID, k.Status, k.Thread)
		}
		m := w.threads.get(k.Thread)
		switch {
		case m.g != nil:
			return fmt.Errorf("gotrace: thread %d has goroutines %d and %d", m.id, m.g.id, k.ID)
		case k.Status == Running && m.p == nil:
			return fmt.Errorf("gotrace: goroutine %d runs on thread %d without a processor", k.ID, m.id)
		}
		m.g, g.m = g, m
		if m.p != nil {
			m.p.inCall = k.Status == Syscall
		}
	}
	return nil
}

func (w *Writer) addProc(id ProcID) error {
	if id < 0 || id > maxID {
		return fmt.Errorf("gotrace: processor %d out of range [0,%d]", id, int64(maxID))
	}
	if w.procs[id] != nil {
		return fmt.Errorf("gotrace: processor %d is there already", id)
	}
	p := &proc{id: id}
	w.procs[id] = p
	w.procList = append(w.procList, p)
	return nil
}

func (w *Writer) addGoroutine(id GoID, status Status, start *Frame) (*goroutine, error) {
	switch {
	case id < 1 || id > maxID:
		return nil, fmt.Errorf("gotrace: goroutine %d out of range [1,%d]", id, int64(maxID))
	case status < Runnable || status > Waiting:
		return nil, fmt.Errorf("gotrace: status %d of goroutine %d out of range [%d,%d]", status, id, Runnable, Waiting)
	case w.gs[id] != nil:
		return nil, fmt.Errorf("gotrace: goroutine %d is there already", id)
	}
	g := &goroutine{id: id, status: status, start: start}
	w.gs[id] = g
	return g, nil
}

// maxID is the greatest number of a thread, processor or goroutine.
const maxID = 1 << 53
