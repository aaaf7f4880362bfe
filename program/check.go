package program

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// MaxDuration bounds the duration of an operation: some 146 years.
const MaxDuration = time.Duration(math.MaxInt64 / 2)

// Check returns an [*Error] for the first mistake in a program: a name that is missing,
// declared twice or of the wrong kind, a body without its end, a number out of range.
func (p *Program) Check() error {
	if _, err := p.index(); err != nil {
		return err
	}
	return nil
}

func (x *Index) checkLock(l Lock) *Error {
	switch l.Type {
	case Mutex, RWMutex, Once:
	case WaitGroup:
		if l.Counter < 0 || l.Counter > math.MaxInt32 {
			return errorf("waitgroup %s: counter %d out of range [0,%d]", l.Name, l.Counter, math.MaxInt32)
		}
	case Cond:
		k, ok := x.names[l.L]
		switch {
		case !ok || k.kind != RWMutex && (k.kind != Mutex || l.RLocker):
			want := "mutex or rwmutex"
			if l.RLocker {
				want = "rwmutex"
			}
			return errorf("cond %s: %q is no %s that stands before it", l.Name, l.L, want)
		case k.count > 0 && k.count != l.Count:
			return errorf("cond %s: %s is an array of %d: want as many", l.Name, l.L, k.count)
		}
		return nil
	default:
		return errorf("%s: no kind %q (want mutex, rwmutex, waitgroup, cond or once)", l.Name, l.Type)
	}
	if l.L != "" || l.RLocker || l.Counter != 0 && l.Type != WaitGroup {
		return errorf("%s %s: it takes no counter and no lock", l.Type, l.Name)
	}
	return nil
}

// A checker checks a function.
type checker struct {
	*Index
	f    int
	open []body
}

// A body is a body that has begun.
type body struct {
	verb  Verb
	elsed bool
	at    int // its operation
}

func (x *Index) checkFunc(i int) *Error {
	f := &x.program.Funcs[i]
	c := &checker{Index: x, f: i}
	for i := range f.Ops {
		op := &f.Ops[i]
		err := c.op(op)
		if err == nil {
			err = c.nest(i, op)
		}
		if err != nil {
			err.Func, err.Op, err.Verb = f.Name, i+1, op.Verb.String()
			return err
		}
	}
	if n := len(c.open); n > 0 {
		b := c.open[n-1]
		return &Error{Func: f.Name, Op: b.at + 1, Verb: b.verb.String(), Text: article(Type(b.verb.String())) + " without its end"}
	}
	return nil
}

// nest checks an operation against the bodies around it.
func (c *checker) nest(i int, op *Op) *Error {
	n := len(c.open)
	switch op.Verb {
	case End:
		if n == 0 {
			return errorf("an end without its loop, while, if, do or defer")
		}
		c.open = c.open[:n-1]
	case Else:
		if n == 0 || c.open[n-1].verb != If || c.open[n-1].elsed {
			return errorf("an else without its if")
		}
		c.open[n-1].elsed = true
	case Break, Continue:
		for i := n - 1; ; i-- {
			if i < 0 || c.open[i].verb == Do || c.open[i].verb == Defer {
				return errorf("no loop is around it")
			}
			if v := c.open[i].verb; v == Loop || v == While {
				break
			}
		}
	case Return:
		for _, b := range c.open {
			if (op.N != 0 || op.Var != "") && (b.verb == Do || b.verb == Defer) {
				return errorf("%s is a function of its own, without a result", b.verb)
			}
		}
	}
	if !op.Verb.Opens() {
		return nil
	}
	loops := 0
	for _, b := range c.open {
		if b.verb == Loop {
			loops++
		}
	}
	switch {
	case op.Verb == Loop && loops == MaxLoops:
		return errorf("more than %d loops inside each other", MaxLoops)
	case n == MaxDepth:
		return errorf("more than %d bodies inside each other", MaxDepth)
	}
	c.open = append(c.open, body{verb: op.Verb, at: i})
	return nil
}

func (c *checker) op(op *Op) *Error {
	v := op.Verb
	if !v.known() {
		return errorf("no such operation")
	}
	if op.D < 0 || op.D > MaxDuration {
		return errorf("duration %d ns out of range [0,%d]", op.D, MaxDuration)
	}
	if field := op.unused(); field != "" {
		return errorf("it takes no %s", field)
	}
	if len(op.Set) > shapes[v].sets {
		return errorf("%d results: want at most %d", len(op.Set), shapes[v].sets)
	}
	for _, name := range op.Set {
		if name != "_" {
			if err := c.variable(name); err != nil {
				return err
			}
		}
	}
	args := []Value(nil)
	for _, letter := range shapes[v].takes {
		var err *Error
		switch letter {
		case 'o', 'r':
			if err = c.object(v, op.On); err == nil && op.Var != "" {
				err = c.variable(op.Var)
			}
		case 'f', 'F':
			name := op.On
			if letter == 'F' {
				name = op.Of
			}
			err = c.call(name, op.Args)
		case 'p':
			if op.Of != "" {
				err = c.is(op.Of, ContextType)
			}
		case 'v', 'V', 'd':
			if op.Var != "" {
				err = c.variable(op.Var)
			}
		case 'a':
			args = append(args, "")
		case 'x':
			err = c.expression(op)
		case 'w':
			err = c.words(op.On)
		case 's':
			err = c.cases(op)
		}
		if err != nil {
			return err
		}
	}
	if len(args) > 0 {
		if len(op.Args) != len(args) {
			return errorf("%d values: want %d", len(op.Args), len(args))
		}
		for _, a := range op.Args {
			if err := c.value(a); err != nil {
				return err
			}
		}
	}
	return c.numbers(op)
}

// numbers checks constant numbers.
func (c *checker) numbers(op *Op) *Error {
	if op.Var != "" {
		if op.N != 0 {
			return errorf("it has a number, %d, and a variable, %s", op.N, op.Var)
		}
		return nil
	}
	switch op.Verb {
	case Go, Loop:
		return within(op.N, 0, MaxRepeat-1)
	case Add:
		return within(op.N, math.MinInt32, math.MaxInt32)
	case Procs:
		return within(op.N, 0, 1<<10)
	case Grow:
		return within(op.N, 0, 1<<30)
	}
	return nil
}

func within(n, low, high int64) *Error {
	if n < low || n > high {
		return errorf("%d out of range [%d,%d]", n, low, high)
	}
	return nil
}

// unused names a field that is set and that the verb does not use.
func (op *Op) unused() string {
	v := op.Verb
	switch {
	case op.On != "" && !v.takes("orfw"):
		return "object"
	case op.Of != "" && !v.takes("pF"):
		return "other object"
	case len(op.Args) > 0 && !v.takes("fFa"):
		return "arguments"
	case op.N != 0 && !v.takes("vV"):
		return "number"
	case op.Var != "" && !v.takes("vVd") && (v != Recv || op.On != After):
		return "variable"
	case op.D != 0 && !v.takes("d") && (v != Recv || op.On != After):
		return "duration"
	case (op.X != "" || op.Y != "" || op.Operator != "") && !v.takes("x"):
		return "expression"
	case (len(op.Cases) > 0 || op.Default) && v != Select:
		return "cases"
	}
	return ""
}

// object checks the object of the verb.
func (c *checker) object(v Verb, name string) *Error {
	if name == "" && v.isOf(ChanType) || name == After && v == Recv {
		return nil
	}
	want := kindName(strings.Fields(shapes[v].kinds)[0])
	base, _, _ := strings.Cut(name, "[")
	if _, ok := c.names[base]; !ok {
		return errorf("no %s %q", want, name)
	}
	r, err := c.ref(c.f, name)
	if err == nil && !v.isOf(r.Type) {
		err = errorf("%q is %s: want %s", name, article(r.Type), article(Type(want)))
	}
	return err
}

func kindName(kind string) string {
	if kind == "chan" {
		return "channel"
	}
	return kind
}

func (c *checker) is(name string, k Type) *Error {
	r, err := c.ref(c.f, name)
	if err == nil && r.Type != k {
		err = errorf("%q is %s: want %s", name, article(r.Type), article(k))
	}
	return err
}

func (c *checker) call(name string, args []Value) *Error {
	i, ok := c.Funcs[name]
	if !ok {
		return errorf("no function %q", name)
	}
	if want := len(c.program.Funcs[i].Params); len(args) != want {
		return errorf("%d arguments for %s: want %d", len(args), name, want)
	}
	for _, a := range args {
		if err := c.value(a); err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) variable(name string) *Error {
	r, err := c.ref(c.f, name)
	if err == nil && r.Type != IntType {
		err = errorf("%q is %s: want a variable", name, article(r.Type))
	}
	return err
}

func (c *checker) value(v Value) *Error {
	if _, err := strconv.ParseInt(string(v), 10, 64); err == nil {
		return nil
	}
	return c.variable(string(v))
}

var operators = map[string]bool{
	"+": true, "-": true, "*": true, "/": true, "%": true,
	"==": true, "!=": true, "<": true, "<=": true, ">": true, ">=": true,
}

func (c *checker) expression(op *Op) *Error {
	if op.Verb == Set && len(op.Set) != 1 {
		return errorf("%d variables to set: want 1", len(op.Set))
	}
	if err := c.value(op.X); err != nil {
		return err
	}
	switch {
	case op.Operator == "" && op.Y == "":
		return nil
	case !operators[op.Operator]:
		return errorf("no operator %q (want + - * / %% == != < <= > >=)", op.Operator)
	}
	return c.value(op.Y)
}

func (c *checker) cases(op *Op) *Error {
	if len(op.Cases) > MaxCases {
		return errorf("%d cases out of range [0,%d]", len(op.Cases), MaxCases)
	}
	for i := range op.Cases {
		if err := c.oneCase(&op.Cases[i]); err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) oneCase(k *Case) *Error {
	verb := Recv
	if k.Send {
		verb = Send
	}
	if err := c.object(verb, k.Chan); err != nil {
		return err
	}
	switch after := k.Chan == After && !k.Send; {
	case k.D < 0 || k.D > MaxDuration:
		return errorf("duration %d ns out of range [0,%d]", k.D, MaxDuration)
	case k.D != 0 && !after, k.N != 0 && !k.Send, k.Var != "" && !k.Send && !after, k.N != 0 && k.Var != "":
		return errorf("a case with %q has a value or a duration that it does not take", k.Chan)
	case k.Var != "":
		return c.variable(k.Var)
	}
	return nil
}
