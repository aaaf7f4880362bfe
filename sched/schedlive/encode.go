package schedlive

import (
	"fmt"
	"strings"
	"time"

	"github.com/orrery-go/orrery/program"
	"github.com/orrery-go/orrery/sched"
)

// letters are the child's words for operations. What it cannot do has none.
var letters = map[program.Verb]string{
	program.Go: "g", program.Yield: "y", program.Send: "s", program.Recv: "r", program.Close: "c",
	program.Acquire: "l", program.Unlock: "u", program.RLock: "k", program.RUnlock: "v", program.Wait: "w",
	program.Signal: "i", program.Broadcast: "b", program.Sleep: "z", program.Work: "x", program.Mark: "m", program.Loop: "L", program.End: "E", program.Exit: "X",
}

// encode writes a program as the child reads it: nanoseconds that it may take, channels,
// locks, and each function's operations, with numbers for names.
func encode(p *sched.Program) (string, error) {
	x, err := p.Index()
	if err != nil {
		return "", err
	}
	if !p.Recover {
		return "", fmt.Errorf("schedlive: a goroutine of the child recovers from its panics, and the program says otherwise")
	}
	var b strings.Builder
	slept, worked, _ := traits(p)
	fmt.Fprintf(&b, "%d|", slept+worked)
	for i, c := range p.Chans {
		fmt.Fprintf(&b, "%s%d", sep(i), c.Cap)
	}
	b.WriteByte('|')
	for i, l := range p.Locks {
		letter, n := map[program.Kind]string{program.Mutex: "m", program.RWMutex: "r", program.WaitGroup: "w", program.Cond: "c"}[l.Kind], l.Counter
		if l.Kind == program.Cond {
			n = int64(x.Locks[l.L] + 1)
		}
		fmt.Fprintf(&b, "%s%s%d", sep(i), letter, n)
	}
	for _, f := range p.Funcs {
		b.WriteByte('|')
		for i, op := range f.Ops {
			b.WriteString(sep(i))
			if err := encodeOp(&b, x, op); err != nil {
				return "", fmt.Errorf("schedlive: %s: %w", f.Name, err)
			}
		}
	}
	return b.String(), nil
}

func encodeOp(b *strings.Builder, x *program.Index, op program.Op) error {
	switch l := letters[op.Verb]; op.Verb {
	case program.Go:
		fmt.Fprintf(b, "%s%d,%d", l, x.Funcs[op.On], max(op.N, 1))
	case program.Send:
		fmt.Fprintf(b, "%s%d,%d", l, number(x, op.On), op.N)
	case program.Recv, program.Close:
		fmt.Fprintf(b, "%s%d", l, number(x, op.On))
	case program.Select:
		d := 0
		if op.Default {
			d = 1
		}
		fmt.Fprintf(b, "S%d", d)
		for _, k := range op.Cases {
			send := 0
			if k.Send {
				send = 1
			}
			fmt.Fprintf(b, ",%d,%d,%d", send, number(x, k.Chan), k.N)
		}
	case program.Add:
		fmt.Fprintf(b, "a%d,%d", x.Locks[op.On]+1, op.N)
	case program.Done:
		fmt.Fprintf(b, "a%d,-1", x.Locks[op.On]+1)
	case program.Acquire, program.Unlock, program.RLock, program.RUnlock, program.Wait, program.Signal, program.Broadcast:
		fmt.Fprintf(b, "%s%d", l, x.Locks[op.On]+1)
	case program.Sleep, program.Work:
		fmt.Fprintf(b, "%s0,%d", l, op.D)
	case program.Loop:
		if op.N == 0 {
			return fmt.Errorf("the child does not loop for ever")
		}
		fmt.Fprintf(b, "%s%d", l, op.N)
	case program.Yield, program.Mark, program.End, program.Exit:
		b.WriteString(l)
	default:
		return fmt.Errorf("the child does not %v", op.Verb)
	}
	return nil
}

func sep(i int) string {
	if i == 0 {
		return ""
	}
	return " "
}

func number(x *program.Index, name string) int {
	if name == "" {
		return 0
	}
	return x.Chans[name] + 1
}

// traits are for how long a program's functions sleep and compute, and whether it
// uses locks that a goroutine may starve for.
func traits(p *sched.Program) (slept, worked time.Duration, usesLocks bool) {
	for _, f := range p.Funcs {
		for _, op := range f.Ops {
			switch op.Verb {
			case program.Sleep:
				slept += op.D
			case program.Work:
				worked += op.D
			}
			usesLocks = usesLocks || op.Verb == program.Acquire
		}
	}
	return slept, worked, usesLocks
}
