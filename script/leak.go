//go:build !orrery_lean

package script

import (
	"fmt"
	"slices"
	"strings"

	"github.com/orrery-go/orrery/sched/leak"
)

// leakScript is a state of named objects and goroutines.
type leakScript struct {
	begun   bool
	state   leak.State
	objects map[string]int
	gs      map[string]int
	holders []string // by object, the goroutine that has locked it
}

// leakOps are the operations of go, by their words.
var leakOps = map[string]leak.Reason{
	"runnable": leak.Runnable, "sleep": leak.Sleep, "io": leak.IOWait, "syscall": leak.Syscall, "coroutine": leak.Coroutine, "nil": leak.NilChan,
	"send": leak.Send, "recv": leak.Recv, "select": leak.Select, "lock": leak.Lock, "rlock": leak.RLock, "wait": leak.Wait,
}

func init() { interpreters["leak"] = newLeak }

func newLeak() *Interpreter {
	s := new(leakScript)
	in := &Interpreter{begun: func() bool { return s.begun }, verbs: []Verb{
		{Name: "new", Doc: "begin with nothing", first: true, run: s.begin},
		{Name: "struct", Args: "NAME [OBJECT...]", Doc: "a struct on the heap, which refers to objects", run: s.object},
		{Name: "chan", Args: "NAME [OBJECT...]", Doc: "a channel, whose buffer is full of them", run: s.object},
		{Name: "mutex", Args: "NAME [OBJECT...] [holder=G]", Doc: "a struct with a mutex that is locked, by a goroutine that is there or has ended", run: s.object},
		{Name: "rwmutex", Args: "NAME [OBJECT...] [holder=G]", Doc: "with a reader/writer mutex that is locked for writing", run: s.object},
		{Name: "waitgroup", Args: "NAME [OBJECT...]", Doc: "with a WaitGroup whose counter is above 0", run: s.object},
		{Name: "cond", Args: "NAME [OBJECT...]", Doc: "with a condition variable", run: s.object},
		{Name: "refer", Args: "NAME OBJECT...", Doc: "an object refers to more", run: s.refer},
		{Name: "go", Args: "G OP [OBJECT...] [has=OBJECT,...]", Doc: "a goroutine in send, recv, select, lock, rlock, wait, nil, sleep, io, syscall, coroutine or runnable; a case !c of select is a send", run: s.goroutine},
		{Name: "global", Args: "OBJECT...", Doc: "a global variable refers to them", run: s.root},
		{Name: "timer", Args: "OBJECT...", Doc: "the function of a timer does", run: s.root},
		{Name: "finalizer", Args: "OBJECT [OBJECT...]", Doc: "an object has a finalizer, whose function refers to the others", run: s.finalizer},
		{Name: "cleanup", Args: "OBJECT [OBJECT...]", Doc: "it has a cleanup", run: s.finalizer},
		{Name: "find", Doc: "the goroutines that are leaked, and how the others were found", run: s.find},
	}}
	in.state = func() any { return s.state }
	return in
}

func (s *leakScript) begin(*Command) (string, error) {
	*s = leakScript{begun: true, objects: map[string]int{}, gs: map[string]int{}}
	s.state = leak.State{Objects: []leak.Object{}, Goroutines: []leak.Goroutine{}, Globals: []int{}, Timers: []int{}, Finalizers: []leak.Finalizer{}}
	return "", nil
}

// names takes all remaining words, which name objects.
func (s *leakScript) names(c *Command) []int {
	refs := []int{}
	for len(c.words) > 0 {
		w := c.next()
		n, ok := s.objects[w.text]
		if !ok {
			c.fail(w.column, "there is no object %.40q", w.text)
		}
		refs = append(refs, n)
	}
	return refs
}

const leakMost = 1000 // objects, and goroutines, of a scenario

func (s *leakScript) object(c *Command) (string, error) {
	w := c.next()
	switch {
	case w.text == "":
		c.fail(w.column, "%s wants a name", c.Verb)
	case s.objects[w.text] != 0:
		c.fail(w.column, "%.40q is there already", w.text)
	case len(s.state.Objects) == leakMost:
		c.fail(w.column, "%d objects are the most there can be", leakMost)
	}
	var o leak.Object
	if err := o.Type.UnmarshalText([]byte(c.Verb)); err != nil {
		return "", err
	}
	o.Name, o.Refs = w.text, s.names(c)
	holder := ""
	if o.Type == leak.Mutex || o.Type == leak.RWMutex {
		holder = c.String("holder", "")
	}
	if c.Err() == nil {
		s.state.Objects = append(s.state.Objects, o)
		s.objects[w.text] = len(s.state.Objects)
		s.holders = append(s.holders, holder)
	}
	return "", c.Err()
}

func (s *leakScript) refer(c *Command) (string, error) {
	list := s.names(c)
	if len(list) < 2 {
		c.fail(c.end(), "refer wants an object, and what it refers to")
	}
	if c.Err() == nil {
		o := &s.state.Objects[list[0]-1]
		if len(o.Refs)+len(list) > leakMost {
			return "", fmt.Errorf("script: an object refers to %d at most", leakMost)
		}
		o.Refs = append(o.Refs, list[1:]...)
	}
	return "", c.Err()
}

func (s *leakScript) goroutine(c *Command) (string, error) {
	w := c.next()
	switch {
	case w.text == "":
		c.fail(w.column, "go wants a name")
	case s.gs[w.text] != 0:
		c.fail(w.column, "%.40q is there already", w.text)
	case len(s.state.Goroutines) == leakMost:
		c.fail(w.column, "%d goroutines are the most there can be", leakMost)
	}
	word := c.next()
	op, ok := leakOps[word.text]
	if !ok {
		c.fail(word.column, "no operation %.40q", word.text)
	}
	g := leak.Goroutine{Reason: op, Name: w.text, On: []leak.Case{}, Refs: []int{}}
	for len(c.words) > 0 {
		o := c.next()
		name, send := strings.CutPrefix(o.text, "!")
		n, ok := s.objects[name]
		if !ok {
			c.fail(o.column, "there is no object %.40q", name)
		}
		g.On = append(g.On, leak.Case{Object: n, Send: send})
	}
	if op == leak.Select && len(g.On) == 0 {
		g.Reason = leak.SelectNone
	}
	if has := c.String("has", ""); has != "" {
		for name := range strings.SplitSeq(has, ",") {
			n, ok := s.objects[name]
			if !ok {
				c.fail(c.named["has"].column, "there is no object %.40q", name)
			}
			g.Refs = append(g.Refs, n)
		}
	}
	if c.Err() == nil {
		s.state.Goroutines = append(s.state.Goroutines, g)
		s.gs[w.text] = len(s.state.Goroutines)
	}
	return "", c.Err()
}

func (s *leakScript) root(c *Command) (string, error) {
	list := s.names(c)
	if c.Err() != nil {
		return "", c.Err()
	}
	roots := &s.state.Globals
	if c.Verb == "timer" {
		roots = &s.state.Timers
	}
	if len(*roots)+len(list) > leakMost {
		return "", fmt.Errorf("script: there are %d at most", leakMost)
	}
	*roots = append(*roots, list...)
	return "", nil
}

func (s *leakScript) finalizer(c *Command) (string, error) {
	list := s.names(c)
	switch {
	case c.Err() != nil:
		return "", c.Err()
	case len(list) == 0 || len(s.state.Finalizers) == leakMost:
		return "", fmt.Errorf("script: %s wants an object, and there are %d at most", c.Verb, leakMost)
	}
	s.state.Finalizers = append(s.state.Finalizers, leak.Finalizer{Of: list[0], Refs: list[1:], Cleanup: c.Verb == "cleanup"})
	return "", nil
}

func (s *leakScript) find(*Command) (string, error) {
	state := s.state
	state.Objects = slices.Clone(state.Objects)
	for i, name := range s.holders {
		if name == "" {
			continue
		}
		if state.Objects[i].Holder = s.gs[name]; s.gs[name] == 0 {
			state.Objects[i].Holder = len(state.Goroutines) + 1 // it has ended
		}
	}
	r, err := leak.Find(state)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for i, round := range r.Rounds {
		fmt.Fprintf(&b, "round %d:", i+1)
		for _, n := range round {
			fmt.Fprintf(&b, " %s", state.Goroutines[n-1].Name)
		}
		b.WriteString(" may go on\n")
	}
	for _, l := range r.Leaked {
		fmt.Fprintln(&b, l)
	}
	if len(r.Leaked) == 0 {
		b.WriteString("nobody is leaked\n")
	}
	return b.String(), nil
}
