package program

import (
	"strconv"
	"strings"
)

// An Index has the names of a program.
type Index struct {
	Vars     map[string]int // index in Vars
	Chans    map[string]int // index in Chans
	Locks    map[string]int // index in Locks
	Timers   map[string]int // index in Timers
	Contexts map[string]int // index in Contexts
	Funcs    map[string]int // index in Funcs

	// Locals are the variables of each function: its parameters, and then the
	// others in the order in which operations set them.
	Locals [][]string

	program *Program
	names   map[string]place
}

// A place is the index of the first element of a name, among those of its kind, and the
// number of elements, 0 if the name is not an array.
type place struct {
	kind  Type
	first int
	count int64
}

// Index checks the program, as [Program.Check] does, and indexes its names.
func (p *Program) Index() (*Index, error) {
	x, err := p.index()
	if err != nil {
		return nil, err
	}
	return x, nil
}

func (p *Program) index() (*Index, *Error) {
	x := &Index{
		Vars: map[string]int{}, Chans: map[string]int{}, Locks: map[string]int{}, Timers: map[string]int{},
		Contexts: map[string]int{}, Funcs: map[string]int{}, program: p, names: map[string]place{},
	}
	if err := x.declare(); err != nil {
		return nil, err
	}
	for i := range p.Funcs {
		locals, err := x.locals(&p.Funcs[i])
		if err != nil {
			return nil, err
		}
		x.Locals = append(x.Locals, locals)
	}
	for i := range p.Funcs {
		if err := x.checkFunc(i); err != nil {
			return nil, err
		}
	}
	return x, nil
}

// declare enters the names of the program.
func (x *Index) declare() *Error {
	p := x.program
	total := int64(0)
	next := map[Type]int{} // elements of each kind so far; of locks, all in one
	enter := func(list map[string]int, i int, name string, k, of Type, count int64) *Error {
		switch _, taken := x.names[name]; {
		case !isName(name), list != nil && of != FuncType && name == After, of == IntType && !isVariable(name):
			return noName(name, article(k))
		case taken:
			return errorf("%q is there twice", name)
		case count < 0 || count > MaxNames:
			return errorf("%s %s: %d of them out of range [1,%d]", k, name, count, MaxNames)
		}
		if of != FuncType {
			total += max(count, 1)
		}
		if total > MaxNames {
			return errorf("more than %d channels, locks and so on: that is the most there can be", MaxNames)
		}
		x.names[name] = place{k, next[of], count}
		next[of] += int(max(count, 1))
		list[name] = i
		return nil
	}
	add := func(list map[string]int, i int, name string, k, of Type, count int64) *Error {
		return about(name, enter(list, i, name, k, of, count))
	}
	for i, v := range p.Vars {
		if err := add(x.Vars, i, v.Name, IntType, IntType, v.Count); err != nil {
			return err
		}
	}
	for i, c := range p.Chans {
		if err := add(x.Chans, i, c.Name, ChanType, ChanType, c.Count); err != nil {
			return err
		}
		if c.Cap < 0 || c.Cap > MaxCap {
			return about(c.Name, errorf("chan %s: capacity %d out of range [0,%d]", c.Name, c.Cap, MaxCap))
		}
	}
	for i, l := range p.Locks {
		if err := x.checkLock(l); err != nil {
			return about(l.Name, err)
		}
		if err := add(x.Locks, i, l.Name, l.Type, Mutex, l.Count); err != nil {
			return err
		}
	}
	for i, t := range p.Timers {
		k := TimerType
		if t.Ticker {
			k = TickerType
		}
		if err := add(x.Timers, i, t.Name, k, TimerType, t.Count); err != nil {
			return err
		}
	}
	for i, c := range p.Contexts {
		if err := add(x.Contexts, i, c.Name, ContextType, ContextType, c.Count); err != nil {
			return err
		}
	}
	if len(p.Funcs) == 0 {
		return errorf("no function: want main: and its operations after the declarations")
	}
	if len(p.Funcs) > MaxFuncs {
		return errorf("%d functions out of range [1,%d]", len(p.Funcs), MaxFuncs)
	}
	ops := 0
	for i, f := range p.Funcs {
		if err := add(x.Funcs, i, f.Name, FuncType, FuncType, 0); err != nil {
			return err
		}
		if ops += len(f.Ops); ops > MaxOps {
			return errorf("%d operations: %d are the most there can be", ops, MaxOps)
		}
	}
	if i, ok := x.Funcs["main"]; ok && i > 0 {
		return &Error{Func: "main", Text: "want it as the first function: a program begins with the first"}
	}
	if f := p.Funcs[0]; len(f.Params) > 0 {
		return &Error{Func: f.Name, Text: "the first function has no parameters: nothing starts it with arguments"}
	}
	return nil
}

func about(name string, err *Error) *Error {
	if err != nil {
		err.name = name
	}
	return err
}

// locals finds the variables of a function.
func (x *Index) locals(f *Func) ([]string, *Error) {
	var out []string
	has := map[string]bool{}
	add := func(name string, i int, op *Op) *Error {
		at := func(err *Error) *Error {
			if err.Func = f.Name; op != nil {
				err.Op, err.Verb = i+1, op.Verb.String()
			}
			return err
		}
		text := ""
		switch _, taken := x.names[name]; {
		case !isVariable(name):
			return at(noName(name, "a variable"))
		case taken:
			text = "is the name of something else"
		case op == nil && has[name]:
			text = "is there twice"
		case has[name]:
			return nil
		case len(out) == MaxLocals:
			return &Error{Func: f.Name, Text: errorf("more than %d variables", MaxLocals).Text}
		}
		if text != "" {
			return at(errorf("%q %s", name, text))
		}
		has[name] = true
		out = append(out, name)
		return nil
	}
	for _, name := range f.Params {
		if err := add(name, 0, nil); err != nil {
			return nil, err
		}
	}
	for i := range f.Ops {
		for _, name := range f.Ops[i].Set {
			base, _, _ := strings.Cut(name, "[")
			if k, ok := x.names[base]; name == "_" || ok && k.kind == IntType {
				continue
			}
			if err := add(name, i, &f.Ops[i]); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// A Ref is a name and the element of it, parsed: an object or a variable.
type Ref struct {
	Type  Type   // of the name; IntType also of a function's own variable
	First int    // where the name's elements begin among those of its kind, all locks being one kind; or the place of a function's own variable among Locals
	Local bool   // it is a function's own variable
	Count int    // elements of an array; 0 if it is not an array
	Index int    // a constant index, or the place of the variable that is the index
	Var   string // the variable that is the index, or ""
}

// Ref resolves the name of an object or variable in function f, such as "c",
// "c[2]" and "c[i]". It returns an error if there is none, if an array has no index
// or another has one, and if a constant index is out of range.
func (x *Index) Ref(f int, text string) (Ref, error) {
	r, err := x.ref(f, text)
	if err != nil {
		return Ref{}, err
	}
	return r, nil
}

func (x *Index) ref(f int, text string) (Ref, *Error) {
	name, index, indexed := strings.Cut(text, "[")
	if indexed {
		var ok bool
		if index, ok = strings.CutSuffix(index, "]"); !ok {
			return Ref{}, errorf("%q: want NAME or NAME[INDEX]", text)
		}
	}
	k, ok := x.names[name]
	if !ok {
		if i := x.local(f, name); i >= 0 && !indexed {
			return Ref{Type: IntType, First: i, Local: true}, nil
		}
		return Ref{}, errorf("there is no %q", name)
	}
	r := Ref{Type: k.kind, First: k.first, Count: int(k.count)}
	switch {
	case indexed && k.count == 0:
		return Ref{}, errorf("%s is no array: want it without an index", name)
	case !indexed && k.count > 0:
		return Ref{}, errorf("%s is an array: want %s[INDEX]", name, name)
	case !indexed:
		return r, nil
	}
	if n, err := strconv.ParseInt(index, 10, 64); err == nil {
		if n < 0 || n >= k.count {
			return Ref{}, errorf("%s: index out of range [0,%d)", text, k.count)
		}
		r.Index = int(n)
		return r, nil
	}
	i, err := x.ref(f, index)
	if err != nil {
		return Ref{}, err
	}
	if i.Type != IntType || i.Count > 0 {
		return Ref{}, errorf("%s: want a number or a variable for the index", text)
	}
	r.Var = index
	return r, nil
}

// local returns the place of a function's own variable, or -1.
func (x *Index) local(f int, name string) int {
	if f < 0 || f >= len(x.Locals) {
		return -1
	}
	for i, n := range x.Locals[f] {
		if n == name {
			return i
		}
	}
	return -1
}

// First returns the number of a name's first element among all of its kind, from 0, where
// locks of all kinds count as one kind, and so do timers and tickers. It returns -1 if
// there is no such name.
func (x *Index) First(name string) int {
	if k, ok := x.names[name]; ok {
		return k.first
	}
	return -1
}

// maxName bounds a name in bytes: events and errors repeat it.
const maxName = 255

// noName says that the text is no name of something.
func noName(text, what string) *Error {
	if len(text) > maxName {
		return errorf("a name of %d bytes (want at most %d): %.40q", len(text), maxName, text)
	}
	return errorf("%q is no name of %s", text, what)
}

func isName(s string) bool {
	if len(s) > maxName {
		return false
	}
	for _, r := range s {
		if r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') {
			return false
		}
	}
	return s != "" && s != "nil" && s != "default" && s != "recover"
}

// isVariable reports whether a variable can have the name: it must not look like a number
// or a verb.
func isVariable(s string) bool {
	_, verb := verbOf(s)
	return isName(s) && !verb && s != "_" && s != After && (s[0] < '0' || s[0] > '9')
}

func article(k Type) string {
	if strings.ContainsRune("aeio", rune((k + " ")[0])) {
		return "an " + string(k)
	}
	return "a " + string(k)
}
