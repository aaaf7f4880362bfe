package program

import (
	"fmt"
	"strings"
)

// String is the program in the form that [Parse] reads.
func (p *Program) String() string {
	var b strings.Builder
	if p.Recover {
		b.WriteString("recover\n")
	}
	for _, c := range p.Chans {
		fmt.Fprintf(&b, "chan %s%s\n", c.Name, count(c.Cap))
	}
	for _, l := range p.Locks {
		switch l.Kind {
		case Cond:
			fmt.Fprintf(&b, "cond %s %s\n", l.Name, l.L)
		default:
			fmt.Fprintf(&b, "%s %s%s\n", l.Kind, l.Name, count(l.Counter))
		}
	}
	for i, f := range p.Funcs {
		if i > 0 || b.Len() > 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "%s:\n", f.Name)
		depth := 1
		for _, op := range f.Ops {
			if op.Verb == End {
				depth--
			}
			b.WriteString(strings.Repeat("\t", max(depth, 0)) + op.String() + "\n")
			if op.Verb == Loop {
				depth++
			}
		}
	}
	return b.String()
}

// count is a number that is left out if it is 0.
func count(n int64) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" %d", n)
}

// String is a line like "send c 7".
func (op Op) String() string {
	switch v := op.Verb; v {
	case Go, Send:
		return fmt.Sprintf("%v %s%s", v, named(op.On), count(op.N))
	case Recv, Close:
		return fmt.Sprintf("%v %s", v, named(op.On))
	case Acquire, Unlock, RLock, RUnlock, Done, Wait, Signal, Broadcast, Mark:
		return fmt.Sprintf("%v %s", v, op.On)
	case Add:
		return fmt.Sprintf("%v %s %d", v, op.On, op.N)
	case Work, Spin, Sleep, Syscall, Block, NetRead:
		return fmt.Sprintf("%v %v", v, op.D)
	case Procs, Grow:
		return fmt.Sprintf("%v %d", v, op.N)
	case Loop:
		return v.String() + count(op.N)
	case Select:
		var parts []string
		for _, k := range op.Cases {
			if k.Send {
				parts = append(parts, "send "+named(k.Chan)+count(k.N))
			} else {
				parts = append(parts, "recv "+named(k.Chan))
			}
		}
		if op.Default {
			parts = append(parts, "default")
		}
		return strings.TrimSpace("select " + strings.Join(parts, ", "))
	}
	return op.Verb.String()
}

func named(channel string) string {
	if channel == "" {
		return "nil"
	}
	return channel
}
