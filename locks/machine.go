package locks

import (
	"fmt"
	"slices"

	"github.com/orrery-go/orrery/internal/packed"
)

// A Bounded is a small program: the operations of each goroutine, in order.
// [NewMachine] turns it into a machine whose runs are all its interleavings.
type Bounded struct {
	Release string
	Objects []Type // numbers 1, 2, and so on, at most 8; the L of a Cond is number 1
	Procs   [][]Op // of the goroutines 1, 2, and so on: at most 7, of 1 to 15 operations

	// Loop makes each goroutine begin again after its last operation.
	Loop bool

	// Starve tries each wait for a mutex both ways: as longer than a millisecond,
	// and as not. Without it no wait is longer.
	Starve bool
}

// The bounds of a [Bounded].
const (
	maxProcs   = 7
	maxOps     = 15
	maxObjects = 8
	maxDelta   = 7 // of Add
)

// A Packed is a state of a [Machine]: bits 0 to 63 in the first word, and so on.
type Packed = [4]uint64

// A Machine runs a [Bounded] in all interleavings. It has the methods of a Machine
// of package explore. A step is one operation of a goroutine, or the resumption of a
// goroutine that was woken. It is a failure if an operation panics or crashes, if
// two goroutines are inside one mutex, or if [Locks.Check] returns an error. A state
// in which some goroutines wait and none can go on has no successor.
type Machine struct {
	program Bounded
	bits    int
	conds   bool
	events  []string
}

// The ends of a step: the goroutine's operation is done, parks it, or goes wrong. A
// label also tells a new operation, one resumed after a short wait and one resumed
// after a long wait apart.
const (
	stepDone = iota
	stepParks
	stepFails
	stepKinds
)

// NewMachine makes the machine of a program. It returns an error if the program
// exceeds the bounds of a [Bounded].
func NewMachine(b Bounded) (*Machine, error) {
	if n := len(b.Procs); n < 1 || n > maxProcs {
		return nil, fmt.Errorf("locks: %d goroutines out of range [1,%d]", n, maxProcs)
	}
	if n := len(b.Objects); n > maxObjects {
		return nil, fmt.Errorf("locks: %d locks out of range [0,%d]", n, maxObjects)
	}
	b.Objects = slices.Clone(b.Objects)
	b.Procs = slices.Clone(b.Procs)
	for g, ops := range b.Procs {
		b.Procs[g] = slices.Clone(ops)
	}
	k := &Machine{program: b, conds: slices.Contains(b.Objects, Cond), events: []string{"all have ended"}}
	m, err := k.fresh()
	if err != nil {
		return nil, err
	}
	for g, ops := range b.Procs {
		if n := len(ops); n < 1 || n > maxOps {
			return nil, fmt.Errorf("locks: goroutine %d has %d operations: they are out of range [1,%d]", g+1, n, maxOps)
		}
		for _, op := range ops {
			if err := k.checkOp(m, op); err != nil {
				return nil, fmt.Errorf("locks: goroutine %d, %v: %w", g+1, op, err)
			}
			for _, woken := range []string{"", " goes on", " goes on after a long wait"} {
				for _, end := range [stepKinds]string{"", ": waits", ": fails"} {
					k.events = append(k.events, fmt.Sprintf("goroutine %d%s: %v%s", g+1, woken, op, end))
				}
			}
		}
	}
	var f packed.Fields
	_ = k.pack(&f, m, make([]int, len(b.Procs)))
	if k.bits = f.Len(); k.bits > packed.Size {
		return nil, fmt.Errorf("locks: the program needs %d bits of a state: there are %d", k.bits, packed.Size)
	}
	return k, nil
}

func (k *Machine) checkOp(m *Locks, op Op) error {
	if op.ID < 1 || int(op.ID) > len(k.program.Objects) {
		return fmt.Errorf("number %d out of range [1,%d]", op.ID, len(k.program.Objects))
	}
	var of []Type
	switch op.Verb {
	case LockVerb, UnlockVerb:
		of = []Type{Mutex, RWMutex}
	case RLockVerb, RUnlockVerb:
		of = []Type{RWMutex}
	case AddVerb:
		of = []Type{WaitGroup}
		if op.Delta < -maxDelta || op.Delta > maxDelta {
			return fmt.Errorf("delta %d out of range [%d,%d]", op.Delta, -maxDelta, maxDelta)
		}
	case WaitVerb:
		of = []Type{WaitGroup, Cond}
	case SignalVerb, BroadcastVerb:
		of = []Type{Cond}
	case AcquireVerb, ReleaseVerb:
		of = []Type{Sema}
	default:
		return fmt.Errorf("a machine does not do that: what follows would depend on its end")
	}
	_, err := m.object(op.ID, of...)
	return err
}

// fresh returns the model before the first step.
func (k *Machine) fresh() (*Locks, error) {
	m, err := New(Config{Release: k.program.Release})
	if err != nil {
		return nil, err
	}
	for i, kind := range k.program.Objects {
		switch kind {
		case Cond:
			_, err = m.NewCond(1)
		case Mutex, RWMutex, WaitGroup, Once, Sema:
			_, err = m.add(&object{kind: kind})
		default:
			err = fmt.Errorf("locks: number %d is of no kind", i+1)
		}
		if err != nil {
			return nil, err
		}
	}
	for range k.program.Procs {
		if _, err := m.Go(); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// Bits reports how many bits of a state are used.
func (k *Machine) Bits() int { return max(k.bits, 1) }

// Labels names the steps.
func (k *Machine) Labels() []string { return slices.Clone(k.events) }

// Initial returns the state before the first step.
func (k *Machine) Initial() []Packed {
	m, err := k.fresh()
	if err != nil || len(k.program.Procs) == 0 {
		return nil // not from NewMachine
	}
	return []Packed{k.encode(m, make([]int, len(k.program.Procs)))}
}

func (k *Machine) encode(m *Locks, pcs []int) Packed {
	var p packed.Fields
	_ = k.pack(&p, m, pcs) // fails only in reading
	return p.State()
}

// decode unpacks a state into a model. It returns an error if encode would not have
// made the state.
func (k *Machine) decode(s Packed) (*Locks, []int, error) {
	if len(k.program.Procs) == 0 {
		return nil, nil, errNoMachine
	}
	m, err := k.fresh()
	if err != nil {
		return nil, nil, err
	}
	pcs := make([]int, len(k.program.Procs))
	if err := k.pack(packed.Read(s), m, pcs); err != nil {
		return nil, nil, fmt.Errorf("locks: state %#x is not one of this machine: %w", s, err)
	}
	return m, pcs, nil
}

// Successors calls step for every step that some goroutine can take in s. A state
// that does not belong to this machine has no steps.
func (k *Machine) Successors(s Packed, step func(event int, to Packed)) {
	m, pcs, err := k.decode(s)
	if err != nil || m.Check() != nil || step == nil {
		return
	}
	ended := true
	for g := range pcs {
		ended = ended && pcs[g] == len(k.program.Procs[g])
		gp := m.gs[g+1]
		if pcs[g] == len(k.program.Procs[g]) || gp.status != running && gp.status != runnable {
			continue
		}
		k.step(s, g, false, step)
		if k.program.Starve && gp.status == runnable && gp.at == inMutex && !gp.starving {
			k.step(s, g, true, step)
		}
	}
	if ended {
		step(0, s)
	}
}

// step takes the step of one goroutine; late says that it has waited long.
func (k *Machine) step(s Packed, g int, late bool, step func(event int, to Packed)) {
	m, pcs, err := k.decode(s)
	if err != nil {
		return
	}
	m.late = func(*goroutine) bool { return late }
	e := k.event(g, pcs[g])
	var o Outcome
	if m.gs[g+1].status == runnable {
		if e += stepKinds; late {
			e += stepKinds
		}
		o, err = m.Resume(G(g + 1))
	} else {
		o, err = m.Do(G(g+1), k.program.Procs[g][pcs[g]])
	}
	switch {
	case o.What == Parked, o.What == Yielded:
		e += stepParks
	case err != nil:
		e += stepFails
		m.gs[g+1].status = dead
	default:
		if pcs[g]++; k.program.Loop && pcs[g] == len(k.program.Procs[g]) {
			pcs[g] = 0
		}
	}
	step(e, k.encode(m, pcs))
}

// event returns the number of the first label of an operation.
func (k *Machine) event(g, pc int) int {
	e := 1
	for _, ops := range k.program.Procs[:g] {
		e += 3 * stepKinds * len(ops)
	}
	return e + 3*stepKinds*pc
}

// Check returns an error if the state does not belong to this machine, an operation
// went wrong, two goroutines are inside one mutex, or an invariant of the model is
// broken.
func (k *Machine) Check(s Packed) error {
	m, pcs, err := k.decode(s)
	if err != nil {
		return err
	}
	inside := make([]int, len(m.objects))
	for g, pc := range pcs {
		if m.gs[g+1].status == dead {
			return fmt.Errorf("goroutine %d fails in %v", g+1, k.program.Procs[g][pc])
		}
		for id, n := range k.holds(m, g, pc) {
			if inside[id] += n; inside[id] > 1 && m.objects[id].kind == Mutex {
				return fmt.Errorf("two goroutines are inside mutex %d", id)
			}
		}
	}
	return m.Check()
}

// holds counts how often goroutine g has locked each mutex before operation pc
// without unlocking it. While it waits for a condition it does not hold L.
func (k *Machine) holds(m *Locks, g, pc int) map[ID]int {
	held := map[ID]int{}
	for _, op := range k.program.Procs[g][:pc] {
		switch op.Verb {
		case LockVerb:
			held[op.ID]++
		case UnlockVerb:
			held[op.ID]--
		}
	}
	if gp := m.gs[g+1]; pc < len(k.program.Procs[g]) && gp.status != running {
		switch op := k.program.Procs[g][pc]; {
		case op.Verb == WaitVerb && m.objects[op.ID].kind == Cond:
			held[1]--
		case op.Verb == UnlockVerb && gp.at == yielded:
			held[op.ID]--
		}
	}
	return held
}

// Goals names the goals: that each goroutine can complete each operation that can
// wait, and the one after it.
func (k *Machine) Goals() []string {
	var names []string
	for g, ops := range k.program.Procs {
		names = append(names, fmt.Sprintf("goroutine %d gets past %v", g+1, ops[0]))
	}
	return names
}

// Goal reports whether the goal of that index holds.
func (k *Machine) Goal(goal int, s Packed) bool {
	_, pcs, err := k.decode(s)
	return err == nil && goal >= 0 && goal < len(pcs) && pcs[goal] > 0
}
