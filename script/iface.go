//go:build !orrery_lean

package script

import (
	"fmt"
	"strings"

	"github.com/orrery-go/orrery/iface"
	"github.com/orrery-go/orrery/iface/source"
)

// ifaceScript is a program, and what its machine has told since it was last asked.
type ifaceScript struct {
	program *source.Program
	events  []iface.Event
}

func init() { interpreters["iface"] = newIface }

func newIface() *Interpreter {
	s := new(ifaceScript)
	return &Interpreter{begun: func() bool { return s.program != nil }, verbs: []Verb{
		{Name: "new", Args: "[release=] [seed=]", Doc: "begin a program of a release", first: true, run: s.begin},
		{Name: "do", Args: "STATEMENT", Doc: "declare, convert, compare, assert, switch, as Go does: `i == nil`", run: s.do},
		{Name: "step", Args: "STATEMENT", Doc: "the same, step by step", run: s.step},
		{Name: "cost", Args: "STATEMENT", Doc: "the same, and how many bytes its conversions ask of the heap", run: s.cost},
		{Name: "words", Args: "NAME", Doc: "the two words of an interface, and what they lead to", run: s.words},
		{Name: "type", Args: "TYPE", Doc: "what the runtime knows of a type", run: s.typ},
		{Name: "assignable", Args: "TYPE TYPE", Doc: "whether the first can be assigned to the second, and why", run: s.assignable},
		{Name: "show", Doc: "the itabs", run: s.show},
		{Name: "check", Doc: "which invariant is broken", run: func(*Command) (string, error) { return checked(s.program.Runtime().Check()) }},
	}}
}

func (s *ifaceScript) begin(c *Command) (string, error) {
	p, err := source.New(iface.Config{
		Release: c.String("release", ""),
		Seed:    uint64(c.Int("seed", 0)),
		Trace: func(e iface.Event) {
			if len(s.events) < 10_000 {
				s.events = append(s.events, e)
			}
		},
	})
	if err == nil {
		s.program = p
	}
	return "", err
}

func (s *ifaceScript) do(c *Command) (string, error) {
	out, err := s.program.Do(c.Word())
	s.events = nil
	return out.Text, err
}

func (s *ifaceScript) step(c *Command) (string, error) {
	s.events = nil
	out, err := s.program.Do(c.Word())
	var b strings.Builder
	for i := 0; i < len(s.events); {
		n := 1 // of the same steps in a row
		for i+n < len(s.events) && s.events[i+n].String() == s.events[i].String() {
			n++
		}
		if n > 1 {
			fmt.Fprintf(&b, "%s, %d times\n", s.events[i], n)
		} else {
			fmt.Fprintln(&b, s.events[i])
		}
		i += n
	}
	s.events = nil
	if err != nil {
		return b.String(), err
	}
	return b.String() + out.Text, nil
}

func (s *ifaceScript) cost(c *Command) (string, error) {
	out, err := s.program.Do(c.Word())
	s.events = nil
	return strings.TrimSpace(fmt.Sprintf("%s %d bytes", out.Text, out.Heap)), err
}

func (s *ifaceScript) words(c *Command) (string, error) {
	v, err := s.program.Var(c.Word())
	if err != nil {
		return "", err
	}
	w, err := v.Words()
	if err != nil {
		return "", err
	}
	if w.Tab == 0 {
		return "0, 0: nil", nil
	}
	held, err := v.Elem()
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%#x, %#x: %s", w.Tab, w.Data, held), nil
}

func (s *ifaceScript) typ(c *Command) (string, error) {
	t, err := s.program.Type(c.Word())
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s: word %#x, hash %08x, direct %v, comparable %v", t, t.Word(), t.Hash(), t.Direct(), t.Comparable()), nil
}

func (s *ifaceScript) assignable(c *Command) (string, error) {
	v, err := s.program.Type(c.Word())
	if err != nil {
		return "", err
	}
	t, err := s.program.Type(c.Word())
	if err != nil {
		return "", err
	}
	out, err := s.program.Runtime().Assignable(v, t)
	return fmt.Sprintf("%v: %s", out.OK, out.Reason), err
}

func (s *ifaceScript) show(*Command) (string, error) {
	var b strings.Builder
	for _, tab := range s.program.Runtime().Snapshot().Itabs {
		funs := strings.Join(tab.Funs, " ")
		if tab.Misses != "" {
			funs = "misses " + tab.Misses
		}
		fmt.Fprintf(&b, "%#x slot %d: %s for %s: %s\n", tab.Addr, tab.Slot, tab.Type, tab.Inter, funs)
	}
	return b.String(), nil
}
