package script

import (
	"fmt"
	"strings"
	"time"

	"github.com/orrery-go/orrery/chanq"
)

// chanqScript has the verbs of package chanq. Goroutines are numbers, channels
// c1, c2 and so on or nil, and what a goroutine does is written in Go:
//
//	new [release=go1.5] [seed=1] [steps]   begin, with a trace of the steps
//	make CAPACITY... [size=8] [pointers]   make channels
//	go N                                   add goroutines
//	do G "c1 <- 7"                         send; also "<-c1", "close(c1)"
//	do G "try c1 <- 7"                     without waiting; also "try <-c1"
//	do G "select { c1 <- 7; <-c2; default }"
//	resume G                               let a goroutine that is ready go on
//	timer MILLISECONDS                     make a timer
//	stop C, reset C MILLISECONDS, pass MILLISECONDS
//	show                                   the channels, and who waits
//	states [release=]                      every operation in every state
type chanqScript struct {
	m     *chanq.Chans
	steps strings.Builder
}

func (s *chanqScript) Do(c *Command) (string, error) {
	switch c.Verb {
	case "new":
		return "", s.begin(c)
	case "states":
		return states(c.String("release", ""))
	}
	if s.m == nil {
		return "", fmt.Errorf("script: begin with new")
	}
	s.steps.Reset()
	var text string
	var err error
	switch c.Verb {
	case "make":
		err = s.make(c)
	case "go":
		for range min(c.number(), 1000) {
			if _, err := s.m.Go(); err != nil {
				return "", err
			}
		}
	case "do":
		g := chanq.G(c.number())
		var op chanq.Op
		if op, err = chanqOp(c.Word()); err == nil && c.Err() == nil {
			o, opErr := s.m.Do(g, op)
			text, err = s.end(o, opErr)
		}
	case "resume":
		if g := chanq.G(c.number()); c.Err() == nil {
			o, opErr := s.m.Resume(g)
			text, err = s.end(o, opErr)
		}
	case "timer":
		_, err = s.m.NewTimer(c.milliseconds())
	case "stop":
		text, err = s.timer(c.Word(), s.m.Stop)
	case "reset":
		name, d := c.Word(), c.milliseconds()
		text, err = s.timer(name, func(k chanq.Chan) (bool, error) { return s.m.Reset(k, d) })
	case "pass":
		if err = s.m.Advance(c.milliseconds()); err == nil && len(s.m.Ready()) > 0 {
			text = fmt.Sprintf("ready %v", s.m.Ready())
		}
	case "show":
		text = s.show()
	default:
		return "", c.Unknown("new", "make", "go", "do", "resume", "timer", "stop", "reset", "pass", "show", "states")
	}
	if err == nil {
		err = c.Err()
	}
	if err != nil {
		text = "error: " + err.Error()
	}
	return s.steps.String() + text, nil
}

func (s *chanqScript) begin(c *Command) (err error) {
	config := chanq.Config{Release: c.String("release", ""), Seed: uint64(c.Int("seed", 1))}
	if c.Flag("steps") {
		config.Trace = func(e chanq.Event) { fmt.Fprintf(&s.steps, "  %v\n", e) }
	}
	if s.m, err = chanq.New(config); err != nil {
		return err
	}
	return c.Err()
}

func (s *chanqScript) make(c *Command) error {
	elem := chanq.Elem{Size: c.Int("size", 8), Pointers: c.Flag("pointers")}
	for w := c.Word(); w != "" && c.Err() == nil; w = c.Word() {
		var n int64
		if _, err := fmt.Sscan(w, &n); err != nil {
			return fmt.Errorf("script: %q is no capacity", w)
		}
		if _, err := s.m.Make(elem, n); err != nil {
			return err
		}
	}
	return nil
}

// end says what became of an operation and whom it made ready.
func (s *chanqScript) end(o chanq.Outcome, err error) (string, error) {
	if err != nil && o.What != chanq.Panicked {
		return "", err
	}
	text := o.String()
	if err != nil {
		text = "panic: " + err.Error()
	}
	if len(s.m.Ready()) > 0 {
		text += fmt.Sprintf(", ready %v", s.m.Ready())
	}
	return text, nil
}

func (s *chanqScript) timer(name string, f func(chanq.Chan) (bool, error)) (string, error) {
	c, err := chanqChan(name)
	if err != nil {
		return "", err
	}
	was, err := f(c)
	return fmt.Sprint(was), err
}

func (s *chanqScript) show() string {
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
	return b.String()
}

func states(release string) (string, error) {
	rows, err := chanq.States(release)
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
		return k, fmt.Errorf("script: %q is no operation (want like %q, %q, %q)", text, "c1 <- 7", "<-c1", "close(c1)")
	}
	k.Send = true
	if _, err := fmt.Sscan(value, &k.Value); err != nil {
		return k, fmt.Errorf("script: %q is no value", value)
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
		return c, fmt.Errorf("script: %q is no channel (want c1, c2 and so on, or nil)", name)
	}
	return c, nil
}

// number takes the next word, a whole number.
func (c *Command) number() (n int64) {
	w := c.Word()
	if _, err := fmt.Sscan(w, &n); err != nil && c.err == nil {
		c.err = fmt.Errorf("script: %q is no whole number", w)
	}
	return n
}

func (c *Command) milliseconds() time.Duration {
	return time.Duration(c.number()) * time.Millisecond
}
