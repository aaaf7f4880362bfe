package sched

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/orrery-go/orrery/chanq"
	"github.com/orrery-go/orrery/locks"
	"github.com/orrery-go/orrery/program"
	"github.com/orrery-go/orrery/release"
	"github.com/orrery-go/orrery/sched/gomaxprocs"
	"github.com/orrery-go/orrery/sched/runq"
)

// A Program describes goroutines and their operations: see package program for its parts,
// and its text and JSON forms.
type Program = program.Program

// The limits of a model.
const (
	MaxProcs      = 1 << 10
	MaxGoroutines = 1 << 20 // at a time
)

// A Config says what to model.
type Config struct {
	Release string          `json:"release"`     // "" for the newest known, "go1.13", "running"
	Procs   int             `json:"procs"`       // GOMAXPROCS, 1 to MaxProcs, of which releases before 1.9 take 256; 0 is 1
	Seed    uint64          `json:"seed,string"` // of the random choices, if Choose is nil
	Choose  func(n int) int `json:"-"`           // a number in [0,n): the runtime's random choice
	Trace   func(Event)     `json:"-"`           // receives every step; nil costs nothing

	Costs      *Costs `json:"costs,omitempty"` // how long things take; nil: [DefaultCosts]
	MaxThreads int    `json:"maxThreads"`      // debug.SetMaxThreads; 0 is 10,000

	// NoAsyncPreempt is GODEBUG=asyncpreemptoff=1.
	NoAsyncPreempt bool `json:"noAsyncPreempt"`

	// AsyncTimers is GODEBUG=asynctimerchan=1, which a go line below 1.23 in go.mod
	// implies: timers as before 1.23. Go 1.27 and later have no such setting.
	AsyncTimers bool `json:"asyncTimers"`

	// NoGC is GOGC=off. It matters when a program begins: in 1.3 and 1.4 the goroutine
	// that sweeps is made by the first collection.
	NoGC bool `json:"noGC"`

	// NoUpdateMaxProcs is GODEBUG=updatemaxprocs=0, which a go line below 1.25 in go.mod
	// implies. It matters when a program begins: since 1.25 there is a goroutine that
	// follows changes of the machine's CPUs.
	NoUpdateMaxProcs bool `json:"noUpdateMaxProcs"`

	// Schedtick is the number of time slices that the first P has started before main,
	// which is about to start one; there is no other goroutine. Only the remainder by 61
	// matters. 0 stands for the state that a program of the release finds when main.main
	// begins: main runs already, and on one P some goroutines of the runtime run before
	// the first that main starts, as in a program that imports fmt.
	Schedtick uint32 `json:"schedtick"`

	// Beginning says which of the [Beginnings] of a real program this is, if Schedtick is
	// 0 and there is one P: 0 is the usual one.
	Beginning int `json:"beginning"`

	// Workers says how long and how often a worker of the garbage collector and the
	// reader of an execution trace run on each P.
	Workers Workers `json:"workers"`

	// The budget: a program that exceeds it ends with a [*BudgetError].
	MaxEvents uint64        `json:"maxEvents,string"` // 0 is 10,000,000, which takes seconds
	MaxTime   time.Duration `json:"maxTime"`          // of virtual time; 0 is an hour
}

// New returns a simulator of a program, whose main goroutine is about to start. It
// returns an error if [program.Program.Check] does, if the release is unknown or does not
// have a setting, or if a number is out of range. The program must not be changed later.
func New(c Config, p Program) (*Sim, error) {
	s, err := c.sim()
	if err != nil {
		return nil, err
	}
	s.again = func(c Config) (*Sim, error) { return New(c, p) }
	if err := s.compile(&p, &s.interpreter); err != nil {
		return nil, err
	}
	s.boot(c.Procs, c.Schedtick)
	return s, nil
}

// NewFrom returns a simulator of the actions of a source, with the main goroutine about
// to start. It first calls begin, in which the source can make its objects; the source
// may keep them, and make more of them later.
func NewFrom(c Config, begin func(*Objects) (Source, error)) (*Sim, error) {
	if begin == nil {
		return nil, errors.New("sched: NewFrom wants a function that makes the Source")
	}
	s, err := c.sim()
	if err != nil {
		return nil, err
	}
	s.again = func(c Config) (*Sim, error) { return NewFrom(c, begin) }
	s.locks.gs = []int32{0}
	s.envs = make([]*env, 1)
	if s.source, err = begin(&Objects{s}); err != nil {
		return nil, err
	}
	if s.source == nil {
		return nil, errors.New("sched: there is no source")
	}
	s.code.system(s.workers)
	s.boot(c.Procs, c.Schedtick)
	return s, nil
}

// sim returns a simulator without goroutines. It sets the defaults of the configuration.
func (c *Config) sim() (*Sim, error) {
	r, err := release.Parse(c.Release)
	if err != nil {
		return nil, fmt.Errorf("sched: %w", err)
	}
	if c.Procs == 0 {
		c.Procs = 1
	}
	if c.MaxThreads == 0 {
		c.MaxThreads = 10_000
	}
	if c.MaxEvents == 0 {
		c.MaxEvents = 1e7
	}
	if c.MaxTime == 0 {
		c.MaxTime = time.Hour
	}
	if c.Costs == nil {
		costs := DefaultCosts
		c.Costs = &costs
	}
	switch {
	case c.Procs < 1 || c.Procs > MaxProcs:
		return nil, fmt.Errorf("sched: %d Ps out of range [1,%d]", c.Procs, MaxProcs)
	case c.MaxThreads < 2 || c.MaxThreads > 1<<20:
		return nil, fmt.Errorf("sched: at most %d threads out of range [2,%d]", c.MaxThreads, 1<<20)
	case c.MaxTime < 0 || c.MaxTime > program.MaxDuration:
		return nil, fmt.Errorf("sched: a budget of %v out of range [0,%v]", c.MaxTime, program.MaxDuration)
	}
	if err := c.Costs.check(); err != nil {
		return nil, err
	}
	if err := c.Workers.check(); err != nil {
		return nil, err
	}
	begins := beginningsOf(r)
	if c.Beginning < 0 || c.Beginning >= len(begins) {
		return nil, fmt.Errorf("sched: beginning %d of %v out of range [0,%d]", c.Beginning, r, len(begins)-1)
	}
	s := &Sim{
		release:    r,
		costs:      *c.Costs,
		workers:    c.Workers,
		trace:      c.Trace,
		maxThreads: c.MaxThreads,
		maxEvents:  c.MaxEvents,
		maxTime:    c.MaxTime,
	}
	if s.numbers, err = gomaxprocs.ForRelease(c.Release); err != nil {
		return nil, err
	}
	s.rules, s.host = rulesOf(r), s
	s.rules.asyncPreempt = s.rules.asyncPreempt && !c.NoAsyncPreempt
	s.rules.syncTimers = s.rules.syncTimers && !c.AsyncTimers
	s.rules.begins = begins[c.Beginning]
	if b := &s.rules.begins; c.NoGC {
		b.ring -= b.sweeper
		b.own -= b.sweeper
	}
	if b := &s.rules.begins; c.NoUpdateMaxProcs {
		b.ring -= b.updater
	}
	s.config = *c
	s.config.Costs = &s.costs
	if c.Choose == nil {
		s.choose = rand.New(rand.NewPCG(c.Seed, 0)).IntN
	} else {
		s.choose = func(n int) int { // so that At can make the same choices
			i := c.Choose(n)
			s.draws = append(s.draws, i)
			return i
		}
	}
	if s.chans.m, err = chanq.New(chanq.Config{Release: c.Release, Choose: s.draw, AsyncTimers: c.AsyncTimers}); err != nil {
		return nil, err
	}
	if s.locks.m, err = locks.New(locks.Config{Release: c.Release}); err != nil {
		return nil, err
	}
	return s, nil
}

// boot does what runtime/proc.go:schedinit does, up to the point where the first thread
// schedules the main goroutine.
func (s *Sim) boot(procs int, tick uint32) {
	procs = s.numbers.Set(0, procs)
	s.lastpoll = 1 // no thread polls
	if !s.rules.perPTimers {
		s.procTimers = make([]timerProc, s.rules.timerHeaps)
	}
	for i := range procs {
		s.addP(int32(i))
	}
	s.setProcs(int32(procs))
	s.sysmon.m = m{id: -1, state: mSysmon, p: none, heapIndex: -1, at: sysmonShort}
	m0 := s.newM()
	m0.state = mSchedule
	if tick == 0 {
		m0.state = mBeginning
	}
	others := slices.Clone(s.ps[1:])
	slices.Reverse(others)
	s.allIdle(others)
	p0 := s.ps[0]
	p0.schedtick = tick
	s.acquirep(m0, p0)
	main, _ := s.newG(p0, 0)
	s.begins(main, nil)
	s.runqput(p0, main, true)
	if tick == 0 && procs == 1 {
		for i := range s.rules.begins.ring {
			s.runqput(p0, s.starter(i), false)
		}
	}
	s.queue.push(&s.sysmon.m)
	s.queue.push(m0)
}

// addP makes a P, or takes one that existed before.
func (s *Sim) addP(id int32) {
	if int(id) < len(s.ps) {
		s.ps[id].status = pIdle
		return
	}
	s.ps = append(s.ps, &p{id: id, m: nil, local: runq.NewLocal(s.rules.growingRing), sysmontick: sysmontick{schedwhen: s.now}})
}
