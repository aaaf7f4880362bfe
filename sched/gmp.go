package sched

import (
	"time"

	"github.com/orrery-go/orrery/program"
	"github.com/orrery-go/orrery/sched/runq"
)

// A G is the number of a goroutine. Main is 1, and the goroutines that it starts are 2,
// 3, and so on. A number is not used again.
type G int32

// An M is the number of a thread, from 0.
type M int32

// A P is the number of a processor, from 0.
type P int32

// none stands for no thread, or no processor.
const none = -1

// A status is the status of a goroutine, in the runtime's words.
type status uint8

const (
	gDead status = iota
	gRunnable
	gRunning
	gSyscall
	gWaiting
)

var gStatuses = [...]string{"dead", "runnable", "running", "syscall", "waiting"}

// A reason is the reason why a goroutine waits.
type reason uint8

const (
	noReason reason = iota
	onChan
	onSelect
	onLock
	onSleep
	onNet
	timerIdle
	forcegcIdle
)

var reasons = [...]string{"", "chan", "select", "lock", "sleep", "IO wait", "timer goroutine (idle)", "force gc (idle)"}

// A g is the runtime's g. An ended one is used again.
type g struct {
	left    time.Duration // of its computation, or go statements still to do
	since   time.Duration // when it got its status
	created time.Duration
	ran     time.Duration
	waited  time.Duration // runnable, and not running
	id      G
	slot    int32                   // its place in the table
	pc      int32                   // the instruction that it is in, or reaches next
	loops   [program.MaxLoops]int32 // turns left of those it is in, the outermost first
	waiter  int32                   // its number in the model of channels, or of locks, while it waits there
	stack   int32                   // bytes
	thread  int32                   // that it runs on, or is locked to
	status  status
	reason  reason
	depth   uint8 // loops that it is in
	flags   flags
}

type flags uint8

const (
	working  flags = 1 << iota // it has begun its computation
	resuming                   // it was woken in an operation, and has to see the end of it
	preempt                    // it is to stop at the next safe point
	locked                     // to a thread
	system                     // it is the runtime's own
	fetched                    // it is in the action of its env
)

// A p is the runtime's p.
type p struct {
	id          int32
	status      pStatus
	m           *m
	link        *p // in sched.pidle
	local       runq.Local
	timers      timerHeap
	schedtick   uint32
	syscalltick uint32
	sysmontick  sysmontick
	free        gList

	since      time.Duration // when it got its status
	busy, idle time.Duration
	steals     uint64 // that it made
	stolen     uint64 // goroutines
	started    uint64 // goroutines that it ran
	worker     workerState
}

// A pStatus is the status of a P.
type pStatus uint8

const (
	pIdle pStatus = iota
	pRunning
	pSyscall
	pGCStop
	pDead
)

var pStatuses = [...]string{"idle", "running", "syscall", "gcstop", "dead"}

// An m is the runtime's m.
type m struct {
	id        int32
	state     mState
	spinning  bool
	heapIndex int32
	at        time.Duration // of its next turn
	seq       uint64
	p         int32
	nextp     *p
	oldp      int32
	curg      *g
	lockedg   *g
	lockedExt uint32 // LockOSThread calls without their UnlockOSThread
	link      *m     // in sched.midle

	wasSpinning bool          // before it went to netpoll
	pollUntil   time.Duration // the first timer that it has seen, when it looked for work; 0 for none
	syscalltick uint32
	thief       thief
}

// An mState is the state of a thread.
type mState uint8

const (
	mSchedule mState = iota // it looks for a goroutine
	mRunning
	mSyscall
	mIdle
	mStarting // it was woken, or is new
	mPolling  // in netpoll
	mLocked   // it waits for its goroutine to be scheduled
	mBackoff  // before it steals a runnext
	mStopping // it waits for all others to stop
	mSysmon
	mBeginning
	mWedged // the first, whose goroutine has ended while it was locked to it
	mDead
)

var mStates = [...]string{"schedules", "running", "syscall", "idle", "starting", "netpoll", "locked", "backs off", "stops the world", "sysmon", "schedules", "wedged", "dead"}

// becomes gives a goroutine another status, and books the time in the previous one.
func (s *Sim) becomes(gp *g, to status) {
	d := s.now - gp.since
	switch gp.status {
	case gRunning:
		gp.ran += d
	case gRunnable:
		gp.waited += d
		s.stats.waited(d)
	}
	gp.status, gp.since = to, s.now
}

func (s *Sim) pBecomes(pp *p, to pStatus) {
	d := s.now - pp.since
	if pp.status == pIdle {
		pp.idle += d
	} else {
		pp.busy += d
	}
	pp.status, pp.since = to, s.now
}

// settle books the time up to now.
func (s *Sim) settle() {
	for _, pp := range s.ps {
		s.pBecomes(pp, pp.status)
	}
}

// acquirep and releasep are runtime/proc.go's.
func (s *Sim) acquirep(m *m, pp *p) {
	m.p, pp.m = pp.id, m
	s.pBecomes(pp, pRunning)
}

func (s *Sim) releasep(m *m) *p {
	pp := s.ps[m.p]
	m.p, pp.m = none, nil
	s.pBecomes(pp, pIdle)
	return pp
}

// pidleput and pidleget are runtime/proc.go's.
func (s *Sim) pidleput(pp *p) {
	s.pBecomes(pp, pIdle)
	pp.link, s.pidle = s.pidle, pp
	s.npidle++
	s.event(Event{Kind: PIdle, M: none, P: P(pp.id)})
}

func (s *Sim) pidleget() *p {
	pp := s.pidle
	if pp != nil {
		s.pidle, pp.link = pp.link, nil
		s.npidle--
	}
	return pp
}

// pidlegetSpinning takes an idle P for existing work. If there is none, a thread that is
// about to give up its P must look for work again.
func (s *Sim) pidlegetSpinning() *p {
	pp := s.pidleget()
	if pp == nil {
		s.needspin = true
	}
	return pp
}
