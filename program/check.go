package program

import (
	"fmt"
	"math"
	"time"
)

// MaxDuration bounds what an operation takes: some 146 years.
const MaxDuration = time.Duration(math.MaxInt64 / 2)

// Check reports what is wrong with a program, or nil: a name that is missing,
// given twice or of the wrong kind, a loop without its end, a number out of range.
func (p *Program) Check() error {
	_, err := p.Index()
	return err
}

// An Index finds what a program names.
type Index struct {
	Chans map[string]int // index in Chans
	Locks map[string]int // index in Locks
	Funcs map[string]int // index in Funcs
}

// Index checks the program, as [Program.Check] does, and indexes its names.
func (p *Program) Index() (*Index, error) {
	x := &Index{map[string]int{}, map[string]int{}, map[string]int{}}
	if len(p.Chans)+len(p.Locks) > MaxNames {
		return nil, fmt.Errorf("program: %d channels and locks: %d are the most there can be", len(p.Chans)+len(p.Locks), MaxNames)
	}
	taken := map[string]bool{}
	name := func(n string) error {
		switch {
		case !isName(n):
			return fmt.Errorf("program: %q is no name (want letters, digits and _)", n)
		case taken[n]:
			return fmt.Errorf("program: %q is there twice", n)
		}
		taken[n] = true
		return nil
	}
	for i, c := range p.Chans {
		if err := name(c.Name); err != nil {
			return nil, err
		}
		if c.Cap < 0 || c.Cap > MaxCap {
			return nil, fmt.Errorf("program: chan %s: capacity %d out of range [0,%d]", c.Name, c.Cap, MaxCap)
		}
		x.Chans[c.Name] = i
	}
	for i, l := range p.Locks {
		if err := name(l.Name); err != nil {
			return nil, err
		}
		if err := p.checkLock(x, l); err != nil {
			return nil, err
		}
		x.Locks[l.Name] = i
	}
	if len(p.Funcs) == 0 || len(p.Funcs) > MaxFuncs {
		return nil, fmt.Errorf("program: %d functions out of range [1,%d]", len(p.Funcs), MaxFuncs)
	}
	ops := 0
	for i, f := range p.Funcs {
		if err := name(f.Name); err != nil {
			return nil, err
		}
		x.Funcs[f.Name] = i
		ops += len(f.Ops)
	}
	if ops > MaxOps {
		return nil, fmt.Errorf("program: %d operations: %d are the most there can be", ops, MaxOps)
	}
	for _, f := range p.Funcs {
		if err := p.checkFunc(x, f); err != nil {
			return nil, err
		}
	}
	return x, nil
}

func (p *Program) checkLock(x *Index, l Lock) error {
	switch l.Kind {
	case Mutex, RWMutex:
	case WaitGroup:
		if l.Counter < 0 || l.Counter > math.MaxInt32 {
			return fmt.Errorf("program: waitgroup %s: counter %d out of range [0,%d]", l.Name, l.Counter, math.MaxInt32)
		}
	case Cond:
		i, ok := x.Locks[l.L]
		if !ok || p.Locks[i].Kind != Mutex && p.Locks[i].Kind != RWMutex {
			return fmt.Errorf("program: cond %s: %q is no mutex or rwmutex that stands before it", l.Name, l.L)
		}
	default:
		return fmt.Errorf("program: %s: no kind %q (want mutex, rwmutex, waitgroup or cond)", l.Name, l.Kind)
	}
	return nil
}

func (p *Program) checkFunc(x *Index, f Func) error {
	depth := 0
	for i, op := range f.Ops {
		if err := p.checkOp(x, op); err != nil {
			return fmt.Errorf("program: %s, operation %d, %s: %w", f.Name, i+1, op.Verb, err)
		}
		switch op.Verb {
		case Loop:
			if depth++; depth > MaxLoops {
				return fmt.Errorf("program: %s, operation %d: more than %d loops inside each other", f.Name, i+1, MaxLoops)
			}
		case End:
			if depth--; depth < 0 {
				return fmt.Errorf("program: %s, operation %d: an end without its loop", f.Name, i+1)
			}
		}
	}
	if depth > 0 {
		return fmt.Errorf("program: %s: a loop without its end", f.Name)
	}
	return nil
}

func (p *Program) checkOp(x *Index, op Op) error {
	if op.Verb == 0 || op.Verb >= last {
		return fmt.Errorf("no such operation")
	}
	if op.D < 0 || op.D > MaxDuration {
		return fmt.Errorf("duration %d ns out of range [0,%d]", op.D, MaxDuration)
	}
	switch op.Verb {
	case Go:
		if _, ok := x.Funcs[op.On]; !ok {
			return fmt.Errorf("no function %q", op.On)
		}
		return within(op.N, 0, MaxRepeat-1)
	case Send, Recv, Close:
		return channel(x, op.On)
	case Select:
		if len(op.Cases) > MaxCases {
			return fmt.Errorf("%d cases out of range [0,%d]", len(op.Cases), MaxCases)
		}
		for _, k := range op.Cases {
			if err := channel(x, k.Chan); err != nil {
				return err
			}
		}
		return nil
	case Acquire, Unlock:
		return p.lock(x, op.On, Mutex, RWMutex)
	case RLock, RUnlock:
		return p.lock(x, op.On, RWMutex)
	case Add:
		if err := within(op.N, math.MinInt32, math.MaxInt32); err != nil {
			return err
		}
		return p.lock(x, op.On, WaitGroup)
	case Done:
		return p.lock(x, op.On, WaitGroup)
	case Wait:
		return p.lock(x, op.On, WaitGroup, Cond)
	case Signal, Broadcast:
		return p.lock(x, op.On, Cond)
	case Procs:
		return within(op.N, 1, 1<<10)
	case Grow:
		return within(op.N, 0, 1<<30)
	case Loop:
		return within(op.N, 0, MaxRepeat-1)
	case Mark:
		for _, r := range op.On {
			if r < ' ' {
				return fmt.Errorf("%q has control characters", op.On)
			}
		}
	}
	return nil
}

func within(n, low, high int64) error {
	if n < low || n > high {
		return fmt.Errorf("%d out of range [%d,%d]", n, low, high)
	}
	return nil
}

// channel finds one by name; the empty name is the nil channel.
func channel(x *Index, name string) error {
	if _, ok := x.Chans[name]; !ok && name != "" {
		return fmt.Errorf("no channel %q", name)
	}
	return nil
}

func (p *Program) lock(x *Index, name string, of ...Kind) error {
	i, ok := x.Locks[name]
	if !ok {
		return fmt.Errorf("no %s %q", of[0], name)
	}
	for _, k := range of {
		if p.Locks[i].Kind == k {
			return nil
		}
	}
	return fmt.Errorf("%q is a %s: want a %s", name, p.Locks[i].Kind, of[0])
}

func isName(s string) bool {
	for _, r := range s {
		if r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') {
			return false
		}
	}
	return s != "" && s != "nil" && s != "default" && s != "recover"
}
