package main

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A source is a program in the JSON of package program.
type source struct {
	Vars  []declared
	Chans []declared
	Locks []declared

	Timers, Contexts []declared

	Funcs []struct {
		Name   string
		Params []string
		Ops    []*op
	}
	Recover bool
}

// A declared is a declaration of a variable, a channel and so on.
type declared struct {
	Name, Kind, L string
	N             int64
	Cap, Counter  int
	RLocker       bool
	Ticker        bool
	Count         int
}

// An op is an operation.
type op struct {
	Verb     string
	Set      []string
	On, Of   string
	Args     []string
	N        int64
	Var      string
	D        time.Duration
	X, Y     string
	Operator string
	Cases    []choice
	Default  bool
	pc       int
	other    int  // of a body's begin and end, the pc of the other one; of an else, of the end
	loop     int  // the pc of the loop that it is in, or -1
	idle     bool // it may wait for time
	after    bool // for that of time.After, which nothing stops
	depth    int  // of loops around it
	sets     []func(f *frame) *int64
	do       func(f *frame) entry       // performs it and returns its result
	once     func(f *frame) interface{} // of a do
	flow     func(f *frame) int         // or returns where the goroutine goes on
}

type choice struct {
	Chan string
	Send bool
	N    int64
	Var  string
	D    time.Duration
}

// A function is the beginning of a function, and the number of its variables.
type function struct {
	pc, size int
	locals   map[string]int
}

// objects are the objects of a program's names: lists, of length one if the name is not
// an array.
type objects struct {
	vars     map[string][]int64
	chans    map[string][]chan int64
	locks    map[string][]interface{}
	timers   map[string][]*timer
	contexts map[string][]*ctx
}

// load prepares a program to run.
func load(s source) *prog {
	p := &prog{source: s, funcs: map[string]*function{}, panics: map[string]interface{}{}}
	p.ids, p.live, p.done = 1, 1, make(chan bool, 1)
	p.objects = objects{map[string][]int64{}, map[string][]chan int64{}, map[string][]interface{}{}, map[string][]*timer{}, map[string][]*ctx{}}
	p.declare()
	for _, f := range s.Funcs {
		l := &function{pc: len(p.ops), locals: map[string]int{}}
		p.funcs[f.Name] = l
		for _, name := range f.Params {
			l.local(name)
		}
		p.link(f.Ops)
	}
	for _, f := range s.Funcs {
		c := &compiler{p, p.funcs[f.Name]}
		for _, x := range f.Ops {
			c.compile(x)
		}
	}
	for _, f := range p.funcs {
		f.size = len(f.locals)
	}
	return p
}

func (p *prog) declare() {
	many := func(d declared, make func(i int)) {
		for i := 0; i < d.Count || i == 0; i++ {
			make(i)
		}
	}
	for _, d := range p.Vars {
		many(d, func(int) { p.vars[d.Name] = append(p.vars[d.Name], d.N) })
	}
	for _, d := range p.Chans {
		many(d, func(int) { p.chans[d.Name] = append(p.chans[d.Name], make(chan int64, d.Cap)) })
	}
	for _, d := range p.Locks {
		many(d, func(i int) { p.locks[d.Name] = append(p.locks[d.Name], p.makeLock(d, i)) })
	}
	for _, d := range p.Timers {
		many(d, func(int) { p.timers[d.Name] = append(p.timers[d.Name], new(timer)) })
	}
	for _, d := range p.Contexts {
		many(d, func(int) { p.contexts[d.Name] = append(p.contexts[d.Name], new(ctx)) })
	}
}

func (p *prog) makeLock(d declared, i int) interface{} {
	switch d.Kind {
	case "mutex":
		return new(sync.Mutex)
	case "rwmutex":
		return new(sync.RWMutex)
	case "once":
		return new(sync.Once)
	case "waitgroup":
		wg := new(sync.WaitGroup)
		wg.Add(d.Counter)
		return wg
	case "cond":
		ls := p.locks[d.L]
		l := ls[i%len(ls)]
		if d.RLocker {
			return sync.NewCond(l.(*sync.RWMutex).RLocker())
		}
		return sync.NewCond(l.(sync.Locker))
	}
	panic("the child has no " + d.Kind)
}

// link appends a function's operations, and sets the other end of each body.
func (p *prog) link(list []*op) {
	var open []*op
	loop, depth := -1, 0
	for _, x := range list {
		x.pc = len(p.ops)
		x.loop, x.depth = loop, depth
		p.ops = append(p.ops, x)
		switch x.Verb {
		case "else":
			open[len(open)-1].other = x.pc
			x.loop = open[len(open)-1].loop
			open[len(open)-1] = x
		case "end":
			begin := open[len(open)-1]
			open = open[:len(open)-1]
			x.other, begin.other = begin.pc, x.pc
			if begin.Verb == "loop" || begin.Verb == "while" {
				loop, depth = begin.loop, depth-1
			}
		case "loop", "while":
			loop, depth = x.pc, depth+1
			open = append(open, x)
		case "if", "do", "defer":
			open = append(open, x)
		}
	}
	p.ops = append(p.ops, &op{flow: func(*frame) int { return -1 }})
}

// A compiler looks up the names of a function.
type compiler struct {
	p *prog
	f *function
}

func (c *compiler) compile(x *op) {
	for _, name := range x.Set {
		if name == "_" {
			x.sets = append(x.sets, nil)
		} else {
			x.sets = append(x.sets, c.variable(name))
		}
	}
	x.idle = x.Verb == "sleep" || x.Verb == "recv" && !c.isChannel(x.On)
	x.after = x.Verb == "recv" && x.On == "after"
	for _, k := range x.Cases {
		x.idle = x.idle || !k.Send && !c.isChannel(k.Chan)
		x.after = x.after || k.Chan == "after"
	}
	if flow := flows[x.Verb]; flow != nil {
		x.flow = flow(c, x)
	} else if verb := verbs[x.Verb]; verb != nil {
		x.do = verb(c, x)
	} else if x.Verb == "do" {
		x.once = c.lock(x.On)
	} else if x.Verb != "defer" && x.Verb != "recover" {
		panic("the child does not " + x.Verb)
	}
}

// put stores the operation's results in its variables.
func (x *op) put(f *frame, results ...int64) {
	for i, v := range results {
		if i < len(x.sets) && x.sets[i] != nil {
			*x.sets[i](f) = v
		}
	}
}

func (f *function) local(name string) int {
	if _, ok := f.locals[name]; !ok {
		f.locals[name] = len(f.locals)
	}
	return f.locals[name]
}

// variable returns the place of a variable.
func (c *compiler) variable(name string) func(f *frame) *int64 {
	base, at := c.index(name)
	if list, ok := c.p.vars[base]; ok {
		return func(f *frame) *int64 { return &list[at(f)] }
	}
	i := c.f.local(base)
	return func(f *frame) *int64 { return &f.vars[i] }
}

// index splits a name: n[i] is n, and the value of i.
func (c *compiler) index(name string) (base string, at func(f *frame) int) {
	i := strings.Index(name, "[")
	if i < 0 {
		return name, func(*frame) int { return 0 }
	}
	v := c.value(name[i+1 : len(name)-1])
	return name[:i], func(f *frame) int { return int(v(f)) }
}

// value returns a number, or the value of a variable.
func (c *compiler) value(text string) func(f *frame) int64 {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return func(*frame) int64 { return n }
	}
	v := c.variable(text)
	return func(f *frame) int64 { return *v(f) }
}

// number returns the value of the variable, or else the number.
func (c *compiler) number(name string, n int64) func(f *frame) int64 {
	if name != "" {
		return c.value(name)
	}
	return func(*frame) int64 { return n }
}

// duration returns d, times the variable if there is one.
func (c *compiler) duration(name string, d time.Duration) func(f *frame) time.Duration {
	if name == "" {
		return func(*frame) time.Duration { return d }
	}
	v := c.value(name)
	return func(f *frame) time.Duration { return time.Duration(v(f)) * d }
}

func (c *compiler) args(list []string) func(f *frame) []int64 {
	var values []func(f *frame) int64
	for _, text := range list {
		values = append(values, c.value(text))
	}
	return func(f *frame) []int64 {
		var args []int64
		for _, v := range values {
			args = append(args, v(f))
		}
		return args
	}
}

// expression is X, or X Operator Y.
func (c *compiler) expression(o *op) func(f *frame) int64 {
	x := c.value(o.X)
	if o.Operator == "" {
		return x
	}
	y := c.value(o.Y)
	truth := func(of func(a, b int64) bool) func(f *frame) int64 {
		return func(f *frame) int64 {
			if of(x(f), y(f)) {
				return 1
			}
			return 0
		}
	}
	switch o.Operator {
	case "+":
		return func(f *frame) int64 { return x(f) + y(f) }
	case "-":
		return func(f *frame) int64 { return x(f) - y(f) }
	case "*":
		return func(f *frame) int64 { return x(f) * y(f) }
	case "/":
		return func(f *frame) int64 { return x(f) / y(f) }
	case "%":
		return func(f *frame) int64 { return x(f) % y(f) }
	case "==":
		return truth(func(a, b int64) bool { return a == b })
	case "!=":
		return truth(func(a, b int64) bool { return a != b })
	case "<":
		return truth(func(a, b int64) bool { return a < b })
	case "<=":
		return truth(func(a, b int64) bool { return a <= b })
	case ">":
		return truth(func(a, b int64) bool { return a > b })
	case ">=":
		return truth(func(a, b int64) bool { return a >= b })
	}
	panic("the child has no " + o.Operator)
}

// text returns words, in which {x} is a variable.
func (c *compiler) text(words string) func(f *frame) string {
	var parts []func(f *frame) string
	for words != "" {
		from := strings.Index(words, "{")
		to := strings.Index(words, "}")
		if from < 0 || to < from {
			from = len(words)
		}
		plain := words[:from]
		parts = append(parts, func(*frame) string { return plain })
		if words = words[from:]; words != "" {
			v := c.value(words[1 : to-from])
			parts = append(parts, func(f *frame) string { return fmt.Sprint(v(f)) })
			words = words[to-from+1:]
		}
	}
	return func(f *frame) (text string) {
		for _, p := range parts {
			text += p(f)
		}
		return text
	}
}

// isChannel reports whether the name is that of a channel declared in the program, or
// nil.
func (c *compiler) isChannel(name string) bool {
	_, ok := c.p.chans[strings.Split(name, "[")[0]]
	return ok || name == ""
}
