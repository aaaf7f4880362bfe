package gc

import (
	"errors"
	"fmt"

	"github.com/orrery-go/orrery/release"
)

// A Ref is the number of an object, which stands for a pointer to it or into it. Numbers
// start at 1, and those of reclaimed objects are used again. A block of tiny objects has
// 16 numbers, one for each byte, and an object in it has that of its first byte.
type Ref uint32

// Nil is the nil pointer.
const Nil Ref = 0

// A G is the number of a goroutine. [Heap.Go] gives 1, 2, 3, and so on.
type G int32

// The limits of a model.
const (
	MaxObjects    = 1 << 27 // the bound that [Config].MaxObjects may have
	MaxSlots      = 1 << 20 // pointers of an object
	MaxBytes      = 1 << 40 // of an object
	MaxGoroutines = 1 << 20
	MaxStack      = 1 << 26 // slots of all goroutines
	MaxGlobals    = 1 << 20
)

const defaultMaxObjects = 1 << 24

// A Config says what to model.
type Config struct {
	Release   string      `json:"release"` // "" for the newest known, "go1.5", "running"
	Algorithm *Algorithm  `json:"-"`       // nil: that of the release
	Globals   int         `json:"globals"` // pointers in the data segment, from 0 to [MaxGlobals]
	Trace     func(Event) `json:"-"`       // receives every step; nil costs nothing

	// MaxObjects bounds the numbers of objects, of which a block of tiny objects has 16,
	// and the slots of all objects to 16 times as many. 0 is 1<<24.
	MaxObjects int `json:"maxObjects"`

	// AssistRatio is the number of words that a goroutine scans for each byte that it
	// allocates during marking: an eighth of the pacer's assistWorkPerByte, which is in
	// bytes. 0 means no assists.
	AssistRatio float64 `json:"assistRatio"`

	// Verify makes [Heap.Check] also check that all garbage at the beginning of a cycle
	// is reclaimed at its end, which takes a look at the whole heap in each cycle.
	Verify bool `json:"verify"`
}

// A Heap is a heap, the goroutines that use it, and the collector. It is not safe for
// concurrent use: the caller decides which goroutine acts, and when the collector does.
type Heap struct {
	release release.Release
	alg     Algorithm
	now     Algorithm // of the cycle that runs
	trace   func(Event)
	telling bool // Trace is being called
	seq     uint64
	err     error

	// Objects, by number.
	objects    int // that are allocated
	maxObjects int
	numbers    int      // that objects have or had, and 0
	spanAt     []uint32 // the span of every spanStep-th number
	allocated  bitmap
	marked     bitmap
	scanned    bitmap
	noscan     bitmap // objects without pointers
	slots      []Ref  // of all objects, span by span

	spans   []span // the first is none
	classes []class
	classOf map[Layout]int
	tiny    Ref // the block that the next tiny objects go to
	tinyOff int64
	zero    Ref // the object of size 0

	seesNil   bool // a nil that the compiler sees takes no place in the barrier's buffer
	headers   bool // objects above 512 bytes have a word for their type before them
	tinyShare bool // tiny objects share blocks
	tinyAny   bool // there is a span of them
	tinySizes []uint8

	globals []Ref
	gs      []goroutine // by number; the first is none
	descs   []G         // the goroutine that has each descriptor, or had it last
	freed   []int       // descriptors of goroutines that have ended
	onStack int         // slots of all

	specials     map[Ref]*specials
	withSpecials []Ref // in the order in which they got their first special
	weaks        []Ref // by number; the first is none
	selfKeeps    bool  // a pointer to itself keeps an object that has a finalizer
	finq         []queuedFinalizer
	batch        int  // number of finalizers of finq that the finalizer goroutine has taken
	batched      bool // it has run finalizers since it last took some
	cleanq       []queuedCleanup
	cleanups     []Ref // by number, the objects they are of; the first is none

	// The cycle.
	cycle     uint64
	requested bool
	blocking  bool // the cycle is one pause: runtime.GC of 1.5 to 1.8
	stage     stage
	pause     string // why the world is stopped; "": it is not
	rootNext  int
	stacks    int // number of descriptors when the cycle began
	grey      queue
	greySpans queue
	buffer    []Ref
	sweepgen  uint32 // a span with another sweepgen is to be swept
	sweepAt   int    // the span that the background sweep looks at next
	unswept   int    // spans

	assistRatio float64
	credit      int64  // bytes that the collector has scanned in this cycle and no assist has taken
	otherWords  uint64 // slots of stacks and globals, and headers of objects, that were scanned
	touched     uint32 // sum of the bits read ahead
	work        Work
	stats       CycleStats
	pauseFrom   Work
	verify      bool
	doomed      bitmap // garbage when the cycle began
}

// A goroutine is a stack: frames of slots.
type goroutine struct {
	stack   []Ref
	frames  []int  // where each begins
	desc    int    // in Heap.descs
	scanned uint64 // the cycle in which it was
	dead    bool
	assist  int64 // bytes that it may allocate before it has to assist
}

// New returns an empty heap without goroutines. It returns an error if the release is
// unknown, a number is out of range, or the algorithm is invalid.
func New(c Config) (*Heap, error) {
	r, err := release.Parse(c.Release)
	if err != nil {
		return nil, fmt.Errorf("gc: %w", err)
	}
	if c.MaxObjects == 0 {
		c.MaxObjects = defaultMaxObjects
	}
	switch {
	case c.Globals < 0 || c.Globals > MaxGlobals:
		return nil, fmt.Errorf("gc: %d globals out of range [0,%d]", c.Globals, MaxGlobals)
	case c.MaxObjects < 1 || c.MaxObjects > MaxObjects:
		return nil, fmt.Errorf("gc: MaxObjects %d out of range [1,%d]", c.MaxObjects, MaxObjects)
	case !(c.AssistRatio >= 0 && c.AssistRatio <= 1<<20):
		return nil, fmt.Errorf("gc: AssistRatio %v out of range [0,%d]", c.AssistRatio, 1<<20)
	}
	h := &Heap{
		release: r, trace: c.Trace, verify: c.Verify, assistRatio: c.AssistRatio, maxObjects: c.MaxObjects,
		numbers: 1, spanAt: make([]uint32, 1), spans: make([]span, 1), classOf: map[Layout]int{},
		globals: make([]Ref, c.Globals), gs: make([]goroutine, 1), specials: map[Ref]*specials{}, weaks: make([]Ref, 1), cleanups: make([]Ref, 1),
		buffer: make([]Ref, 0, bufferEntries), selfKeeps: !r.AtLeast("go1.5"), tinyShare: sharesTiny(r.AtLeast),
		headers: r.AtLeast("go1.22"), seesNil: r.AtLeast("go1.21"),
	}
	if c.Algorithm != nil {
		h.alg = *c.Algorithm
	} else if h.alg, err = algorithmOf(r); err != nil {
		return nil, err
	}
	if err := h.alg.check(); err != nil {
		return nil, err
	}
	h.growBitmaps()
	return h, nil
}

// check returns an error if the configuration is invalid.
func (a *Algorithm) check() error {
	if a.Concurrent {
		switch {
		case a.SweepInPause:
			return fmt.Errorf("gc: %.40s marks concurrently and sweeps in the pause: no such collector is modelled", a.Name)
		case a.Buffered && a.Barrier == nil:
			return fmt.Errorf("gc: %.40s buffers what no barrier shades", a.Name)
		}
		return nil
	}
	if a.Barrier != nil || a.Buffered || a.StackSnapshot || a.StackRescan || a.AllocateBlack || a.Promises != NoInvariant {
		return fmt.Errorf("gc: %.40s is not concurrent, and has a barrier, a scan of stacks, a colour for new objects or an invariant of those that are", a.Name)
	}
	return nil
}

// Algorithm returns the algorithm that collects the heap.
func (h *Heap) Algorithm() Algorithm { return h.alg }

// usable returns an error for a heap that New has not made, or that is called from its
// own Trace.
func (h *Heap) usable() error {
	switch {
	case h.gs == nil:
		return errors.New("gc: the zero Heap cannot be used: use New")
	case h.telling:
		return errors.New("gc: a heap cannot be used from its own Trace")
	}
	return nil
}

// acting returns the goroutine, or an error if it cannot act.
func (h *Heap) acting(g G) (*goroutine, error) {
	if err := h.usable(); err != nil {
		return nil, err
	}
	if g < 1 || int(g) >= len(h.gs) {
		return nil, fmt.Errorf("gc: goroutine %d out of range [1,%d]", g, len(h.gs)-1)
	}
	gp := &h.gs[g]
	switch {
	case gp.dead:
		return nil, fmt.Errorf("gc: goroutine %d has ended", g)
	case h.pause != "":
		return nil, fmt.Errorf("gc: goroutine %d cannot act: the world is stopped (%s)", g, h.pause)
	}
	return gp, nil
}

// frame returns the slots of the running function.
func (gp *goroutine) frame() []Ref { return gp.stack[gp.frames[len(gp.frames)-1]:] }

// slot returns a slot of the frame.
func (gp *goroutine) slot(i int) (*Ref, error) {
	f := gp.frame()
	if i < 0 || i >= len(f) {
		return nil, fmt.Errorf("gc: stack slot %d out of range [0,%d)", i, len(f))
	}
	return &f[i], nil
}

// value returns the pointer in a slot of the frame; nil for [NoSlot].
func (gp *goroutine) value(i int) (Ref, error) {
	if i == NoSlot {
		return Nil, nil
	}
	p, err := gp.slot(i)
	if err != nil {
		return Nil, err
	}
	return *p, nil
}

// object returns the slots of an object that the program points to. A nil pointer panics
// as in Go; if the object was reclaimed, the algorithm has lost it.
func (h *Heap) object(r Ref) ([]Ref, error) {
	switch {
	case r == Nil:
		return nil, NilDereference
	case int(r) >= h.numbers:
		return nil, fmt.Errorf("gc: object %d out of range [1,%d)", r, h.numbers)
	case !h.allocated.has(r):
		return nil, fmt.Errorf("gc: object %d was reclaimed: %w", r, ErrReclaimed)
	}
	return h.slotsOf(r), nil
}

// slotsOf returns the slots of an allocated object.
func (h *Heap) slotsOf(r Ref) []Ref {
	s := &h.spans[h.spanOf(r)]
	at := s.first + int(r-s.base)*s.slots
	return h.slots[at : at+s.slots]
}

// colour returns the colour of an object.
func (h *Heap) colour(r Ref) Colour {
	switch {
	case r == Nil || !h.allocated.has(r):
		return None
	case h.scanned.has(r):
		return Black
	case h.marked.has(r):
		return Grey
	}
	return White
}

func (h *Heap) stackColour(gp *goroutine) Colour {
	if gp.scanned == h.cycle {
		return Black
	}
	return Grey
}

func (h *Heap) globalsColour() Colour {
	if h.rootNext > rootGlobals {
		return Black
	}
	return Grey
}
