package whatif

import (
	"fmt"
	"math"
	"time"
)

// A Trust says how far off the makespan of a prediction may be. It is an estimate, which
// the live twin compares with real programs.
type Trust struct {
	Within float64  `json:"within"` // the share of the real makespan by which it may be off, at most 1
	Level  Level    `json:"level"`
	Why    []string `json:"why"` // the reasons that lower it, in English
}

// A Level is the quality of a prediction.
type Level string

// The levels.
const (
	Good Level = "good" // within 15%
	Fair Level = "fair" // within 30%
	Poor Level = "poor"
)

// String returns the name: "good".
func (l Level) String() string { return string(l) }

// wakeCost is the time for which a goroutine that readies another is kept by the waking
// of an idle thread, on a virtual machine.
const wakeCost = 10 * time.Microsecond

// trust says how far to trust a prediction.
func trust(r Report, p, other Prediction) Trust {
	t := Trust{Within: 0.10, Why: []string{}}
	less := func(by float64, format string, args ...any) {
		if by >= 0.01 {
			t.Within += by
			t.Why = append(t.Why, fmt.Sprintf(format, args...))
		}
	}
	rec := r.Recorded
	self := off(r.Replayed, rec.Makespan)
	less(math.Abs(self), "a replay with the %d recorded Ps takes %+.0f%%", rec.Procs, 100*self)
	less(float64(p.Most-p.Least)/2/float64(max(p.Makespan, 1)), "by the scheduler's random choices it is %v to %v", round(p.Least), round(p.Most))
	less(rec.Short, "%.0f%% of the computing is in bursts of less than %v, where the costs of scheduling decide", 100*rec.Short, ShortBurst)
	if waits := time.Duration(rec.Noted + rec.Unnoted); max(p.Procs, rec.Procs) > 1 {
		less(float64(waits*wakeCost)/float64(max(rec.Work, 1)), "%d waits: a goroutine also spends time on waking a thread, which is not replayed", waits)
	}
	if rec.Locks {
		less(0.15, "which goroutine gets a lock first depends on times shorter than a trace shows")
	}
	if rec.Conditions > 0 && p.Procs != rec.Procs {
		less(0.10, "what a sync.Cond stands for is not in a trace: a wait ends as in the recording, and there is none where there was none")
	}
	if all := rec.Selects + rec.Atomics; all > 0 {
		less(float64(p.Guessed)/float64(all), "%d outcomes of selects and atomic operations that did not happen in the recording: what follows is guessed", p.Guessed)
	}
	if rec.Ignored > 0 {
		less(float64(rec.Ignored)/float64(rec.Ignored+rec.Noted+rec.Unnoted), "%d notes are not understood, or do not say which case of a select went through", rec.Ignored)
	}
	if n := rec.Unnoted; n > 0 && p.Procs != rec.Procs {
		at := ""
		if len(rec.Unknown) > 0 {
			at = ", above all at " + rec.Unknown[0]
		}
		less(float64(n)/float64(n+rec.Noted)/2, "%d of %d waits have no note of their operation%s: package note makes them known", n, n+rec.Noted, at)
	}
	if all := rec.Collecting + rec.Work; all > 0 {
		less(float64(rec.Collecting)/float64(all), "the runtime's own goroutines computed for %v, which is not replayed", round(rec.Collecting))
	}
	less(float64(rec.Stopped)/float64(max(rec.Makespan, 1)), "the world was stopped for %v, which is not replayed", round(rec.Stopped))
	if d := off(other.Makespan, p.Makespan); math.Abs(d) > 0.1 {
		t.Why = append(t.Why, fmt.Sprintf("in the other mood of the thread that watches system calls it is %v", round(other.Makespan)))
	}
	if p.Procs > rec.Procs {
		t.Why = append(t.Why, "that more processors share caches and memory is not modelled")
	}
	t.Within = min(t.Within, 1)
	switch {
	case t.Within <= 0.15:
		t.Level = Good
	case t.Within <= 0.30:
		t.Level = Fair
	default:
		t.Level = Poor
	}
	return t
}

// round rounds a duration for people: to three digits.
func round(d time.Duration) time.Duration {
	unit := time.Duration(1)
	for d/unit >= 1000 {
		unit *= 10
	}
	return d.Round(unit)
}
