package bench

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/orrery-go/orrery/program"
)

// A Style describes the programs that [Random] makes.
type Style struct {
	Shapes []Shape // shapes of the parts; all shapes if empty
	Parts  int     // largest number of parts; 0 is 1
	Starve bool    // few programs in which no goroutine starves for a lock
	Phase  int     // largest number of yields of main before it begins, which shift the turn of the global queue
}

// Random makes a program from the random numbers of r. Most of its goroutines end.
func Random(r *rand.Rand, s Style) *program.Program {
	m := &maker{Rand: r}
	m.p.Recover = true
	m.p.Funcs = append(m.p.Funcs, program.Func{Name: "main"})
	if s.Phase > 0 {
		m.begin(m.times(m.IntN(s.Phase+1), op(program.Yield)))
	}
	from := s.Shapes
	if len(from) == 0 {
		from = Shapes
	}
	for range 1 + m.IntN(max(s.Parts, 1)) {
		m.part++
		makers[from[m.IntN(len(from))]](m)
	}
	m.rest()
	m.p.Funcs[0].Ops = append(m.main, op(program.Exit))
	return &m.p
}

// A maker makes a program from parts, each with functions of its own.
type maker struct {
	*rand.Rand
	p    program.Program
	part int
	main []program.Op
}

// name returns a name that only this part uses.
func (m *maker) name(of string) string { return fmt.Sprint(of, m.part) }

func (m *maker) channel(of string, size int) string {
	n := m.name(of)
	m.p.Chans = append(m.p.Chans, program.Chan{Name: n, Cap: int64(size)})
	return n
}

func (m *maker) lock(of string, kind program.Type, counter int) string {
	n := m.name(of)
	m.p.Locks = append(m.p.Locks, program.Lock{Name: n, Type: kind, Counter: int64(counter)})
	return n
}

func (m *maker) cond(of, l string) string {
	n := m.name(of)
	m.p.Locks = append(m.p.Locks, program.Lock{Name: n, Type: program.Cond, L: l})
	return n
}

// function adds a function of several pieces.
func (m *maker) function(of string, pieces ...[]program.Op) string {
	n := m.name(of)
	m.p.Funcs = append(m.p.Funcs, program.Func{Name: n, Ops: slices.Concat(pieces...)})
	return n
}

// begin adds operations to main after those of earlier parts.
func (m *maker) begin(pieces ...[]program.Op) { m.main = append(m.main, slices.Concat(pieces...)...) }

// rest lets main give the other goroutines time.
func (m *maker) rest() { m.begin(m.times(1+m.IntN(6), op(program.Yield))) }

func (m *maker) times(n int, ops ...program.Op) []program.Op { return slices.Repeat(ops, n) }

func (m *maker) oneIn(n int) bool { return m.IntN(n) == 0 }

func op(v program.Verb) program.Op { return program.Op{Verb: v} }

func on(v program.Verb, name string) program.Op { return program.Op{Verb: v, On: name} }

func send(c string, n int) program.Op { return program.Op{Verb: program.Send, On: c, N: int64(n)} }

func start(f string, n int) program.Op { return program.Op{Verb: program.Go, On: f, N: int64(n)} }

func sleep(d time.Duration) program.Op { return program.Op{Verb: program.Sleep, D: d} }

func work(d time.Duration) program.Op { return program.Op{Verb: program.Work, D: d} }

func ops(o ...program.Op) []program.Op { return o }

// loop repeats its body.
func loop(n int, pieces ...[]program.Op) []program.Op {
	out := []program.Op{{Verb: program.Loop, N: int64(n)}}
	return append(append(out, slices.Concat(pieces...)...), op(program.End))
}

var mark = on(program.Mark, "m")

// A Shape is a kind of part: some goroutines that interact.
type Shape string

// Shapes lists all shapes.
var Shapes = shapes()

func shapes() (all []Shape) {
	for s := range makers {
		if !strings.HasPrefix(string(s), "slow") {
			all = append(all, s)
		}
	}
	slices.Sort(all)
	return all
}

// Determinate lists the shapes whose results are the same on any number of Ps, in any
// order: [Result] makes their logs comparable.
var Determinate = []Shape{"counters", "hand-off", "numbers", "ping-pong", "semaphore", "tree", "workers", "writers", "yielders"}

// Result returns the content of a log without goroutines and order: how often each
// operation was done, with each result.
func Result(log string) string {
	words := strings.Fields(log)
	for i, w := range words {
		words[i] = strings.TrimLeft(w, "0123456789")
	}
	slices.Sort(words)
	return strings.Join(words, " ")
}
