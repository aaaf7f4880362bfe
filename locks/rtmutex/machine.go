package rtmutex

import (
	"errors"
	"fmt"
	"slices"

	"github.com/orrery-go/orrery/internal/packed"
)

// A Packed is a state of a [Machine].
type Packed = [3]uint64

// MaxProcs is the largest number of threads of a [Machine].
const MaxProcs = 4

// A Machine is a mutex whose threads lock and unlock it forever, in all
// interleavings of their steps. It has the methods of a Machine and of Goals of
// package explore.
type Machine struct {
	blank Mutex // before the first step
	n     int   // threads
}

// NewMachine makes the machine. It does not use the configuration's Seed, Choose and
// Trace: it takes every random choice both ways. It returns the errors of [New], and
// an error if there are more than [MaxProcs] threads.
func NewMachine(c Config) (*Machine, error) {
	if c.Threads > MaxProcs {
		return nil, fmt.Errorf("rtmutex: %d threads out of range [1,%d]", c.Threads, MaxProcs)
	}
	c.Trace, c.Choose = nil, nil
	l, err := New(c)
	if err != nil {
		return nil, err
	}
	return &Machine{*l, c.Threads}, nil
}

// fresh returns the mutex before the first step.
func (k *Machine) fresh(choose func(int) int) *Mutex {
	l := k.blank
	l.choose = choose
	l.threads = make([]thread, k.n+1)
	return &l
}

// The widths in bits of the fields of a state.
const (
	mBits     = 3
	flagBits  = 4 // of the word since Go 1.24; the word before needs 2
	spinBits  = 3
	semaBits  = 2
	keyBits   = flagBits + mBits
	procWidth = 5 + 1 + keyBits + spinBits + 1 + 1 + mBits + semaBits + 2 + 1 + mBits + mBits
)

// Bits returns the number of bits of a state.
func (k *Machine) Bits() int {
	if k.n == 0 {
		return 1
	}
	return keyBits + k.n*(procWidth+mBits)
}

// Labels names the steps: two for each step of a thread, the second for the other
// random choice.
func (k *Machine) Labels() []string {
	var names []string
	for m := range k.n {
		for p := range pcs {
			name := fmt.Sprintf("thread %d: %s", m+1, pcs[p])
			switch pc(p) {
			case idle:
				name += ": begins"
			case wakeLoad:
				name += ": would wake the top"
			}
			names = append(names, name)
		}
		names = append(names, fmt.Sprintf("thread %d: %s: would wake the bottom", m+1, pcs[wakeLoad]))
	}
	return names
}

// Initial returns the unlocked mutex. A Machine that is not from [NewMachine] has no
// initial state.
func (k *Machine) Initial() []Packed {
	if k.n == 0 {
		return nil
	}
	return []Packed{k.encode(k.fresh(nil))}
}

// Successors calls step for each thread that can go on. A state that does not belong
// to this machine has no steps.
func (k *Machine) Successors(s Packed, step func(event int, to Packed)) {
	if l, err := k.decode(s, nil); err != nil || l.Check() != nil || step == nil {
		return
	}
	perThread := len(pcs) + 1
	for i := range k.n {
		chosen, asked := 1, false
		choose := func(int) int { asked = true; return chosen }
		l, _ := k.decode(s, choose)
		m, at := M(i+1), l.threads[i+1].pc
		if at == asleep || at == semaAsleep {
			continue
		}
		if k.take(l, m) != nil {
			continue // none is possible in a state that was reached
		}
		step(i*perThread+int(at), k.encode(l))
		if asked {
			chosen = 0
			l, _ = k.decode(s, choose)
			_ = k.take(l, m) // as before
			step(i*perThread+len(pcs), k.encode(l))
		}
	}
}

// take has the thread take a step: an idle one begins to lock, or to unlock.
func (k *Machine) take(l *Mutex, m M) error {
	t := &l.threads[m]
	switch {
	case t.pc != idle:
		_, err := l.Step(m)
		return err
	case t.holds:
		return l.Unlock(m)
	}
	return l.Lock(m)
}

// Check is [Mutex.Check]. It also returns an error if the state does not belong to
// this machine.
func (k *Machine) Check(s Packed) error {
	l, err := k.decode(s, nil)
	if err != nil {
		return err
	}
	return l.Check()
}

// Goals names the goals: that each thread gets the lock.
func (k *Machine) Goals() []string {
	var names []string
	for m := range k.n {
		names = append(names, fmt.Sprintf("thread %d has the lock", m+1))
	}
	return names
}

// Goal reports whether the thread of that goal has the lock.
func (k *Machine) Goal(goal int, s Packed) bool {
	l, err := k.decode(s, nil)
	return err == nil && goal >= 0 && goal < k.n && l.threads[goal+1].holds
}

// squeeze packs the flags of a word of Go 1.24 and later into adjacent bits.
func squeeze(v uint64) uint64 { return v&3 | v>>6&0xc | v>>mutexMShift<<flagBits }

func stretch(v uint64) uint64 { return v&3 | v&0xc<<6 | v>>flagBits<<mutexMShift }

func (k *Machine) encode(l *Mutex) Packed {
	var f packed.Fields
	k.pack(&f, l)
	s := f.State()
	return Packed(s[:len(Packed{})])
}

// decode unpacks a state into a mutex. It returns an error if the lists of the mutex
// could not be walked.
func (k *Machine) decode(s Packed, choose func(int) int) (*Mutex, error) {
	if k.n == 0 {
		return nil, errors.New("rtmutex: a Machine that is not from NewMachine: use NewMachine")
	}
	l := k.fresh(choose)
	var all packed.State
	copy(all[:], s[:])
	k.pack(packed.Read(all), l)
	if !k.sound(l) {
		return nil, fmt.Errorf("rtmutex: state %#x is not one of this machine", s)
	}
	return l, nil
}

// sound reports whether each thread is at a step of this kind of mutex, refers only
// to threads that exist, and no list of threads leads back into itself.
func (k *Machine) sound(l *Mutex) bool {
	is := func(m M) bool { return m >= 0 && int(m) <= k.n }
	ok := is(headOf(l.key))
	for i := range l.threads {
		t := &l.threads[i]
		ok = ok && is(headOf(t.v)) && is(t.next) && is(t.committed) && is(t.wake) &&
			int(t.pc) < len(pcs) && (t.pc == idle || t.pc >= lockXchg8 == l.spinbit)
		ok = ok && (t.pc != popCas || headOf(t.v) != 0) && (t.pc != semaWake || t.wake != 0)
	}
	for i := range l.threads {
		steps := 0
		for m := M(i); ok && m != 0; m = l.threads[m].next {
			steps++
			ok = steps <= k.n
		}
	}
	for i, m := range l.futex {
		ok = ok && is(m) && l.threads[m].pc == asleep && !slices.Contains(l.futex[:i], m)
	}
	return ok
}

// pack writes or reads the parts of the state that the threads can tell apart.
func (k *Machine) pack(f *packed.Fields, l *Mutex) {
	l.key = stretch(f.Bits(squeeze(l.key), keyBits))
	for i := range l.threads[1:] {
		t := &l.threads[i+1]
		packed.Num(f, &t.pc, 5)
		f.Bool(&t.holds)
		t.v = stretch(f.Bits(squeeze(t.v), keyBits))
		spun := min(t.i, l.spin+passiveSpin) // further rounds make no difference
		if packed.Num(f, &spun, spinBits); f.Reading() {
			t.i = spun
		}
		f.Bool(&t.weSpin)
		f.Bool(&t.atTail)
		packed.Num(f, &t.next, mBits)
		packed.Num(f, &t.sema, semaBits)
		packed.Num(f, &t.wait, 2)
		f.Bool(&t.antiStarve)
		packed.Num(f, &t.committed, mBits)
		packed.Num(f, &t.wake, mBits)
	}
	if !f.Reading() {
		for i := range l.futex {
			packed.Num(f, &l.futex[i], mBits)
		}
		return
	}
	for range l.threads[1:] {
		var m M
		if packed.Num(f, &m, mBits); m != 0 {
			l.futex = append(l.futex, m)
		}
	}
}
