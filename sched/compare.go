package sched

import (
	"fmt"
	"time"

	"github.com/orrery-go/orrery/program"
)

// A Way is a way in which workers take turns.
type Way string

// The ways, from the dearest switch to the cheapest.
const (
	Processes  Way = "processes"  // the kernel exchanges registers, stack and memory
	Threads    Way = "threads"    // the kernel exchanges registers and stack
	Goroutines Way = "goroutines" // a thread does, and looks into the run queue for the next one
	Coroutines Way = "coroutines" // a thread does, and the next one is named: a direct hand-off, as of iter.Pull
)

// String returns the name: "coroutines".
func (w Way) String() string { return string(w) }

// TurnCosts are the durations of switches, and of making and ending a worker. Those of
// goroutines are [Costs]. Each is from 0 to a second.
type TurnCosts struct {
	Process    time.Duration `json:"process"` // one switch
	Thread     time.Duration `json:"thread"`
	Handoff    time.Duration `json:"handoff"`
	NewProcess time.Duration `json:"newProcess"` // fork, exec and wait
	NewThread  time.Duration `json:"newThread"`
	NewHandoff time.Duration `json:"newHandoff"` // iter.Pull and its end
}

// VMTurns was measured on the machine of [VM]: processes and threads that read from one
// another's pipes, and iter.Pull. go test -bench Switch measures it elsewhere.
var VMTurns = TurnCosts{
	Process:    2600 * time.Nanosecond,
	Thread:     2400 * time.Nanosecond,
	Handoff:    28 * time.Nanosecond,
	NewProcess: 521 * time.Microsecond,
	NewThread:  25 * time.Microsecond,
	NewHandoff: 300 * time.Nanosecond,
}

// Turns is a workload: a token goes round from worker to worker. The one that has it
// computes, makes system calls and gives it to the next.
type Turns struct {
	Workers  int           `json:"workers"`  // 2 to 1,000
	Rounds   int           `json:"rounds"`   // of all workers, 1 or more; Workers x Rounds is at most [MaxTurns]
	Work     time.Duration `json:"work"`     // in each turn, up to an hour
	Syscalls int           `json:"syscalls"` // in each turn, which do not block; up to 100

	Costs *Costs     `json:"costs,omitempty"` // nil: [DefaultCosts]
	Turns *TurnCosts `json:"turns,omitempty"` // nil: [VMTurns]
}

// MaxTurns is the largest number of turns that [Compare] counts.
const MaxTurns = 200_000

// A Compared is the cost of a workload in one way, on one processor.
type Compared struct {
	Way      Way           `json:"way"`
	Total    time.Duration `json:"total"`
	Create   time.Duration `json:"create"`          // of it, to make and end workers
	Switch   time.Duration `json:"switch"`          // to give the token on
	Calls    time.Duration `json:"calls"`           // to enter and leave the kernel
	Work     time.Duration `json:"work"`            // to compute
	Switches uint64        `json:"switches,string"` // from worker to worker, and to and from the goroutine that makes them
	Kernel   uint64        `json:"kernel,string"`   // of them, made by the kernel
	Queued   uint64        `json:"queued,string"`   // of them, through a run queue of Go's
}

// Compare runs a workload as processes, threads, goroutines and coroutines. The
// goroutines run in the simulator of the newest release; a coroutine goes back to a
// driver after each turn, as iter.Pull does, which makes two switches. It returns an
// error if a number is out of range.
func Compare(w Turns) ([]Compared, error) {
	costs, turns := DefaultCosts, VMTurns
	if w.Costs != nil {
		costs = *w.Costs
	}
	if w.Turns != nil {
		turns = *w.Turns
	}
	if err := w.check(&costs, &turns); err != nil {
		return nil, err
	}
	n := uint64(w.Workers) * uint64(w.Rounds)
	work := time.Duration(n) * w.Work
	calls := time.Duration(n) * time.Duration(w.Syscalls) * costs.Syscall
	by := func(way Way, per int, one, create time.Duration) Compared {
		c := Compared{Way: way, Switches: n * uint64(per), Work: work, Calls: calls, Create: time.Duration(w.Workers) * create}
		c.Switch = time.Duration(c.Switches) * one
		c.Total = c.Create + c.Switch + c.Calls + c.Work
		if way != Coroutines {
			c.Kernel = c.Switches
		}
		return c
	}
	goroutines, err := w.simulate(costs, work, calls)
	if err != nil {
		return nil, err
	}
	return []Compared{
		by(Processes, 1, turns.Process, turns.NewProcess),
		by(Threads, 1, turns.Thread, turns.NewThread),
		goroutines,
		by(Coroutines, 2, turns.Handoff, turns.NewHandoff),
	}, nil
}

func (w *Turns) check(costs *Costs, turns *TurnCosts) error {
	switch {
	case w.Workers < 2 || w.Workers > 1000:
		return fmt.Errorf("sched: %d workers out of range [2,1000]", w.Workers)
	case w.Rounds < 1 || w.Rounds > MaxTurns/w.Workers:
		return fmt.Errorf("sched: %d rounds of %d workers out of range [1,%d]", w.Rounds, w.Workers, MaxTurns/w.Workers)
	case w.Work < 0 || w.Work > time.Hour:
		return fmt.Errorf("sched: work of %v out of range [0,1h]", w.Work)
	case w.Syscalls < 0 || w.Syscalls > 100:
		return fmt.Errorf("sched: %d system calls out of range [0,100]", w.Syscalls)
	}
	for _, d := range []time.Duration{turns.Process, turns.Thread, turns.Handoff, turns.NewProcess, turns.NewThread, turns.NewHandoff} {
		if d < 0 || d > time.Second {
			return fmt.Errorf("sched: a cost of %v out of range [0,1s]", d)
		}
	}
	return costs.check()
}

// program returns the workload as goroutines, with a channel before each.
func (w *Turns) program() Program {
	op := func(v program.Verb, on string) program.Op { return program.Op{Verb: v, On: on} }
	p := Program{Locks: []program.Lock{{Name: "others", Type: program.WaitGroup, Counter: int64(w.Workers - 1)}}}
	main := program.Func{Name: "main"}
	for i := range w.Workers {
		p.Chans = append(p.Chans, program.Chan{Name: fmt.Sprint("c", i)})
		f := program.Func{Name: fmt.Sprint("w", i), Ops: []program.Op{{Verb: program.Loop, N: int64(w.Rounds)}, op(program.Recv, fmt.Sprint("c", i))}}
		if w.Work > 0 {
			f.Ops = append(f.Ops, program.Op{Verb: program.Work, D: w.Work})
		}
		for range w.Syscalls {
			f.Ops = append(f.Ops, op(program.Syscall, ""))
		}
		f.Ops = append(f.Ops, op(program.Send, fmt.Sprint("c", (i+1)%w.Workers)), op(program.End, ""))
		if i < w.Workers-1 {
			f.Ops = append(f.Ops, op(program.Done, "others"))
		}
		p.Funcs = append(p.Funcs, f)
		main.Ops = append(main.Ops, op(program.Go, f.Name))
	}
	main.Ops = append(main.Ops, op(program.Send, "c0"), op(program.Wait, "others"), op(program.Recv, "c0"))
	p.Funcs = append([]program.Func{main}, p.Funcs...)
	return p
}

func (w *Turns) simulate(costs Costs, work, calls time.Duration) (Compared, error) {
	s, err := New(Config{Costs: &costs, MaxTime: program.MaxDuration, Schedtick: 1}, w.program())
	if err != nil {
		return Compared{}, err
	}
	if err := s.Run(); err != nil {
		return Compared{}, err
	}
	c := Compared{Way: Goroutines, Total: s.Now(), Create: time.Duration(w.Workers) * costs.Create, Work: work, Calls: calls, Switches: s.stats.Switches, Queued: s.stats.Switches}
	c.Switch = c.Total - c.Create - c.Work - c.Calls
	return c, nil
}
