package ipc

import (
	"cmp"
	"fmt"
	"slices"
)

// A Snapshot is the state of a system. It shares no memory with the model.
type Snapshot struct {
	Kernel  string        `json:"kernel"` // [Version]
	Procs   []ProcState   `json:"procs"`  // in the order of their numbers
	Files   []FileState   `json:"files"`  // likewise
	Waiters []WaiterState `json:"waiters"`
	Shared  int           `json:"shared"` // bytes that processes share
	Held    int           `json:"held"`   // bytes in the kernel's buffers
	Counts  Counts        `json:"counts"`
}

// A ProcState is the state of a process.
type ProcState struct {
	Proc    Proc      `json:"proc"`
	FDs     []FDState `json:"fds"`
	Pending []int     `json:"pending"`        // signals
	Blocked uint64    `json:"blocked,string"` // signals, the lowest bit for 1
}

// An FDState is the state of a descriptor.
type FDState struct {
	FD   FD  `json:"fd"`
	File int `json:"file"`
}

// A FileState is the state of a file: its type, and the data in it.
type FileState struct {
	File  int    `json:"file"`
	Type  string `json:"type"`
	Refs  int    `json:"refs"`  // descriptors, messages that carry it, calls that sleep
	Bytes int    `json:"bytes"` // to read
	Parts []int  `json:"parts"` // their pages, buffers or messages, in bytes
	Room  int    `json:"room"`  // pages of a pipe, or messages, that it can have
}

// A WaiterState is the state of a call that sleeps, or was woken.
type WaiterState struct {
	Waiter int  `json:"waiter"`
	Proc   Proc `json:"proc"`
	File   int  `json:"file"` // 0 for a semaphore
	Awake  bool `json:"awake"`
}

// Snapshot returns the state. It may be called from Trace.
func (s *System) Snapshot() Snapshot {
	out := Snapshot{Kernel: Version, Procs: []ProcState{}, Files: []FileState{}, Waiters: []WaiterState{}, Held: s.bytes, Counts: s.counts}
	for _, r := range s.regions {
		out.Shared += len(r.data)
	}
	for i := 1; i < len(s.procs); i++ {
		p := ProcState{Proc: Proc(i), FDs: []FDState{}, Pending: []int{}, Blocked: s.procs[i].blocked}
		for fd, f := range s.procs[i].fds.files {
			if f != nil {
				p.FDs = append(p.FDs, FDState{FD(fd), f.id})
			}
		}
		for sig := 1; sig <= LastSignal; sig++ {
			if s.procs[i].pending&bit(sig) != 0 {
				p.Pending = append(p.Pending, sig)
			}
		}
		out.Procs = append(out.Procs, p)
	}
	for _, f := range s.files() {
		out.Files = append(out.Files, f.state())
	}
	for _, w := range s.waiters {
		x := WaiterState{Waiter: w.id, Proc: w.proc, Awake: w.awake}
		if w.file != nil {
			x.File = w.file.id
		}
		out.Waiters = append(out.Waiters, x)
	}
	return out
}

// files returns all that a descriptor, a message or a call refers to, by number.
func (s *System) files() (out []*file) {
	seen := map[*file]bool{}
	var todo []*file
	for _, p := range s.procs {
		todo = append(todo, p.fds.files...)
	}
	for _, w := range s.waiters {
		todo = append(todo, w.file)
	}
	for len(todo) > 0 {
		f := todo[0]
		todo = todo[1:]
		if f == nil || seen[f] {
			continue
		}
		seen[f] = true
		out = append(out, f)
		if f.sock != nil {
			for _, b := range f.sock.queue {
				todo = append(todo, b.files...)
			}
		}
	}
	slices.SortFunc(out, func(a, b *file) int { return cmp.Compare(a.id, b.id) })
	return out
}

func (f *file) state() FileState {
	out := FileState{File: f.id, Type: f.kindName(), Refs: f.refs, Parts: []int{}}
	switch {
	case f.pipe != nil:
		out.Room = f.pipe.limit
		for _, b := range f.pipe.slots {
			out.Parts = append(out.Parts, len(b))
		}
	case f.sock != nil:
		for _, b := range f.sock.queue {
			out.Parts = append(out.Parts, len(b.data))
		}
	case f.queue != nil:
		out.Room = f.queue.most
		for _, m := range f.queue.messages {
			out.Parts = append(out.Parts, len(m.data))
		}
	}
	for _, n := range out.Parts {
		out.Bytes += n
	}
	return out
}

// Check returns an error if an invariant is broken.
func (s *System) Check() error {
	if len(s.procs) == 0 {
		return errUseNew
	}
	refs := map[*file]int{}
	tables := map[*table]bool{}
	for _, p := range s.procs {
		if tables[p.fds] {
			continue // of a thread
		}
		tables[p.fds] = true
		for _, f := range p.fds.files {
			if f != nil {
				refs[f]++
			}
		}
	}
	for _, w := range s.waiters {
		if w.file != nil {
			refs[w.file]++
		}
	}
	held := 0
	sent, seenPipe, seenQueue := map[*sock]int{}, map[*pipe]bool{}, map[*queue]bool{}
	files := s.files()
	for _, f := range files {
		switch {
		case f.pipe != nil && !seenPipe[f.pipe]:
			seenPipe[f.pipe] = true
			if n := len(f.pipe.slots); n > f.pipe.limit || n != len(f.pipe.ends) {
				return fmt.Errorf("ipc: file %d uses %d pages of %d", f.id, n, f.pipe.limit)
			}
			held += f.state().Bytes
		case f.sock != nil:
			held += f.state().Bytes
			for _, b := range f.sock.queue {
				sent[b.from] += b.truesize
				for _, x := range b.files {
					refs[x]++
				}
			}
		case f.queue != nil && !seenQueue[f.queue]:
			seenQueue[f.queue] = true
			held += f.state().Bytes
			if len(f.queue.messages) > f.queue.most {
				return fmt.Errorf("ipc: file %d has %d messages of %d", f.id, len(f.queue.messages), f.queue.most)
			}
		}
	}
	for _, f := range files {
		if f.refs != refs[f] {
			return fmt.Errorf("ipc: file %d has %d references, counted %d", f.id, refs[f], f.refs)
		}
		if f.sock != nil && f.sock.sent != sent[f.sock] {
			return fmt.Errorf("ipc: file %d has sent %d bytes of memory, counted %d", f.id, sent[f.sock], f.sock.sent)
		}
	}
	if held != s.bytes {
		return fmt.Errorf("ipc: the kernel holds %d bytes, counted %d", held, s.bytes)
	}
	return nil
}
