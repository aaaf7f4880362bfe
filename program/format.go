package program

import (
	"fmt"
	"strings"
)

// String returns the program in the form that [Parse] reads.
func (p *Program) String() string {
	var b strings.Builder
	if p.Recover {
		b.WriteString("recover\n")
	}
	for _, v := range p.Vars {
		fmt.Fprintf(&b, "int %s%s\n", of(v.Name, v.Count), count(v.N))
	}
	for _, c := range p.Chans {
		fmt.Fprintf(&b, "chan %s%s\n", of(c.Name, c.Count), count(c.Cap))
	}
	for _, l := range p.Locks {
		rest := count(l.Counter)
		if l.Type == Cond {
			rest = " " + l.L
			if l.RLocker {
				rest += " rlocker"
			}
		}
		fmt.Fprintf(&b, "%s %s%s\n", l.Type, of(l.Name, l.Count), rest)
	}
	for _, t := range p.Timers {
		k := TimerType
		if t.Ticker {
			k = TickerType
		}
		fmt.Fprintf(&b, "%s %s\n", k, of(t.Name, t.Count))
	}
	for _, c := range p.Contexts {
		fmt.Fprintf(&b, "context %s\n", of(c.Name, c.Count))
	}
	for i, f := range p.Funcs {
		if i > 0 || b.Len() > 0 {
			b.WriteString("\n")
		}
		b.WriteString(f.Name)
		if len(f.Params) > 0 {
			b.WriteString("(" + strings.Join(f.Params, ", ") + ")")
		}
		b.WriteString(":\n")
		depth := 1
		for _, op := range f.Ops {
			indent := depth
			switch op.Verb {
			case End:
				depth--
				indent--
			case Else:
				indent--
			}
			b.WriteString(strings.Repeat("\t", max(indent, 0)) + op.String() + "\n")
			if op.Verb.Opens() {
				depth++
			}
		}
	}
	return b.String()
}

// of returns the declaration of a name.
func of(name string, count int64) string {
	if count == 0 {
		return name
	}
	return fmt.Sprintf("%s[%d]", name, count)
}

// count returns a number, or "" for 0.
func count(n int64) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" %d", n)
}

// optional returns a number or variable, or "" for 0.
func optional(n int64, name string) string {
	if name != "" {
		return " " + name
	}
	return count(n)
}

// String reads like "send c 7".
func (op Op) String() string {
	text := ""
	if len(op.Set) > 0 {
		text = strings.Join(op.Set, ", ") + " = "
	}
	if !op.Verb.known() {
		return text + op.Verb.String()
	}
	if op.Verb != Set {
		text += op.Verb.String()
	}
	for _, letter := range shapes[op.Verb].takes {
		text += op.part(letter)
	}
	if op.Verb == Set {
		text = strings.Replace(text, "=  ", "= ", 1)
	}
	return text
}

// part returns the text for a letter of a shape, after a space.
func (op *Op) part(letter rune) string {
	switch letter {
	case 'o':
		return " " + named(op.On)
	case 'r':
		if op.On == After {
			return " " + After + lasting(op)
		}
		return " " + named(op.On)
	case 'f':
		return " " + call(op.On, op.Args)
	case 'F':
		return " " + call(op.Of, op.Args)
	case 'p':
		if op.Of != "" {
			return " " + op.Of
		}
	case 'v':
		if op.Var == "" {
			return fmt.Sprintf(" %d", op.N)
		}
		return " " + op.Var
	case 'V':
		return optional(op.N, op.Var)
	case 'a':
		// The verb has two arguments, and the second letter finds none left.
		if n := len(op.Args); n > 0 {
			a := op.Args[0]
			op.Args = op.Args[1:]
			return " " + string(a)
		}
	case 'd':
		return lasting(op)
	case 'w':
		if op.On != "" {
			return " " + op.On
		}
	case 'x':
		text := " " + string(op.X)
		if op.Operator != "" {
			text += " " + op.Operator + " " + string(op.Y)
		}
		return text
	case 's':
		return cases(op)
	}
	return ""
}

func lasting(op *Op) string {
	if op.Var != "" {
		return fmt.Sprintf(" %v*%s", op.D, op.Var)
	}
	return fmt.Sprintf(" %v", op.D)
}

func call(name string, args []Value) string {
	if len(args) == 0 {
		return name
	}
	list := make([]string, len(args))
	for i, a := range args {
		list[i] = string(a)
	}
	return name + "(" + strings.Join(list, ", ") + ")"
}

func cases(op *Op) string {
	var parts []string
	for _, k := range op.Cases {
		switch {
		case k.Send:
			parts = append(parts, "send "+named(k.Chan)+optional(k.N, k.Var))
		case k.Chan == After:
			parts = append(parts, "recv after"+lasting(&Op{D: k.D, Var: k.Var}))
		default:
			parts = append(parts, "recv "+named(k.Chan))
		}
	}
	if op.Default {
		parts = append(parts, "default")
	}
	if len(parts) == 0 {
		return ""
	}
	return " " + strings.Join(parts, ", ")
}

func named(channel string) string {
	if channel == "" {
		return "nil"
	}
	return channel
}
