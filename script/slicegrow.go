//go:build !orrery_lean

package script

import (
	"fmt"
	"strings"

	"github.com/orrery-go/orrery/slicegrow"
)

// slicegrowScript has the rules of a release.
type slicegrowScript struct{ rules *slicegrow.Rules }

func init() { interpreters["slicegrow"] = newSlicegrow }

func newSlicegrow() *Interpreter {
	s := new(slicegrowScript)
	return &Interpreter{begun: func() bool { return s.rules != nil }, verbs: []Verb{
		{Name: "new", Args: "[release=] [word=4]", Doc: "take the rules of a release", first: true, run: s.begin},
		{Name: "grow", Args: "len= cap= count= size= [pointers] [op=spread|grow] [dest=local|returned]", Doc: "the capacity after an append", run: s.verb},
		{Name: "sequence", Args: "n= count= size= [pointers] [dest=]", Doc: "the capacities of n appends", run: s.verb},
		{Name: "move", Args: "len= cap= size= [dest=returned]", Doc: "what a return makes of a slice on the stack", run: s.verb},
		{Name: "diff", Args: "A B", Doc: "the first append on which two releases differ", first: true, run: diff},
	}}
}

func (s *slicegrowScript) verb(c *Command) (string, error) {
	a, err := question(c)
	if err != nil {
		return "", err
	}
	switch c.Verb {
	case "grow":
		g, err := s.rules.Grow(a)
		return g.String(), err
	case "move":
		g, err := s.rules.Move(a)
		return g.String(), err
	default: // sequence
		return s.sequence(a, c.Int("n", 1000), c.Err())
	}
}

func (s *slicegrowScript) begin(c *Command) (string, error) {
	rules, err := slicegrow.ForRelease(c.String("release", ""))
	if err != nil {
		return "", err
	}
	if rules, err = rules.Word(int(c.Int("word", 8))); err != nil {
		return "", err
	}
	s.rules = rules
	return "", c.Err()
}

func question(c *Command) (slicegrow.Append, error) {
	a := slicegrow.Append{
		Len:      c.Int("len", 0),
		Cap:      c.Int("cap", 0),
		Count:    c.Int("count", 1),
		Size:     c.Int("size", 8),
		Pointers: c.Flag("pointers"),
	}
	if c.Verb == "move" {
		a.Count = 0
	}
	if err := a.Verb.UnmarshalText([]byte(c.String("op", "values"))); err != nil {
		return a, err
	}
	if err := a.Dest.UnmarshalText([]byte(c.String("dest", "escapes"))); err != nil {
		return a, err
	}
	return a, c.Err()
}

func (s *slicegrowScript) sequence(a slicegrow.Append, n int64, err error) (string, error) {
	if err != nil {
		return "", err
	}
	var out strings.Builder
	for step, err := range s.rules.Sequence(a, n) {
		if err != nil {
			return out.String(), err
		}
		fmt.Fprintf(&out, "append %6d: cap %6d (%s), %7d bytes copied, %7d allocated so far\n",
			step.Appends, step.Cap, step.Rule, step.TotalCopied, step.TotalAllocated)
	}
	return out.String(), nil
}

func diff(c *Command) (string, error) {
	var rules [2]*slicegrow.Rules
	for i := range rules {
		var err error
		if rules[i], err = slicegrow.ForRelease(c.Word()); err != nil {
			return "", err
		}
	}
	d, ok := slicegrow.Diff(rules[0], rules[1])
	if !ok {
		return "no difference", nil
	}
	say := func(g slicegrow.Growth, err string) string {
		if err != "" {
			return "panic: " + err
		}
		return g.String()
	}
	return fmt.Sprintf("%s: %s\n%s: %s\n", rules[0].Release(), say(d.A, d.ErrA), rules[1].Release(), say(d.B, d.ErrB)), nil
}
