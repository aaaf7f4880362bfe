//go:build !orrery_lean || orrery_race

package script

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/orrery-go/orrery/explore"
	"github.com/orrery-go/orrery/race"
)

// A raceScript is a log that is printed as it grows. Goroutines, objects and variables
// have names; the first goroutine is main.
type raceScript struct {
	l     *race.Log
	steps strings.Builder
	watch watch
}

func init() { interpreters["race"] = newRace }

func newRace() *Interpreter {
	s := new(raceScript)
	in := &Interpreter{begun: func() bool { return s.l != nil }, state: func() any { return s.l.Snapshot() }, watch: &s.watch, verbs: []Verb{
		{Name: "new", Args: "[release=go1.17] [cells=4] [slots=0] [tsan] [strict] [lockset] [steps]", Doc: "begin; tsan: forget what go build -race forgets; strict: order by the memory model alone; steps: tell each step", first: true, run: s.begin},
		{Name: "do", Args: `G "write x"`, Doc: "goroutine G acts: also go H, exit, read x 4, write range x 16, atomic load x, atomic store x, atomic add x, failed cas x, make c chan 2 8, make v cond mu, " +
			"lock mu, unlock mu, rlock mu, runlock mu, send c, recv c, close c, add -1 wg, wait wg, once o, ran o, cond wait v, signal v, broadcast v, " +
			"acquire r, release r, release merge r, release acquire r, new x 8", run: s.do},
		{Name: "play", Args: `"g: write x; main: read x"`, Doc: "the same for several", run: s.play},
		{Name: "races", Doc: "the races found so far, and why nothing orders them", run: s.races},
		{Name: "lockset", Doc: "the variables that no lock protects", run: s.lockset},
		{Name: "other", Args: "[values]", Doc: "an order of the same operations that ends in a race, if there is one; values: reads may see anything", run: s.other},
		{Name: "rules", Args: "[ID]", Doc: "the rules of the memory model, with examples", first: true, run: s.rules},
		{Name: "show", Doc: "what each goroutine knows of, and what is remembered of each variable", run: s.show},
		{Name: "check", Doc: "which invariant is broken", run: func(*Command) (string, error) { return checked(s.l.Check()) }},
	}}
	in.name = func(of any) string {
		switch of := of.(type) {
		case race.G:
			if of > 0 {
				return s.l.Goroutine(of)
			}
		case race.Object:
			if of > 0 {
				return s.l.ObjectName(of)
			}
		case uint64:
			return s.l.Variable(of)
		}
		return ""
	}
	return in
}

func (s *raceScript) begin(c *Command) (string, error) {
	config := race.Config{Release: c.String("release", ""), Record: true, Strict: c.Flag("strict"), Lockset: c.Flag("lockset")}
	if c.Flag("tsan") {
		config.Limits = race.Limits{Cells: race.MaxCells, FirstByte: true}
	}
	config.Limits.Cells = int(c.Int("cells", int64(config.Limits.Cells)))
	config.Limits.Slots = int(c.Int("slots", 0))
	if loud := c.Flag("steps"); loud || s.watch.watched() {
		config.Trace = func(e race.Event) {
			s.watch.tell(e)
			if loud {
				fmt.Fprintf(&s.steps, "  %v\n", e)
			}
		}
	}
	if c.Err() != nil {
		return "", c.Err()
	}
	l, err := race.NewLog(config)
	if err == nil {
		s.l = l
	}
	return "", err
}

func (s *raceScript) do(c *Command) (string, error) {
	g, w := c.next(), c.next()
	e, err := race.ParseEntry(race.Name(g.text), w.text)
	if err != nil {
		c.at = w.column
		return "", err
	}
	return s.act(e)
}

// act performs an entry, and prints results other than success.
func (s *raceScript) act(e race.Entry) (string, error) {
	before := len(s.l.Reports())
	o, err := s.l.Do(e)
	text := s.steps.String()
	s.steps.Reset()
	if err != nil {
		return text, errors.New(s.named(err.Error()))
	}
	switch o.What {
	case race.DoesWait, race.DoesRun:
		text += o.String() + "\n"
	}
	for _, r := range s.l.Reports()[before:] {
		text += "RACE: " + s.l.Describe(r) + "\n"
	}
	return text, nil
}

func (s *raceScript) play(c *Command) (string, error) {
	w := c.next()
	list, err := race.ParseEntries(w.text)
	if err != nil {
		c.at = w.column
		return "", err
	}
	var out strings.Builder
	for _, e := range list {
		text, err := s.act(e)
		if out.WriteString(text); err != nil {
			return out.String(), fmt.Errorf("%s: %s: %w", e.G, e.Verb, err)
		}
	}
	return out.String(), nil
}

func (s *raceScript) races(*Command) (string, error) {
	var out strings.Builder
	for _, r := range s.l.Reports() {
		why, err := s.l.Explain(r)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&out, "%s\n  %s\n", s.l.Describe(r), why)
	}
	if out.Len() == 0 {
		return "none", nil
	}
	return out.String(), nil
}

func (s *raceScript) lockset(*Command) (string, error) {
	var out strings.Builder
	for _, p := range s.l.Lockset() {
		what := "read"
		if p.Write {
			what = "write"
		}
		fmt.Fprintf(&out, "%s: no lock protects it, since the %s of %s\n", s.l.Variable(p.Addr), what, s.l.Goroutine(p.G))
	}
	if out.Len() == 0 {
		return "none", nil
	}
	return out.String(), nil
}

func (s *raceScript) other(c *Command) (string, error) {
	log, err := s.l.Record()
	if err != nil {
		return "", err
	}
	m, err := race.NewInterleavings(log, c.Flag("values"))
	if err != nil {
		return "", err
	}
	r, err := explore.Run(context.Background(), m, explore.Options{MaxStates: raceStates, AllowDeadlock: true})
	if limit := (*explore.LimitError)(nil); errors.As(err, &limit) {
		return fmt.Sprintf("no race in %d states, and there are more", r.States), nil
	}
	if err != nil {
		return "", err
	}
	if r.Counterexample == nil {
		return "no order has a race", nil
	}
	states := [][8]uint64{r.Counterexample.Start}
	for _, step := range r.Counterexample.Steps {
		states = append(states, step.State)
	}
	order, was, err := m.Order(states)
	var out strings.Builder
	for i, op := range order {
		if op.Verb == race.MakeVerb {
			continue
		}
		sign := "  "
		if i >= len(order)-2 {
			sign = "* "
		}
		op.G = was[i]
		fmt.Fprintln(&out, sign+s.l.OpText(op))
	}
	return out.String(), err
}

// raceStates bounds a search.
const raceStates = 20_000

func (s *raceScript) rules(c *Command) (string, error) {
	id := c.Word()
	var out strings.Builder
	for _, r := range race.MemoryModel() {
		switch id {
		case "":
			fmt.Fprintf(&out, "%-10s %s\n", r.ID, r.Text)
		case r.ID:
			fmt.Fprintf(&out, "%s (%s)\n  ordered: %s\n  a race:  %s\n", r.Text, r.Source, r.With, r.Without)
		}
	}
	if out.Len() == 0 {
		return "", fmt.Errorf("script: the memory model has no rule %q", id)
	}
	return out.String(), nil
}

func (s *raceScript) show(*Command) (string, error) {
	var out strings.Builder
	snap := s.l.Snapshot()
	for _, g := range snap.Goroutines {
		fmt.Fprintf(&out, "%s", s.l.Goroutine(g.G))
		if g.Waits != "" {
			fmt.Fprintf(&out, " waits: %s %s", g.Waits, s.l.ObjectName(g.On))
		}
		for _, k := range g.Knows {
			fmt.Fprintf(&out, ", knows %s up to %d", s.l.Goroutine(k.G), k.Op)
		}
		out.WriteString("\n")
	}
	for _, w := range snap.Words {
		fmt.Fprintf(&out, "%s:", s.l.Variable(w.Addr))
		for i, a := range w.Accesses {
			if i > 0 {
				out.WriteString(",")
			}
			fmt.Fprintf(&out, " %s by %s (%d)", a.Verb, s.l.Goroutine(a.G), a.Op)
		}
		if w.Wasted {
			out.WriteString(" and a cell lost to a race")
		}
		out.WriteString("\n")
	}
	return out.String(), nil
}

// named puts the scenario's names in the place of object 3 and so on.
func (s *raceScript) named(text string) string {
	for _, o := range s.l.Snapshot().Objects {
		text = replaceWord(text, o.Object.String(), s.l.ObjectName(o.Object))
	}
	for _, g := range s.l.Snapshot().Goroutines {
		text = replaceWord(text, fmt.Sprintf("goroutine %d", g.G), s.l.Goroutine(g.G))
	}
	return text
}
