package sched

import (
	"fmt"
	"math"
	"sort"

	"github.com/orrery-go/orrery/chanq"
	"github.com/orrery-go/orrery/locks"
	"github.com/orrery-go/orrery/program"
)

// Instructions that no program has.
const (
	vReturn  program.Verb = 200 + iota // the end of a function
	vJump                              // over a loop in which nothing is done
	vForceGC                           // what the goroutine of that name does
	vIdle                              // a goroutine of the runtime waits for its next turn
	vTimerproc
)

// An instr is an operation with its names looked up.
type instr struct {
	verb  program.Verb
	a     int32 // a channel, a lock, a function's first instruction, or where to go on
	n     int64
	cases []chanq.Case
}

// A code is a program with its names looked up: an instruction for each
// operation, and one behind each function.
type code struct {
	ins     []instr
	ops     []program.Op // of the instructions; of what no program has, empty
	starts  []int32      // of the functions
	names   []string     // of the functions
	recover bool
	idle    int32 // where a goroutine of the runtime waits
	force   int32
	worker  int32
	reader  int32

	timerproc int32
}

func (s *Sim) compile(p *Program) error {
	x, err := p.Index()
	if err != nil {
		return err
	}
	if err := supported(p); err != nil {
		return err
	}
	for _, c := range p.Chans {
		if _, err := s.chans.m.Make(chanq.Elem{Size: 8}, c.Cap); err != nil {
			return err
		}
	}
	if err := s.locks.make(p, x); err != nil {
		return err
	}
	c := &s.code
	c.recover = p.Recover
	start := int32(0)
	for _, f := range p.Funcs {
		c.starts, c.names = append(c.starts, start), append(c.names, f.Name)
		start += int32(len(f.Ops)) + 1
	}
	for _, f := range p.Funcs {
		first := len(c.ins)
		for _, op := range f.Ops {
			c.ins, c.ops = append(c.ins, c.instr(x, op)), append(c.ops, op)
		}
		c.link(first)
		c.add(instr{verb: vReturn})
	}
	c.starts = append(c.starts, int32(len(c.ins)))
	c.force = c.add(instr{verb: vForceGC})
	c.idle = c.add(instr{verb: vIdle})
	c.add(instr{verb: vJump, a: c.force})
	c.worker = c.add(instr{verb: program.Work, n: int64(s.workers.GC)})
	c.add(instr{verb: vIdle})
	c.add(instr{verb: vJump, a: c.worker})
	c.reader = c.add(instr{verb: program.Work, n: int64(s.workers.Trace)})
	c.add(instr{verb: vIdle})
	c.add(instr{verb: vJump, a: c.reader})
	c.timerproc = c.add(instr{verb: vTimerproc})
	return nil
}

// supported says what of the language the simulator cannot do yet.
func supported(p *Program) error {
	if len(p.Vars)+len(p.Timers)+len(p.Contexts) > 0 {
		return fmt.Errorf("sched: variables, timers and contexts are not simulated yet")
	}
	for _, l := range p.Locks {
		if l.Kind == program.Once || l.RLocker || l.Count > 0 {
			return fmt.Errorf("sched: %s %s is of a kind that is not simulated yet", l.Kind, l.Name)
		}
	}
	for _, c := range p.Chans {
		if c.Count > 0 {
			return fmt.Errorf("sched: arrays such as %s are not simulated yet", c.Name)
		}
	}
	for _, f := range p.Funcs {
		for _, op := range f.Ops {
			if op.Verb > program.Exit || op.Var != "" || len(op.Set) > 0 || len(op.Args) > 0 || op.On == program.After && op.Verb == program.Recv || op.Verb == program.Procs && op.N == 0 {
				return fmt.Errorf("sched: %s: %v is not simulated yet", f.Name, op)
			}
			for _, k := range op.Cases {
				if k.Var != "" || k.Chan == program.After {
					return fmt.Errorf("sched: %s: %v is not simulated yet", f.Name, op)
				}
			}
		}
	}
	return nil
}

func (c *code) add(i instr) (pc int32) {
	c.ins, c.ops = append(c.ins, i), append(c.ops, program.Op{})
	return int32(len(c.ins) - 1)
}

func (c *code) instr(x *program.Index, op program.Op) instr {
	i := instr{verb: op.Verb, n: op.N}
	switch op.Verb {
	case program.Go:
		i.a, i.n = c.starts[x.Funcs[op.On]], max(op.N, 1)
	case program.Send, program.Recv, program.Close:
		i.a = int32(chanOf(x, op.On))
	case program.Select:
		for _, k := range op.Cases {
			i.cases = append(i.cases, chanq.Case{Chan: chanOf(x, k.Chan), Send: k.Send, Value: k.N})
		}
		if op.Default {
			i.a = 1
		}
	case program.Work, program.Spin, program.Sleep, program.Syscall, program.Block, program.NetRead:
		i.n = int64(op.D)
	case program.Done:
		i.verb, i.n = program.Add, -1
		i.a = int32(x.Locks[op.On] + 1)
	case program.Acquire, program.Unlock, program.RLock, program.RUnlock, program.Add, program.Wait, program.Signal, program.Broadcast:
		i.a = int32(x.Locks[op.On] + 1)
	}
	return i
}

func chanOf(x *program.Index, name string) chanq.Chan {
	if name == "" {
		return chanq.Nil
	}
	return chanq.Chan(x.Chans[name] + 1)
}

// link tells the loops of a function, and their ends, where they go. A loop in
// which nothing is done takes no time; without an end it is for {}.
func (c *code) link(first int) {
	var open []int
	idle := []bool{true} // whether nothing was done in it so far
	for pc := first; pc < len(c.ins); pc++ {
		switch i := &c.ins[pc]; i.verb {
		case program.Loop:
			open, idle = append(open, pc), append(idle, true)
			if i.n == 0 {
				i.n = -1
			}
		case program.End:
			n := len(open) - 1
			begin := open[n]
			i.a, c.ins[begin].a = int32(begin+1), int32(pc+1)
			if idle[n+1] && c.ins[begin].n > 0 {
				c.ins[begin].verb = vJump
			} else if idle[n+1] {
				c.ins[begin] = instr{verb: program.Spin, n: math.MaxInt64 / 2}
				idle[n] = false
			} else {
				idle[n] = false
			}
			open, idle = open[:n], idle[:n+1]
		default:
			idle[len(idle)-1] = false
		}
	}
}

// where names the operation at pc: "worker: send c 7".
func (c *code) where(pc int32) string {
	f := sort.Search(len(c.starts), func(i int) bool { return c.starts[i] > pc }) - 1
	if f < 0 || f >= len(c.names) {
		return "the runtime"
	}
	if c.ops[pc].Verb == 0 {
		return c.names[f] + ": return"
	}
	return fmt.Sprintf("%s: %v", c.names[f], c.ops[pc])
}

// make makes the locks of a program. Their numbers are their places, from 1.
func (l *lockGlue) make(p *Program, x *program.Index) error {
	l.gs = []int32{0}
	for _, k := range p.Locks {
		var err error
		var id locks.ID
		switch k.Kind {
		case program.Mutex:
			_, err = l.m.NewMutex()
		case program.RWMutex:
			_, err = l.m.NewRWMutex()
		case program.WaitGroup:
			id, err = l.m.NewWaitGroup()
		case program.Cond:
			_, err = l.m.NewCond(locks.ID(x.Locks[k.L] + 1))
		}
		if err == nil && k.Counter > 0 {
			l.counters = append(l.counters, counter{id, k.Counter})
		}
		if err != nil {
			return err
		}
	}
	if len(l.counters) == 0 {
		return nil
	}
	g, err := l.take(new(g))
	if err != nil {
		return err
	}
	for _, c := range l.counters {
		if _, err := l.m.Add(g, c.id, c.n); err != nil {
			return err
		}
	}
	l.free = append(l.free, g)
	return nil
}
