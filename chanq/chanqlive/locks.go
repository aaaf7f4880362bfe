package chanqlive

import (
	"context"

	"github.com/orrery-go/orrery/chanq"
	"github.com/orrery-go/orrery/internal/child"
	noting "github.com/orrery-go/orrery/internal/overlay"
)

// Acts are operations of several goroutines, one after the other.
type Acts struct {
	Sizes      []int64 // of the buffers of the channels
	Goroutines int
	Acts       []Act
}

// An Act is an operation of a goroutine. It may wait until another wakes it.
type Act struct {
	G  chanq.G // 1, 2, and so on
	Op chanq.Op
}

// Locks is what the runtime notes of [Acts]: it marks the beginning of each goroutine, and
// the end of each act, by taking the lock of another channel.
type Locks struct {
	Chans  []uint64 // addresses
	Marker uint64
	Notes  []noting.Thread
}

// A Locked is a step on the lock of a channel.
type Locked struct {
	Chan    chanq.Chan
	Release bool
	Held    bool // before the step
}

// StartLocks starts a process for acts, in a runtime that takes notes.
func StartLocks(ctx context.Context) (*child.Child, error) {
	return noting.Start(ctx, "github.com/orrery-go/orrery/chanq/chanqlive/child", child.Options{})
}

// Steps returns for each act the steps of each goroutine on the locks of the channels.
func (l Locks) Steps(goroutines int) (acts []map[chanq.G][]Locked, err error) {
	notes, err := noting.All(l.Notes)
	if err != nil {
		return nil, err
	}
	number := map[uint64]chanq.Chan{}
	for i, at := range l.Chans {
		number[at] = chanq.Chan(i + 1)
	}
	known := map[uint32]chanq.G{}
	act := map[chanq.G][]Locked{}
	for _, n := range notes {
		c, ok := number[n.Object]
		switch {
		case n.Object == l.Marker && n.Kind == noting.ChanUnlock:
		case n.Object == l.Marker && len(known) < goroutines:
			known[n.Extra] = chanq.G(len(known) + 1)
		case n.Object == l.Marker:
			acts, act = append(acts, act), map[chanq.G][]Locked{}
		case ok:
			g := known[n.Extra]
			act[g] = append(act[g], Locked{c, n.Kind == noting.ChanUnlock, n.Flags == 1})
		}
	}
	return acts, nil
}

// ModelLocks performs the acts in the model, which lets each goroutine go on at once that
// an act wakes, and returns what [Locks.Steps] returns.
func ModelLocks(release string, of Acts) (acts []map[chanq.G][]Locked, err error) {
	m, err := newLockModel(release, of.Sizes, of.Goroutines)
	if err != nil {
		return nil, err
	}
	for _, a := range of.Acts {
		steps, err := m.do(a)
		if err != nil {
			return nil, err
		}
		acts = append(acts, steps)
	}
	return acts, m.chans.Check()
}

type lockModel struct {
	chans *chanq.Chans
	g     chanq.G // that acts
	steps map[chanq.G][]Locked
	held  map[chanq.Chan]bool
}

func newLockModel(release string, sizes []int64, goroutines int) (*lockModel, error) {
	m := &lockModel{held: map[chanq.Chan]bool{}}
	var err error
	m.chans, err = chanq.New(chanq.Config{Release: release, Trace: func(e chanq.Event) {
		if e.Kind == chanq.Lock || e.Kind == chanq.Unlock {
			m.steps[m.g] = append(m.steps[m.g], Locked{e.Chan, e.Kind == chanq.Unlock, m.held[e.Chan]})
			m.held[e.Chan] = e.Kind == chanq.Lock
		}
	}})
	if err != nil {
		return nil, err
	}
	for _, size := range sizes {
		if _, err := m.chans.Make(chanq.Elem{Size: 8}, size); err != nil {
			return nil, err
		}
	}
	for range goroutines {
		if _, err := m.chans.Go(); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// do performs an act, and resumes those that it wakes.
func (m *lockModel) do(a Act) (map[chanq.G][]Locked, error) {
	m.steps, m.g = map[chanq.G][]Locked{}, a.G
	o, err := m.chans.Do(a.G, a.Op)
	if err != nil && o.What != chanq.Panicked {
		return nil, err
	}
	for _, g := range append([]chanq.G{}, m.chans.Ready()...) {
		m.g = g
		if o, err := m.chans.Resume(g); err != nil && o.What != chanq.Panicked {
			return nil, err
		}
	}
	return m.steps, nil
}
