package racelive

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/internal/toolchain"
	"github.com/orrery-go/orrery/race"
)

// lookSource is common to the programs of TestSecondLook. A turnstile of plain memory
// that the detector does not see forces their order.
const lookSource = `package main

import ("encoding/json"; "os"; "runtime"; "sync"; "sync/atomic"; "unsafe")

type pt struct{ x, y int32 }
type one struct{ x int64 }
type T struct {
	a int64; b int32; c int16; d, e uint8
	s string; sl []int; i interface{}; p *int
	arr [3]byte; pt pt; one one; cx complex128; al [1]int64
	u [2]uint64
}
type env struct {
	t [4]*T; mu *sync.Mutex; sl []int
	u0, never chan int; b1 chan *int; b3 chan bool; z2 chan struct{}
}
var (turn int; now *env)
//go:norace
//go:noinline
func at(e *env, n int) { for now != e || turn != n { runtime.Gosched() } }
//go:noinline
func use[V any](V) {}
func send[V any](c chan V, v V) { defer func() { recover() }(); c <- v }
func selSend[V any](c chan V, v V, never chan int) { defer func() { recover() }(); select { case <-never: case c <- v: } }
func shut[V any](c chan V) { defer func() { recover() }(); close(c) }
//go:norace
func step(e *env, n int) { now, turn = e, n; for k := 0; k < 20; k++ { runtime.Gosched() } }
//go:norace
func drive(f func(*env), n int) (out []int) {
	e := &env{mu: new(sync.Mutex), sl: make([]int, 4), u0: make(chan int), never: make(chan int),
		b1: make(chan *int, 1), b3: make(chan bool, 3), z2: make(chan struct{}, 2)}
	for k := range e.t { e.t[k] = new(T) }
	go f(e)
	for i := 0; i < n; i++ {
		was := runtime.RaceErrors()
		step(e, i)
		out = append(out, runtime.RaceErrors()-was)
	}
	step(e, 1<<30)
	return out
}
func main() {
	var all [][]int
	for _, p := range programs { all = append(all, drive(p.f, p.n)) }
	json.NewEncoder(os.Stdout).Encode(all)
}
var _, _ = atomic.LoadInt32, unsafe.Pointer(nil)
`

// A looker writes a program and performs it in the model.
type looker struct {
	r    *rand.Rand
	d    *race.Detector
	body map[race.G]*strings.Builder
	want []int // number of races of each operation
	id   int
}

func (l *looker) do(op race.Op, form string, args ...any) error {
	o, err := l.d.Do(op)
	if err != nil && err != race.SendOnClosed && err != race.CloseOfClosed {
		return err
	}
	fmt.Fprintf(l.body[op.G], "\tat(e, %d); "+form+"\n", append([]any{len(l.want)}, args...)...)
	l.want = append(l.want, o.Races)
	return nil
}

// lookFields are the fields of T. A struct or an array with one element counts as a
// number.
var lookFields = []struct {
	name              string
	off, size, ranged int
	value             string
}{
	{"a", 0, 8, 0, "1"}, {"b", 8, 4, 0, "1"}, {"c", 12, 2, 0, "1"}, {"d", 14, 1, 0, "1"}, {"e", 15, 1, 0, "1"}, {"s", 16, 16, 0, `"ab"`}, {"sl", 32, 24, 0, "e.sl"}, {"i", 56, 16, 0, "1"}, {"p", 72, 8, 0, "nil"},
	{"arr", 80, 3, 1, "[3]byte{1, 2, 3}"}, {"arr[1]", 81, 1, 0, "1"}, {"pt", 84, 8, 1, "pt{1, 2}"}, {"pt.x", 84, 4, 0, "1"}, {"pt.y", 88, 4, 0, "1"},
	{"one", 96, 8, 0, "one{1}"}, {"one.x", 96, 8, 0, "1"}, {"cx", 104, 16, 0, "1i"}, {"al", 120, 8, 0, "[1]int64{1}"},
}

// step performs one operation, or none if the chosen one cannot be performed.
func (l *looker) step() error {
	snap := l.d.Snapshot()
	i := slices.IndexFunc(snap.Goroutines, func(g race.GoroutineState) bool { return g.Waits == "" && l.r.IntN(2) == 0 })
	if i < 0 {
		return nil
	}
	op := race.Op{G: snap.Goroutines[i].G}
	k := l.r.IntN(4)
	base, t := Base+uint64(k)<<10, fmt.Sprintf("e.t[%d]", k)
	switch k := l.r.IntN(21); {
	case k < 2 && len(snap.Goroutines) < 5:
		op.Verb = race.GoVerb
		next := race.G(len(l.body) + 1)
		l.body[next] = &strings.Builder{}
		return l.do(op, "go p%dg%d(e)", l.id, next)
	case k < 9:
		f := lookFields[l.r.IntN(len(lookFields))]
		op.Addr, op.Size = base+uint64(f.off), f.size
		if l.r.IntN(2) == 0 {
			op.Verb = []race.Verb{race.ReadVerb, race.ReadRangeVerb}[f.ranged]
			return l.do(op, "use(%s.%s)", t, f.name)
		}
		op.Verb = []race.Verb{race.WriteVerb, race.WriteRangeVerb}[f.ranged]
		return l.do(op, "%s.%s = %s", t, f.name, f.value)
	case k < 11:
		op.Verb, op.Addr, op.Size = race.WriteRangeVerb, base, 144
		return l.do(op, "*%s = T{}", t)
	case k < 13:
		op.Size = 4 << l.r.IntN(2)
		off := 128 + op.Size*l.r.IntN(16/op.Size)
		op.Addr = base + uint64(off)
		form := l.r.IntN(4)
		op.Verb = []race.Verb{race.LoadVerb, race.StoreVerb, race.ModifyVerb, race.FailVerb}[form]
		return l.do(op, "atomic."+[]string{"LoadInt%d(%s)", "StoreInt%d(%s, 1)", "SwapInt%d(%s, 4)", "CompareAndSwapInt%d(%s, -7, 1)"}[form],
			8*op.Size, fmt.Sprintf("(*int%d)(unsafe.Pointer(uintptr(unsafe.Pointer(%s)) + %d))", 8*op.Size, t, off))
	case k < 15:
		op.On = 1
		switch mu := snap.Objects[0]; {
		case mu.Writer == op.G || mu.Writer != 0 && l.r.IntN(8) == 0:
			op.Verb = race.UnlockVerb
			return l.do(op, "e.mu.Unlock()")
		case len(mu.Waiting) == 0:
			op.Verb = race.LockVerb
			return l.do(op, "e.mu.Lock()")
		}
	default:
		i := l.r.IntN(len(lookChans))
		c := lookChans[i]
		op.On = race.Object(2 + i)
		form := l.r.IntN(9)
		op.Verb = []race.Verb{race.SendVerb, race.SendVerb, race.RecvVerb, race.RecvVerb, race.CloseVerb}[form/2]
		if form < 8 || l.r.IntN(3) == 0 {
			forms := []string{"send(CH, V)", "selSend(CH, V, e.never)", "<-CH", "select { case <-e.never: case <-CH: }", "shut(CH)"}
			return l.do(op, "%s", strings.NewReplacer("CH", c.name, "V", c.value).Replace(forms[form/2]))
		}
	}
	return nil
}

var lookChans = []struct {
	name, value string
	n, size     int
}{{"e.u0", "1", 0, 8}, {"e.b1", "nil", 1, 8}, {"e.b3", "true", 3, 1}, {"e.z2", "struct{}{}", 2, 0}}

// TestSecondLook runs programs other than those of [Random] to their end, beyond the
// first race: accesses to fields and structs as people write them, and channels used by
// select.
func TestSecondLook(t *testing.T) {
	if os.Getenv("ORRERY_FULL") == "" {
		t.Skip("ORRERY_FULL is not set")
	}
	for _, rel := range []string{"running", "go1.18.10", "go1.19.13", "go1.24.13", "go1.27.4"} {
		t.Run(rel, func(t *testing.T) { secondLook(t, rel) })
	}
}

func secondLook(t *testing.T, rel string) {
	var source, table strings.Builder
	source.WriteString(lookSource)
	var all []*looker
	for id := range 100 {
		d, err := race.New(Config(rel))
		if err != nil {
			t.Fatal(err)
		}
		l := &looker{r: rand.New(rand.NewPCG(uint64(id), 77)), d: d, id: id, body: map[race.G]*strings.Builder{1: {}}}
		d.Make(race.Main, race.Mutex, 0)
		for _, c := range lookChans {
			d.MakeChan(race.Main, c.n, c.size, 0)
		}
		for tries := 0; tries < 200 && len(l.want) < 60 && d.Evicted() == 0; tries++ {
			if err := l.step(); err != nil {
				t.Fatal(err)
			}
		}
		if d.Evicted() > 0 { // the result depends on chance
			l.want = l.want[:len(l.want)-1]
		}
		for g, b := range l.body {
			fmt.Fprintf(&source, "func p%dg%d(e *env) {\n%s\tat(e, 1<<30)\n}\n", id, g, b)
		}
		fmt.Fprintf(&table, "\t{p%dg1, %d},\n", id, len(l.want))
		all = append(all, l)
	}
	fmt.Fprintf(&source, "var programs = []struct { f func(*env); n int }{\n%s}\n", &table)
	probe := Probe(nil, false)
	probe.Source, probe.More = source.String(), nil
	real, err := toolchain.Run[[][]int](t.Context(), rel, probe)
	if err != nil {
		t.Fatal(err)
	}
	ops, races := 0, 0
	for i, l := range all {
		if !slices.Equal(real[i], l.want) {
			t.Errorf("program %d:\n%v\nreal  %v\nmodel %v", i, l.body, real[i], l.want)
		}
		for _, n := range l.want {
			ops, races = ops+1, races+n
		}
	}
	t.Logf("%d programs, %d operations, %d races", len(all), ops, races)
}
