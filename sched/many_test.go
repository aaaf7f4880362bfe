package sched_test

import (
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/program"
	"github.com/orrery-go/orrery/sched"
)

// sleepers makes a program of goroutines that sleep, at equal and at different times,
// hold locks while they do, compute in between, and wait for each other.
func sleepers(r *rand.Rand) *program.Program {
	d := func() time.Duration {
		return []time.Duration{1, time.Microsecond, 100 * time.Microsecond, 300 * time.Microsecond, 800 * time.Microsecond,
			time.Millisecond, 1500 * time.Microsecond, 3 * time.Millisecond, 12 * time.Millisecond}[r.IntN(9)]
	}
	p := &program.Program{Recover: true, Chans: []program.Chan{{Name: "c", Cap: int64(r.IntN(3))}},
		Locks: []program.Lock{{Name: "m", Type: program.Mutex}, {Name: "wg", Type: program.WaitGroup}}}
	names := []string{"f", "g", "h"}[:1+r.IntN(3)]
	main := program.Func{Name: "main"}
	for _, name := range names {
		n := int64(1 + r.IntN(5))
		main.Ops = append(main.Ops, program.Op{Verb: program.Go, On: name, N: n})
		p.Locks[1].Counter += n
		f := program.Func{Name: name}
		for range 1 + r.IntN(4) {
			switch r.IntN(7) {
			case 0, 1, 2:
				f.Ops = append(f.Ops, program.Op{Verb: program.Sleep, D: d()})
			case 3:
				f.Ops = append(f.Ops, program.Op{Verb: program.Acquire, On: "m"}, program.Op{Verb: program.Sleep, D: d()}, program.Op{Verb: program.Unlock, On: "m"})
			case 4:
				f.Ops = append(f.Ops, program.Op{Verb: program.Work, D: d()})
			case 5:
				f.Ops = append(f.Ops, program.Op{Verb: program.Select, Default: true, Cases: []program.Case{{Chan: "c"}, {Chan: "c", Send: true}}})
			default:
				f.Ops = append(f.Ops, program.Op{Verb: []program.Verb{program.Syscall, program.Block, program.NetRead}[r.IntN(3)], D: d()})
			}
		}
		f.Ops = append(f.Ops, program.Op{Verb: program.Done, On: "wg"})
		p.Funcs = append(p.Funcs, f)
	}
	if r.IntN(3) == 0 { // two that wait for each other forever
		p.Locks = append(p.Locks, program.Lock{Name: "x", Type: program.Mutex}, program.Lock{Name: "y", Type: program.Mutex})
		for _, k := range [][2]string{{"x", "y"}, {"y", "x"}} {
			main.Ops = append(main.Ops, program.Op{Verb: program.Go, On: "holds" + k[0]})
			p.Funcs = append(p.Funcs, program.Func{Name: "holds" + k[0], Ops: []program.Op{{Verb: program.Acquire, On: k[0]},
				{Verb: program.Sleep, D: d()}, {Verb: program.Acquire, On: k[1]}}})
		}
	}
	main.Ops = append(main.Ops, program.Op{Verb: program.Wait, On: "wg"})
	p.Funcs = append([]program.Func{main}, p.Funcs...)
	return p
}

// goroutines counts the goroutines that a program starts. Functions start only later
// ones.
func goroutines(p *program.Program) (all int64) {
	times := map[string]int64{"main": 1}
	for _, f := range p.Funcs {
		all += times[f.Name]
		turns := []int64{times[f.Name]}
		for _, op := range f.Ops {
			switch t := turns[len(turns)-1]; op.Verb {
			case program.Loop:
				turns = append(turns, t*op.N)
			case program.End:
				turns = turns[:len(turns)-1]
			case program.Go:
				times[op.On] += t * max(op.N, 1)
			}
		}
	}
	return all
}

// TestManyPs checks that each of 20,000 random programs on 2, 4 and 8 Ps ends, in a
// deadlock only if nothing can continue, and that Check holds along the way.
func TestManyPs(t *testing.T) {
	const n = 20_000
	releases := []string{"", "go1.26", "go1.23", "go1.16", "go1.15", "go1.14", "go1.13", "go1.10", "go1.9", "go1.5", "go1.4", "go1.2"}
	gen := rapid.Custom(programs)
	ends, most := map[string]int{}, uint64(0)
	for i := range n {
		r := rand.New(rand.NewPCG(uint64(i), 7))
		c := sched.Config{Procs: []int{2, 4, 8}[i%3], Seed: uint64(i), Release: releases[r.IntN(len(releases))], MaxEvents: 200_000}
		switch i % 7 {
		case 0:
			c.Costs = &sched.Costs{} // operations take no time at all
		case 1:
			c.Costs = &sched.QuickCosts
		}
		var p *program.Program
		if i%4 == 0 {
			p = gen.Example(i)
		}
		if p == nil || goroutines(p) > 2000 {
			p = sleepers(r)
		}
		s, err := sched.New(c, *p)
		if err != nil {
			t.Fatal(err)
		}
		for step, more := 0, true; more; step++ {
			more, err = s.Step()
			if step%97 == i%97 || !more {
				if err := s.Check(); err != nil {
					t.Fatalf("program %d, %+v: %v\n%v", i, c, err, p)
				}
			}
		}
		most = max(most, s.Stats().Events)
		var died *crash.Error
		switch {
		case err == nil:
			ends["returned"]++
		case errors.As(err, &died):
			ends[died.Error()]++
			for _, g := range s.Snapshot().Gs {
				if died.Error() == sched.AllAsleep.Error() && g.Status != "waiting" {
					t.Fatalf("program %d, %+v: a deadlock, and goroutine %d is %s\n%v", i, c, g.G, g.Status, p)
				}
			}
		default:
			t.Fatalf("program %d, %+v: %v\n%v", i, c, err, p)
		}
	}
	t.Logf("at most %d events: %v", most, ends)
}
