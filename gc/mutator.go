package gc

import (
	"errors"
	"fmt"
	"math/bits"
)

// NoSlot stands for no slot of a stack: a nil to store, or a result to drop.
const NoSlot = -1

// ErrReclaimed says that a program uses an object that was reclaimed: the collector has
// lost the object.
var ErrReclaimed = errors.New("the program still uses it")

// Go starts a goroutine with a frame of slots slots, the first of which are copies of the
// parent's slots args. With parent 0 the runtime starts it, without arguments. On the way
// the arguments lie in the heap, in the closure that newproc is given, so they pass the
// write barrier. A goroutine that starts during marking need not be scanned. It is, all the
// same, if it gets the descriptor of one that has ended (the last that has), and that was
// there when the cycle began and is still to be looked at.
// (`runtime/mgcmark.go:gcPrepareMarkRoots`, `runtime/proc.go:gfget`)
func (h *Heap) Go(parent G, slots int, args ...int) (G, error) {
	if err := h.usable(); err != nil {
		return 0, err
	}
	if len(h.gs) > MaxGoroutines {
		return 0, fmt.Errorf("gc: %d goroutines are the most there can be", MaxGoroutines)
	}
	if parent == 0 {
		if h.pause != "" {
			return 0, fmt.Errorf("gc: no goroutine can start: the world is stopped (%s)", h.pause)
		}
		if len(args) > 0 {
			return 0, errors.New("gc: a goroutine without a parent has no arguments")
		}
	}
	var gp *goroutine
	if parent != 0 {
		var err error
		if gp, err = h.acting(parent); err != nil {
			return 0, err
		}
	}
	stack, err := h.newFrame(gp, slots, args)
	if err != nil {
		return 0, err
	}
	if h.stage == marking {
		for _, r := range stack[:len(args)] {
			h.barrier(parent, gp, store{colour: Black, new: r, without: ShadeOld})
		}
	}
	child := goroutine{stack: stack, frames: []int{0}, desc: len(h.descs)}
	if last := len(h.freed) - 1; last >= 0 {
		child.desc = h.freed[last]
		h.freed = h.freed[:last]
	} else {
		h.descs = append(h.descs, 0)
	}
	if pending := child.desc < h.stacks && rootStacks+child.desc >= h.rootNext; h.stage == marking && !pending {
		child.scanned = h.cycle
	}
	h.descs[child.desc] = G(len(h.gs))
	h.gs = append(h.gs, child)
	return G(len(h.gs) - 1), nil
}

// newFrame returns a frame of n slots that begins with the given values.
func (h *Heap) newFrame(gp *goroutine, slots int, args []int) ([]Ref, error) {
	if most := MaxStack - h.onStack; slots < 0 || slots > most || len(args) > slots {
		return nil, fmt.Errorf("gc: a frame of %d slots with %d arguments: the slots are out of range [%d,%d]", slots, len(args), len(args), most)
	}
	frame := make([]Ref, slots)
	for i, a := range args {
		r, err := gp.value(a)
		if err != nil {
			return nil, err
		}
		frame[i] = r
	}
	h.onStack += slots
	return frame, nil
}

// Call makes the goroutine call a function with a frame of slots slots, the first of
// which are copies of the caller's slots args.
func (h *Heap) Call(g G, slots int, args ...int) error {
	gp, err := h.acting(g)
	if err != nil {
		return err
	}
	if len(gp.frames) >= MaxStack {
		return fmt.Errorf("gc: %d calls are the most there can be", MaxStack)
	}
	frame, err := h.newFrame(gp, slots, args)
	if err != nil {
		return err
	}
	gp.frames = append(gp.frames, len(gp.stack))
	gp.stack = append(gp.stack, frame...)
	return nil
}

// Return ends the running function: its frame is removed, and the pointer in its slot
// from is copied to the caller's slot to. Either may be [NoSlot]. The first function of a
// goroutine ends with [Heap.Exit].
func (h *Heap) Return(g G, from, to int) error {
	gp, err := h.acting(g)
	if err != nil {
		return err
	}
	if len(gp.frames) == 1 {
		return fmt.Errorf("gc: goroutine %d is in its first function: it ends with Exit", g)
	}
	r, err := gp.value(from)
	if err != nil {
		return err
	}
	top := len(gp.frames) - 1
	callee := gp.frames[top]
	if caller := callee - gp.frames[top-1]; to != NoSlot && (to < 0 || to >= caller) {
		return fmt.Errorf("gc: stack slot %d of the caller out of range [0,%d)", to, caller)
	}
	h.onStack -= len(gp.stack) - callee
	clear(gp.stack[callee:])
	gp.stack = gp.stack[:callee]
	gp.frames = gp.frames[:top]
	if to != NoSlot {
		gp.frame()[to] = r
	}
	return nil
}

// Exit ends the goroutine.
func (h *Heap) Exit(g G) error {
	gp, err := h.acting(g)
	if err == nil {
		h.onStack -= len(gp.stack)
		if h.stage == marking && gp.assist > 0 {
			h.credit += int64(min(h.assistRatio*wordBytes*float64(gp.assist), mostWork))
		}
		h.freed = append(h.freed, gp.desc)
		*gp = goroutine{dead: true, frames: gp.frames[:0]}
	}
	return err
}

// Alloc allocates an object, stores a pointer to it in stack slot to, and returns it.
// During marking the goroutine first assists, if that puts it in debt.
func (h *Heap) Alloc(g G, to int, l Layout) (Ref, error) {
	gp, err := h.acting(g)
	if err != nil {
		return Nil, err
	}
	p, err := gp.slot(to)
	if err != nil {
		return Nil, err
	}
	return h.newObject(g, l, p)
}

// newObject allocates an object, stores it in at, and counts it. During marking it is
// black if the algorithm allocates black.
func (h *Heap) newObject(g G, l Layout, at *Ref) (Ref, error) {
	if err := l.check(); err != nil {
		return Nil, err
	}
	if h.stage == marking && h.assistRatio > 0 && l.Bytes > 0 {
		h.assist(g, &h.gs[g], l.Bytes)
	}
	r, err := h.malloc(l)
	if err != nil {
		return Nil, err
	}
	if l.Bytes > 0 {
		h.work.Allocated++
		h.work.AllocatedBytes += uint64(l.Bytes)
	}
	if h.stage == marking && h.alg.AllocateBlack {
		h.marked.set(r)
		h.scanned.set(r)
	}
	*at = r
	if h.trace != nil {
		h.emit(Event{Kind: Allocated, G: g, Object: r, N: uint64(l.Bytes)})
	}
	return r, nil
}

// Load copies slot i of the object that stack slot from points to into stack slot
// to.
func (h *Heap) Load(g G, to, from, i int) (Ref, error) {
	gp, err := h.acting(g)
	if err != nil {
		return Nil, err
	}
	_, slots, err := h.pointee(gp, from, i)
	if err != nil {
		return Nil, err
	}
	p, err := gp.slot(to)
	if err != nil {
		return Nil, err
	}
	*p = slots[i]
	return *p, nil
}

// pointee returns the slots of the object that a stack slot points to, and checks that i
// is one of them.
func (h *Heap) pointee(gp *goroutine, from, i int) (Ref, []Ref, error) {
	r, err := gp.value(from)
	if err != nil {
		return Nil, nil, err
	}
	slots, err := h.object(r)
	if err == nil && (i < 0 || i >= len(slots)) {
		err = fmt.Errorf("gc: slot %d out of range [0,%d)", i, len(slots))
	}
	return r, slots, err
}

// Store stores the pointer in stack slot from, nil for [NoSlot], into slot i of the
// object that stack slot into points to. It passes the write barrier.
func (h *Heap) Store(g G, into, i, from int) error {
	gp, err := h.acting(g)
	if err != nil {
		return err
	}
	holder, slots, err := h.pointee(gp, into, i)
	if err != nil {
		return err
	}
	r, err := gp.value(from)
	if err != nil {
		return err
	}
	if h.stage == marking {
		h.barrier(g, gp, store{colour: h.colour(holder), old: slots[i], new: r, holder: holder, without: withoutNew(from)})
	}
	slots[i] = r
	if h.trace != nil {
		h.emit(Event{Kind: Stored, G: g, From: holder, Slot: i, Object: r})
	}
	return nil
}

// Move copies a slot of the stack to another. There is no barrier.
func (h *Heap) Move(g G, to, from int) error {
	gp, err := h.acting(g)
	if err != nil {
		return err
	}
	r, err := gp.value(from)
	if err != nil {
		return err
	}
	p, err := gp.slot(to)
	if err == nil {
		*p = r
	}
	return err
}

// Drop sets a slot of the stack to nil. There is no barrier.
func (h *Heap) Drop(g G, slot int) error { return h.Move(g, slot, NoSlot) }

// LoadGlobal copies a global into stack slot to.
func (h *Heap) LoadGlobal(g G, to, global int) (Ref, error) {
	gp, err := h.acting(g)
	if err != nil {
		return Nil, err
	}
	if err := h.checkGlobal(global); err != nil {
		return Nil, err
	}
	p, err := gp.slot(to)
	if err != nil {
		return Nil, err
	}
	*p = h.globals[global]
	return *p, nil
}

// StoreGlobal stores the pointer in stack slot from, nil for [NoSlot], into a global. It
// passes the write barrier.
func (h *Heap) StoreGlobal(g G, global, from int) error {
	gp, err := h.acting(g)
	if err != nil {
		return err
	}
	if err := h.checkGlobal(global); err != nil {
		return err
	}
	r, err := gp.value(from)
	if err != nil {
		return err
	}
	if h.stage == marking {
		h.barrier(g, gp, store{colour: h.globalsColour(), old: h.globals[global], new: r, without: withoutNew(from)})
	}
	h.globals[global] = r
	if h.trace != nil {
		h.emit(Event{Kind: Stored, G: g, Slot: global, Object: r})
	}
	return nil
}

func (h *Heap) checkGlobal(i int) error {
	if i < 0 || i >= len(h.globals) {
		return fmt.Errorf("gc: global %d out of range [0,%d)", i, len(h.globals))
	}
	return nil
}

// A store is one that passes the write barrier: into an object, or into a global if holder
// is Nil.
type store struct {
	colour   Colour // of the holder, or of the globals
	old, new Ref
	holder   Ref
	without  Shade // the halves that the compiler knows to be nil, which take no room in the buffer
}

// withoutNew returns the half of a store of nothing but nil that the compiler knows.
func withoutNew(from int) Shade {
	if from == NoSlot {
		return ShadeNew
	}
	return 0
}

// barrier runs the write barrier, during marking. If it is buffered, the store takes a
// place in the buffer for each of its halves, nil or not, and first flushes the buffer if
// it has not room for all. (`cmd/compile/internal/ssa/writebarrier.go:writebarrier`)
func (h *Heap) barrier(g G, gp *goroutine, s store) {
	if h.alg.Barrier == nil {
		return
	}
	w := Write{Holder: s.colour, Old: h.colour(s.old), New: h.colour(s.new), Stack: Black}
	if gp != nil {
		w.Stack = h.stackColour(gp)
	}
	h.work.Barriers++
	shade := h.alg.Barrier.Shade(w)
	if !h.seesNil {
		s.without = 0
	}
	if places := bits.OnesCount8(uint8(shade & (ShadeOld | ShadeNew) &^ s.without)); h.alg.Buffered && len(h.buffer)+places > bufferEntries {
		h.flush()
	}
	old := shade&ShadeOld&^s.without != 0
	if old && !h.alg.Buffered { // the order of `go1.8.7 runtime/mbarrier.go:gcmarkwb_m`
		h.shadeByBarrier(g, "old", s.old)
	}
	if shade&ShadeNew&^s.without != 0 {
		h.shadeByBarrier(g, "new", s.new)
	}
	if old && h.alg.Buffered {
		h.shadeByBarrier(g, "old", s.old)
	}
	if shade&ShadeHolder != 0 && s.holder != Nil && h.scanned.has(s.holder) && !h.noscan.has(s.holder) {
		if h.trace != nil {
			h.emit(Event{Kind: BarrierFired, G: g, Why: "holder", Object: s.holder})
		}
		h.scanned.clear(s.holder)
		h.enqueue(s.holder)
	}
}

// bufferEntries is the number of pointers that fit into the buffer of a P.
// (`runtime/mwbbuf.go:wbBufEntries`)
const bufferEntries = 512

func (h *Heap) shadeByBarrier(g G, half string, r Ref) {
	if r != Nil {
		h.work.BarrierShades++
		if h.trace != nil {
			h.emit(Event{Kind: BarrierFired, G: g, Why: half, Object: r})
		}
	}
	if h.alg.Buffered {
		h.buffer = append(h.buffer, r)
	} else {
		h.shade(r)
	}
}

// flush shades the objects in the write barrier's buffer.
// (`runtime/mwbbuf.go:wbBufFlush1`)
func (h *Heap) flush() {
	if h.trace != nil {
		h.emit(Event{Kind: Flushed, N: uint64(len(h.buffer))})
	}
	h.work.Flushes++
	for _, r := range h.buffer {
		h.shade(r)
	}
	h.buffer = h.buffer[:0]
}
