package program

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

// targets reads the variables before a =.
func (r *reader) targets() (out []string, err *Error) {
	for {
		name, err := r.name("a variable")
		if err != nil {
			return nil, err
		}
		out = append(out, name)
		switch {
		case r.accept("="):
			return out, nil
		case !r.accept(","):
			return nil, errorf("want a comma or = after %q", name)
		}
	}
}

// part reads the operand for a letter of a shape.
func (r *reader) part(op *Op, letter rune) (err *Error) {
	v := op.Verb
	switch letter {
	case 'o', 'r':
		if op.On, err = r.object(v); err == nil && letter == 'r' && op.On == After {
			err = r.duration(&op.D, &op.Var)
		}
	case 'f':
		op.On, op.Args, err = r.call()
	case 'F':
		op.Of, op.Args, err = r.call()
	case 'p':
		if r.peek(0) != "" {
			op.Of, err = r.name("a context")
		}
	case 'v':
		err = r.number(&op.N, &op.Var)
	case 'V':
		if r.peek(0) != "" {
			if err = r.number(&op.N, &op.Var); err == nil && v == Loop && op.N == 0 && op.Var == "" {
				r.next--
				err = errorf("a loop of no turns; without a number it is for ever")
			}
		}
	case 'a':
		var a Value
		a, err = r.value()
		op.Args = append(op.Args, a)
	case 'd':
		err = r.duration(&op.D, &op.Var)
	case 'x':
		err = r.expression(op)
	case 's':
		err = r.cases(op)
	}
	return err
}

// object reads an object; nil is a channel, too.
func (r *reader) object(v Verb) (string, *Error) {
	if v.isOf(ChanType) && r.accept("nil") {
		return "", nil
	}
	if r.peek(0) == "" {
		return "", errorf("%v without its object: want %s", v, v.Usage())
	}
	return r.name("an object")
}

// name reads NAME or NAME[INDEX].
func (r *reader) name(what string) (string, *Error) {
	name := r.peek(0)
	if name != "_" && !isName(name) {
		return "", noName(name, what)
	}
	if r.next++; !r.accept("[") {
		return name, nil
	}
	index, err := r.value()
	if err != nil {
		return "", err
	}
	if !r.accept("]") {
		return "", errorf("want ] after the index of %s", name)
	}
	return name + "[" + string(index) + "]", nil
}

// call reads FUNC or FUNC(VALUE, ...).
func (r *reader) call() (name string, args []Value, err *Error) {
	if name = r.peek(0); !isName(name) {
		return "", nil, noName(name, "a function")
	}
	if r.next++; !r.accept("(") {
		return name, nil, nil
	}
	for !r.accept(")") {
		if len(args) > 0 && !r.accept(",") {
			return "", nil, errorf("want a comma or ) after an argument")
		}
		a, err := r.value()
		if err != nil {
			return "", nil, err
		}
		args = append(args, a)
	}
	return name, args, nil
}

// value reads a number or a variable.
func (r *reader) value() (Value, *Error) {
	text := r.peek(0)
	switch {
	case text == "":
		return "", errorf("want a number or a variable")
	case isNumeric(text):
		n, err := r.integer()
		return Value(itoa(n)), err
	}
	name, err := r.name("a variable")
	return Value(name), err
}

// number reads a value into a number or a variable.
func (r *reader) number(n *int64, name *string) (err *Error) {
	text := r.peek(0)
	if text == "" || isNumeric(text) {
		*n, err = r.integer()
		return err
	}
	*name, err = r.name("a variable")
	return err
}

// duration reads DURATION or DURATION*VARIABLE.
func (r *reader) duration(d *time.Duration, times *string) *Error {
	var err error
	text := r.peek(0)
	if *d, err = time.ParseDuration(text); err != nil {
		if _, float := strconv.ParseFloat(text, 64); float == nil {
			return errorf("%q is no duration such as 10ms: want its unit directly after the number", text)
		}
		if isVariable(text) {
			return errorf("%q is no duration such as 10ms: one that a variable gives is written 1ms*%s", text, text)
		}
		if isNumeric(text) && tooLarge(text) {
			return errorf("duration %s out of range [0,%v]", text, MaxDuration)
		}
		return errorf("%q is no duration such as 10ms", text)
	}
	if *d < 0 || *d > MaxDuration {
		return errorf("duration %v out of range [0,%v]", *d, MaxDuration)
	}
	r.next++
	if !r.accept("*") {
		return nil
	}
	name, bad := r.name("a variable")
	*times = name
	return bad
}

// tooLarge reports whether the text would be a duration if its numbers were smaller.
func tooLarge(text string) bool {
	digits := func(c rune) bool { return '0' <= c && c <= '9' }
	var small strings.Builder
	for text != "" {
		rest := strings.TrimLeftFunc(text, digits)
		if len(rest) < len(text) {
			small.WriteByte('1')
		}
		i := strings.IndexFunc(rest, digits)
		if i < 0 {
			i = len(rest)
		}
		small.WriteString(rest[:i])
		text = rest[i:]
	}
	_, err := time.ParseDuration(small.String())
	return err == nil
}

func (r *reader) expression(op *Op) (err *Error) {
	if op.X, err = r.value(); err != nil || r.peek(0) == "" {
		return err
	}
	if op.Operator = r.peek(0); !operators[op.Operator] {
		return errorf("%q is no operator (want + - * / %% == != < <= > >=)", op.Operator)
	}
	r.next++
	op.Y, err = r.value()
	return err
}

func (r *reader) cases(op *Op) *Error {
	for r.peek(0) != "" {
		if len(op.Cases) > 0 || op.Default {
			if !r.accept(",") {
				return errorf("want a comma before %q", r.peek(0))
			}
		}
		if err := r.oneCase(op); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) oneCase(op *Op) (err *Error) {
	k := Case{}
	v, _ := verbOf(r.peek(0))
	switch {
	case r.peek(0) == "default" && !op.Default:
		r.next++
		op.Default = true
		return nil
	case v != Send && v != Recv:
		return errorf("case %q (want send CHAN [VALUE], recv SOURCE, or one default)", r.peek(0))
	}
	r.next++
	if k.Chan, err = r.object(v); err != nil {
		return err
	}
	switch k.Send = v == Send; {
	case k.Send && r.peek(0) != "" && r.peek(0) != ",":
		err = r.number(&k.N, &k.Var)
	case !k.Send && k.Chan == After:
		err = r.duration(&k.D, &k.Var)
	}
	op.Cases = append(op.Cases, k)
	return err
}

// isNumeric reports whether the token looks like a number rather than a name.
func isNumeric(text string) bool { return text != "" && (isDigit(text[0]) || text[0] == '-') }

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

func (r *reader) integer() (int64, *Error) {
	n, err := strconv.ParseInt(r.peek(0), 10, 64)
	if errors.Is(err, strconv.ErrRange) {
		return 0, errorf("%s out of range of 64 bits", r.peek(0))
	}
	if err != nil {
		return 0, errorf("%q is not a whole number", r.peek(0))
	}
	r.next++
	return n, nil
}

// Operate returns x operator y, wrapped around to 64 bits. ok is false if that divides by
// zero, or the operator is unknown.
func Operate(x int64, operator string, y int64) (v int64, ok bool) {
	truth := func(b bool) (int64, bool) {
		if b {
			return 1, true
		}
		return 0, true
	}
	switch operator {
	case "+":
		return x + y, true
	case "-":
		return x - y, true
	case "*":
		return x * y, true
	case "/", "%":
		switch {
		case y == 0:
			return 0, false
		case operator == "/":
			return x / y, true
		}
		return x % y, true
	case "==":
		return truth(x == y)
	case "!=":
		return truth(x != y)
	case "<":
		return truth(x < y)
	case "<=":
		return truth(x <= y)
	case ">":
		return truth(x > y)
	case ">=":
		return truth(x >= y)
	}
	return 0, false
}
