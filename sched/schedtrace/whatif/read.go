package whatif

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"golang.org/x/exp/trace"
)

// The limits of what is read.
const (
	MaxOps        = 1 << 21 // operations of all goroutines together
	MaxGoroutines = 1 << 18
)

// category is note.Category: the program that is traced need not link this package.
const category = "orrery"

// frames is how the names of the functions of package note end.
const frames = "sched/schedtrace/note."

// A ReadError says up to which byte of a trace the reader had come when it found a
// mistake.
type ReadError struct {
	Offset int64 `json:"offset,string"`
	Err    error `json:"-"`
}

// Error reads like "whatif: trace, up to byte 4096: unexpected EOF".
func (e *ReadError) Error() string {
	return fmt.Sprintf("whatif: trace, up to byte %d: %v", e.Offset, e.Err)
}

// Unwrap returns the reader's error.
func (e *ReadError) Unwrap() error { return e.Err }

var (
	// ErrOld says that a trace is of a release before 1.22, whose traces do not tell
	// enough.
	ErrOld = errors.New("the trace is of a release before go1.22")

	// ErrEmpty says that a trace has no goroutine to measure.
	ErrEmpty = errors.New("nothing to measure: no region of note.Run, no start of the recording, and no main goroutine that runs")
)

// A counted reader knows how much was read, and the trace's first bytes.
type counted struct {
	in io.Reader
	n  int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.in.Read(p)
	c.n += int64(n)
	return n, err
}

// release reads the header: "go 1.26 trace\x00\x00\x00".
func release(in io.Reader) (name string, header []byte, err error) {
	header = make([]byte, 16)
	n, err := io.ReadFull(in, header)
	minor := 0
	switch _, scan := fmt.Sscanf(string(header[:n]), "go 1.%d trace\x00\x00\x00", &minor); {
	case err != nil && err != io.EOF && err != io.ErrUnexpectedEOF:
		return "", nil, err
	case scan != nil || err != nil:
		return "", nil, errors.New("this is not an execution trace: it does not begin with \"go 1.26 trace\"")
	case minor < 22:
		return "", nil, fmt.Errorf("%w: go1.%d", ErrOld, minor)
	}
	return fmt.Sprintf("go1.%d", minor), header, nil
}

// Read reads an execution trace of Go 1.22 or later (runtime/trace.Start, go test
// -trace, net/http/pprof). What is replayed is the region of note.Run; without one, the
// whole trace, and what is measured then is the goroutine that has started it, or, in a
// trace that begins later, the main goroutine. It returns a [*ReadError] if the trace is damaged or old, or has more than [MaxOps]
// operations or [MaxGoroutines] goroutines. It holds the operations, of 32 bytes each,
// and a generation of the trace, some megabytes.
func Read(in io.Reader) (w *Workload, err error) {
	if in == nil {
		return nil, errors.New("whatif: no reader")
	}
	c := &counted{in: in}
	defer func() { // the reader of x/exp is not proof against all damage
		if r := recover(); r != nil {
			w, err = nil, &ReadError{c.n, fmt.Errorf("the trace is damaged: %v", r)}
		}
	}()
	name, header, err := release(c)
	if err != nil {
		return nil, &ReadError{c.n, err}
	}
	r, err := trace.NewReader(io.MultiReader(strings.NewReader(string(header)), c))
	if err != nil {
		return nil, &ReadError{c.n, err}
	}
	rec := newRecorder(name)
	for !rec.done {
		e, err := r.ReadEvent()
		if err == io.EOF {
			break
		}
		if err == nil {
			err = rec.event(e)
		}
		if err != nil {
			return nil, &ReadError{c.n, err}
		}
	}
	if w, err = rec.finish(); err != nil {
		return nil, &ReadError{c.n, err}
	}
	return w, nil
}

// A runner is a goroutine while a trace is read.
type runner struct {
	*script
	number int32 // of its script
	system bool
	state  trace.GoState
	since  trace.Time   // of the state
	from   trace.Time   // of the burst
	on     trace.ProcID // where it got into its state
	block  int          // the operation that the wait is, or -1 if it is that of a note
	reason string
	where  string

	selects  int             // the operation that is its select, while the case is not known; or -1
	cases    []string        // of that select, up to now
	waits    bool            // it waits in that select
	replaced bool            // that select was replaced by what ended its wait
	condWait int             // the operation that is its wait for a condition; or -1
	signals  int             // the operation that is its Signal or Broadcast; or -1
	unlocked map[int32]int32 // by lock, the operation that has unlocked it
	varied   map[int32]bool  // variables on which it has operated
}

// forgets ends what a note has begun.
func (g *runner) forgets() {
	g.selects, g.condWait, g.signals, g.waits, g.replaced, g.cases, g.unlocked, g.varied = -1, -1, -1, false, false, nil, nil, nil
}

// A recorder makes a workload of the events of a trace.
type recorder struct {
	Workload
	gs      map[trace.GoID]*runner
	order   []*runner // in the order of their numbers
	main    *runner
	begun   bool
	done    bool
	begin   trace.Time
	last    trace.Time
	ops     int
	latency []time.Duration
	chans   map[string]int32
	locks   map[string]int32
	sites   map[site]int32
	codes   map[string]int32 // places of the program
	lists   map[string]int32 // cases of selects
	onConds map[string]int32
	onVars  map[string]int32
	unknown map[string]int
	procs   map[trace.ProcID]bool
	gomax   int
	stopped trace.Time
	seen    bool // an event
}

// A site is a place in a program where a channel is received from, or -1 for that of a
// select, or from -2 down a variable.
type site struct {
	on int32
	at string
}

func newRecorder(name string) *recorder {
	return &recorder{
		Workload: Workload{recorded: Recorded{Release: name}},
		gs:       map[trace.GoID]*runner{}, chans: map[string]int32{}, locks: map[string]int32{},
		sites: map[site]int32{}, codes: map[string]int32{}, lists: map[string]int32{}, onConds: map[string]int32{}, onVars: map[string]int32{}, unknown: map[string]int{}, procs: map[trace.ProcID]bool{},
	}
}

var errMany = fmt.Errorf("more than %d operations of goroutines: record less, or only a region with note.Run", MaxOps)

func (r *recorder) event(e trace.Event) error {
	if r.last = e.Time(); !r.seen {
		r.seen, r.begin = true, r.last
	}
	if r.ops > MaxOps {
		return errMany
	}
	if r.begun && r.main != nil && !r.recorded.Region && e.Goroutine() == r.main.id && calls(e.Stack(), "runtime/trace.Stop") {
		r.done = true
		return nil
	}
	switch e.Kind() {
	case trace.EventMetric:
		if m := e.Metric(); m.Name == "/sched/gomaxprocs:threads" && m.Value.Kind() == trace.ValueUint64 {
			r.gomax = int(min(m.Value.Uint64(), 1<<20))
		}
	case trace.EventStateTransition:
		switch t := e.StateTransition(); t.Resource.Kind {
		case trace.ResourceProc:
			switch from, to := t.Proc(); {
			case to == trace.ProcRunning:
				r.procs[t.Resource.Proc()] = true
			case from == trace.ProcRunning && to == trace.ProcIdle:
				r.recorded.Switches.Idle++
			}
		case trace.ResourceGoroutine:
			return r.transition(e, t)
		}
	case trace.EventRegionBegin:
		if e.Region().Type == category && !r.recorded.Region {
			r.restart(e, r.gs[e.Goroutine()], true)
		}
	case trace.EventRegionEnd:
		if e.Region().Type == category && r.recorded.Region && r.main == r.gs[e.Goroutine()] {
			r.done = true
		}
	case trace.EventRangeBegin:
		if strings.HasPrefix(e.Range().Name, "stop-the-world") {
			r.stopped = r.last
		}
	case trace.EventRangeEnd:
		if strings.HasPrefix(e.Range().Name, "stop-the-world") && r.stopped != 0 {
			r.recorded.Stopped += r.last.Sub(max(r.stopped, r.begin))
			r.stopped = 0
		}
	case trace.EventLog:
		if e.Log().Category == category {
			r.note(e)
		}
	}
	return nil
}

// restart forgets what was before: here the measured goroutine begins.
func (r *recorder) restart(e trace.Event, main *runner, region bool) {
	if main == nil || main.system {
		return
	}
	r.main, r.begun, r.begin = main, true, e.Time()
	r.recorded = Recorded{Release: r.recorded.Release, Region: region}
	r.latency, r.ops, r.stopped = nil, 0, 0
	clear(r.chans)
	clear(r.locks)
	clear(r.sites)
	clear(r.codes)
	clear(r.lists)
	clear(r.onConds)
	clear(r.onVars)
	clear(r.unknown)
	r.channels, r.lockers, r.likes = nil, nil, 0
	r.choices, r.conds, r.vars, r.atomics, r.families, r.early = nil, nil, nil, nil, nil, nil
	live := slices.DeleteFunc(r.order, func(g *runner) bool { return g.state == trace.GoNotExist })
	slices.SortStableFunc(live, func(a, b *runner) int {
		switch {
		case a == main:
			return -1
		case b == main:
			return 1
		}
		return 0
	})
	r.order = live
	for i, g := range r.order {
		*g.script = script{id: g.id, name: g.name, initial: true}
		g.number, g.from, g.block = int32(i), r.begin, -1
		g.forgets()
		switch g.state {
		case trace.GoWaiting:
			r.blocks(g, "")
		case trace.GoSyscall:
			g.block = r.put(g, op{verb: syscall})
		}
		g.since = r.begin
	}
}

// calls reports whether a function is on a stack, of which it looks at 64 frames.
func calls(s trace.Stack, name string) bool {
	n := 0
	for f := range s.Frames() {
		if f.Func == name {
			return true
		}
		if n++; n == 64 {
			break
		}
	}
	return false
}

// finish ends the last bursts, and makes the workload.
func (r *recorder) finish() (*Workload, error) {
	if r.main == nil || r.last < r.begin {
		return nil, ErrEmpty
	}
	for _, g := range r.order {
		if g.condWait >= 0 && g.state != trace.GoWaiting {
			r.goesOn(g, "")
		}
		g.stays()
		switch g.state {
		case trace.GoRunning:
			r.bursts(g, r.last)
			r.account(g, r.last)
		case trace.GoSyscall:
			r.account(g, r.last)
			if g.block >= 0 {
				g.ops[g.block].d = max(r.last.Sub(g.since), 0)
			}
		}
	}
	if g := r.main; g.state == trace.GoWaiting && g.block >= 0 { // it goes on until the trace ends
		g.ops[g.block] = op{verb: sleep, d: max(r.last.Sub(max(g.since, r.begin)), 0)}
	}
	if r.ops > MaxOps {
		return nil, errMany
	}
	rec := &r.recorded
	rec.Makespan = r.last.Sub(r.begin)
	if rec.Makespan <= 0 || len(r.main.ops) == 0 {
		return nil, ErrEmpty
	}
	if rec.Procs = r.gomax; rec.Procs == 0 {
		rec.Procs = max(len(r.procs), 1)
	}
	rec.Utilised = float64(rec.Work) / float64(rec.Makespan) / float64(rec.Procs)
	if rec.Work > 0 {
		rec.Short = float64(r.shortWork()) / float64(rec.Work)
	}
	rec.Latency = percentilesOf(r.latency)
	for _, g := range r.order {
		r.scripts = append(r.scripts, g.script)
	}
	r.number()
	rec.Unknown = mostOf(r.unknown, 10)
	r.linkConds()
	r.link()
	for _, s := range r.scripts {
		if !s.idle() {
			rec.Goroutines++
		}
	}
	w := r.Workload
	return &w, nil
}

// shortWork is the computing in short bursts.
func (r *recorder) shortWork() (sum time.Duration) {
	for _, g := range r.order {
		for _, o := range g.ops {
			if o.verb == work && o.d < ShortBurst {
				sum += o.d
			}
		}
	}
	return sum
}

// mostOf returns the names that were counted most, and how often.
func mostOf(counts map[string]int, most int) []string {
	names := []string{}
	for name := range counts {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		if d := counts[b] - counts[a]; d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	names = names[:min(len(names), most)]
	for i, name := range names {
		names[i] = fmt.Sprintf("%s (%d)", name, counts[name])
	}
	return names
}
