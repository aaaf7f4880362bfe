package bench

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/internal/child"
	"github.com/orrery-go/orrery/program"
	"github.com/orrery-go/orrery/sched"
)

// An Ending is the result of a program in a process of its own.
type Ending struct {
	Result *Run   // if main has returned, or the last goroutine has ended
	Says   string // output of the runtime, up to the first empty line
	Killed bool   // it was stopped at the limit
}

// String returns the log, and the first line of the runtime's output.
func (e Ending) String() string {
	says, _, _ := strings.Cut(e.Says, "\n")
	if e.Result == nil {
		return says
	}
	return strings.TrimSpace(e.Result.Log + " " + says)
}

// details returns all that is known of the ending, for a message of an error.
func (e Ending) details() string {
	if e.Result == nil {
		return fmt.Sprintf("%+v", e)
	}
	return fmt.Sprintf("%q, killed: %t, %+v", e.Says, e.Killed, *e.Result)
}

// Disturbed returns the reason why the ending says nothing about the order of operations,
// or "". It looks at times alone: main's time slice began before main.main, with the
// process; what else happens takes less time than the sleeps, and the kernel does not stop
// the process, so that no sleep is over before another goroutine has run; and goroutines
// that sleep fall asleep right after one another.
func (e Ending) Disturbed(p *program.Program) string {
	r := e.Result
	if r == nil {
		return ""
	}
	t := traitsOf(p)
	switch active := r.Active - t.worked; {
	case r.Began < 0 || r.Began > Undisturbed || r.Began+active > Undisturbed:
		return "over time"
	case r.Late > 2*MostLate:
		return "a sleep too long"
	case t.slept > 0 && active > t.shortest/2, t.sleepers && active > MostLate/2:
		return "slow between its sleeps"
	case r.Stopped > 0 && (t.slept > 0 || t.locks):
		return "stopped by the kernel"
	}
	return ""
}

// A Mark is the text of an operation Mark of a goroutine: goroutine 1 is main, and others
// have numbers in the order in which they were started.
type Mark struct {
	G    int
	Text string
	Where
}

// Marks returns the marks of the program, in order.
func (e Ending) Marks(p *program.Program) (marks []Mark) {
	if e.Result == nil {
		return nil
	}
	ops := operations(p)
	for word := range strings.FieldsSeq(e.Result.Log) {
		at, text, _ := strings.Cut(word, ":")
		g, pc, _ := strings.Cut(at, ".")
		n, err := strconv.Atoi(pc)
		if err != nil || n >= len(ops) || ops[n].Verb != program.Mark {
			continue
		}
		m := Mark{Text: strings.ReplaceAll(text, "_", " ")}
		m.G, _ = strconv.Atoi(g) // as the log has it
		if text == "" {
			m.Text = ops[n].On
		}
		if i := len(marks); i < len(e.Result.Marks) {
			m.Where = e.Result.Marks[i]
		}
		marks = append(marks, m)
	}
	return marks
}

// operations returns the operations of all functions, as logs count them.
func operations(p *program.Program) []program.Op {
	n := 0
	for _, f := range p.Funcs {
		n += len(f.Ops) + 1
	}
	ops := make([]program.Op, 0, n)
	for _, f := range p.Funcs {
		ops = append(append(ops, f.Ops...), program.Op{})
	}
	return ops
}

// Alone runs a program in a process of its own, as a user would: its main is the main
// goroutine, and begins when the process does. The environment is the caller's, without
// variables that affect the runtime, and with env: GOMAXPROCS=2, GODEBUG=..., GOGC=off,
// MAXTHREADS=20 for the argument of debug.SetMaxThreads, or what [Ending.Dumps] needs.
// Without GOMAXPROCS the number of Ps is Go's choice. It returns an error if the process
// cannot be started or its answer cannot be read.
func (r *Real) Alone(p *program.Program, limit time.Duration, env ...string) (Ending, error) {
	text, err := json.Marshal(p)
	if err != nil {
		return Ending{}, err
	}
	type alone struct {
		Program string
		Env     []string
		Limit   time.Duration
	}
	a, err := child.Call[struct{ Alone Ending }](r.child, struct{ Alone alone }{alone{string(text), env, limit}})
	return a.Alone, err
}

// PredictAlone returns the ending of the program in a model of the release, by itself, in
// an environment as for [Real.Alone]. There is one P unless env says otherwise, and the
// times of the [Run] are 0. The threads of its marks are the model's numbers. The limit
// is of virtual time; 0 is an hour.
func PredictAlone(rel string, p *program.Program, limit time.Duration, env ...string) (Ending, error) {
	return predictAlone(rel, p, limit, 0, env)
}

// PredictFrom is PredictAlone for a process in which the first P had started from time
// slices when main.main began: the From of its [Run]. It returns an error if no element
// of [sched.Beginnings] is that number.
func PredictFrom(rel string, p *program.Program, from int, limit time.Duration, env ...string) (Ending, error) {
	ticks, err := sched.Beginnings(rel)
	if err != nil {
		return Ending{}, err
	}
	i := slices.Index(ticks, uint32(from))
	if i < 0 {
		return Ending{}, fmt.Errorf("bench: a program begins with %d time slices, in the model of %s with one of %d", from, rel, ticks)
	}
	return predictAlone(rel, p, limit, i, env)
}

func predictAlone(rel string, p *program.Program, limit time.Duration, beginning int, env []string) (Ending, error) {
	w := &follower{program: p, release: rel, blind: true, idle: map[sched.M]int{}, closed: map[string]bool{}, names: map[sched.G]int{}, panics: map[sched.G]string{}}
	w.read("")
	var dumps *dumper
	c := sched.Config{Release: rel, Trace: w.event, MaxEvents: 10_000_000, MaxTime: limit, Beginning: beginning}
	for _, kv := range env {
		name, value, _ := strings.Cut(kv, "=")
		n, _ := strconv.Atoi(value)
		switch {
		case name == "GOMAXPROCS" && n > 0:
			c.Procs = n
		case name == "MAXTHREADS" && n > 0:
			c.MaxThreads = n
		case kv == "GOGC=off":
			c.NoGC = true
		case name == "GODEBUG":
			debug := strings.Split(value, ",")
			if c.NoAsyncPreempt = slices.Contains(debug, "asyncpreemptoff=1"); c.NoAsyncPreempt && strings.Contains(value, "schedtrace=") {
				dumps = &dumper{follower: w}
				c.Trace = dumps.event
			}
			c.AsyncTimers = slices.Contains(debug, "asynctimerchan=1")
			c.NoUpdateMaxProcs = slices.Contains(debug, "updatemaxprocs=0")
		default:
			return Ending{}, fmt.Errorf("bench: the model knows nothing of %.40q (want GOMAXPROCS=2, MAXTHREADS=20, GOGC=off, GODEBUG=asyncpreemptoff=1)", kv)
		}
	}
	m, err := sched.New(c, *p)
	if err != nil {
		return Ending{}, err
	}
	w.model = m
	told, says := &Run{}, ""
	if dumps == nil {
		err = m.Run()
	} else {
		says, err = dumps.run(max(c.Procs, 1))
	}
	told.Log, told.Marks = string(w.log), w.marks
	end := (*crash.Error)(nil)
	switch over := (*sched.BudgetError)(nil); {
	case err == nil:
		return Ending{Result: told, Says: says}, nil
	case errors.As(err, &over) && limit > 0 && over.At >= limit:
		return Ending{Killed: true}, nil
	case !errors.As(err, &end):
		return Ending{}, err
	}
	e := Ending{Says: says + end.Line()}
	if end.Kind == crash.KindPanic || errors.Is(err, sched.NoGoroutines) {
		e.Result = told
	}
	if errors.Is(err, sched.ThreadExhaustion) {
		e.Says = fmt.Sprintf("%sruntime: program exceeds %d-thread limit\n%s", says, c.MaxThreads, end.Line())
	}
	return e, nil
}
