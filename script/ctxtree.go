//go:build !orrery_lean || orrery_ctxtree

package script

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/orrery-go/orrery/ctxtree"
)

// ctxtreeScript is a tree of contexts. Operations are written in Go, without the
// package's name and the error. Contexts have names; background, todo and nil exist
// from the beginning.
type ctxtreeScript struct {
	t     *ctxtree.Tree
	names map[string]ctxtree.Node
	nodes map[ctxtree.Node]string // the name that each was given
	steps strings.Builder
	watch watch
}

func init() { interpreters["ctxtree"] = newCtxtree }

func newCtxtree() *Interpreter {
	s := new(ctxtreeScript)
	in := &Interpreter{begun: func() bool { return s.t != nil }, state: func() any { return s.t.Snapshot() }, watch: &s.watch, verbs: []Verb{
		{Name: "new", Args: "[release=go1.17] [steps]", Doc: "begin; steps: tell each step", first: true, run: s.begin},
		{Name: "do", Args: `"a := WithTimeout(background, 2s)"`, Doc: "make a context a; also WithCancel, WithCancelCause, WithDeadline, WithDeadlineCause(b, 2s, why), WithTimeoutCause, " +
			"WithValue(b, key, value), WithoutCancel, AfterFunc, Custom(b, own Done, no Value, AfterFunc, deadline 2s); or " +
			"cancel(a), cancel(a, why), stop(f), finish(c, why), a.Err(), Cause(a), a.Done(), a.Deadline(), a.Value(key), a.String()", run: s.do},
		{Name: "path", Args: "A KEY", Doc: "the contexts that Value looks at", run: s.path},
		{Name: "commute", Args: `"cancel(a)" "cancel(b)"`, Doc: "whether their order makes a difference", run: s.commute},
		{Name: "advance", Args: "D", Doc: "let time pass", run: s.advance},
		{Name: "settle", Doc: "let all goroutines run", run: func(*Command) (string, error) { return "", s.t.Settle() }},
		{Name: "run", Args: "G", Doc: "let goroutine G run", run: s.run},
		{Name: "step", Doc: "do the next thing that happens by itself", run: func(*Command) (string, error) { _, err := s.t.Step(); return "", err }},
		{Name: "ready", Doc: "the goroutines that can run", run: func(*Command) (string, error) { return strings.Trim(fmt.Sprint(s.t.Ready()), "[]"), nil }},
		{Name: "show", Doc: "the tree", run: func(*Command) (string, error) { return s.t.Snapshot().String(), nil }},
		{Name: "check", Doc: "which invariant is broken", run: func(*Command) (string, error) { return checked(s.t.Check()) }},
	}}
	in.name = func(of any) string {
		n, _ := of.(ctxtree.Node)
		return s.nodes[n]
	}
	for i, v := range in.verbs {
		if v.first {
			continue
		}
		// Steps come before the text of a verb, and both use the scenario's names.
		in.verbs[i].run = func(c *Command) (string, error) {
			text, err := v.run(c)
			if err == nil {
				err = c.Err()
			}
			if err != nil {
				err = errors.New(s.named(err.Error()))
			}
			defer s.steps.Reset()
			return s.named(s.steps.String() + text), err
		}
	}
	return in
}

func (s *ctxtreeScript) begin(c *Command) (string, error) {
	config := ctxtree.Config{Release: c.String("release", "")}
	if loud := c.Flag("steps"); loud || s.watch.watched() {
		config.Trace = func(e ctxtree.Event) {
			s.watch.tell(e)
			if loud {
				fmt.Fprintf(&s.steps, "  %v\n", e)
			}
		}
	}
	if c.Err() != nil {
		return "", c.Err()
	}
	t, err := ctxtree.New(config)
	if err == nil {
		s.t = t
		s.names = map[string]ctxtree.Node{"background": ctxtree.Background, "todo": ctxtree.TODO, "nil": ctxtree.Nil}
		s.nodes = map[ctxtree.Node]string{}
	}
	return "", err
}

func (s *ctxtreeScript) do(c *Command) (string, error) {
	w := c.next()
	text, err := s.statement(w.text)
	if err != nil {
		c.at = w.column
	}
	return text, err
}

func (s *ctxtreeScript) path(c *Command) (string, error) {
	n, err := s.node(c.Word())
	if err != nil {
		return "", err
	}
	path, err := s.t.Path(n, c.Word())
	var names []string
	for _, n := range path {
		names = append(names, s.name(n))
	}
	return strings.Join(names, " "), err
}

func (s *ctxtreeScript) commute(c *Command) (string, error) {
	var ops [2]ctxtree.Op
	for i := range ops {
		w := c.next()
		op, _, err := s.op(w.text)
		if err != nil {
			c.at = w.column
			return "", err
		}
		ops[i] = op
	}
	ok, err := s.t.Commute(ops[0], ops[1])
	return fmt.Sprint(ok), err
}

func (s *ctxtreeScript) advance(c *Command) (string, error) {
	d := c.Duration()
	if c.Err() != nil {
		return "", c.Err()
	}
	return "", s.t.Advance(d)
}

func (s *ctxtreeScript) run(c *Command) (string, error) {
	g := c.Number()
	if c.Err() != nil {
		return "", c.Err()
	}
	if int64(ctxtree.G(g)) != g {
		return "", fmt.Errorf("script: there is no goroutine %d", g)
	}
	o, err := s.t.Run(ctxtree.G(g))
	return o.String(), err
}

// statement does one: an operation, or a question.
func (s *ctxtreeScript) statement(text string) (string, error) {
	if name, call, ok := strings.Cut(text, "."); ok && !strings.Contains(name, "(") {
		return s.method(name, call)
	}
	if arg, ok := strings.CutPrefix(text, "Cause("); ok {
		n, err := s.node(strings.TrimSuffix(arg, ")"))
		if err != nil {
			return "", err
		}
		r, err := s.t.Cause(n)
		return orNil(r), err
	}
	op, name, err := s.op(text)
	if err != nil {
		return "", err
	}
	o, err := s.t.Do(op)
	if err != nil || o.What == ctxtree.DidMake {
		if name != "" && err == nil {
			s.names[name], s.nodes[o.Node] = o.Node, name
		}
		return "", err
	}
	if o.Canceled > 1 {
		return fmt.Sprintf("%v, %d in all", o, o.Canceled), nil
	}
	return o.String(), nil
}

// method asks a context: "a.Err()".
func (s *ctxtreeScript) method(name, call string) (string, error) {
	n, err := s.node(name)
	if err != nil {
		return "", err
	}
	method, arg, _ := strings.Cut(strings.TrimSuffix(call, ")"), "(")
	switch method {
	case "Err":
		r, err := s.t.Err(n)
		return orNil(r), err
	case "Done":
		d, err := s.t.Done(n)
		switch {
		case err != nil:
			return "", err
		case d.Of == 0:
			return "nil", nil
		case d.Shared:
			return "closed, and that of all contexts that nobody had asked", nil
		case d.Closed:
			return "closed, of " + s.name(d.Of), nil
		}
		return "open, of " + s.name(d.Of), nil
	case "Deadline":
		d, ok, err := s.t.Deadline(n)
		return fmt.Sprint(d, " ", ok), err
	case "Value":
		l, err := s.t.Value(n, arg)
		if err != nil || !l.Found {
			return fmt.Sprintf("nil, %d hops, %d frames", l.Hops, l.Frames), err
		}
		return fmt.Sprintf("%v, of %s, %d hops, %d frames", l.Value, s.name(l.At), l.Hops, l.Frames), nil
	case "String":
		return s.t.Name(n)
	}
	return "", fmt.Errorf("script: a context has no method %q (want Err, Done, Deadline, Value or String)", method)
}

func orNil(r ctxtree.Reason) string {
	if r == "" {
		return "nil"
	}
	return string(r)
}

var ctxtreeMakes = []ctxtree.Verb{
	ctxtree.WithCancelVerb, ctxtree.WithCancelCauseVerb, ctxtree.WithDeadlineVerb, ctxtree.WithDeadlineCauseVerb, ctxtree.WithTimeoutVerb,
	ctxtree.WithTimeoutCauseVerb, ctxtree.WithValueVerb, ctxtree.WithoutCancelVerb, ctxtree.AfterFuncVerb,
}

// op reads an operation, and the name of the context that it makes.
func (s *ctxtreeScript) op(text string) (op ctxtree.Op, name string, err error) {
	name, call, ok := strings.Cut(text, " := ")
	if !ok {
		name, call = "", text
	}
	f, list, ok := strings.Cut(call, "(")
	if !ok || !strings.HasSuffix(list, ")") {
		return op, "", fmt.Errorf("script: %q is no operation (want like %q, %q, %q)", text, "a := WithCancel(background)", "cancel(a)", "a.Err()")
	}
	args := strings.Split(strings.TrimSuffix(list, ")"), ",")
	for i := range args {
		args[i] = strings.TrimSpace(args[i])
	}
	if op.Node, err = s.node(args[0]); err != nil {
		return op, "", err
	}
	args = args[1:]
	next := func() (arg string) {
		if len(args) > 0 {
			arg, args = args[0], args[1:]
		}
		return arg
	}
	op.Verb = ctxtree.Verb(f)
	switch {
	case f == "cancel" && len(args) > 0:
		op.Verb, op.Cause = ctxtree.CancelCauseVerb, ctxtree.Reason(next())
	case f == "cancel":
		op.Verb = ctxtree.CancelVerb
	case f == "stop":
		op.Verb = ctxtree.StopVerb
	case f == "finish":
		op.Verb, op.Cause = ctxtree.FinishVerb, ctxtree.Reason(next())
	case f == "Custom":
		op.Verb = ctxtree.WithCustomVerb
		op.Custom, err = ctxtreeCustom(name, args)
		args = nil
	case slices.Contains(ctxtreeMakes, op.Verb):
		if strings.Contains(f, "Deadline") || strings.Contains(f, "Timeout") {
			if op.At, err = time.ParseDuration(next()); err != nil {
				return op, "", fmt.Errorf("script: %w", err)
			}
		}
		switch {
		case strings.HasSuffix(f, "Cause") && len(args) > 0:
			op.Cause = ctxtree.Reason(next())
		case f == "WithValue":
			op.Key, op.Value = next(), next()
		}
	default:
		return op, "", fmt.Errorf("script: no function %q", f)
	}
	if err == nil && len(args) > 0 {
		err = fmt.Errorf("script: %s does not take %q", f, args[0])
	}
	return op, name, err
}

// ctxtreeCustom reads the methods that a context of another package implements.
func ctxtreeCustom(name string, args []string) (*ctxtree.Custom, error) {
	c := &ctxtree.Custom{Name: "*main." + name}
	methods := map[string]*ctxtree.Method{"Done": &c.Done, "Err": &c.Err, "Value": &c.Value, "Deadline": &c.Deadline}
	for _, arg := range args {
		word, rest, _ := strings.Cut(arg, " ")
		m := methods[rest]
		switch {
		case arg == "AfterFunc":
			c.AfterFunc = true
		case word == "own" && m != nil:
			*m = ctxtree.Own
		case word == "no" && m != nil:
			*m = ctxtree.None
		case word == "deadline":
			d, err := time.ParseDuration(rest)
			if err != nil {
				return nil, fmt.Errorf("script: %w", err)
			}
			c.Deadline, c.At = ctxtree.Own, d
		default:
			return nil, fmt.Errorf("script: a custom context has no %q (want like own Done, no Value, AfterFunc, deadline 2s)", arg)
		}
	}
	return c, nil
}

func (s *ctxtreeScript) node(name string) (ctxtree.Node, error) {
	n, ok := s.names[name]
	if !ok {
		return 0, fmt.Errorf("script: nothing is called %q", name)
	}
	return n, nil
}

// name returns the scenario's name of a node.
func (s *ctxtreeScript) name(n ctxtree.Node) string {
	for _, name := range slices.Sorted(maps.Keys(s.names)) {
		if s.names[name] == n {
			return name
		}
	}
	return n.String()
}

// named puts the scenario's names in the place of ctx3 and so on.
func (s *ctxtreeScript) named(text string) string {
	for _, name := range slices.Sorted(maps.Keys(s.names)) {
		if n := s.names[name]; n > ctxtree.TODO {
			text = replaceWord(text, n.String(), name)
		}
	}
	return text
}
