//go:build !orrery_lean || orrery_alloc

package script

import (
	"errors"
	"fmt"
	"strings"

	"github.com/orrery-go/orrery/alloc"
)

// allocHeap is the heap of an allocScript, and the objects allocated in it.
type allocHeap struct {
	heap    *alloc.Heap
	events  []alloc.Event
	objects []alloc.Addr // by number from 1; the first is none
	blocks  []alloc.Addr // the slot of each
	dead    map[int]bool
}

func (s *allocHeap) do(c *Command) (string, error) {
	if s.heap == nil {
		return "", fmt.Errorf("script: a heap has words of 8 bytes")
	}
	s.events = nil
	switch c.Verb {
	case "malloc":
		return s.malloc(c)
	case "make":
		return s.make(c)
	case "gc", "mark":
		return s.collect(c)
	case "sweep":
		n := s.heap.Sweep(int(c.Int("spans", 1)))
		return fmt.Sprintf("%s%d swept, %d wait\n", s.steps(c), n, s.heap.Unswept()), c.Err()
	case "free":
		i := c.Int("object", 0)
		if i < 1 || i >= int64(len(s.objects)) {
			return "", fmt.Errorf("script: object %d out of range [1,%d]", i, len(s.objects)-1)
		}
		err := s.heap.Free(int(c.Int("p", 0)), s.objects[i])
		if err != nil {
			return "", err
		}
		s.dead[int(i)] = true
		return s.steps(c), c.Err()
	case "stats":
		m := s.heap.ReadMemStats()
		return fmt.Sprintf("%d allocated, %d freed, %d bytes in objects, %d in spans, %d in the heap, %d given back or never used\n",
			m.Mallocs, m.Frees, m.HeapAlloc, m.HeapInuse, m.HeapSys, m.HeapReleased), nil
	case "check":
		return checked(s.heap.Check())
	default: // show
		text, err := s.heap.Snapshot().Picture(int(c.Int("spans", 8)))
		return text, errors.Join(err, c.Err())
	}
}

func (s *allocHeap) begin(c *Command, release string, w *watch) error {
	h, err := alloc.New(alloc.Config{
		Release: release, Procs: int(c.Int("procs", 1)), Limit: c.Int("limit", 0),
		Trace: func(e alloc.Event) {
			w.tell(e)
			s.events = append(s.events, e)
		},
	})
	if err != nil {
		return err
	}
	*s = allocHeap{heap: h, objects: make([]alloc.Addr, 1), blocks: make([]alloc.Addr, 1), dead: map[int]bool{}}
	return nil
}

// malloc tells the steps of the last of the allocations.
func (s *allocHeap) malloc(c *Command) (string, error) {
	size := c.Number()
	if c.Err() != nil {
		return "", c.Err()
	}
	noscan, p := !c.Flag("scan"), int(c.Int("p", 0))
	for range min(max(c.Int("times", 1), 1), 1<<20) {
		s.events = nil
		a, err := s.heap.Malloc(p, size, noscan)
		if err != nil {
			return s.steps(c), err
		}
		block := a
		if place, err := s.heap.Find(a); err == nil {
			block = place.Span + alloc.Addr(int64(place.Index)*place.Size)
		}
		s.objects, s.blocks = append(s.objects, a), append(s.blocks, block)
	}
	return s.steps(c), c.Err()
}

// make tells the allocations of new or make of a type.
func (s *allocHeap) make(c *Command) (string, error) {
	t := alloc.Type{Size: c.Int("size", 8), Noscan: !c.Flag("scan")}
	n := c.Int("n", 1)
	var blocks []alloc.Block
	var err error
	switch kind := c.Word(); kind {
	case "value":
		blocks, err = s.heap.Rules().New(t)
	case "slice":
		blocks, err = s.heap.Rules().MakeSlice(t, n, n)
	case "chan":
		blocks, err = s.heap.Rules().MakeChan(t, n)
	case "map":
		blocks = s.heap.Rules().MakeMap()
	default:
		return "", fmt.Errorf("script: make %.40q (want value, slice, chan or map)", kind)
	}
	if err != nil {
		return "", err
	}
	var out strings.Builder
	for _, b := range blocks {
		p, err := s.heap.Rules().Place(b.Bytes, b.Noscan)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&out, "%s: takes %d\n", b, p.Bytes)
	}
	return out.String(), c.Err()
}

// collect keeps every n-th object alive, or none.
func (s *allocHeap) collect(c *Command) (string, error) {
	keep := int(c.Int("keep", 0))
	live := map[alloc.Addr]bool{}
	for i := 1; i < len(s.objects); i++ {
		if keep > 0 && i%keep == 0 && !s.dead[i] {
			live[s.objects[i]], live[s.blocks[i]] = true, true
		} else {
			s.dead[i] = true
		}
	}
	f := s.heap.GC
	if c.Verb == "mark" {
		f = s.heap.Mark
	}
	err := f(func(a alloc.Addr) bool { return live[a] })
	return s.steps(c), err
}

// steps tells the events, if the command did not ask to be quiet.
func (s *allocHeap) steps(c *Command) string {
	if c.Flag("quiet") {
		return ""
	}
	var out strings.Builder
	for _, e := range s.events {
		fmt.Fprintln(&out, e)
	}
	return out.String()
}
