package escape

import "fmt"

// A location stands for a variable or for what an expression allocates.
type location struct {
	n     *node // an expression; nil for a variable
	v     *variable
	fn    *function
	edges []edge // what is assigned to it
	depth int    // of loops, where it is declared

	result int // 1, 2, ... of a result

	// The search from one location.
	derefs int
	gen    uint32
	dst    *location
	via    int // the edge of dst

	queued   bool
	queuedIn uint32

	attrs attr
	leak  leaks // of a parameter

	captured, reassigned, addrTaken bool
	param                           bool

	id  int
	why []Flow
}

// An attr says what can happen to a location or to what it points to.
type attr uint8

const (
	attrEscapes  attr = 1 << iota // it must be on the heap
	attrPersists                  // its memory is needed after the statement
	attrMutates                   // what it points to may be changed
	attrCalls                     // closures that it points to may be called, their results lost
)

func (l *location) has(a attr) bool { return l.attrs&a != 0 }

// An edge is an assignment, with derefs counting * less & of the source: -1 for an
// address, 0 for a value, and so on.
type edge struct {
	src    *location
	derefs int
	note   *note
}

// A hole is the place to which a value goes.
type hole struct {
	dst    *location
	derefs int
	note   *note
	addr   bool // the address is taken, wherever it goes
}

// A note says in which part of the source a value goes where it goes.
type note struct {
	next *note
	n    *node
	why  string
}

// A batch is a set of functions that call each other, analysed at once.
type batch struct {
	a        *analysis
	locs     []*location
	closures []closureUse
	heap     location
	mutator  location
	callee   location
	blank    location
	gen      uint32
	explain  bool
}

// A closureUse is a function literal and where its variables go.
type closureUse struct {
	k hole
	n *node
}

// A walker walks one function of a batch.
type walker struct {
	*batch
	fn     *function
	depth  int
	labels map[string]bool // to whether the label is jumped back to
	level  int             // of nesting
}

func (b *batch) note(k hole, n *node, why string) hole {
	if b.explain {
		k.note = &note{next: k.note, n: n, why: why}
	}
	return k
}

func (k hole) shift(delta int) hole {
	k.derefs += delta
	k.addr = delta < 0
	return k
}

func (b *batch) addrOf(k hole, n *node, why string) hole  { return b.note(k.shift(-1), n, why) }
func (b *batch) derefOf(k hole, n *node, why string) hole { return b.note(k.shift(1), n, why) }

func (b *batch) heapHole() hole    { return hole{dst: &b.heap} }
func (b *batch) mutatorHole() hole { return hole{dst: &b.mutator} }
func (b *batch) calleeHole() hole  { return hole{dst: &b.callee} }
func (b *batch) discardHole() hole { return hole{dst: &b.blank} }

// flow adds the assignment of src to k.
func (b *batch) flow(k hole, src *location) {
	if k.addr {
		src.addrTaken = true
	}
	dst := k.dst
	switch {
	case dst == &b.blank:
		return
	case dst == src && k.derefs >= 0:
		return
	case dst.has(attrEscapes) && k.derefs < 0:
		if !src.has(attrEscapes) && b.explain {
			src.why = []Flow{b.step(dst, src, k.derefs, k.note)}
		}
		src.attrs |= attrEscapes | attrPersists | attrMutates | attrCalls
		b.a.event(Event{Kind: Escaped, Rule: "outlives", Location: src.id, To: dst.id, Derefs: k.derefs})
		return
	}
	dst.edges = append(dst.edges, edge{src: src, derefs: k.derefs, note: k.note})
	b.a.event(Event{Kind: Flowed, Rule: "edges", Location: src.id, To: dst.id, Derefs: k.derefs})
}

func (w *walker) newLoc(n *node, v *variable, persists bool) *location {
	w.a.locations++
	if w.a.locations > maxLocations {
		w.a.fail("more than %d locations", maxLocations)
	}
	l := &location{n: n, v: v, fn: w.fn, depth: w.depth, id: w.a.locations + firstLocation}
	if v != nil {
		l.param = v.class == classParam
		v.loc = l
	}
	if persists {
		l.attrs |= attrPersists
	}
	w.locs = append(w.locs, l)
	w.a.event(Event{Kind: Located, Rule: "locations", Location: l.id, Name: w.a.nameOf(l)})
	return l
}

// Numbers of the locations that every batch has.
const (
	heapLocation = 1 + iota
	mutatorLocation
	calleeLocation
	blankLocation
	firstLocation = blankLocation
)

const maxLocations = 20_000_000

// locOf returns the location of a variable.
func (w *walker) locOf(v *variable) *location {
	if v.loc == nil {
		w.a.fail("the variable %.40s has no location", v.name)
	}
	return v.loc
}

// tee returns a hole whose value goes into all of ks.
func (w *walker) tee(ks ...hole) hole {
	switch len(ks) {
	case 0:
		return w.discardHole()
	case 1:
		return ks[0]
	}
	l := w.newLoc(nil, nil, false)
	for _, k := range ks {
		if k.derefs < 0 {
			w.a.fail("an address that goes to several places")
		}
		w.flow(k, l)
	}
	return hole{dst: l}
}

// later is a hole whose value goes to k after the statement.
func (w *walker) later(k hole) hole {
	l := w.newLoc(nil, nil, true)
	w.flow(k, l)
	return hole{dst: l}
}

// spill gives n a location whose address goes to k.
func (w *walker) spill(k hole, n *node) hole {
	l := w.newLoc(n, nil, false)
	w.flow(w.addrOf(k, n, "spill"), l)
	return hole{dst: l}
}

// leaks are where a parameter's value goes: for each of heap, mutator, callee and the
// first results the smallest count of dereferences plus 1, or 0.
type leaks [leakResult + maxResults]uint8

// maxResults is the number of results that a tag tells apart: escape/leaks.go:numEscResults.
const maxResults = 7

const (
	leakHeap = iota
	leakMutator
	leakCallee
	leakResult
)

func (l *leaks) get(i int) int { return int(l[i]) - 1 }

func (l *leaks) add(i, derefs int) {
	if old := l.get(i); old < 0 || derefs < old {
		l[i] = uint8(min(derefs+1, 255))
	}
}

// optimize drops what is no shorter than the way to the heap.
func (l *leaks) optimize() {
	if x := l.get(leakHeap); x >= 0 {
		for i := 1; i < len(l); i++ {
			if l.get(i) >= x {
				l[i] = 0
			}
		}
	}
}

func leaksToHeap() leaks {
	var l leaks
	l.add(leakHeap, 0)
	return l
}

// String reads like "heap=0 result0=1".
func (l leaks) String() string {
	s := ""
	for i := range l {
		if x := l.get(i); x >= 0 {
			name := [...]string{"heap", "mutator", "callee"}
			if i < leakResult {
				s += fmt.Sprintf(" %s=%d", name[i], x)
			} else {
				s += fmt.Sprintf(" result%d=%d", i-leakResult, x)
			}
		}
	}
	if s == "" {
		return "nowhere"
	}
	return s[1:]
}
