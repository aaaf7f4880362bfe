package sched

import (
	"fmt"
	"iter"
	"time"

	"github.com/orrery-go/orrery/chanq"
	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/internal/brief"
	"github.com/orrery-go/orrery/release"
	"github.com/orrery-go/orrery/sched/gomaxprocs"
	"github.com/orrery-go/orrery/sched/runq"
)

// A Sim is a program and the scheduler that runs it. It is not safe for
// concurrent use.
type Sim struct {
	release    release.Release
	costs      Costs
	workers    Workers
	reader     workerState
	choose     func(n int) int
	trace      func(Event)
	maxThreads int
	maxEvents  uint64
	maxTime    time.Duration
	numbers    gomaxprocs.Rules // of Ps

	interpreter        // of the program, or without one
	source      Source // nil: the program
	asked       *g     // the goroutine whose next action is wanted

	now   time.Duration
	seq   uint64 // of events
	moved uint64 // the last before time last passed
	queue eventQueue
	cur   *m // the thread whose turn it is without having been queued
	done  bool
	err   error

	gs    gTable
	ms    []*m
	ps    []*p // all that ever existed; the first procs are in use
	procs int32

	chans chanGlue
	locks lockGlue
	net   netpoller

	timers     []timer
	timerOf    map[chanq.Chan]timerID
	procTimers []timerProc // before Go 1.14

	steal randomOrder

	global      runq.Global // sched.runq
	midle       *m          // sched.midle, the one that was idle last first
	pidle       *p          // sched.pidle, likewise
	npidle      int32
	nmidle      int32
	nmidlelock  int32 // Ms that wait for their locked goroutine to be scheduled
	nmspinning  int32
	needspin    bool
	lastpoll    time.Duration // 0: a thread is in netpoll
	pollUntil   time.Duration // when that thread looks at timers; 0: never
	poller      *m
	gcwaiting   bool
	stopwait    int32
	stopper     *m
	newProcs    int32 // that a stopped world is to have
	goexits     bool  // main has called Goexit
	sysmon      sysmon
	free        gFree
	stats       Stats
	forced      time.Duration // when the garbage collector last ran
	stackBytes  int64
	timerVars   []timerVar
	spare       []timerID // of time.After, to which nothing refers any more
	nobody      g
	contextVars []int32 // the number of the context in each, from 1; 0 for nil
	contexts    []cancelCtx
	liveThreads int
	telling     bool // Trace is called
	wakers      []G  // with a Trace: by slot, the goroutine that readied it last

	// For At: how to begin again, and the numbers that the caller's Choose has returned.
	config Config
	again  func(Config) (*Sim, error)
	draws  []int
}

// Now returns the virtual time, which starts at 0.
func (s *Sim) Now() time.Duration { return s.now }

// Err reports how the program has ended: nil if main returned, or if it has not
// ended; a [*crash.Error], a [*Panic], or a [*BudgetError].
func (s *Sim) Err() error { return s.err }

// Done reports whether the program has ended.
func (s *Sim) Done() bool { return s.done }

// Step lets the thread go on whose turn it is: it performs an operation of its goroutine,
// or looks for the next goroutine. It reports whether the program goes on; if not, the
// error is that of [Sim.Err].
func (s *Sim) Step() (more bool, err error) {
	switch {
	case s.telling:
		return false, errBusy
	case s.done:
		return false, s.err
	}
	m := s.cur
	if m == nil {
		if m = s.queue.pop(); m == nil {
			s.end(fmt.Errorf("sched: nothing is left to happen at %v", s.now))
			return false, s.err
		}
	}
	if m.at > s.maxTime || s.seq >= s.maxEvents {
		s.end(s.overBudget(m))
		return false, s.err
	}
	if m.at > s.now {
		s.now, s.moved = m.at, s.seq
	}
	s.cur = nil
	if s.act(m) && !s.done {
		if top := s.queue.first(); top == nil || m.at < top.at {
			s.cur = m
		} else {
			s.queue.push(m)
		}
	}
	return !s.done, s.err
}

// Run steps to the end and reports how the program has ended, as [Sim.Err] does.
func (s *Sim) Run() error {
	for {
		if more, err := s.Step(); !more {
			return err
		}
	}
}

// Events steps to the end, and yields every event as it happens. Then [Sim.Err] reports
// how the program has ended.
func (s *Sim) Events() iter.Seq[Event] {
	return func(yield func(Event) bool) {
		var list []Event
		old := s.trace
		defer func() { s.trace = old }()
		s.trace = func(e Event) {
			list = append(list, e)
			if old != nil {
				old(e)
			}
		}
		for more := true; more; {
			list = list[:0]
			more, _ = s.Step()
			for _, e := range list {
				if !yield(e) {
					return
				}
			}
		}
	}
}

// act lets a thread go on. It reports whether the thread's next turn is at m.at;
// otherwise another thread or time will wake it.
func (s *Sim) act(m *m) bool {
	switch m.state {
	case mRunning:
		return s.exec(m)
	case mSchedule:
		return s.schedule(m)
	case mStarting:
		return s.started(m)
	case mSyscall:
		return s.exitsyscall(m)
	case mPolling:
		return s.polled(m)
	case mBackoff:
		return s.goOnStealing(m)
	case mStopping:
		return s.worldStopped(m)
	case mBeginning:
		return s.begin(m)
	case mSysmon:
		return s.sysmonTurn()
	}
	s.end(fmt.Errorf("sched: thread %d has a turn in state %d", m.id, m.state))
	return false
}

func (s *Sim) end(err error) {
	if !s.done {
		s.done, s.err = true, err
		s.settle()
		s.event(Event{Kind: Ended, M: none, P: none})
	}
}

// Errors that end a program besides panics and the fatal errors of package locks.
var (
	AllAsleep        = crash.Deadlock("all goroutines are asleep - deadlock!")
	NoGoroutines     = crash.Deadlock("no goroutines (main called runtime.Goexit) - deadlock!")
	ThreadExhaustion = crash.Fatal("thread exhaustion")
	StackOverflow    = crash.Fatal("stack overflow")
)

// A Panic is a panic that no goroutine recovers from. It wraps its [*crash.Error].
type Panic struct {
	G     G            `json:"g"`
	Crash *crash.Error `json:"crash"`
}

// Error returns the text, without "panic: ".
func (p *Panic) Error() string {
	if p.Crash == nil {
		return "a panic without a value" // by hand
	}
	return p.Crash.Text
}

// Unwrap returns the crash.
func (p *Panic) Unwrap() error {
	if p.Crash == nil {
		return nil
	}
	return p.Crash
}

// A BudgetError is the end of a program that takes too long, which may be forever.
type BudgetError struct {
	Events uint64        // number of events
	Still  uint64        // of them, events since time last passed
	At     time.Duration // time of the next event
	G      G             // the goroutine that was to go on, if any
	Where  string        // its place, such as "worker: loop"
}

// Error returns a text that says where the program was.
func (e *BudgetError) Error() string {
	text := fmt.Sprintf("sched: over budget after %d events, at %v", e.Events, e.At)
	if e.Still > e.Events/2 {
		text += fmt.Sprintf(", where time has stood still for %d of them", e.Still)
	}
	if e.G != 0 {
		text += fmt.Sprintf(": goroutine %d in %s", e.G, brief.Text(e.Where, brief.Most))
	}
	return text
}

func (s *Sim) overBudget(m *m) error {
	e := &BudgetError{Events: s.seq, At: m.at}
	if m.at <= s.now {
		e.Still = s.seq - s.moved
	}
	gp := m.curg
	for i := 0; gp == nil && i < len(s.ms); i++ {
		gp = s.ms[i].curg
	}
	if gp != nil {
		e.G, e.Where = gp.id, s.where(gp)
	}
	return e
}

// draw makes a random choice of [0,n).
func (s *Sim) draw(n int) int {
	if n < 2 {
		return 0
	}
	i := s.choose(n)
	if i < 0 || i >= n {
		s.end(fmt.Errorf("sched: Choose(%d) chose %d out of range [0,%d)", n, i, n))
		return 0
	}
	return i
}
