package alloc

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"

	"github.com/orrery-go/orrery/internal/brief"
)

// The verbs of an Op.
const (
	AllocVerb = "alloc"
	FreeVerb  = "free"
	GCVerb    = "gc"
)

// An Op is one line of a stream of allocations and frees, as JSON:
//
//	{"op":"alloc","id":"a","size":48,"noscan":true,"what":"main.node"}
//	{"op":"alloc","id":"b","size":72,"best":64,"what":"main.tree","count":500}
//	{"op":"free","id":"a"}
//	{"op":"gc"}
//
// A freed object is unreachable from then on; the next collection frees its memory.
// Fields that are left out are zero; others are errors.
type Op struct {
	Verb    string `json:"op"`                // AllocVerb, FreeVerb or GCVerb
	ID      string `json:"id,omitempty"`      // of the object; the id of a freed object may be used again
	Size    int64  `json:"size,omitempty"`    // requested bytes
	Noscan  bool   `json:"noscan,omitempty"`  // without pointers
	What    string `json:"what,omitempty"`    // a type or a place in the program, for the report
	Count   int64  `json:"count,omitempty"`   // number of such objects; 0 is 1
	Best    int64  `json:"best,omitempty"`    // size with the best order of fields, if it is known: see package layout
	Rounded bool   `json:"rounded,omitempty"` // Size is that of the slot, as in heap profiles; the size of the request is unknown
}

// The limits of a stream.
const (
	MaxOps     = 1 << 24 // operations
	MaxObjects = 1 << 22 // objects, all counts together
	maxLine    = 1 << 16 // bytes of a line
)

// ReadOps reads a stream of operations, one a line; it skips empty lines. If a line is
// not an operation, the last pair that it yields has an error that names the line.
func ReadOps(r io.Reader) iter.Seq2[Op, error] {
	return func(yield func(Op, error) bool) {
		if r == nil {
			yield(Op{}, errors.New("alloc: no reader to read operations from"))
			return
		}
		lines := bufio.NewScanner(r)
		lines.Buffer(nil, maxLine)
		n := 0
		for lines.Scan() {
			n++
			text := bytes.TrimSpace(lines.Bytes())
			if len(text) == 0 {
				continue
			}
			dec := json.NewDecoder(bytes.NewReader(text))
			dec.DisallowUnknownFields()
			var op Op
			err := dec.Decode(&op)
			if err == nil && dec.More() {
				err = errors.New("more than one operation")
			}
			if err != nil {
				yield(Op{}, brief.Errorf("alloc: line %d: %w", n, err))
				return
			}
			if !yield(op, nil) {
				return
			}
		}
		if err := lines.Err(); err != nil {
			yield(Op{}, fmt.Errorf("alloc: line %d: %w", n+1, err))
		}
	}
}

// Replay performs the operations in a new heap, on its first P, collects, and reports the
// state of the heap then. If the heap is full, it collects before it gives up. It returns
// the first error of the stream, an error that names the first invalid operation, or
// [OutOfMemory].
func Replay(c Config, ops iter.Seq2[Op, error]) (Report, error) {
	p, err := newReplay(c)
	if err != nil {
		return Report{}, err
	}
	if ops == nil {
		return Report{}, errNoOps
	}
	n := 0
	for op, err := range ops {
		if n++; err == nil && n > MaxOps {
			err = fmt.Errorf("alloc: more than %d operations", MaxOps)
		}
		if err == nil {
			err = p.do(op)
		}
		if err != nil {
			return Report{}, fmt.Errorf("operation %d: %w", n, err)
		}
	}
	if err := p.heap.GC(p.live); err != nil {
		return Report{}, err
	}
	return p.report(), nil
}

// A replay is a heap and the objects of a stream in it.
type replay struct {
	heap    *Heap
	objects map[string]*batch // live objects by id
	groups  map[group]*Group
	number  int64        // number of allocated objects
	marks   []uint64     // one bit for each 8 bytes from the heap's base on, set where a live object begins
	tiny    map[Addr]int // number of live objects in a tiny block
}

// A batch holds the objects that one operation allocated.
type batch struct {
	at    []Addr
	tiny  bool
	group *Group
	op    Op
}

// A group identifies the objects that the report puts together.
type group struct {
	what    string
	size    int64
	best    int64
	noscan  bool
	rounded bool
}

func newReplay(c Config) (*replay, error) {
	h, err := New(c)
	if err != nil {
		return nil, err
	}
	return &replay{heap: h, objects: map[string]*batch{}, groups: map[group]*Group{}, tiny: map[Addr]int{}}, nil
}

func (p *replay) do(op Op) error {
	switch op.Verb {
	case AllocVerb:
		return p.alloc(op)
	case FreeVerb:
		return p.free(op)
	case GCVerb:
		return p.heap.GC(p.live)
	}
	return fmt.Errorf("alloc: operation %.20q (want %q, %q or %q)", op.Verb, AllocVerb, FreeVerb, GCVerb)
}

func (p *replay) alloc(op Op) error {
	count := max(op.Count, 1)
	switch {
	case op.ID == "":
		return errors.New("alloc: an object without an id")
	case p.objects[op.ID] != nil:
		return fmt.Errorf("alloc: there is an object %.40q already", op.ID)
	case op.Count < 0 || count > MaxObjects-p.number:
		return fmt.Errorf("alloc: %d objects out of range [1,%d], of which there are %d", op.Count, MaxObjects, p.number)
	case op.Best < 0 || op.Best > op.Size:
		return fmt.Errorf("alloc: best size %d out of range [0,%d]", op.Best, op.Size)
	}
	place, err := p.heap.rules.Place(op.Size, op.Noscan)
	if err != nil {
		return err
	}
	key := group{op.What, op.Size, op.Best, op.Noscan, op.Rounded}
	g := p.groups[key]
	if g == nil {
		g = &Group{What: op.What, Size: op.Size, Best: op.Best, Noscan: op.Noscan, Rounded: op.Rounded, Way: place.Way, Class: place.Class, Slot: place.Bytes}
		p.groups[key] = g
	}
	b := &batch{at: make([]Addr, 0, count), tiny: place.Way == Tiny, group: g, op: op}
	p.number += count
	p.objects[op.ID] = b
	for range count {
		a, err := p.heap.Malloc(0, op.Size, op.Noscan)
		if errors.Is(err, OutOfMemory) {
			if err := p.heap.GC(p.live); err != nil {
				return err
			}
			a, err = p.heap.Malloc(0, op.Size, op.Noscan)
		}
		if err != nil {
			return err
		}
		b.at = append(b.at, a)
		p.mark(a, b.tiny)
	}
	g.Allocated += count
	g.Live += count
	return nil
}

// mark records that an object is live.
func (p *replay) mark(a Addr, tiny bool) {
	if a == Zerobase {
		return
	}
	if tiny {
		if a &^= 15; p.tiny[a] > 0 {
			p.tiny[a]++
			return
		}
		p.tiny[a] = 1
	}
	i := int(a-p.heap.base) / 8
	if n := i/64 + 1 - len(p.marks); n > 0 {
		p.marks = append(p.marks, make([]uint64, n)...)
	}
	p.marks[i/64] |= 1 << (i % 64)
}

func (p *replay) unmark(a Addr, tiny bool) {
	if a == Zerobase {
		return
	}
	if tiny {
		if a &^= 15; p.tiny[a] > 1 {
			p.tiny[a]--
			return
		}
		delete(p.tiny, a)
	}
	i := int(a-p.heap.base) / 8
	p.marks[i/64] &^= 1 << (i % 64)
}

// live reports whether an object is live, for a collection.
func (p *replay) live(a Addr) bool {
	i := int(a-p.heap.base) / 8
	return i/64 < len(p.marks) && p.marks[i/64]>>(i%64)&1 == 1
}

func (p *replay) free(op Op) error {
	b := p.objects[op.ID]
	if b == nil {
		return fmt.Errorf("alloc: there is no object %.40q", op.ID)
	}
	n := int64(len(b.at))
	if op.Count != 0 {
		n = op.Count
	}
	if n < 1 || n > int64(len(b.at)) {
		return fmt.Errorf("alloc: %d objects to free out of range [1,%d]", op.Count, len(b.at))
	}
	for _, a := range b.at[int64(len(b.at))-n:] {
		p.unmark(a, b.tiny)
	}
	b.at = b.at[:int64(len(b.at))-n]
	b.group.Live -= n
	if len(b.at) == 0 {
		delete(p.objects, op.ID)
	}
	return nil
}

var errNoOps = errors.New("alloc: no stream of operations")

// WriteOps writes a stream of operations that [ReadOps] reads. It returns the first
// error of the stream or of the writer.
func WriteOps(w io.Writer, ops iter.Seq2[Op, error]) error {
	switch {
	case w == nil:
		return errors.New("alloc: no writer to write operations to")
	case ops == nil:
		return errNoOps
	}
	enc := json.NewEncoder(w)
	for op, err := range ops {
		if err == nil {
			err = enc.Encode(op)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// sortGroups sorts the groups by the bytes that they take, largest first.
func sortGroups(groups []Group) {
	slices.SortFunc(groups, func(a, b Group) int {
		switch {
		case a.Taken != b.Taken:
			return int(min(max(b.Taken-a.Taken, -1), 1))
		case a.What != b.What && a.What < b.What:
			return -1
		case a.What != b.What:
			return 1
		case a.Size != b.Size:
			return int(min(max(a.Size-b.Size, -1), 1))
		case a.Noscan != b.Noscan && a.Noscan:
			return 1
		}
		return -1
	})
}
