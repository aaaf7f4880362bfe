package sched

import (
	"fmt"
	"math"
	"time"

	"github.com/orrery-go/orrery/release"
)

// rules hold the differences between releases.
type rules struct {
	oneQueue     bool // Ps have no queues: all goroutines are in the global queue
	growingRing  bool // a P's ring grows and never overflows
	runnext      bool // a goroutine that is readied or made runs next
	inherits     bool // runnext goes on with the time slice
	oldSteal     bool // the first of the stolen runs, and half of the rest is taken
	enumerates   bool // stealing goes over all Ps in a random order, four times
	stealsNext   bool // runnext can be stolen
	perPTimers   bool // timers belong to Ps
	timerBuckets bool // of timers there are 64 heaps, and a goroutine for each
	syncTimers   bool // a timer's channel holds no time that is old
	spreads      bool // a change of GOMAXPROCS spreads all goroutines over the Ps
	stoppedNext  bool // a goroutine that was stopped to stop the world is runnext
	lastIdle     bool // after a change of GOMAXPROCS, the last P is the first that is used
	injectsLocal bool // of the goroutines that netpoll finds, the P keeps those for which no other P is idle
	looksAgain   bool // a thread that stops looking for work looks at all timers once more
	stealsTimers bool // timers of any P can be stolen, not only of one that does not run or is to stop
	pollsForNext bool // sysmon starts a thread when a timer is overdue
	timerHeaps   int32
	longPause    time.Duration // before a runnext is stolen, beyond 3 microseconds
	begins       beginning
	endsSilently bool // when main has called Goexit and no goroutine is left
	preempts     bool // at function calls
	asyncPreempt bool // anywhere, by a signal
	leavesP      bool // entersyscall gives the P up at once
	syscallP     bool // a P in a system call has a status of its own
	nestsLocks   bool // each LockOSThread wants its UnlockOSThread
	exitsThread  bool // a goroutine that ends while locked takes its thread along
	splitStacks  bool // a stack grows by a segment, and is not copied
	nilParent    bool // the panic of a context without a parent says so
	repanics     bool // a panic with the value of the one before is printed once
	indexTexts   bool // the panic of an index contains the index
	startStack   int32
}

func rulesOf(r release.Release) rules {
	k := rules{
		oneQueue:     !r.AtLeast("go1.1"),
		growingRing:  !r.AtLeast("go1.3"),
		runnext:      r.AtLeast("go1.5"),
		inherits:     r.AtLeast("go1.5"),
		oldSteal:     !r.AtLeast("go1.3"),
		enumerates:   r.AtLeast("go1.8"),
		stealsNext:   r.AtLeast("go1.5"),
		perPTimers:   r.AtLeast("go1.14"),
		timerBuckets: r.AtLeast("go1.10"),
		syncTimers:   r.AtLeast("go1.23"),
		pollsForNext: r.AtLeast("go1.14") && !r.AtLeast("go1.16"),
		spreads:      r.AtLeast("go1.1") && !r.AtLeast("go1.5"),
		stoppedNext:  r.AtLeast("go1.26"),
		lastIdle:     r.AtLeast("go1.26"),
		injectsLocal: r.AtLeast("go1.15"),
		looksAgain:   r.AtLeast("go1.17"),
		stealsTimers: r.AtLeast("go1.16"),
		timerHeaps:   1,
		endsSilently: !r.AtLeast("go1.3"),
		preempts:     r.AtLeast("go1.2"),
		asyncPreempt: r.AtLeast("go1.14"),
		leavesP:      !r.AtLeast("go1.1"),
		syscallP:     !r.AtLeast("go1.26"),
		nestsLocks:   r.AtLeast("go1.10"),
		exitsThread:  r.AtLeast("go1.10"),
		splitStacks:  !r.AtLeast("go1.3"),
		nilParent:    r.AtLeast("go1.15"),
		repanics:     r.AtLeast("go1.25"),
		indexTexts:   r.AtLeast("go1.13"),
		startStack:   2 << 10,
	}
	if !r.AtLeast("go1.7") {
		k.longPause = 97 * time.Microsecond // usleep(100) in runtime/proc1.go:runqgrab
	}
	switch {
	case k.perPTimers:
		k.timerHeaps = math.MaxInt32
	case k.timerBuckets:
		k.timerHeaps = 64
	}
	switch {
	case !r.AtLeast("go1.2"):
		k.startStack = 4 << 10
	case !r.AtLeast("go1.4"):
		k.startStack = 8 << 10
	}
	return k
}

// Rules are the rules of a release, for people.
type Rules struct {
	Queue        string `json:"queue"`        // "one", "ring that grows", "ring of 256", "runnext and ring of 256"
	Preempts     string `json:"preempts"`     // "never", "at calls", "anywhere"
	Steals       string `json:"steals"`       // "nothing", "from random Ps", "from all Ps in random order"
	Timers       string `json:"timers"`       // "one heap", "64 heaps", "a heap for each P"
	SyscallP     bool   `json:"syscallP"`     // up to Go 1.25 a P in a system call has the status _Psyscall
	CopiesStacks bool   `json:"copiesStacks"` // since Go 1.3 a stack that is full is copied to a larger one
	StartStack   int    `json:"startStack"`   // bytes of a new goroutine's stack
}

// ForRelease returns the rules of a release: "go1.17", "" for the newest known,
// "running". It returns an error if the release is unknown.
func ForRelease(name string) (Rules, error) {
	r, err := release.Parse(name)
	if err != nil {
		return Rules{}, fmt.Errorf("sched: %w", err)
	}
	k := rulesOf(r)
	out := Rules{
		Queue: "ring of 256", Preempts: "never", Steals: "from random Ps", Timers: "one heap",
		SyscallP: k.syscallP && !k.oneQueue, CopiesStacks: !k.splitStacks, StartStack: int(k.startStack),
	}
	switch {
	case k.oneQueue:
		out.Queue, out.Steals = "one", "nothing"
	case k.growingRing:
		out.Queue = "ring that grows"
	case k.runnext:
		out.Queue = "runnext and ring of 256"
	}
	switch {
	case k.asyncPreempt:
		out.Preempts = "anywhere"
	case k.preempts:
		out.Preempts = "at calls"
	}
	if k.enumerates {
		out.Steals = "from all Ps in random order"
	}
	switch {
	case k.perPTimers:
		out.Timers = "a heap for each P"
	case k.timerBuckets:
		out.Timers = "64 heaps"
	}
	return out, nil
}
