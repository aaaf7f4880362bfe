package epollsim

import "time"

// A Snapshot is the state of a kernel. It shares no memory with the model.
type Snapshot struct {
	Kernel  string        `json:"kernel"` // [Version]
	Now     time.Duration `json:"now"`
	FDs     []FDState     `json:"fds"`    // in ascending order
	Files   []FileState   `json:"files"`  // in the order of their numbers
	Epolls  []EpollState  `json:"epolls"` // likewise
	Waiters []WaiterState `json:"waiters"`
	Memory  Memory        `json:"memory"`
	Counts  Counts        `json:"counts"`
}

// An FDState is the state of a descriptor.
type FDState struct {
	FD   FD   `json:"fd"`
	File File `json:"file"`
}

// A FileState is an open file.
type FileState struct {
	File  File     `json:"file"`
	Type  FileType `json:"type"`
	Refs  int      `json:"refs"`         // descriptors, and calls that have not returned
	Ready Events   `json:"ready"`        // what it is ready for; of an epoll, without asking the files below
	Bytes int      `json:"bytes"`        // to read
	Count uint64   `json:"count,string"` // of an eventfd
	Slots int      `json:"slots"`        // pages that a pipe takes
	Queue []Item   `json:"queue"`        // items that a wake-up calls, in this order
}

// An Item names an item of an epoll.
type Item struct {
	Epoll File `json:"epoll"`
	File  File `json:"file"`
	FD    FD   `json:"fd"`
}

// An EpollState is the state of an epoll.
type EpollState struct {
	File     File        `json:"file"`
	Tree     []ItemState `json:"tree"` // in order
	Root     int         `json:"root"` // its index there, -1 for none
	Ready    []Item      `json:"ready"`
	Sending  []Item      `json:"sending"`  // items that a scan has taken and not yet reported
	Overflow []Item      `json:"overflow"` // items that became ready meanwhile, the newest first
	Sleepers []int       `json:"sleepers"` // waiters in the order of coming: the last is woken first
	Scanner  int         `json:"scanner"`  // the waiter that is in the middle of its scan, 0 for none
}

// An ItemState is the state of an item in its tree. Left, Right and Up are indices, -1
// for none.
type ItemState struct {
	File   File   `json:"file"`
	FD     FD     `json:"fd"`
	Events Events `json:"events"`
	Data   uint64 `json:"data,string"`
	Red    bool   `json:"red"`
	Left   int    `json:"left"`
	Right  int    `json:"right"`
	Up     int    `json:"up"`
	Listed bool   `json:"listed"`
}

// A WaiterState is the state of a call that has not returned.
type WaiterState struct {
	Waiter int           `json:"waiter"`
	Epoll  File          `json:"epoll"`
	Status WaiterStatus  `json:"status"`
	Until  time.Duration `json:"until"` // below 0: forever
}

// Memory is the memory of all items.
type Memory struct {
	Items int `json:"items"`
	Bytes int `json:"bytes"` // bytes of items and their entries in wait queues
	Slabs int `json:"slabs"` // pages of items, if they lie as close as they can
}

// Memory returns the memory of all items, as slabs: pages, each of which the kernel
// allocates when it is first needed.
func (k *Kernel) Memory() Memory {
	const each = SlabSize / EpitemSize
	return Memory{Items: k.watches, Bytes: k.watches * (EpitemSize + PwqSize), Slabs: (k.watches + each - 1) / each}
}

// Snapshot returns the state. It may be called from Trace, and then shows the state in
// the middle of a call.
func (k *Kernel) Snapshot() Snapshot {
	s := Snapshot{Kernel: Version, Now: k.now, FDs: []FDState{}, Files: []FileState{}, Epolls: []EpollState{}, Waiters: []WaiterState{}, Memory: k.Memory(), Counts: k.counts}
	for fd, r := range k.fds {
		if r != 0 {
			s.FDs = append(s.FDs, FDState{FD(fd), k.files.at(r).id})
		}
	}
	for _, r := range k.filesInOrder() {
		f := k.files.at(r)
		s.Files = append(s.Files, k.fileState(f))
		if f.kind == epollFile {
			s.Epolls = append(s.Epolls, k.epollState(k.epolls.at(f.obj)))
		}
	}
	for _, w := range k.waiters {
		s.Waiters = append(s.Waiters, WaiterState{w.id, k.files.at(w.file).id, waiterStatuses[w.status], w.until})
	}
	return s
}

func (k *Kernel) fileState(f *file) FileState {
	s := FileState{File: f.id, Type: fileKinds[f.kind], Refs: int(f.refs), Queue: []Item{}}
	switch f.kind {
	case eventfdFile, semaphoreFile:
		e := k.eventfds.at(f.obj)
		s.Count, s.Ready = e.count, e.mask()
	case pipeReadFile, pipeWriteFile:
		p := k.pipes.at(f.obj)
		s.Bytes, s.Slots = p.bytes(), int(p.head-p.tail)
		if s.Ready = p.readMask(); f.kind == pipeWriteFile {
			s.Ready = p.writeMask()
		}
	case unixFile:
		u := k.unixes.at(f.obj)
		s.Bytes, s.Ready = u.bytes(), k.unixMask(u)
	case tcpFile:
		t := k.tcps.at(f.obj)
		s.Bytes, s.Ready = t.queue, k.tcpMask(t)
	case epollFile:
		if k.epolls.at(f.obj).ready.head != 0 {
			s.Ready = readable
		}
	case regularFile:
		s.Ready = always
	}
	for it := f.queue; it != 0; it = k.items.at(it).queueNext {
		s.Queue = append(s.Queue, k.name(it))
	}
	return s
}

func (k *Kernel) name(it ref) Item {
	i := k.items.at(it)
	return Item{k.files.at(k.epolls.at(i.epoll).file).id, i.id, i.fd}
}

func (k *Kernel) names(head ref) []Item {
	out := []Item{}
	for it := head; it != 0; it = k.items.at(it).next {
		out = append(out, k.name(it))
	}
	return out
}

func (k *Kernel) epollState(ep *epoll) EpollState {
	s := EpollState{File: k.files.at(ep.file).id, Tree: []ItemState{}, Root: -1, Ready: k.names(ep.ready.head), Sending: k.names(ep.sending.head),
		Overflow: []Item{}, Sleepers: append([]int{}, ep.sleepers...), Scanner: ep.scanner}
	for it := ep.overflow; it != 0; it = k.items.at(it).overflow {
		s.Overflow = append(s.Overflow, k.name(it))
	}
	index := map[ref]int{0: -1}
	for it := k.first(ep.root); it != 0; it = k.successor(it) {
		index[it] = len(index) - 1
	}
	for it := k.first(ep.root); it != 0; it = k.successor(it) {
		i := k.items.at(it)
		s.Tree = append(s.Tree, ItemState{i.id, i.fd, i.events, i.data, i.red, index[i.left], index[i.right], index[i.up], i.linked})
	}
	s.Root = index[ep.root]
	return s
}
