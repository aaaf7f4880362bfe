package chanq

import "github.com/orrery-go/orrery/release"

// rules are what releases differ in.
type rules struct {
	// barging: a send to a buffer wakes a waiting receiver, which then tests the
	// buffer again like anyone else; the other way round, too. Without it the
	// value goes to the waiting goroutine itself.
	barging bool

	// closeInOrder: close readies the waiting goroutines in their order.
	// Without it they pass through a list that reverses it.
	closeInOrder bool

	// closeRepolls: a select that a close woke polls all its cases again.
	// Without it the case of the closed channel is the chosen one.
	closeRepolls bool

	// queueByLock: a select queues on its channels in lock order, and before in
	// poll order.
	queueByLock bool

	// biased: the random choices come from the high bits of a shift register, which
	// one step moves by one place.
	biased bool

	// syncTimers: the channel of a timer passes for one without a buffer, and
	// Stop and Reset take back what was not received.
	syncTimers bool

	// runtimeErrors: the panics of channels begin with "runtime error: ".
	runtimeErrors bool

	hchanSize int64 // bytes of the runtime's hchan
	maxAlloc  int64 // bytes that a buffer may have
	uncounted bool  // of which the hchan is none, although it is allocated with it
	oneBlock  bool  // the buffer always follows the hchan in its block
}

// rulesOf reports the rules of a release; asyncTimers is GODEBUG=asynctimerchan=1.
func rulesOf(r release.Release, asyncTimers bool) rules {
	u := rules{
		barging:      !r.AtLeast("go1.6"),
		closeInOrder: !r.AtLeast("go1.7"),
		closeRepolls: !r.AtLeast("go1.16"),
		queueByLock:  r.AtLeast("go1.7"),
		syncTimers:   r.AtLeast("go1.23") && !asyncTimers,
		biased:       r.AtLeast("go1.9") && !r.AtLeast("go1.9.2"),
		uncounted:    !r.AtLeast("go1.3"),
		oneBlock:     !r.AtLeast("go1.4"),

		runtimeErrors: !r.AtLeast("go1.4"),
	}
	switch {
	case r.AtLeast("go1.25"):
		u.hchanSize = 112 // bubble
	case r.AtLeast("go1.23"):
		u.hchanSize = 104 // timer
	case r.AtLeast("go1.4"):
		u.hchanSize = 96 // elemtype
	default:
		u.hchanSize = 88
	}
	switch {
	case r.AtLeast("go1.11"):
		u.maxAlloc = 1 << 48
	case r.AtLeast("go1.5"):
		u.maxAlloc = 1<<39 - 1
	default:
		u.maxAlloc = 1 << 37
	}
	return u
}
