package limit

import (
	"math/bits"
	"time"
)

// A FixedWindow counts the requests in each window; windows begin at the multiples of
// their length. Around the border of two, twice the limit may pass. Get one from [New].
type FixedWindow struct {
	limit  int
	window time.Duration
	last   time.Duration
	count  int // in the window of last
	before int // in the one before it
}

// Allow counts n requests if that many may still pass in this window.
func (w *FixedWindow) Allow(now time.Duration, n int) (Outcome, error) {
	if err := w.turn(now, n); err != nil {
		return Outcome{}, err
	}
	if n > w.limit-w.count {
		if n > w.limit {
			return Outcome{After: Never}, nil
		}
		return Outcome{After: w.window - now%w.window}, nil
	}
	w.count += n
	return Outcome{OK: true}, nil
}

// turn begins the window of now.
func (w *FixedWindow) turn(now time.Duration, n int) error {
	if w.window == 0 {
		return errUseNew
	}
	if err := asked(now, w.last, n); err != nil {
		return err
	}
	switch now/w.window - w.last/w.window {
	case 0:
	case 1:
		w.before, w.count = w.count, 0
	default:
		w.before, w.count = 0, 0
	}
	w.last = now
	return nil
}

// A SlidingWindow counts like a FixedWindow, and assumes that the requests of the window
// before came evenly: those of them count that a window which ends now would contain. Get
// one from [New].
type SlidingWindow struct{ FixedWindow }

// Allow counts n requests if the estimate with them is not above the limit.
func (w *SlidingWindow) Allow(now time.Duration, n int) (Outcome, error) {
	if err := w.turn(now, n); err != nil {
		return Outcome{}, err
	}
	if n > w.limit {
		return Outcome{After: Never}, nil
	}
	into := now % w.window
	room := w.limit - w.count - n
	if room < 0 {
		// In this window never: in the next, when enough of what is here has slid out.
		return Outcome{After: w.window - into + w.slid(w.count, w.limit-n)}, nil
	}
	if more(w.before, w.window-into, room, w.window) {
		return Outcome{After: w.slid(w.before, room) - into}, nil
	}
	w.count += n
	return Outcome{OK: true}, nil
}

// slid returns the time into a window at which no more than most of those that passed in
// the one before still count.
func (w *SlidingWindow) slid(before, most int) time.Duration {
	if before <= most {
		return 0
	}
	// before*(window-t) <= most*window
	hi, lo := bits.Mul64(uint64(before-most), uint64(w.window))
	q, r := bits.Div64(hi, lo, uint64(before)) // before > before-most, so it fits
	if r > 0 {
		q++
	}
	return time.Duration(q)
}

// more reports whether a*x > b*y.
func more(a int, x time.Duration, b int, y time.Duration) bool {
	h1, l1 := bits.Mul64(uint64(a), uint64(x))
	h2, l2 := bits.Mul64(uint64(b), uint64(y))
	return h1 > h2 || h1 == h2 && l1 > l2
}

// A SlidingLog records when each request passed, and lets pass as many as are allowed in
// the window that ends now: it is exact, and remembers up to [MaxLog] requests. Get one
// from [New].
type SlidingLog struct {
	limit  int
	window time.Duration
	last   time.Duration
	log    []time.Duration // a ring, once it is full
	head   int             // the oldest
}

// Allow records n requests if that many may pass.
func (w *SlidingLog) Allow(now time.Duration, n int) (Outcome, error) {
	if w.window == 0 {
		return Outcome{}, errUseNew
	}
	if err := asked(now, w.last, n); err != nil {
		return Outcome{}, err
	}
	w.last = now
	if n > w.limit {
		return Outcome{After: Never}, nil
	}
	for w.head < len(w.log) && w.log[w.head] <= now-w.window {
		w.head++
	}
	if w.head > len(w.log)/2 {
		w.log = w.log[:copy(w.log, w.log[w.head:])]
		w.head = 0
	}
	here := w.log[w.head:]
	if lack := len(here) + n - w.limit; lack > 0 {
		return Outcome{After: here[lack-1] + w.window - now}, nil
	}
	for range n {
		w.log = append(w.log, now)
	}
	return Outcome{OK: true}, nil
}
