package whatif

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/orrery-go/orrery/program"
	"github.com/orrery-go/orrery/sched"
)

// A Config has the settings of a replay.
type Config struct {
	Procs   int          `json:"procs"`           // GOMAXPROCS, 1 to sched.MaxProcs; 0: as recorded
	Release string       `json:"release"`         // the release of the scheduler; "": the newest known
	Seed    uint64       `json:"seed,string"`     // of the scheduler's random choices
	Costs   *sched.Costs `json:"costs,omitempty"` // nil: sched.DefaultCosts

	// Slow says that sysmon, which takes processors from goroutines in system calls, looks
	// once in 10 milliseconds in the beginning, as it does after a time without such
	// calls. If calls are shorter, it sees another call each time, and takes no processor.
	// A trace does not show that. Predict finds out which of the two explains the recording.
	Slow bool `json:"slow"`
}

// An Outcome is one replay.
type Outcome struct {
	Procs    int           `json:"procs"`
	Makespan time.Duration `json:"makespan"`
	Work     time.Duration `json:"work"`     // computing that was begun, of all goroutines
	Utilised float64       `json:"utilised"` // share of the processors' time in which they computed
	Latency  Percentiles   `json:"latency"`
	Switches Switches      `json:"switches"`

	// Guessed counts selects and atomic operations with an outcome of which the recording
	// does not tell what follows.
	Guessed int `json:"guessed"`
}

// String reads like "2 Ps: 10.4ms, utilised 98%".
func (o Outcome) String() string {
	return fmt.Sprintf("%d Ps: %v, utilised %.0f%%", o.Procs, round(o.Makespan), 100*o.Utilised)
}

var errZero = errors.New("whatif: a Workload that is not from Read")

func (w *Workload) zero() bool { return w == nil || len(w.scripts) == 0 }

// Replay simulates the workload with other settings, from the beginning to the end of the
// goroutine that is measured. It returns an error if a setting is out of range, or if
// the workload cannot go on to its end: goroutines wait for what was not recorded.
func (w *Workload) Replay(c Config) (Outcome, error) {
	if w.zero() {
		return Outcome{}, errZero
	}
	if c.Procs == 0 {
		c.Procs = w.recorded.Procs
	}
	var src *source
	var s *sched.Sim
	t := tally{since: map[sched.G]ready{}}
	s, err := sched.NewFrom(sched.Config{
		Release: c.Release, Procs: c.Procs, Seed: c.Seed, Costs: c.Costs, Schedtick: 1, Trace: t.event,
		MaxEvents: 1e6 + 100*uint64(w.size()), MaxTime: w.budget(),
	}, func(o *sched.Objects) (_ sched.Source, err error) {
		if src, err = w.newSource(o, c.Slow); err != nil {
			return nil, err
		}
		src.begun = func() { t.begin, t.begun = s.Now(), true }
		return src, nil
	})
	if err == nil {
		err = s.Run()
	}
	if err != nil {
		return Outcome{}, fmt.Errorf("whatif: with %d Ps: %w", c.Procs, err)
	}
	out := Outcome{Procs: c.Procs, Makespan: s.Now() - t.begin, Work: src.worked, Latency: percentilesOf(t.all), Switches: t.Switches, Guessed: src.guess}
	if out.Makespan > 0 {
		out.Utilised = min(float64(out.Work)/float64(out.Makespan)/float64(out.Procs), 1) // at the end a burst may go on
	}
	return out, nil
}

// calls reports whether there are system calls.
func (w *Workload) calls() bool {
	return slices.ContainsFunc(w.scripts, func(s *script) bool {
		return slices.ContainsFunc(s.ops, func(o op) bool { return o.verb == syscall && o.d >= looks })
	})
}

// looks is the least time between two looks of sysmon (runtime/proc.go:sysmon).
const looks = 20 * time.Microsecond

// size is the number of operations.
func (w *Workload) size() (n int) {
	for _, s := range w.scripts {
		n += len(s.ops)
	}
	return n
}

// budget is the virtual time in which every replay has ended: that of all goroutines
// together, and as much again and a second for costs.
func (w *Workload) budget() time.Duration {
	d := time.Second
	for _, s := range w.scripts {
		for _, o := range s.ops {
			d = min(d+2*min(o.d, program.MaxDuration/4)+time.Millisecond, program.MaxDuration/2)
		}
	}
	return d
}

// A tally collects what happens to goroutines between runnable and running.
type tally struct {
	Switches
	begun bool
	begin time.Duration
	since map[sched.G]ready
	all   []time.Duration
}

// ready is when and where a goroutine became runnable.
type ready struct {
	at time.Duration
	on sched.P
}

func (t *tally) event(e sched.Event) {
	if (e.Kind == sched.PIdle || e.Kind == sched.Retook) && t.begun { // a trace says of both that the P is idle
		t.Idle++
	}
	if e.G <= 0 {
		return
	}
	switch e.Kind {
	case sched.Created, sched.Readied, sched.Yielded, sched.Preempted:
		t.since[e.G] = ready{e.At, e.P}
	case sched.Left:
		switch {
		case e.P < 0:
			t.since[e.G] = ready{e.At, e.P}
		case e.What != "with its own P" && t.begun: // a trace has it runnable meanwhile
			t.all = append(t.all, 0)
			t.Starts++
		}
	case sched.Started:
		if r, ok := t.since[e.G]; ok && t.begun && r.at >= t.begin {
			t.all = append(t.all, e.At-r.at)
			t.Starts++
			if r.on >= 0 && r.on != e.P {
				t.Elsewhere++
			}
		}
		delete(t.since, e.G)
	}
}

// ideal are costs of next to nothing.
var ideal = sched.Costs{Op: 1, Switch: 1, Create: 1, Syscall: 1, Wake: 1}

// Span returns the length of the critical path: the makespan with a processor for every
// goroutine, up to 64, and no costs of scheduling. No number of processors makes the
// workload quicker. Errors are those of [Workload.Replay].
func (w *Workload) Span() (time.Duration, error) {
	if w.zero() {
		return 0, errZero
	}
	out, err := w.Replay(Config{Procs: min(len(w.scripts)+1, 64), Costs: &ideal})
	return out.Makespan, err
}

// A Prediction is what is to be expected of another GOMAXPROCS.
type Prediction struct {
	Outcome               // the median of the replays
	Least   time.Duration `json:"least"` // makespan of the replays, with other random choices
	Most    time.Duration `json:"most"`
	Trust   Trust         `json:"trust"`
}

// A Report is the result of [Workload.Predict]: predictions, and what they are based on.
type Report struct {
	Recorded    Recorded      `json:"recorded"`
	Span        time.Duration `json:"span"`     // the critical path
	Replayed    time.Duration `json:"replayed"` // the makespan of a replay with the recorded number of processors
	Slow        bool          `json:"slow"`     // what of Config.Slow explains the recording better, if there are system calls
	Predictions []Prediction  `json:"predictions"`
}

// maxSettings bounds the settings of a report.
const maxSettings = 64

// Predict replays the workload with each number of processors, several times if the
// runtime chooses at random, and says how far to trust the result. c.Procs is ignored.
// It returns an error if there are no numbers or more than 64, and those of
// [Workload.Replay].
func (w *Workload) Predict(c Config, procs ...int) (Report, error) {
	if w.zero() {
		return Report{Predictions: []Prediction{}}, errZero
	}
	r := Report{Recorded: w.Recorded(), Predictions: []Prediction{}}
	if len(procs) == 0 || len(procs) > maxSettings {
		return r, fmt.Errorf("whatif: %d settings out of range [1,%d]", len(procs), maxSettings)
	}
	var err error
	if r.Span, err = w.Span(); err != nil {
		return r, err
	}
	c.Procs = 0
	own, err := w.median(c)
	if err != nil {
		return r, err
	}
	if w.calls() {
		c.Slow = !c.Slow
		other, err := w.median(c)
		if err != nil {
			return r, err
		}
		if math.Abs(off(other.Makespan, r.Recorded.Makespan)) < math.Abs(off(own.Makespan, r.Recorded.Makespan)) {
			own = other
		} else {
			c.Slow = !c.Slow
		}
	}
	r.Replayed, r.Slow = own.Makespan, c.Slow
	for _, c.Procs = range procs {
		if c.Procs < 1 {
			return r, fmt.Errorf("whatif: %d Ps out of range [1,%d]", c.Procs, sched.MaxProcs)
		}
		p, err := w.median(c)
		if err != nil {
			return r, err
		}
		other := p
		if w.calls() {
			c.Slow = !c.Slow
			if other, err = w.median(c); err != nil {
				return r, err
			}
			c.Slow = !c.Slow
		}
		p.Trust = trust(r, p, other)
		r.Predictions = append(r.Predictions, p)
	}
	return r, nil
}

// median replays a few times, which decides on other random choices.
func (w *Workload) median(c Config) (Prediction, error) {
	runs := 5
	switch {
	case c.Procs == 1, c.Procs == 0 && w.recorded.Procs == 1:
		runs = 1
	case w.size() > 1e5:
		runs = 3
	}
	var all []Outcome
	for range runs {
		out, err := w.Replay(c)
		if err != nil {
			return Prediction{}, err
		}
		all = append(all, out)
		c.Seed++
	}
	slices.SortStableFunc(all, func(a, b Outcome) int { return int(a.Makespan - b.Makespan) })
	return Prediction{Outcome: all[runs/2], Least: all[0].Makespan, Most: all[runs-1].Makespan}, nil
}

// off returns by how much a is greater than b, as a share of b.
func off(a, b time.Duration) float64 {
	if b <= 0 {
		return math.Inf(1)
	}
	return float64(a)/float64(b) - 1
}
