package program

import (
	"strings"
	"unicode"
)

// Parse reads the text of a program. A line is one of
//
//	# a comment, here or after anything else
//	int NAME [VALUE]              a variable that all goroutines share
//	chan NAME [CAPACITY]
//	mutex NAME
//	rwmutex NAME
//	waitgroup NAME [COUNTER]
//	cond NAME LOCK [rlocker]
//	once NAME
//	timer NAME
//	ticker NAME
//	context NAME
//	recover                       panics end their goroutine, not the program
//	NAME:                         the function of that name begins; the first is main
//	NAME(PARAMETER, ...):         the same, with parameters
//
// or an operation, as [Verb.Usage] says; the package's documentation lists them all. An
// array of ten is declared as NAME[10]. Durations are Go's: 10ms, 1.5us; and 1ms*i is 1ms
// times the variable i.
//
// It returns an [*Error] with line and column if a line is none of these, and if
// [Program.Check] does.
func Parse(text string) (*Program, error) {
	r, err := read(text)
	if err != nil {
		return nil, err
	}
	return r.p, nil
}

// Lines reads a program as [Parse] does, and returns the line of the text, from 1, of
// each operation: the operations of the first function, then its end, which has the line
// of its last operation or, if it has none, of its name, then those of the second
// function, and so on. The simulator of package sched counts operations in this order:
// the line of an event is Lines[event.PC].
func Lines(text string) ([]int, error) {
	r, err := read(text)
	if err != nil {
		return nil, err
	}
	lines := []int{}
	for i := range r.p.Funcs {
		last := r.heads[i].line
		for _, at := range r.where[i] {
			last = at.line
			lines = append(lines, last)
		}
		lines = append(lines, last)
	}
	return lines, nil
}

func read(text string) (*reader, error) {
	text = strings.TrimPrefix(text, "\ufeff") // some editors begin a file with it; go/scanner ignores it, too
	r := &reader{p: new(Program), decls: map[string]position{}}
	for i, line := range strings.Split(text, "\n") {
		line, _, _ = strings.Cut(line, "#")
		r.line, r.no = line, i+1
		if strings.TrimSpace(line) == "" {
			continue
		}
		if err := r.statement(); err != nil {
			if err.Line = i + 1; err.Column == 0 {
				err.Column = column(line, r.at())
			}
			return nil, err
		}
	}
	if _, err := r.p.index(); err != nil {
		r.place(err)
		return nil, err
	}
	return r, nil
}

// A reader reads lines.
type reader struct {
	p      *Program
	line   string
	no     int
	tokens []token
	next   int
	where  [][]position // of operations, by function
	heads  []position   // of functions
	decls  map[string]position
}

type position struct{ line, col int }

// place adds to an error of Check its place in the text: line 1 if it is about the
// program as a whole.
func (r *reader) place(err *Error) {
	err.Line, err.Column = 1, 1
	for i, f := range r.p.Funcs {
		if f.Name == err.Func && err.Func != "" {
			at := r.heads[i]
			if err.Op > 0 {
				at = r.where[i][err.Op-1]
			}
			err.Line, err.Column = at.line, at.col
			return
		}
	}
	if at, ok := r.decls[err.name]; ok {
		err.Line, err.Column = at.line, at.col
	}
}

// at returns the offset of the next token in the line, in bytes.
func (r *reader) at() int {
	if r.next < len(r.tokens) {
		return r.tokens[r.next].from
	}
	return len(strings.TrimRightFunc(r.line, unicode.IsSpace))
}

// peek returns the text of the token n ahead; "" if there is none.
func (r *reader) peek(n int) string {
	if r.next+n < len(r.tokens) {
		return r.tokens[r.next+n].text
	}
	return ""
}

func (r *reader) take() string {
	text := r.peek(0)
	if text != "" {
		r.next++
	}
	return text
}

// accept takes the token if it is the next one.
func (r *reader) accept(text string) bool {
	if r.peek(0) != text {
		return false
	}
	r.next++
	return true
}

func (r *reader) statement() *Error {
	start := strings.IndexFunc(r.line, func(c rune) bool { return !unicode.IsSpace(c) })
	r.next, r.tokens = 0, []token{{"", start}}
	word, rest := r.line[start:], ""
	if i := strings.IndexFunc(word, unicode.IsSpace); i >= 0 {
		word, rest = word[:i], word[i:]
	}
	v, ok := verbOf(word)
	if ok && v.takes("w") && len(r.p.Funcs) > 0 {
		r.add(Op{Verb: v, On: strings.Join(strings.Fields(rest), " ")}, start)
		return nil
	}
	var err *Error
	if r.tokens, err = lex(r.line); err != nil {
		return err
	}
	if r.tokens[len(r.tokens)-1].text == ":" {
		return r.head()
	}
	if len(r.p.Funcs) == 0 {
		return r.declare()
	}
	op, err := r.operation()
	if err == nil && r.next < len(r.tokens) {
		err = errorf("%v does not take %q: want %s", op.Verb, r.peek(0), op.Verb.Usage())
	}
	if err != nil {
		return err
	}
	r.add(op, start)
	return nil
}

func (r *reader) add(op Op, start int) {
	n := len(r.p.Funcs) - 1
	r.p.Funcs[n].Ops = append(r.p.Funcs[n].Ops, op)
	r.where[n] = append(r.where[n], position{r.no, column(r.line, start)})
}

// head reads the line with which a function begins.
func (r *reader) head() *Error {
	f := Func{}
	at := position{r.no, column(r.line, r.at())}
	if f.Name = r.take(); !isName(f.Name) {
		r.next = 0
		return noName(f.Name, "a function")
	}
	if r.accept("(") {
		for !r.accept(")") {
			if len(f.Params) > 0 && !r.accept(",") {
				return errorf("want a comma or ) after a parameter")
			}
			if !isName(r.peek(0)) {
				return noName(r.peek(0), "a parameter")
			}
			f.Params = append(f.Params, r.take())
		}
	}
	if r.peek(0) != ":" || r.next != len(r.tokens)-1 {
		return errorf("want NAME: or NAME(PARAMETER, ...): for the beginning of a function")
	}
	r.decls[f.Name] = at
	r.p.Funcs = append(r.p.Funcs, f)
	r.heads, r.where = append(r.heads, at), append(r.where, nil)
	return nil
}

const declarations = "want int, chan, mutex, rwmutex, waitgroup, once, timer, ticker or context and a name, cond with its lock, or recover, before the first function"

func (r *reader) declare() *Error {
	p := r.p
	if len(r.tokens) == 1 && r.peek(0) == "recover" {
		p.Recover = true
		return nil
	}
	if _, ok := verbOf(r.peek(0)); ok {
		return errorf("%s stands before the first function, which begins with main:", r.peek(0))
	}
	kind := Type(r.take())
	at := position{r.no, column(r.line, r.at())}
	name := r.take()
	if name == "" {
		r.next = 0
		return errorf("%q: %s", kind, declarations)
	}
	r.decls[name] = at
	count := int64(0)
	var err *Error
	if r.accept("[") {
		if count, err = r.integer(); err == nil && count < 1 {
			r.next--
			err = errorf("an array of %d: want at least 1", count)
		} else if err == nil && !r.accept("]") {
			err = errorf("want ] after the length of an array")
		}
		if err != nil {
			return err
		}
	}
	n := int64(0)
	if r.peek(0) != "" && (kind == IntType || kind == ChanType || kind == WaitGroup) {
		if n, err = r.integer(); err != nil {
			return err
		}
	}
	l := Lock{Name: name, Type: kind, Count: count}
	switch kind {
	case IntType:
		p.Vars = append(p.Vars, Var{name, n, count})
	case ChanType:
		p.Chans = append(p.Chans, Chan{name, n, count})
	case TimerType, TickerType:
		p.Timers = append(p.Timers, Timer{name, kind == TickerType, count})
	case ContextType:
		p.Contexts = append(p.Contexts, Context{name, count})
	case Cond:
		if l.L = r.take(); l.L == "" {
			return errorf("cond without a lock: %s", declarations)
		}
		l.RLocker = r.accept("rlocker")
		p.Locks = append(p.Locks, l)
	case Mutex, RWMutex, Once, WaitGroup:
		l.Counter = n
		p.Locks = append(p.Locks, l)
	default:
		r.next = 0
		return errorf("%q: %s", kind, declarations)
	}
	if r.next < len(r.tokens) {
		return errorf("%s does not take %q", kind, r.peek(0))
	}
	return nil
}

// operation reads the results, the verb, and its operands.
func (r *reader) operation() (op Op, err *Error) {
	if n := r.peek(1); n == "=" || n == "," || n == "[" {
		if op.Set, err = r.targets(); err != nil {
			return op, err
		}
	}
	v, ok := verbOf(r.peek(0))
	switch {
	case ok && v == Set, !ok && len(op.Set) == 0:
		return op, r.unknown()
	case !ok:
		op.Verb = Set
		return op, r.expression(&op)
	}
	r.next++
	op.Verb = v
	for _, letter := range shapes[v].takes {
		if err := r.part(&op, letter); err != nil {
			return op, err
		}
	}
	return op, nil
}
