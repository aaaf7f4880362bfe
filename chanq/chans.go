package chanq

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/orrery-go/orrery/release"
)

// A Chan is the number of a channel. Make gives 1, 2, 3, and so on.
type Chan int32

// Nil is the nil channel.
const Nil Chan = 0

// A G is the number of a goroutine. Go gives 1, 2, 3, and so on.
type G int32

// The limits of a model.
const (
	MaxChans      = 1 << 20
	MaxGoroutines = 1 << 20
	MaxCases      = 1 << 16 // of a select, as in the runtime
)

// A Config says what to model.
type Config struct {
	Release string          `json:"release"`     // "" for the newest known, "go1.5", "running"
	Seed    uint64          `json:"seed,string"` // of the random choices, if Choose is nil
	Choose  func(n int) int `json:"-"`           // a number in [0,n): the runtime's random choice

	// AsyncTimers is GODEBUG=asynctimerchan=1, which a go line below 1.23 in go.mod
	// implies: the channel of a timer can keep one stale value, as before Go 1.23.
	// Go 1.23 to 1.26 have the setting; older releases always behave this way.
	AsyncTimers bool `json:"asyncTimers"`

	Trace func(Event) `json:"-"` // receives every step; nil costs nothing
}

// Chans are channels and the goroutines that use them. It is not safe for
// concurrent use: its goroutines are numbers, and the caller says which one acts.
// A method that would change it returns an error if its own Trace or Choose calls
// it. The zero value is not ready for use: use [New].
type Chans struct {
	release release.Release
	rules   rules
	choose  func(n int) int
	trace   func(Event)

	chans   []*hchan     // by number; the first is nil
	gs      []*goroutine // by number; the first is nil
	ready   []G          // by the last operation
	waiters []*sudog     // of close, reused
	now     time.Duration
	timers  []*timer
	seq     uint64 // of events
	calling bool   // Trace or Choose, in the middle of an operation
}

var (
	errZero = errors.New("chanq: a Chans that is not from New: use New")
	errBusy = errors.New("chanq: called from its own Trace or Choose, in the middle of an operation")
)

// busy returns an error if the model must not be changed now.
func (m *Chans) busy() error {
	switch {
	case len(m.gs) == 0:
		return errZero
	case m.calling:
		return errBusy
	}
	return nil
}

// New makes a model without channels and goroutines. It returns an error if the
// release is unknown, or if AsyncTimers is set and the release no longer has that
// setting (since Go 1.27).
func New(c Config) (*Chans, error) {
	r, err := release.Parse(c.Release)
	if err != nil {
		return nil, fmt.Errorf("chanq: %w", err)
	}
	if c.AsyncTimers && r.AtLeast("go1.27") {
		return nil, fmt.Errorf("chanq: %s has no asynctimerchan: the setting went with go1.27", r)
	}
	m := &Chans{
		release: r,
		rules:   rulesOf(r, c.AsyncTimers),
		trace:   c.Trace,
		chans:   []*hchan{nil},
		gs:      []*goroutine{nil},
	}
	if c.Choose == nil {
		rng := rand.New(rand.NewPCG(c.Seed, 0))
		m.choose = rng.IntN
		if m.rules.biased {
			m.choose = shiftRegister(rng.Uint32())
		}
	} else {
		m.choose = func(n int) int {
			m.calling = true
			defer func() { m.calling = false }()
			return c.Choose(n)
		}
	}
	return m, nil
}

// shiftRegister chooses as runtime/stubs.go:fastrandn did in Go 1.9 and 1.9.1: each
// choice advances the state by one bit, so that successive choices are correlated.
func shiftRegister(state uint32) func(n int) int {
	state = max(state, 1) // 0 stays 0
	return func(n int) int {
		feedback := uint32(int32(state)>>31) & 0xa8888eef
		state = state<<1 ^ feedback
		return int(uint64(state) * uint64(n) >> 32)
	}
}

// Go adds a goroutine. It returns an error if there are [MaxGoroutines] already.
func (m *Chans) Go() (G, error) {
	if err := m.busy(); err != nil {
		return 0, err
	}
	n := len(m.gs)
	if n > MaxGoroutines {
		return 0, fmt.Errorf("chanq: %d goroutines are the most there can be", MaxGoroutines)
	}
	g := &goroutine{id: G(n)}
	g.own.g = g
	m.gs = append(m.gs, g)
	return g.id, nil
}

// A status is the state of a goroutine, in the runtime's words.
type status uint8

const (
	running  status = iota // it can act
	waiting                // it is parked
	runnable               // it was woken, and has yet to see why
)

var statuses = [...]string{"running", "waiting", "runnable"}

// A goroutine has the fields of the runtime's g that channels use.
type goroutine struct {
	id     G
	status status
	param  *sudog // of the peer that woke it; nil: it must look again

	// The operation that it waits in.
	op  Verb
	on  *hchan // not of a select; nil: the channel is nil
	own sudog  // of a send or receive
	sel *selecting
}

// reason returns the reason for the wait, in the words of a traceback.
func (g *goroutine) reason() string {
	switch {
	case g.op == SelectVerb && len(g.sel.cases) == 0:
		return "select (no cases)"
	case g.op == SelectVerb:
		return "select"
	case g.op == SendVerb && g.on == nil:
		return "chan send (nil chan)"
	case g.op == SendVerb:
		return "chan send"
	case g.on == nil:
		return "chan receive (nil chan)"
	}
	return "chan receive"
}

// acting returns the goroutine if it may act, and otherwise nil; notActing then
// returns the reason.
func (m *Chans) acting(g G) *goroutine {
	if uint(g) >= uint(len(m.gs)) || g == 0 || m.gs[g].status != running || m.calling {
		return nil
	}
	return m.gs[g]
}

func (m *Chans) notActing(g G) error {
	gp, err := m.goroutine(g)
	switch {
	case err != nil:
		return err
	case m.calling:
		return errBusy
	case gp.status == waiting:
		return fmt.Errorf("chanq: goroutine %d waits (%s): it cannot act before it is ready", g, gp.reason())
	}
	return fmt.Errorf("chanq: goroutine %d was woken: it must Resume before it acts", g)
}

func (m *Chans) goroutine(g G) (*goroutine, error) {
	if len(m.gs) == 0 {
		return nil, errZero
	}
	if g < 1 || int(g) >= len(m.gs) {
		return nil, fmt.Errorf("chanq: goroutine %d out of range [1,%d]", g, len(m.gs)-1)
	}
	return m.gs[g], nil
}

// has reports whether there is such a channel, Nil included.
func (m *Chans) has(c Chan) bool { return uint(c) < uint(len(m.chans)) }

func (m *Chans) noChannel(c Chan) error {
	if len(m.chans) == 0 {
		return errZero
	}
	return fmt.Errorf("chanq: channel %d out of range [0,%d]", c, len(m.chans)-1)
}

// channel finds a channel. For Nil it returns nil and no error.
func (m *Chans) channel(c Chan) (*hchan, error) {
	if !m.has(c) {
		return nil, m.noChannel(c)
	}
	return m.chans[c], nil
}

// Len reports how many values are in the channel's buffer: 0 for Nil, and since
// Go 1.23 for the channel of a timer.
func (m *Chans) Len(c Chan) (int64, error) {
	h, err := m.channel(c)
	if h == nil || h.timer != nil && m.rules.syncTimers {
		return 0, err
	}
	return h.qcount, nil
}

// Cap reports how many values the channel's buffer can hold: 0 for Nil, and
// since Go 1.23 for the channel of a timer.
func (m *Chans) Cap(c Chan) (int64, error) {
	h, err := m.channel(c)
	if h == nil || h.timer != nil && m.rules.syncTimers {
		return 0, err
	}
	return h.dataqsiz, nil
}
