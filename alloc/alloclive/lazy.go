package alloclive

import (
	"context"
	"fmt"
	"math"

	"github.com/orrery-go/orrery/alloc"
	"github.com/orrery-go/orrery/internal/child"
	"github.com/orrery-go/orrery/internal/overlay"
)

// An Earlier is a span of small objects that a process has before its program.
type Earlier struct {
	Class  int
	Noscan bool
	Free   int // number of its slots that are free
}

// A Step is a step of an mcentral or of the sweep of a span.
type Step struct {
	Kind  overlay.Kind
	Addr  int64 // of the span, in the hole, or of 512 pages
	N     int64 // the note's count
	Clear bool  // the slots of a span that an mcentral gives out, or a large object, have to be cleared
}

// StartLazy starts a process for [Real.Lazy], whose runtime takes notes.
func StartLazy(ctx context.Context) (*Real, error) {
	c, err := overlay.Start(ctx, Experiment, child.Options{Env: []string{"GODEBUG=gcshrinkstackoff=1,asyncpreemptoff=1"}})
	if err != nil {
		return nil, err
	}
	return &Real{c}, nil
}

// Lazy runs a program in a hole of free pages, without the background sweeper.
func (r *Real) Lazy(p Program) (Answer, error) { return r.ask(Question{Program: p, Lazy: true}) }

const (
	lazyPage = 8 << 10
	holeSize = HolePages * lazyPage
)

// Steps returns the steps in the hole that the runtime noted.
func (a Answer) Steps() ([]Step, error) {
	notes, err := overlay.All(a.Notes)
	var steps []Step
	for _, n := range notes {
		s := Step{n.Kind, int64(n.Object) - a.Hole.Base*lazyPage, int64(n.Count), n.Flags == 1}
		if n.Kind != overlay.WorkBufs && s.holed() {
			steps = append(steps, s)
		}
	}
	return steps, err
}

// holed reports whether the step is in the hole.
func (s Step) holed() bool {
	if s.Kind == overlay.Reclaimed {
		return s.Addr > -512*lazyPage && s.Addr < holeSize
	}
	return s.Addr >= 0 && s.Addr < holeSize
}

// Holed returns the places of objects in the hole.
func (a Answer) Holed() []uint64 {
	out := make([]uint64, len(a.Addrs))
	for i, at := range a.Addrs {
		out[i] = at - uint64(a.Hole.Base)*lazyPage
	}
	return out
}

// ModelLazy performs [Real.Lazy] in the model, with the spans that the process had before.
// It returns the places of the objects in the hole, and the steps in it.
func ModelLazy(release string, p Program, real Answer) (places []uint64, steps []Step, err error) {
	l := lazyModel{live: map[alloc.Addr]int{}}
	l.h, err = alloc.New(alloc.Config{Release: release, Trace: l.event})
	if err != nil {
		return nil, nil, err
	}
	if err := l.before(real); err != nil {
		return nil, nil, err
	}
	var begins []alloc.Addr // of the objects, as GC asks about them
	for _, op := range p {
		switch op.Verb {
		case Noscan, Scan:
			at, begin, err := l.malloc(op.Arg, op.Verb == Noscan)
			if err != nil {
				return places, l.steps, err
			}
			places, begins = append(places, uint64(at-l.base)), append(begins, begin)
		case Drop:
			l.live[begins[op.Arg]]--
		case Collect:
			err = l.h.GC(l.alive)
		case Mark:
			err = l.h.Mark(l.alive)
		case Sweep:
			l.h.Sweep(1 << 30)
		case SweepSome:
			for l.swept = 0; l.swept < op.Arg && l.h.Sweep(1) == 1; {
			}
		case Return:
			l.h.Scavenge(math.MaxInt64)
		}
		if err != nil {
			return places, l.steps, err
		}
	}
	return places, l.steps, l.h.Check()
}

type lazyModel struct {
	h     *alloc.Heap
	base  alloc.Addr // of the hole; 0 before it is made
	live  map[alloc.Addr]int
	steps []Step
	swept int64   // number of spans in the hole
	sizes []int64 // by class
}

func (l *lazyModel) alive(at alloc.Addr) bool {
	if at < l.base || at >= l.base+holeSize {
		return true
	}
	return l.live[at] > 0
}

// malloc allocates and returns the address that [alloc.Heap.GC] asks about, too.
func (l *lazyModel) malloc(size int64, noscan bool) (at, begin alloc.Addr, err error) {
	if at, err = l.h.Malloc(0, size, noscan); err != nil {
		return 0, 0, err
	}
	place, err := l.h.Find(at)
	if err != nil {
		return 0, 0, err
	}
	begin = place.Span + alloc.Addr(int64(place.Index)*place.Size)
	if !noscan && at-begin == 8 {
		begin = at
	}
	l.live[begin]++
	return at, begin, nil
}

// before makes the heap that the process had, with full spans, and its hole.
func (l *lazyModel) before(real Answer) error {
	rules := l.h.Rules()
	classes := rules.Classes()
	for _, k := range classes {
		l.sizes = append(l.sizes, k.Size)
	}
	for _, s := range real.Spans {
		size := classes[s.Class-1].Size
		if s.Noscan && (size == lazyPage || size < rules.TinySize()) {
			continue // the first fill the pages below the hole, there are none of the others
		}
		if !s.Noscan {
			size = min(size, rules.MaxSmall())
			place, err := rules.Place(size, false)
			if err != nil {
				return err
			}
			size -= place.Header
		} else {
			size = min(size, rules.MaxSmall())
		}
		for range rules.SpanObjects(s.Class, s.Noscan) {
			if _, err := l.h.Malloc(0, size, s.Noscan); err != nil {
				return err
			}
		}
	}
	first, err := l.h.Malloc(0, 32*lazyPage, true)
	if err != nil {
		return err
	}
	used := int64(first)/lazyPage + 32
	fill := 512 + ((real.Hole.Base-used)%512+512)%512
	if _, err := l.h.Malloc(0, fill*lazyPage, true); err != nil {
		return err
	}
	hole, err := l.h.Malloc(0, holeSize, true)
	if err != nil {
		return err
	}
	if int64(hole)/lazyPage != used+fill || (int64(hole)/lazyPage-real.Hole.Base)%512 != 0 {
		return fmt.Errorf("alloclive: the model's hole is at page %d, the real one at %d", int64(hole)/lazyPage, real.Hole.Base)
	}
	l.base = hole
	if err := l.h.GC(l.alive); err != nil {
		return err
	}
	for at := alloc.Addr(0); at < hole || at >= hole+holeSize; {
		if at, _, err = l.malloc(lazyPage, true); err != nil {
			return err
		}
		if at >= hole && at < hole+holeSize && int64(at-hole)/lazyPage != real.Hole.First {
			return fmt.Errorf("alloclive: the model begins the hole at page %d, the real one at %d", int64(at-hole)/lazyPage, real.Hole.First)
		}
	}
	l.h.ReadMemStats()
	l.steps = nil
	return nil
}

func (l *lazyModel) event(e alloc.Event) {
	if l.base == 0 {
		return
	}
	s := Step{Addr: int64(e.Addr - l.base), Clear: e.Needzero}
	switch e.Kind {
	case alloc.PartialSwept:
		s.Kind, s.N = overlay.CachedSpan, overlay.PartialSwept
	case alloc.PartialUnswept:
		s.Kind, s.N = overlay.CachedSpan, overlay.PartialUnswept
	case alloc.FullUnswept:
		s.Kind, s.N = overlay.CachedSpan, overlay.FullUnswept
	case alloc.FreshSpan:
		s.Kind, s.N = overlay.CachedSpan, overlay.Fresh
	case alloc.LargeObject:
		s.Kind = overlay.LargeSpan
	case alloc.Reclaimed:
		s.Kind, s.N = overlay.Reclaimed, e.Bytes/lazyPage
	case alloc.Swept:
		s.Kind = overlay.SweptSpan
		if e.Class > 0 {
			s.N = e.Bytes / l.sizes[e.Class-1]
		} else if e.Bytes > 0 {
			s.N = 1
		}
	case alloc.SpanFreed:
		s.Kind, s.N = overlay.FreedSpan, e.Bytes/lazyPage
	default:
		return
	}
	if !s.holed() {
		return
	}
	l.steps = append(l.steps, s)
	if s.Kind == overlay.SweptSpan {
		l.swept++
	}
}
