//go:build !orrery_lean || orrery_locks

package script

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/orrery-go/orrery/locks"
	"github.com/orrery-go/orrery/textbook/deadlock"
)

// locksScript is a model of locks, and a graph of processes and resources.
type locksScript struct {
	model *locks.Locks
	n     int // locks in it
	graph *deadlock.Graph
	watch watch
}

func init() { interpreters["locks"] = newLocks }

func newLocks() *Interpreter {
	s := new(locksScript)
	return &Interpreter{begun: func() bool { return s.model != nil }, state: s.state, watch: &s.watch, verbs: []Verb{
		{Name: "new", Args: "[release=go1.9] [goroutines=2] PRIMITIVE...", Doc: "begin, with locks 1, 2, ...: mutex, rwmutex, waitgroup, once, cond (of lock 1)", first: true, run: s.begin},
		{Name: "do", Args: `G "lock 1"`, Doc: "goroutine G does it: lock, trylock, unlock, rlock, tryrlock, runlock, add (of a number), wait, signal, broadcast, do, return", run: s.do},
		{Name: "resume", Args: "G", Doc: "goroutine G, which is ready, goes on", run: s.resume},
		{Name: "exit", Args: "G", Doc: "goroutine G ends", run: s.exit},
		{Name: "advance", Args: "D", Doc: "let time pass: 2ms", run: s.advance},
		{Name: "show", Args: "[ID]", Doc: "the state of a lock, or of all", run: s.show},
		{Name: "asleep", Doc: "what the runtime says if no goroutine can go on", run: s.asleep},
		{Name: "check", Doc: "which invariant is broken", run: func(*Command) (string, error) { return checked(s.model.Check()) }},
		{Name: "graph", Args: "[processes=2] UNITS...", Doc: "begin a graph of resources with these numbers of units", first: true, run: s.begins},
		{Name: "request", Args: "P R [units=1]", Doc: "process P asks for resource R", first: true, run: s.request},
		{Name: "release", Args: "P R [units=1]", Doc: "process P gives units of resource R back", first: true, run: s.release},
		{Name: "cycle", Doc: "tell the cycle in the wait-for graph", first: true, run: s.cycle},
	}}
}

var locksVerbs = map[string]locks.Verb{
	"lock": locks.LockVerb, "trylock": locks.TryLockVerb, "unlock": locks.UnlockVerb,
	"rlock": locks.RLockVerb, "tryrlock": locks.TryRLockVerb, "runlock": locks.RUnlockVerb,
	"add": locks.AddVerb, "wait": locks.WaitVerb, "signal": locks.SignalVerb, "broadcast": locks.BroadcastVerb,
	"do": locks.OnceDoVerb, "return": locks.OnceReturnVerb,
}

func (s *locksScript) begin(c *Command) (string, error) {
	config := locks.Config{Release: c.String("release", "")}
	if s.watch.watched() {
		config.Trace = func(e locks.Event) { s.watch.tell(e) }
	}
	m, err := locks.New(config)
	if err != nil {
		return "", err
	}
	n := 0
	for w := c.Word(); w != ""; w = c.Word() {
		switch w {
		case "mutex":
			_, err = m.NewMutex()
		case "rwmutex":
			_, err = m.NewRWMutex()
		case "waitgroup":
			_, err = m.NewWaitGroup()
		case "once":
			_, err = m.NewOnce()
		case "cond":
			_, err = m.NewCond(1)
		default:
			err = fmt.Errorf("script: no primitive %.40q (want mutex, rwmutex, waitgroup, once or cond)", w)
		}
		if err != nil {
			return "", err
		}
		n++
	}
	gs := c.Int("goroutines", 2)
	if gs < 1 || gs > 1000 {
		return "", fmt.Errorf("script: %d goroutines out of range [1,1000]", gs)
	}
	for range gs {
		if _, err := m.Go(); err != nil {
			return "", err
		}
	}
	s.model, s.n = m, n
	return "", c.Err()
}

func (s *locksScript) do(c *Command) (string, error) {
	g := locks.G(c.Number())
	w := c.next()
	op, err := locksOp(w.text)
	if err != nil {
		c.fail(w.column, "%w", err)
	}
	if c.Err() != nil {
		return "", c.Err()
	}
	return s.end(s.model.Do(g, op))
}

// locksOp reads an operation like "lock 1" and "add 2 -1".
func locksOp(text string) (op locks.Op, err error) {
	words := strings.Fields(text)
	if len(words) == 0 {
		return op, errors.New("an operation is missing (want like \"lock 1\")")
	}
	v, ok := locksVerbs[words[0]]
	want := 2
	if v == locks.AddVerb {
		want = 3
	}
	switch {
	case !ok:
		return op, fmt.Errorf("a goroutine does not %.40q", words[0])
	case len(words) < 2:
		return op, errors.New("the number of a lock is missing")
	case len(words) > want:
		return op, fmt.Errorf("%s does not take %.40q", words[0], words[want])
	}
	id, err := strconv.ParseInt(words[1], 10, 32)
	if err != nil {
		return op, fmt.Errorf("%.40q is no number of a lock", words[1])
	}
	op = locks.Op{Verb: v, ID: locks.ID(id)}
	if v == locks.AddVerb {
		op.Delta = 1
		if len(words) == 3 {
			if op.Delta, err = strconv.ParseInt(words[2], 10, 64); err != nil {
				return op, fmt.Errorf("%.40q is no whole number", words[2])
			}
		}
	}
	return op, nil
}

func (s *locksScript) resume(c *Command) (string, error) {
	g := locks.G(c.Number())
	if c.Err() != nil {
		return "", c.Err()
	}
	return s.end(s.model.Resume(g))
}

func (s *locksScript) exit(c *Command) (string, error) {
	g := locks.G(c.Number())
	if c.Err() != nil {
		return "", c.Err()
	}
	return "", s.model.Exit(g)
}

// state returns what a watcher sees: the locks, or nil before new, when there may be a
// graph.
func (s *locksScript) state() any {
	if s.model == nil {
		return nil
	}
	return s.model.Snapshot()
}

// end tells the result of an operation and the goroutines it made runnable.
func (s *locksScript) end(o locks.Outcome, err error) (string, error) {
	if err != nil && o.What != locks.Panicked && o.What != locks.Crashed {
		return "", err
	}
	s.watch.tell(o)
	if err != nil {
		s.watch.tell(err)
	}
	text := o.String()
	if err != nil {
		text += ": " + err.Error()
	}
	if len(s.model.Ready()) > 0 {
		text += fmt.Sprintf(", ready %v", s.model.Ready())
	}
	return text, nil
}

func (s *locksScript) advance(c *Command) (string, error) {
	d := c.Duration()
	if c.Err() != nil {
		return "", c.Err()
	}
	return "", s.model.Advance(d)
}

func (s *locksScript) asleep(*Command) (string, error) {
	if err := s.model.Asleep(); err != nil {
		s.watch.tell(err)
		return "fatal error: " + err.Error(), nil
	}
	return "a goroutine can go on", nil
}

func (s *locksScript) show(c *Command) (string, error) {
	ids := c.Numbers()
	if len(ids) == 0 {
		for id := range s.n {
			ids = append(ids, int64(id+1))
		}
	}
	var out strings.Builder
	for _, id := range ids {
		o, err := s.model.Look(locks.ID(min(id, 1<<31-1)))
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&out, "%d %v", o.ID, o.Type)
		if o.Text != "" {
			out.WriteString(": " + o.Text)
		}
		if o.Type == locks.RWMutex {
			fmt.Fprintf(&out, ", readerCount %d, readerWait %d", o.ReaderCount, o.ReaderWait)
		}
		if len(o.Waiting) > 0 {
			fmt.Fprintf(&out, ", queue %v", o.Waiting)
		}
		out.WriteByte('\n')
	}
	return out.String(), c.Err()
}

func (s *locksScript) begins(c *Command) (string, error) {
	var units []int
	for _, n := range c.Numbers() {
		units = append(units, int(n))
	}
	g, err := deadlock.New(int(c.Int("processes", 2)), units...)
	if err == nil {
		s.graph = g
	}
	return "", errors.Join(err, c.Err())
}

// pair reads a process, a resource and units.
func (s *locksScript) pair(c *Command) (p, r, n int, err error) {
	if s.graph == nil {
		return 0, 0, 0, errors.New("script: begin with graph")
	}
	p, r, n = int(c.Number()), int(c.Number()), int(c.Int("units", 1))
	return p, r, n, c.Err()
}

func (s *locksScript) request(c *Command) (string, error) {
	p, r, n, err := s.pair(c)
	if err != nil {
		return "", err
	}
	granted, err := s.graph.Request(p, r, n)
	switch {
	case err != nil:
		return "", err
	case granted:
		return "granted", nil
	}
	return "waits", nil
}

func (s *locksScript) release(c *Command) (string, error) {
	p, r, n, err := s.pair(c)
	if err != nil {
		return "", err
	}
	granted, err := s.graph.Release(p, r, n)
	switch {
	case err != nil:
		return "", err
	case len(granted) > 0:
		return fmt.Sprintf("granted to %v", granted), nil
	}
	return "free", nil
}

func (s *locksScript) cycle(*Command) (string, error) {
	if s.graph == nil {
		return "", errors.New("script: begin with graph")
	}
	return deadlock.Describe(s.graph.Cycle()) + fmt.Sprintf("\nstuck: %v", s.graph.Deadlocked()), nil
}
