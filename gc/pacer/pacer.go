package pacer

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// Off is the GOGC that switches the collector off, except for the memory limit.
const Off = -1

// NoLimit is the memory limit that stands for no limit.
const NoLimit = math.MaxInt64

// A Config says what to model.
type Config struct {
	Release     string      `json:"release"`            // "" for the newest known, "go1.9", "running"
	GOGC        int         `json:"gogc"`               // percent; 0 is 100, as if unset (for a GOGC of 0 use SetGCPercent); [Off]
	MemoryLimit int64       `json:"memoryLimit,string"` // bytes; 0 is [NoLimit]. Since 1.19
	Procs       int         `json:"procs"`              // GOMAXPROCS, from 1 to 1<<16; 0 is 1
	Trace       func(Event) `json:"-"`                  // receives every step; nil costs nothing
}

// untriggered is the value of triggered while no cycle runs.
const untriggered = math.MaxUint64

// A Pacer decides when a cycle is due and how much goroutines assist it. Its zero
// value returns errors: use New. It is not safe for concurrent use.
// (`runtime/mgcpacer.go:gcControllerState`)
type Pacer struct {
	rules
	procs   int
	trace   func(Event)
	telling bool
	seq     uint64

	gcPercent   int32
	memoryLimit uint64
	heapMinimum uint64
	mapped      uint64 // of the process, not released
	heapFree    uint64
	heapObjects uint64 // live, allocated, and garbage not yet swept

	running      bool
	swept        bool
	cycles       uint64
	now          time.Duration
	lastCycle    time.Duration // when the last cycle ended
	cycleStart   time.Duration
	forced       bool
	triggered    uint64
	runway       uint64
	consMark     float64
	lastConsMark [4]float64
	integral     float64 // of the PI controller

	percentGoal  uint64 // the goal of GOGC alone; up to 1.18 the goal
	sweepTrigger uint64
	trigger18    uint64  // up to 1.18
	triggerRatio float64 // up to 1.17

	heapLive, heapScan         uint64
	heapMarked, lastHeapScan   uint64
	lastStackScan, maxStack    uint64
	globals                    uint64
	heapWork, stackWork, gWork int64

	workers     Workers
	assistRatio float64
}

// New returns the pacer of a program that starts. It returns an error if the release is
// unknown or older than 1.9, or a number is out of range.
func New(c Config) (*Pacer, error) {
	k, err := rulesOf(c.Release)
	if err != nil {
		return nil, err
	}
	if c.GOGC == 0 {
		c.GOGC = 100
	}
	if c.MemoryLimit == 0 {
		c.MemoryLimit = NoLimit
	}
	if c.Procs == 0 {
		c.Procs = 1
	}
	p := &Pacer{rules: k, procs: c.Procs, trace: c.Trace, triggered: untriggered, swept: true}
	if c.Procs < 1 || c.Procs > 1<<16 {
		return nil, fmt.Errorf("pacer: %d processors out of range [1,%d]", c.Procs, 1<<16)
	}
	if err := p.checkPercent(c.GOGC); err != nil {
		return nil, err
	}
	if err := p.checkLimit(c.MemoryLimit); err != nil {
		return nil, err
	}
	p.memoryLimit = uint64(c.MemoryLimit)
	p.setPercent(c.GOGC)
	if p.ratio {
		p.triggerRatio = 7 / 8.0
		p.heapMarked = uint64(float64(HeapMinimum) / (1 + p.triggerRatio))
	}
	p.commit()
	return p, nil
}

// Release returns the release whose rules these are.
func (p *Pacer) Release() string { return p.release.String() }

func (p *Pacer) usable() error {
	switch {
	case p.procs == 0:
		return errors.New("pacer: the zero Pacer cannot be used: use New")
	case p.telling:
		return errors.New("pacer: a pacer cannot be used from its own Trace")
	}
	return nil
}

func (p *Pacer) checkPercent(percent int) error {
	if percent > math.MaxInt32 || percent < math.MinInt32 {
		return fmt.Errorf("pacer: GOGC %d out of range [%d,%d]", percent, math.MinInt32, math.MaxInt32)
	}
	return nil
}

func (p *Pacer) checkLimit(limit int64) error {
	switch {
	case limit < 0:
		return fmt.Errorf("pacer: memory limit %d out of range [0,%d]", limit, int64(NoLimit))
	case limit != NoLimit && !p.split:
		return fmt.Errorf("pacer: %v has no memory limit: it came with go1.19", p.release)
	}
	return nil
}

// setPercent is SetGCPercent without the commit. (`runtime/mgcpacer.go:setGCPercent`)
func (p *Pacer) setPercent(percent int) {
	if percent < 0 {
		percent = -1
	}
	p.gcPercent = int32(percent)
	p.heapMinimum = HeapMinimum * uint64(percent) / 100
}

// SetGCPercent is debug.SetGCPercent: any negative number is [Off]. It returns the old
// value. The goal changes at once; [Pacer.Due] reports whether a cycle is due.
func (p *Pacer) SetGCPercent(percent int) (old int, err error) {
	old = int(p.gcPercent)
	if err := errors.Join(p.usable(), p.checkPercent(percent)); err != nil {
		return old, err
	}
	p.setPercent(percent)
	p.commit()
	p.event(Event{Kind: Configured, Why: fmt.Sprintf("GOGC %d", p.gcPercent)})
	return old, nil
}

// SetMemoryLimit is debug.SetMemoryLimit, in bytes; 0 is a limit of nothing, unlike in
// [Config]. It returns the old value.
func (p *Pacer) SetMemoryLimit(limit int64) (old int64, err error) {
	old = int64(p.memoryLimit)
	if err := errors.Join(p.usable(), p.checkLimit(limit)); err != nil {
		return old, err
	}
	if uint64(limit) != p.memoryLimit {
		p.memoryLimit = uint64(limit)
		p.commit()
	}
	p.event(Event{Kind: Configured, Why: fmt.Sprintf("memory limit %d", limit)})
	return old, nil
}

// Memory is the memory that a process has mapped, in bytes, as in runtime/metrics.
type Memory struct {
	Mapped   uint64 `json:"mapped,string"`   // /memory/classes/total:bytes less /memory/classes/heap/released:bytes
	HeapFree uint64 `json:"heapFree,string"` // /memory/classes/heap/free:bytes
	Objects  uint64 `json:"objects,string"`  // /memory/classes/heap/objects:bytes
}

// SetMemory sets the memory that the process has mapped, for the memory limit. Without it
// the process has nothing beside its heap, and no more heap than its goal. It returns an
// error if the heap has more than the process.
func (p *Pacer) SetMemory(m Memory) error {
	if err := p.usable(); err != nil {
		return err
	}
	if m.HeapFree > m.Mapped || m.Objects > m.Mapped-m.HeapFree {
		return fmt.Errorf("pacer: %d bytes free and %d in objects, of %d that are mapped", m.HeapFree, m.Objects, m.Mapped)
	}
	p.mapped, p.heapFree, p.heapObjects = m.Mapped, m.HeapFree, m.Objects
	return nil
}

// SweepDone says that all spans are swept, until the next cycle ends. Then SetGCPercent
// and SetMemoryLimit need not keep the distance that the sweep needs.
func (p *Pacer) SweepDone() { p.swept = true }

// SetProcs changes GOMAXPROCS, for the next cycle.
func (p *Pacer) SetProcs(procs int) error {
	if err := p.usable(); err != nil {
		return err
	}
	if procs < 1 || procs > 1<<16 {
		return fmt.Errorf("pacer: %d processors out of range [1,%d]", procs, 1<<16)
	}
	p.procs = procs
	return nil
}

// A Measured holds the measurements of the last cycle of a real process, in bytes, as in
// runtime/metrics.
type Measured struct {
	Live     uint64  `json:"live,string"`    // /gc/heap/live:bytes
	Scan     uint64  `json:"scan,string"`    // bytes of it that were scanned
	Stacks   uint64  `json:"stacks,string"`  // /gc/scan/stack:bytes
	Globals  uint64  `json:"globals,string"` // /gc/scan/globals:bytes
	ConsMark float64 `json:"consMark"`       // as GODEBUG=gcpacertrace=1 prints it; below 0 at times in 1.18 and 1.19
	Ratio    float64 `json:"ratio"`          // up to 1.17, the trigger ratio, printed as h_t
	Swept    bool    `json:"swept"`          // the sweep is done
}

// Measure sets the state to that of a real process whose cycle has just ended. It returns
// an error if a number is out of range, and while a cycle runs.
func (p *Pacer) Measure(m Measured) error {
	if err := p.usable(); err != nil {
		return err
	}
	if p.running {
		return errors.New("pacer: a cycle is running: it has no measurements yet")
	}
	const most = 1 << 48
	if max(m.Live, m.Scan, m.Stacks, m.Globals) > most || m.ConsMark-m.ConsMark != 0 || !(m.Ratio >= 0) {
		return fmt.Errorf("pacer: %+v: a number is out of range [0,%d]", m, uint64(most))
	}
	p.heapMarked, p.heapLive, p.heapScan, p.lastHeapScan = m.Live, m.Live, m.Scan, m.Scan
	p.lastStackScan, p.globals, p.consMark, p.triggerRatio, p.swept = m.Stacks, m.Globals, m.ConsMark, m.Ratio, m.Swept
	p.cycles++
	p.lastCycle = p.now
	p.commit()
	return nil
}
