package chanq

import (
	"errors"
	"fmt"
	"math/bits"
	"slices"

	"github.com/orrery-go/orrery/internal/packed"
)

// A Bounded is a small program: the operations of each goroutine, in order, on
// channels that exist from the beginning. [NewMachine] turns it into a machine whose
// runs are all its interleavings.
type Bounded struct {
	Release string
	Caps    []int64 // of the channels 1, 2, and so on: at most 8 of 0 to 7
	Procs   [][]Op  // of the goroutines 1, 2, and so on: at most 7, of 1 to 15 operations

	// Lossless makes it a failure if all goroutines have ended and a value is
	// left in a buffer.
	Lossless bool
}

// The bounds of a [Bounded].
const (
	maxProcs   = 7
	maxOps     = 15
	maxCaps    = 8
	maxRing    = 7
	maxChoices = 4  // cases of a select
	maxValue   = 15 // that is sent
)

// A Packed is a state of a [Machine]: bits 0 to 63 in the first word, and so on.
type Packed = [4]uint64

// A Machine runs a [Bounded] in all interleavings. It has the methods of a Machine
// of package explore. A step is one operation of a goroutine, or the resumption of a
// goroutine that was woken. A panic of a goroutine is a failure. A state has no
// successor if no goroutine can go on although some have not ended.
type Machine struct {
	program  Bounded
	model    *Chans // as at the beginning
	bits     int
	queues   [][2]int // by channel: how many can wait to receive and to send
	keepPoll bool     // whether the poll order of a select that waits matters
	events   []string
	number   map[event]int
}

// An event is a kind of step.
type event struct {
	g, op int
	woken bool
	end   int // an end, or firstCase and on: the case that was chosen
}

const (
	endDone = iota
	endParks
	endPanics
	endNotReady
	firstCase
)

// NewMachine makes the machine of a program. It returns an error if the program
// exceeds the bounds of a [Bounded].
func NewMachine(b Bounded) (*Machine, error) {
	if len(b.Caps) > maxCaps {
		return nil, fmt.Errorf("chanq: %d channels out of range [0,%d]", len(b.Caps), maxCaps)
	}
	if n := len(b.Procs); n < 1 || n > maxProcs {
		return nil, fmt.Errorf("chanq: %d goroutines out of range [1,%d]", n, maxProcs)
	}
	b.Caps = slices.Clone(b.Caps)
	b.Procs = slices.Clone(b.Procs)
	for g, ops := range b.Procs {
		b.Procs[g] = slices.Clone(ops)
		for i := range b.Procs[g] {
			b.Procs[g][i].Cases = slices.Clone(ops[i].Cases)
		}
	}
	k := &Machine{program: b, queues: make([][2]int, len(b.Caps)), number: map[event]int{}}
	var err error
	if k.model, err = k.fresh(nil); err != nil {
		return nil, err
	}
	k.keepPoll = k.model.rules.closeRepolls
	k.events = []string{"all have ended"}
	for g, ops := range b.Procs {
		if n := len(ops); n < 1 || n > maxOps {
			return nil, fmt.Errorf("chanq: goroutine %d has %d operations: they are out of range [1,%d]", g+1, n, maxOps)
		}
		most := make([][2]int, len(b.Caps))
		for i, op := range ops {
			waits, err := k.checkOp(op)
			if err != nil {
				return nil, fmt.Errorf("chanq: goroutine %d, %v: %w", g+1, op, err)
			}
			for c := range most {
				most[c] = [2]int{max(most[c][0], waits[c][0]), max(most[c][1], waits[c][1])}
			}
			k.name(g, i, op)
		}
		for c := range most {
			k.queues[c][0] += most[c][0]
			k.queues[c][1] += most[c][1]
		}
	}
	var f packed.Fields
	k.pack(&f, k.model, make([]int, len(b.Procs)), make([]bool, len(b.Procs))) // fails only in reading
	if k.bits = f.Len(); k.bits > packed.Size {
		return nil, fmt.Errorf("chanq: the program needs %d bits of a state: there are %d", k.bits, packed.Size)
	}
	return k, nil
}

// fresh returns the model before the first step.
func (k *Machine) fresh(choose func(int) int) (*Chans, error) {
	m, err := New(Config{Release: k.program.Release, Choose: choose})
	if err != nil {
		return nil, err
	}
	for _, n := range k.program.Caps {
		if n < 0 || n > maxRing {
			return nil, fmt.Errorf("chanq: capacity %d out of range [0,%d]", n, maxRing)
		}
		if _, err := m.Make(Elem{Size: 8}, n); err != nil {
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

// checkOp counts the queues of each channel that the operation can wait in.
func (k *Machine) checkOp(op Op) (waits [][2]int, err error) {
	waits = make([][2]int, len(k.program.Caps))
	cases := op.Cases
	switch op.Verb {
	case SendVerb, TrySendVerb:
		cases = []Case{{Chan: op.Chan, Send: true, Value: op.Value}}
	case RecvVerb, TryRecvVerb, CloseVerb:
		cases = []Case{{Chan: op.Chan}}
	case SelectVerb:
		if len(cases) > maxChoices {
			return nil, fmt.Errorf("%d cases out of range [0,%d]", len(cases), maxChoices)
		}
	default:
		return nil, errors.New("no such operation")
	}
	for _, c := range cases {
		switch {
		case c.Chan < 0 || int(c.Chan) > len(waits):
			return nil, fmt.Errorf("channel %d out of range [0,%d]", c.Chan, len(waits))
		case c.Value < 0 || c.Value > maxValue:
			return nil, fmt.Errorf("value %d out of range [0,%d]", c.Value, maxValue)
		case c.Chan != Nil && c.Send:
			waits[c.Chan-1][1]++
		case c.Chan != Nil:
			waits[c.Chan-1][0]++
		}
	}
	return waits, nil
}

// name names the steps that the operation can take.
func (k *Machine) name(g, i int, op Op) {
	ends := map[int]string{endDone: "", endParks: ": parks", endPanics: ": panics", endNotReady: ": does not wait"}
	if op.Verb == SelectVerb {
		delete(ends, endDone)
		for c, of := range op.Cases {
			ends[firstCase+c] = ": " + of.String()
		}
	}
	for _, woken := range []bool{false, true} {
		for end := range firstCase + maxChoices {
			text, ok := ends[end]
			if !ok {
				continue
			}
			does := fmt.Sprintf("goroutine %d: %v%s", g+1, op, text)
			if woken {
				does = fmt.Sprintf("goroutine %d goes on: %v%s", g+1, op, text)
			}
			k.number[event{g, i, woken, end}] = len(k.events)
			k.events = append(k.events, does)
		}
	}
}

// Bits reports how many bits of a state are used.
func (k *Machine) Bits() int { return max(k.bits, 1) }

// Labels names the steps.
func (k *Machine) Labels() []string { return slices.Clone(k.events) }

// Initial returns the state before the first step. A Machine that is not from
// [NewMachine] has none.
func (k *Machine) Initial() []Packed {
	if k.model == nil {
		return nil
	}
	return []Packed{k.encode(k.model, make([]int, len(k.program.Procs)), make([]bool, len(k.program.Procs)))}
}

// Successors calls step for every step that some goroutine can take in s. A state
// that does not belong to this machine has no steps.
func (k *Machine) Successors(s Packed, step func(event int, to Packed)) {
	m, pcs, dead, err := k.decode(s, nil)
	if err != nil || m.Check() != nil || step == nil {
		return
	}
	ended := true
	for g := range k.program.Procs {
		if dead[g] || pcs[g] == len(k.program.Procs[g]) {
			continue
		}
		ended = false
		k.steps(s, g, step)
	}
	if ended {
		step(0, s)
	}
}

// steps takes the step of goroutine g once for every outcome of the random choices
// in it.
func (k *Machine) steps(s Packed, g int, step func(event int, to Packed)) {
	type done struct {
		event int
		to    Packed
	}
	var seen []done
	for draws := []int(nil); ; {
		i, limits := 0, []int(nil)
		choose := func(n int) int {
			if i == len(draws) {
				draws = append(draws, 0)
			}
			limits = append(limits, n)
			i++
			return draws[i-1]
		}
		if e, to, ok := k.step(s, g, choose); !ok {
			return
		} else if d := (done{e, to}); !slices.Contains(seen, d) {
			seen = append(seen, d)
			step(e, to)
		}
		// Advance to the next combination of choices, as an odometer counts.
		for i = len(limits) - 1; i >= 0 && draws[i]+1 == limits[i]; i-- {
		}
		if i < 0 {
			return
		}
		draws = draws[:i+1]
		draws[i]++
	}
}

// step lets goroutine g take its step in s. ok is false if g waits.
func (k *Machine) step(s Packed, g int, choose func(int) int) (e int, to Packed, ok bool) {
	m, pcs, dead, err := k.decode(s, choose)
	if err != nil || m.gs[g+1].status == waiting {
		return 0, to, false
	}
	ev := event{g: g, op: pcs[g], woken: m.gs[g+1].status == runnable}
	op := k.program.Procs[g][pcs[g]]
	var o Outcome
	if ev.woken {
		o, err = m.Resume(G(g + 1))
	} else {
		o, err = m.Do(G(g+1), op)
	}
	switch {
	case o.What == Parked:
		ev.end = endParks
	case err != nil:
		ev.end = endPanics
		dead[g] = true
	case o.What == NotReady:
		ev.end = endNotReady
	case op.Verb == SelectVerb:
		ev.end = firstCase + int(o.Case)
	}
	if ev.end != endParks && ev.end != endPanics {
		pcs[g]++
	}
	return k.number[ev], k.encode(m, pcs, dead), true
}

// Check returns an error if the state does not belong to this machine, a goroutine
// has panicked, an invariant of the model is broken or, in a Lossless program, a
// value was never received.
func (k *Machine) Check(s Packed) error {
	m, pcs, dead, err := k.decode(s, nil)
	if err != nil {
		return err
	}
	ended := true
	for g, ops := range k.program.Procs {
		if dead[g] {
			return fmt.Errorf("goroutine %d panics in %v", g+1, ops[pcs[g]])
		}
		ended = ended && pcs[g] == len(ops)
	}
	if ended && k.program.Lossless {
		for _, c := range m.chans[1:] {
			if c.qcount > 0 {
				return fmt.Errorf("value %d is lost in %v", c.buf[c.recvx], c.number)
			}
		}
	}
	return m.Check()
}

// width returns the number of bits that hold 0 to n.
func width(n int) int { return bits.Len(uint(n)) }
