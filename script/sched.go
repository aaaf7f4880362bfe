//go:build !orrery_lean

package script

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/program"
	"github.com/orrery-go/orrery/sched"
)

// schedScript is a program and the scheduler that runs it.
type schedScript struct {
	program *program.Program
	model   *sched.Sim
}

func init() { interpreters["sched"] = newSched }

func newSched() *Interpreter {
	s := new(schedScript)
	return &Interpreter{begun: func() bool { return s.model != nil }, verbs: []Verb{
		{Name: "program", Args: "LINE; LINE; ...", Doc: "the program, in the form of package program", first: true, run: s.read},
		{Name: "new", Args: "[release=go1.13] [procs=2] [seed=1] [tick=0] [threads=10000] [events=] [time=1s] [free]", Doc: "begin; free: only what the program says takes time", first: true, run: s.begin},
		{Name: "step", Args: "[n=1]", Doc: "the next n events, in words", run: s.verb},
		{Name: "until", Args: "KIND [g=2]", Doc: "on to the first event of that kind, in words", run: s.verb},
		{Name: "marks", Doc: "on to the end: which goroutine marked what, in order", run: s.verb},
		{Name: "run", Doc: "on to the end, and how that was", run: s.verb},
		{Name: "table", Doc: "on to the end: the Ps over time", run: s.verb},
		{Name: "show", Args: "[queues] [threads]", Doc: "what the queues hold, and what the threads do", run: s.verb},
		{Name: "stats", Doc: "count what happened", run: s.verb},
		{Name: "check", Doc: "which invariant is broken", run: s.verb},
	}}
}

func (s *schedScript) read(c *Command) (string, error) {
	var lines []string
	for w := c.Word(); w != ""; w = c.Word() {
		lines = append(lines, w)
	}
	p, err := program.Parse(strings.ReplaceAll(strings.Join(lines, " "), ";", "\n"))
	if err == nil {
		s.program, s.model = p, nil
	}
	return "", err
}

func (s *schedScript) verb(c *Command) (string, error) {
	switch c.Verb {
	case "step":
		n := c.Int("n", 1)
		if n < 1 || n > 1000 {
			return "", fmt.Errorf("script: %d steps out of range [1,1000]", n)
		}
		return s.some(func(sched.Event) bool { n--; return n >= 0 }, func(e sched.Event) string { return fmt.Sprintf("%v %v", e.At, e) }), nil
	case "until":
		return s.until(c)
	case "marks":
		return s.marks(), nil
	case "run":
		s.model.Run()
		return s.end(), nil
	case "show":
		queues, threads := c.Flag("queues"), c.Flag("threads")
		switch {
		case !threads:
			return s.queues(), nil
		case !queues:
			return s.threads(), nil
		}
		return s.queues() + "\n" + s.threads(), nil
	case "check":
		return checked(s.model.Check())
	case "table":
		return s.model.RunTimeline().String(), nil
	default: // stats
		k := s.model.Stats()
		return fmt.Sprintf("%d goroutines, %d at most; %d threads; %d switches; %d preempted; %d Ps retaken; %d overflows; stacks %d bytes",
			k.Created, k.MostGoroutines, k.Threads, k.Switches, k.Preemptions, k.Retakes, k.Overflows, k.StackBytes), nil
	}
}

func (s *schedScript) begin(c *Command) (string, error) {
	if s.program == nil {
		return "", errors.New("script: there is no program")
	}
	config := sched.Config{
		Release: c.String("release", ""), Procs: int(c.Int("procs", 1)), Seed: uint64(c.Int("seed", 0)),
		Schedtick: uint32(c.Int("tick", 0)), MaxThreads: int(c.Int("threads", 0)), MaxEvents: uint64(min(c.Int("events", 100_000), 1_000_000)),
	}
	var err error
	if d := c.String("time", ""); d != "" {
		config.MaxTime, err = time.ParseDuration(d)
	}
	if c.Flag("free") {
		config.Costs = &sched.Costs{}
	}
	if err := errors.Join(err, c.Err()); err != nil {
		return "", err
	}
	m, err := sched.New(config, *s.program)
	if err == nil {
		s.model = m
	}
	return "", err
}

// some takes steps while more reports true, and tells the events.
func (s *schedScript) some(more func(sched.Event) bool, tell func(sched.Event) string) string {
	var out strings.Builder
	for e := range s.model.Events() {
		if !more(e) {
			break
		}
		if text := tell(e); text != "" {
			out.WriteString(text + "\n")
		}
	}
	return out.String()
}

func (s *schedScript) until(c *Command) (string, error) {
	kind := c.Word()
	for w := c.Word(); w != ""; w = c.Word() {
		kind += " " + w
	}
	g := sched.G(c.Int("g", 0))
	if err := c.Err(); err != nil {
		return "", err
	}
	for e := range s.model.Events() {
		if e.Kind.String() == kind && (g == 0 || g == e.G) {
			return fmt.Sprintf("%v %v", e.At, e), nil
		}
	}
	return s.end(), nil
}

func (s *schedScript) marks() string {
	var out []string
	for e := range s.model.Events() {
		if e.Kind == sched.Marked {
			out = append(out, fmt.Sprintf("g%d %s", e.G, e.What))
		}
	}
	return strings.Join(out, ", ") + "\n" + s.end()
}

func (s *schedScript) end() string {
	var crashed *crash.Error
	switch err := s.model.Err(); {
	case err == nil:
		return fmt.Sprintf("main has returned at %v", s.model.Now())
	case errors.As(err, &crashed) && crashed.Kind == crash.KindPanic:
		return "panic: " + err.Error()
	case crashed != nil:
		return "fatal error: " + err.Error()
	default:
		return err.Error()
	}
}

func (s *schedScript) queues() string {
	k := s.model.Snapshot()
	var out strings.Builder
	for _, p := range k.Ps {
		fmt.Fprintf(&out, "p%d %s", p.P, p.Status)
		if p.Next != 0 {
			fmt.Fprintf(&out, ", runnext g%d", p.Next)
		}
		fmt.Fprintf(&out, ", ring %s, slice %d\n", ranges(p.Queue), p.Schedtick)
	}
	return out.String() + "global " + ranges(k.Global)
}

// ranges writes a list of goroutines, with consecutive numbers as a range.
func ranges(gs []sched.G) string {
	var out []string
	for i := 0; i < len(gs); {
		j := i
		for j+1 < len(gs) && gs[j+1] == gs[j]+1 {
			j++
		}
		if i == j {
			out = append(out, fmt.Sprint("g", gs[i]))
		} else {
			out = append(out, fmt.Sprintf("g%d-g%d", gs[i], gs[j]))
		}
		i = j + 1
	}
	if len(out) == 0 {
		return "empty"
	}
	return strings.Join(out, " ")
}

func (s *schedScript) threads() string {
	var out []string
	for _, m := range s.model.Snapshot().Ms {
		text := fmt.Sprintf("m%d %s", m.M, m.Status)
		if m.G != 0 {
			text += fmt.Sprintf(" g%d", m.G)
		}
		if m.P >= 0 {
			text += fmt.Sprintf(" on p%d", m.P)
		}
		out = append(out, text)
	}
	return strings.Join(out, "\n")
}
