package chanq

import "github.com/orrery-go/orrery/release"

// rules are the differences between releases.
type rules struct {
	// barging: a send to a buffer wakes a waiting receiver, which then looks at the
	// buffer again like any other goroutine; a receive wakes a waiting sender
	// likewise. Without it the value is copied directly to or from the waiting
	// goroutine.
	barging bool

	// closeInOrder: close readies the waiting goroutines in their order.
	// Without it they pass through a list that reverses it.
	closeInOrder bool

	// closeRepolls: a select that was woken by a close polls all its cases again.
	// Without it the case of the closed channel is chosen.
	closeRepolls bool

	// queueByLock: a select joins the queues of its channels in lock order, and when it
	// parks releases their locks in that order. Without it, it joins them in poll order,
	// and releases the locks in reverse, as a select that does not park.
	queueByLock bool

	// fastPath: an operation that cannot proceed and does not wait takes no lock.
	fastPath bool

	// fastClosed: nor does one that receives from a closed channel without values.
	fastClosed bool

	// biased: the random choices come from the high bits of a shift register that
	// moves by one place for each choice.
	biased bool

	// syncTimers: the channel of a timer looks unbuffered, and Stop and Reset take
	// back a value that was not received.
	syncTimers bool

	// runtimeErrors: the panics of channels begin with "runtime error: ".
	runtimeErrors bool

	hchanSize int64 // bytes of the runtime's hchan
	maxAlloc  int64 // largest allocation in bytes
	uncounted bool  // the hchan does not count towards maxAlloc, although it is allocated with the buffer
	oneBlock  bool  // the buffer always follows the hchan in its block
}

// rulesOf returns the rules of a release; asyncTimers is GODEBUG=asynctimerchan=1.
func rulesOf(r release.Release, asyncTimers bool) rules {
	u := rules{
		barging:      !r.AtLeast("go1.6"),
		closeInOrder: !r.AtLeast("go1.7"),
		closeRepolls: !r.AtLeast("go1.16"),
		queueByLock:  r.AtLeast("go1.7"),
		fastPath:     r.AtLeast("go1.4"),
		fastClosed:   r.AtLeast("go1.15"),
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
