//go:build !orrery_lean || orrery_chanq

package script

import (
	"fmt"
	"strings"

	"github.com/orrery-go/orrery/chanq"
)

// chanqScript is a model of channels. Goroutines are numbers, channels c1, c2 and
// so on or nil, and operations are written in Go.
type chanqScript struct {
	m     *chanq.Chans
	steps strings.Builder
	watch watch
}

func init() { interpreters["chanq"] = newChanq }

func newChanq() *Interpreter {
	s := new(chanqScript)
	return &Interpreter{begun: func() bool { return s.m != nil }, state: func() any { return s.m.Snapshot() }, watch: &s.watch, verbs: []Verb{
		{Name: "new", Args: "[release=go1.5] [seed=1] [steps]", Doc: "begin; steps: tell each step", first: true, run: s.begin},
		{Name: "make", Args: "CAPACITY... [size=8] [pointers]", Doc: "make channels c1, c2, ...", run: s.make},
		{Name: "go", Args: "N", Doc: "add N goroutines: 1, 2, ...", run: s.goroutines},
		{Name: "do", Args: `G "c1 <- 7"`, Doc: `goroutine G sends; also "<-c1", "close(c1)", "try c1 <- 7", "try <-c1", "select { c1 <- 7; <-c2; default }"`, run: s.do},
		{Name: "resume", Args: "G", Doc: "goroutine G, which is ready, goes on", run: s.resume},
		{Name: "timer", Args: "D", Doc: "make a timer that fires after D: 5ms", run: s.newTimer},
		{Name: "stop", Args: "C", Doc: "stop the timer of channel C", run: s.stop},
		{Name: "reset", Args: "C D", Doc: "reset the timer of channel C to D", run: s.reset},
		{Name: "advance", Args: "D", Doc: "let time pass", run: s.advance},
		{Name: "show", Doc: "the channels, and the goroutines that wait", run: s.show},
		{Name: "states", Args: "[release=]", Doc: "every operation in every state of a channel", first: true, run: chanqStates},
		{Name: "check", Doc: "which invariant is broken", run: func(*Command) (string, error) { return checked(s.m.Check()) }},
	}}
}

func (s *chanqScript) begin(c *Command) (text string, err error) {
	config := chanq.Config{Release: c.String("release", ""), Seed: uint64(c.Int("seed", 1))}
	if loud := c.Flag("steps"); loud || s.watch.watched() {
		config.Trace = func(e chanq.Event) {
			s.watch.tell(e)
			if loud {
				fmt.Fprintf(&s.steps, "  %v\n", e)
			}
		}
	}
	if c.Err() != nil {
		return "", c.Err()
	}
	m, err := chanq.New(config)
	if err == nil {
		s.m = m
	}
	return "", err
}

func (s *chanqScript) make(c *Command) (string, error) {
	elem := chanq.Elem{Size: c.Int("size", 8), Pointers: c.Flag("pointers")}
	for _, n := range c.Numbers() {
		if _, err := s.m.Make(elem, n); err != nil {
			return s.told(""), err
		}
	}
	return s.told(""), c.Err()
}

func (s *chanqScript) goroutines(c *Command) (string, error) {
	for range min(c.Number(), 1000) {
		if _, err := s.m.Go(); err != nil {
			return "", err
		}
	}
	return "", c.Err()
}

func (s *chanqScript) do(c *Command) (string, error) {
	g := chanq.G(c.Number())
	w := c.next()
	op, err := chanqOp(w.text)
	if err != nil {
		c.at = w.column
	}
	if err == nil {
		err = c.Err()
	}
	if err != nil {
		return "", err
	}
	return s.end(s.m.Do(g, op))
}

func (s *chanqScript) resume(c *Command) (string, error) {
	g := chanq.G(c.Number())
	if c.Err() != nil {
		return "", c.Err()
	}
	return s.end(s.m.Resume(g))
}

func (s *chanqScript) newTimer(c *Command) (string, error) {
	d := c.Duration()
	if c.Err() != nil {
		return "", c.Err()
	}
	_, err := s.m.NewTimer(d)
	return s.told(""), err
}

func (s *chanqScript) stop(c *Command) (string, error) {
	return s.timer(c.Word(), s.m.Stop)
}

func (s *chanqScript) reset(c *Command) (string, error) {
	name, d := c.Word(), c.Duration()
	if c.Err() != nil {
		return "", c.Err()
	}
	return s.timer(name, func(k chanq.Chan) (bool, error) { return s.m.Reset(k, d) })
}

func (s *chanqScript) timer(name string, f func(chanq.Chan) (bool, error)) (string, error) {
	k, err := chanqChan(name)
	if err != nil {
		return "", err
	}
	was, err := f(k)
	return s.told(fmt.Sprint(was)), err
}

func (s *chanqScript) advance(c *Command) (text string, err error) {
	d := c.Duration()
	if c.Err() != nil {
		return "", c.Err()
	}
	if err = s.m.Advance(d); err == nil && len(s.m.Ready()) > 0 {
		text = fmt.Sprintf("ready %v", s.m.Ready())
	}
	return s.told(text), err
}

// end tells the result of an operation and the goroutines it made runnable.
func (s *chanqScript) end(o chanq.Outcome, err error) (string, error) {
	text := o.String()
	if err == nil || o.What == chanq.Panicked {
		s.watch.tell(o)
	}
	switch {
	case err != nil && o.What != chanq.Panicked:
		return s.told(""), err
	case err != nil:
		text = "panic: " + err.Error()
	}
	if len(s.m.Ready()) > 0 {
		text += fmt.Sprintf(", ready %v", s.m.Ready())
	}
	return s.told(text), nil
}

// told returns the steps, followed by the command's own text.
func (s *chanqScript) told(text string) string {
	defer s.steps.Reset()
	return s.steps.String() + text
}

func (s *chanqScript) show(*Command) (string, error) {
	var b strings.Builder
	state := s.m.Snapshot()
	for _, c := range state.Chans {
		length, _ := s.m.Len(c.Chan)
		capacity, _ := s.m.Cap(c.Chan)
		fmt.Fprintln(&b, c)
		if c.Timer {
			fmt.Fprintf(&b, "    a timer's: len %d, cap %d\n", length, capacity)
		}
	}
	for _, g := range state.Goroutines {
		if g.Status != "running" {
			fmt.Fprintf(&b, "goroutine %d: %s, %s\n", g.G, g.Status, g.Reason)
		}
	}
	return b.String(), nil
}

func chanqStates(c *Command) (string, error) {
	rows, err := chanq.States(c.String("release", ""))
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, r := range rows {
		buffer := "no buffer"
		if r.Holds >= 0 {
			buffer = fmt.Sprintf("%d of 1", r.Holds)
		}
		if r.State == chanq.NilState {
			buffer = ""
		}
		fmt.Fprintf(&b, "%-6s  %-9s  %-7s  %s\n", r.State, buffer, r.Op, r.Ends)
	}
	return b.String(), nil
}

// chanqOp reads an operation.
func chanqOp(text string) (op chanq.Op, err error) {
	rest, try := strings.CutPrefix(text, "try ")
	if list, ok := strings.CutPrefix(text, "select {"); ok {
		op.Verb = chanq.SelectVerb
		for part := range strings.SplitSeq(strings.TrimSuffix(list, "}"), ";") {
			if part = strings.TrimSpace(part); part == "default" {
				op.Default = true
			} else if part != "" {
				k, err := chanqCase(part)
				if err != nil {
					return op, err
				}
				op.Cases = append(op.Cases, k)
			}
		}
		return op, nil
	}
	if name, ok := strings.CutPrefix(text, "close("); ok {
		op.Verb = chanq.CloseVerb
		op.Chan, err = chanqChan(strings.TrimSuffix(name, ")"))
		return op, err
	}
	k, err := chanqCase(rest)
	op.Verb, op.Chan, op.Value = chanq.RecvVerb, k.Chan, k.Value
	switch {
	case try && k.Send:
		op.Verb = chanq.TrySendVerb
	case try:
		op.Verb = chanq.TryRecvVerb
	case k.Send:
		op.Verb = chanq.SendVerb
	}
	return op, err
}

func chanqCase(text string) (k chanq.Case, err error) {
	if name, ok := strings.CutPrefix(text, "<-"); ok {
		k.Chan, err = chanqChan(name)
		return k, err
	}
	name, value, ok := strings.Cut(text, " <- ")
	if !ok {
		return k, fmt.Errorf("script: %.40q is no operation (want like %.40q, %.40q, %.40q)", text, "c1 <- 7", "<-c1", "close(c1)")
	}
	k.Send = true
	if _, err := fmt.Sscan(value, &k.Value); err != nil {
		return k, fmt.Errorf("script: %.40q is no value", value)
	}
	k.Chan, err = chanqChan(name)
	return k, err
}

func chanqChan(name string) (c chanq.Chan, err error) {
	if name == "nil" {
		return chanq.Nil, nil
	}
	number, ok := strings.CutPrefix(name, "c")
	if ok {
		_, err = fmt.Sscan(number, &c)
	}
	if !ok || err != nil {
		return c, fmt.Errorf("script: %.40q is no channel (want c1, c2 and so on, or nil)", name)
	}
	return c, nil
}
