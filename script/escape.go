//go:build !orrery_lean

package script

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"

	"github.com/orrery-go/orrery/escape"
)

// escapeScript is a package that is written a line at a time, and what is found out.
type escapeScript struct {
	config escape.Config
	begun  bool
	lines  []string
	result *escape.Result
	events []escape.Event
}

func init() { interpreters["escape"] = newEscape }

func newEscape() *Interpreter {
	s := new(escapeScript)
	return &Interpreter{begun: func() bool { return s.begun }, verbs: []Verb{
		{Name: "new", Args: "[release=] [arch=amd64]", Doc: "begin with an empty package", first: true, run: s.begin},
		{Name: "go", Args: "SOURCE...", Doc: `add declarations, in quotes: "func f() *int { x := 1; return &x }"`, run: s.add},
		{Name: "run", Doc: "analyse: the compiler's messages", run: s.run},
		{Name: "why", Args: "NAME", Doc: "why a variable or an expression is where it is", run: s.why},
		{Name: "step", Args: "[n=20]", Doc: "the first n steps of the analysis", run: s.step},
		{Name: "show", Args: "[function=]", Doc: "the data flow: what is assigned to what", run: s.show},
	}}
}

func (s *escapeScript) begin(c *Command) (string, error) {
	*s = escapeScript{begun: true, config: escape.Config{Release: c.String("release", ""), Arch: c.String("arch", ""), Explain: true, Graph: true}}
	return "", c.Err()
}

func (s *escapeScript) add(c *Command) (string, error) {
	n := len(s.lines)
	for w := c.Word(); w != ""; w = c.Word() {
		s.lines = append(s.lines, w)
	}
	if len(s.lines) == n {
		return "", errors.New("script: go wants source")
	}
	if err := s.analyze(); err != nil {
		s.lines = s.lines[:n]
		return "", err
	}
	return "", nil
}

func (s *escapeScript) analyze() error {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "x.go", "package x; "+strings.Join(s.lines, "\n")+"\n", parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	info := escape.NewInfo()
	// See iface/source: with Error set, go/types does not stop at the first error, where
	// it can panic.
	conf := types.Config{Error: func(error) {}}
	pkg, err := conf.Check("x", fset, []*ast.File{f}, info)
	if err != nil {
		return err
	}
	c := s.config
	var events []escape.Event
	c.Trace = func(e escape.Event) {
		if len(events) < 10_000 {
			events = append(events, e)
		}
	}
	r, err := escape.Analyze(escape.Package{Fset: fset, Files: []*ast.File{f}, Types: pkg, Info: info}, c)
	if err == nil {
		s.result, s.events = r, events
	}
	return err
}

func (s *escapeScript) run(c *Command) (string, error) {
	if s.result == nil {
		return "", errors.New("script: there is no source yet")
	}
	var b strings.Builder
	for _, d := range s.result.Diagnostics {
		fmt.Fprintf(&b, "%d: %s\n", d.Line, d.Text)
	}
	return b.String(), c.Err()
}

func (s *escapeScript) why(c *Command) (string, error) {
	name := c.Word()
	if s.result == nil {
		return "", errors.New("script: there is no source yet")
	}
	var b strings.Builder
	for _, d := range s.result.Diagnostics {
		if d.Name == name {
			fmt.Fprintln(&b, d.Words())
		}
	}
	if b.Len() == 0 {
		return "", fmt.Errorf("script: nothing is said about %.40q", name)
	}
	return b.String(), c.Err()
}

func (s *escapeScript) step(c *Command) (string, error) {
	n := c.Int("n", 20)
	if c.Err() != nil || n < 1 || n > 1000 {
		return "", fmt.Errorf("script: %d steps out of range [1,1000]", n)
	}
	var b strings.Builder
	for _, e := range s.events[:min(int(n), len(s.events))] {
		fmt.Fprintln(&b, e)
	}
	return b.String(), nil
}

func (s *escapeScript) show(c *Command) (string, error) {
	fn := c.String("function", "")
	if s.result == nil {
		return "", errors.New("script: there is no source yet")
	}
	var b strings.Builder
	for _, g := range s.result.Graphs {
		if fn != "" && g.Functions[0] != fn {
			continue
		}
		names := map[int]string{}
		for _, n := range g.Nodes {
			names[n.ID] = n.Name
		}
		for _, e := range g.Edges {
			sign := strings.Repeat("*", max(e.Derefs, 0))
			if e.Derefs < 0 {
				sign = "&"
			}
			fmt.Fprintf(&b, "%s: %s = %s%s\n", g.Functions[0], names[e.To], sign, names[e.From])
		}
	}
	return b.String(), c.Err()
}
