package race

import (
	"errors"
	"fmt"

	"github.com/orrery-go/orrery/release"
)

// A Config says what to model. The zero Config is a detector that forgets nothing, with
// the happens-before edges that the newest release makes.
type Config struct {
	Release string `json:"release"` // "" for the newest known, "go1.17", "running"

	// Choose picks one of n: the shadow cell that is overwritten when all are in use.
	// nil: the first. A result out of [0,n) is taken modulo n.
	Choose func(n int) int `json:"-"`

	Trace  func(Event) `json:"-"`      // receives every step; nil costs nothing
	Limits Limits      `json:"limits"` // what the detector forgets; the zero Limits forget nothing
	Strict bool        `json:"strict"` // edges by the memory model alone, see the package's doc
	Record bool        `json:"record"` // keep the operations, for [Detector.At], [Detector.Graph] and [Detector.Why]

	// Lockset makes [Detector.Lockset] find variables that no lock protects, besides the
	// races.
	Lockset bool `json:"lockset"`
}

// Limits are what the race detector of go build -race forgets, so that it stays fast
// and small. A limit of 0 is none.
type Limits struct {
	Cells     int  `json:"cells"`     // accesses remembered for each 8 bytes, up to 4
	Slots     int  `json:"slots"`     // goroutines that are distinguished, up to 255
	Parts     int  `json:"parts"`     // parts of a goroutine's history that are kept, up to 64
	PartSize  int  `json:"partSize"`  // events in a part; it goes with Parts
	Exited    int  `json:"exited"`    // goroutines that have exited, and whose history is kept, up to 1024; of more only a quarter
	FirstByte bool `json:"firstByte"` // of a number or pointer only the first byte is looked at
}

// The limits of a detector, which bound the memory and time that a log can take.
const (
	MaxAccess  = 1 << 16 // bytes of one access
	MaxCells   = 4       // of Limits.Cells
	MaxSlots   = 255     // of Limits.Slots
	MaxParts   = 64      // of Limits.Parts
	MaxReports = 1000    // that are kept; more are counted
	MaxObjects = 1 << 20
	MaxChan    = 1 << 16 // capacity
	MaxRecord  = 1 << 20 // operations that Config.Record keeps

	maxWords    = 1 << 25 // of all clocks together: 256 MB
	maxGranules = 1 << 21
)

// A Detector finds races between the operations of goroutines, which it is given one
// after the other. Get one from [New].
type Detector struct {
	config  Config
	release release.Release
	rules   rules
	choose  func(n int) int
	trace   func(Event)

	gs    gtable
	slots []slot
	free  []int32 // slots that nothing refers to
	dead  int     // slots of goroutines that have exited, and that cells may refer to
	queue int     // with Limits.Slots: the slot that the next goroutine gets

	shadow  shadow
	objects []object // by Object; the first is unused
	atomics atomics
	words   int // of all clocks

	ops     uint64 // operations done: the number of the last one
	seq     uint64 // events
	reports []Report
	races   uint64
	evicted uint64
	exited  []G    // with Limits.Exited, those whose history is kept
	lost    uint64 // races that were not reported because a history was gone
	lockset *lockset

	log     []Op // if Config.Record
	edges   []Edge
	draws   []int // what Choose said, if Config.Record
	refuses error // why nothing can be done: Trace or Choose calls the detector
}

var (
	errUseNew = errors.New("race: the zero Detector knows no goroutine: use New")
	errBusy   = errors.New("race: a detector cannot be used from its own Trace or Choose")
)

// New makes a detector of a program that has one goroutine, [Main]. It returns an
// error if the release is unknown or a limit is out of range.
func New(c Config) (*Detector, error) {
	r, err := release.Parse(c.Release)
	if err != nil {
		return nil, fmt.Errorf("race: %w", err)
	}
	if !r.AtLeast("go1.1") {
		return nil, fmt.Errorf("race: %v has no race detector (it came with go1.1)", r)
	}
	for _, l := range []struct {
		name    string
		is, max int
	}{
		{"Cells", c.Limits.Cells, MaxCells}, {"Slots", c.Limits.Slots, MaxSlots},
		{"Parts", c.Limits.Parts, MaxParts}, {"PartSize", c.Limits.PartSize, 1 << 30},
		{"Exited", c.Limits.Exited, 1024},
	} {
		if l.is < 0 || l.is > l.max {
			return nil, fmt.Errorf("race: Limits.%s %d out of range [0,%d]", l.name, l.is, l.max)
		}
	}
	if (c.Limits.Parts == 0) != (c.Limits.PartSize == 0) {
		return nil, fmt.Errorf("race: Limits.Parts %d and PartSize %d: one needs the other", c.Limits.Parts, c.Limits.PartSize)
	}
	d := &Detector{config: c, release: r, rules: rulesOf(r), choose: c.Choose, trace: c.Trace}
	if c.Record && d.trace == nil {
		d.trace = func(Event) {} // so that events are counted
	}
	d.shadow.cells = c.Limits.Cells
	d.objects = make([]object, 1)
	if c.Lockset {
		d.lockset = newLockset()
	}
	if c.Limits.Slots > 0 {
		d.slots = make([]slot, c.Limits.Slots)
	}
	d.start(0)
	return d, nil
}

// Ops returns the number of operations so far.
func (d *Detector) Ops() uint64 { return d.ops }

// Races returns the number of races found: pairs of an access and an earlier one that is
// remembered. Only the first [MaxReports] of them are kept.
func (d *Detector) Races() uint64 { return d.races }

// Evicted returns the number of accesses that were forgotten because all cells of their 8
// bytes were in use.
func (d *Detector) Evicted() uint64 { return d.evicted }

// enter marks that the detector calls its user, and returns what ends that.
func (d *Detector) enter() func() {
	was := d.refuses
	d.refuses = errBusy
	return func() { d.refuses = was }
}

// pick is a choice of Config.Choose among n, or the first.
func (d *Detector) pick(n int) int {
	if d.choose == nil || n < 2 {
		return 0
	}
	defer d.enter()()
	i := d.choose(n) % n
	if d.config.Record {
		d.draws = append(d.draws, i)
	}
	if i < 0 {
		i += n
	}
	return i
}

// begin finds the goroutine of an operation. It returns an error if it can do none.
func (d *Detector) begin(g G) (*goroutine, error) {
	if d.refuses != nil {
		return nil, d.refuses
	}
	if me := d.gs.find(g); me != nil && me.waits == "" {
		return me, nil
	}
	return nil, d.cannot(g)
}

// cannot says why a goroutine cannot act.
//
//go:noinline
func (d *Detector) cannot(g G) error {
	me := d.gs.find(g)
	switch {
	case d.slots == nil:
		return errUseNew
	case me == nil && g >= Main && g < d.gs.next:
		return fmt.Errorf("race: goroutine %d has exited", g)
	case me == nil:
		return fmt.Errorf("race: there is no goroutine %d", g)
	}
	return fmt.Errorf("race: goroutine %d waits: %s of %v since operation %d", g, me.waits, me.on, me.since)
}

// done numbers an operation, and keeps it. It comes after all that can fail.
func (d *Detector) done(op Op) {
	d.ops++
	if d.config.Record && len(d.log) < MaxRecord {
		d.log = append(d.log, op)
	}
	if d.trace != nil {
		d.event(Event{Kind: Did, Rule: "op", G: op.G, Verb: op.Verb, On: op.On, Addr: op.Addr, Size: op.Size, Place: op.Place})
	}
}
