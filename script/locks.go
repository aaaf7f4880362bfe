package script

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/orrery-go/orrery/locks"
	"github.com/orrery-go/orrery/locks/deadlock"
)

// locksScript has the verbs of package locks:
//
//	new [release=go1.9] [goroutines=2] KIND...
//	                                    begin, with locks 1, 2, ... of those kinds:
//	                                    mutex, rwmutex, waitgroup, once, cond (of lock 1)
//	G VERB ID [delta=1]                 goroutine G does it: lock, trylock, unlock, rlock,
//	                                    tryrlock, runlock, add, wait, signal, broadcast, do, return
//	G resume                            goroutine G goes on
//	G exit                              goroutine G ends
//	advance D                           let time pass: 2ms
//	look [ID]                           say how a lock is, or all of them
//	asleep                              say what the runtime says if nobody can go on
//	graph processes=2 UNITS...          begin a graph of resources with so many units
//	request P R [units=1]               process P asks for resource R
//	release P R [units=1]               process P gives it back
//	cycle                               tell the cycle in the wait-for graph
type locksScript struct {
	model *locks.Locks
	n     int // locks in it
	graph *deadlock.Graph
}

var locksVerbs = map[string]locks.Verb{
	"lock": locks.LockVerb, "trylock": locks.TryLockVerb, "unlock": locks.UnlockVerb,
	"rlock": locks.RLockVerb, "tryrlock": locks.TryRLockVerb, "runlock": locks.RUnlockVerb,
	"add": locks.AddVerb, "wait": locks.WaitVerb, "signal": locks.SignalVerb, "broadcast": locks.BroadcastVerb,
	"do": locks.OnceDoVerb, "return": locks.OnceReturnVerb,
}

func (s *locksScript) Do(c *Command) (string, error) {
	switch c.Verb {
	case "new":
		return s.begin(c)
	case "graph":
		var units []int
		for w := c.Word(); w != ""; w = c.Word() {
			n, err := strconv.Atoi(w)
			if err != nil {
				return "", fmt.Errorf("script: %q is no number of units", w)
			}
			units = append(units, n)
		}
		g, err := deadlock.New(int(c.Int("processes", 2)), units...)
		if err == nil {
			s.graph = g
		}
		return "", errors.Join(err, c.Err())
	case "request", "release", "cycle":
		return s.resources(c)
	}
	if s.model == nil {
		return "", errors.New("script: begin with new")
	}
	switch c.Verb {
	case "advance":
		d, err := time.ParseDuration(c.Word())
		if err == nil {
			err = s.model.Advance(d)
		}
		return "", err
	case "look":
		if w := c.Word(); w != "" {
			return s.look(w)
		}
		var out strings.Builder
		for id := 1; id <= s.n; id++ {
			text, err := s.look(strconv.Itoa(id))
			if err != nil {
				return "", err
			}
			out.WriteString(text + "\n")
		}
		return out.String(), nil
	case "asleep":
		if err := s.model.Asleep(); err != nil {
			return "fatal error: " + err.Error(), nil
		}
		return "somebody can go on", nil
	}
	g, err := strconv.ParseInt(c.Verb, 10, 32)
	if err != nil {
		return "", c.Unknown("new", "a goroutine's number", "advance", "look", "asleep", "graph", "request", "release", "cycle")
	}
	return s.act(c, locks.G(g))
}

func (s *locksScript) begin(c *Command) (string, error) {
	m, err := locks.New(locks.Config{Release: c.String("release", "")})
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
			err = fmt.Errorf("script: no kind %q (want mutex, rwmutex, waitgroup, once or cond)", w)
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

func (s *locksScript) act(c *Command, g locks.G) (string, error) {
	var o locks.Outcome
	var err error
	switch verb := c.Word(); verb {
	case "resume":
		o, err = s.model.Resume(g)
	case "exit":
		return "", s.model.Exit(g)
	default:
		v, ok := locksVerbs[verb]
		if !ok {
			return "", fmt.Errorf("script: a goroutine does not %q", verb)
		}
		id, e := strconv.ParseInt(c.Word(), 10, 32)
		if e != nil {
			return "", errors.New("script: the number of a lock is missing")
		}
		op := locks.Op{Verb: v, ID: locks.ID(id)}
		if v == locks.AddVerb {
			op.Delta = c.Int("delta", 1)
		}
		o, err = s.model.Do(g, op)
	}
	if err != nil && o.What != locks.Panicked && o.What != locks.Crashed {
		return "", err
	}
	text := o.String()
	if err != nil {
		text += ": " + err.Error()
	}
	for _, r := range s.model.Ready() {
		text += fmt.Sprintf(", goroutine %d ready", r)
	}
	return text, c.Err()
}

func (s *locksScript) look(word string) (string, error) {
	id, err := strconv.ParseInt(word, 10, 32)
	if err != nil {
		return "", fmt.Errorf("script: %q is no number of a lock", word)
	}
	o, err := s.model.Look(locks.ID(id))
	if err != nil {
		return "", err
	}
	text := fmt.Sprintf("%d %v", o.ID, o.Primitive)
	if o.Text != "" {
		text += ": " + o.Text
	}
	if o.Primitive == locks.RWMutex {
		text += fmt.Sprintf(", readerCount %d, readerWait %d", o.ReaderCount, o.ReaderWait)
	}
	if len(o.Waiting) > 0 {
		text += fmt.Sprintf(", queue %v", o.Waiting)
	}
	return text, nil
}

func (s *locksScript) resources(c *Command) (string, error) {
	if s.graph == nil {
		return "", errors.New("script: begin with graph")
	}
	if c.Verb == "cycle" {
		return deadlock.Describe(s.graph.Cycle()) + fmt.Sprintf("\nstuck: %v", s.graph.Deadlocked()), nil
	}
	p, err := strconv.Atoi(c.Word())
	r, err2 := strconv.Atoi(c.Word())
	if err := errors.Join(err, err2); err != nil {
		return "", errors.New("script: want the numbers of a process and a resource")
	}
	n := int(c.Int("units", 1))
	if c.Verb == "request" {
		granted, err := s.graph.Request(p, r, n)
		if err == nil && granted {
			return "granted", c.Err()
		}
		return "waits", errors.Join(err, c.Err())
	}
	granted, err := s.graph.Release(p, r, n)
	text := "free"
	if len(granted) > 0 {
		text = fmt.Sprintf("granted to %v", granted)
	}
	return text, errors.Join(err, c.Err())
}
