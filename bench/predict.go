package bench

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/orrery-go/orrery/chanq"
	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/program"
	"github.com/orrery-go/orrery/release"
	"github.com/orrery-go/orrery/sched"
)

// A Prediction is the result of a program in a model.
type Prediction struct {
	Log   string
	Stuck bool // goroutines are left, and main has not returned
	Ticks int  // advance of the P's schedtick
	Stats sched.Stats
	Says  string // first line of the runtime's output at the end

	Handed int // mutexes handed over, after which the goroutine yields
}

// Predict returns the result of the program in a model of the release with one P, whose
// schedtick is tick in the beginning. The model's only choice is the order in which a
// select polls its cases. There it follows the real log: it first polls the case that the
// real select chose. If that case is not ready in the model, the logs differ.
func Predict(rel string, p *program.Program, tick int, real string) (Prediction, error) {
	r, err := release.Parse(rel)
	if err != nil {
		return Prediction{}, err
	}
	w := &follower{program: p, release: rel, blind: real == "", repolls: !r.AtLeast("go1.16"), chose: map[sched.G][]choice{}, closed: map[string]bool{}, queued: map[waiting]queued{}, names: map[sched.G]int{}, panics: map[sched.G]string{}}
	w.read(real)
	m, err := sched.New(sched.Config{
		Release: rel, Schedtick: uint32(tick) + 61, Trace: w.event, Choose: w.choose,
		Costs:     &sched.Costs{Op: 20, Switch: 20, Create: 20, Late: 50_000}, // so that little but sleeps takes time, and no two begin at once
		MaxEvents: 10_000_000,
	}, *p)
	if err != nil {
		return Prediction{}, err
	}
	w.model = m
	err = m.Run()
	if last := (*sched.Panic)(nil); errors.As(err, &last) {
		w.unrecovered(last.G)
	}
	out := Prediction{Log: string(w.log), Stuck: errors.Is(err, sched.AllAsleep), Stats: m.Stats(), Handed: w.handed}
	out.Ticks = int(m.Snapshot().Ps[0].Schedtick) - tick - 61
	if crash := (*crash.Error)(nil); errors.As(err, &crash) {
		out.Says, err = crash.Line(), nil
	}
	return out, err
}

// A follower writes the model's log and makes its choices.
type follower struct {
	program *program.Program
	release string
	blind   bool // without a real log
	repolls bool // a select that a close woke polls again
	model   *sched.Sim
	log     []byte
	ops     []program.Op
	chose   map[sched.G][]choice // choices of each goroutine's remaining selects
	closed  map[string]bool      // channels that are closed
	draws   []int                // of this select
	queued  map[waiting]queued
	names   map[sched.G]int
	panics  map[sched.G]string // unrecovered panics
	handed  int
	marks   []Where
	idle    map[sched.M]int // how often each thread was idle
}

// A choice is the case that a real select ended with, and whether that was closed.
type choice struct {
	index  int
	closed bool
}

// read reads the choices of each goroutine's selects from a real log.
func (w *follower) read(real string) {
	w.ops = operations(w.program)
	for token := range strings.FieldsSeq(real) {
		left, result, ok := strings.Cut(token, ":")
		number, at, _ := strings.Cut(left, ".")
		g, err := strconv.Atoi(number)
		pc, err2 := strconv.Atoi(at)
		if !ok || err != nil || err2 != nil || pc < 0 || pc >= len(w.ops) || w.ops[pc].Verb != program.Select {
			continue
		}
		k, what, _ := strings.Cut(result, ",")
		n, _ := strconv.Atoi(k)
		w.chose[sched.G(g)] = append(w.chose[sched.G(g)], choice{n, what == "z"})
	}
}

// choose draws the poll order of a select.
func (w *follower) choose(n int) int {
	if w.blind {
		return n - 1
	}
	if len(w.draws) == 0 {
		g, pc := w.model.Acting(0)
		if int(pc) >= len(w.ops) || w.ops[pc].Verb != program.Select {
			return n - 1 // the order of a context's children, which no log tells
		}
		w.draws = w.order(pc, w.chose[g])
	}
	d := w.draws[0]
	w.draws = w.draws[1:]
	return min(d, n-1)
}

// order returns the draws for a select that is to end with the first of the choices.
func (w *follower) order(pc int32, list []choice) []int {
	op := w.ops[pc]
	cases := polled(op)
	if len(list) == 0 {
		return pollFirst(cases, w.panicked(op))
	}
	want := list[0]
	draws := pollFirst(cases, want.index)
	if want.index < 0 || want.closed && w.repolls || !ambiguous(op, want.index) {
		return draws
	}
	// If it waits, then in several cases for the same channel: a peer finds the one that
	// was queued first. Of the orders that queue the wanted case first, prefer one that
	// also polls it first: that will do, too, if it need not wait.
	key := waiting{pc, want.index}
	q, ok := w.queued[key]
	if !ok {
		q.draws = draws
		for _, other := range someOrders(cases, want.index) {
			if d := drawsOf(other); w.firstInQueue(op, want.index, d) {
				q = queued{d, cases[other[0]] == want.index}
				break
			}
		}
		w.queued[key] = q
	}
	if !q.polled && anyReady(op, w.state()) {
		return draws
	}
	return slices.Clone(q.draws)
}

// waiting is a select that waits, and the case that is to be the first in its channel's
// queue.
type waiting struct {
	pc    int32
	index int
}

// queued is the draws for that, and whether they also poll the case first.
type queued struct {
	draws  []int
	polled bool
}

// someOrders returns orders of a select's cases, as places in the list of polled cases.
// Orders that begin with the wanted case come first.
func someOrders(cases []int, want int) (orders [][]int) {
	n := len(cases)
	first := slices.Index(cases, want)
	base := []int{first}
	for i := range n {
		if i != first {
			base = append(base, i)
		}
	}
	swapped := func(i, j int) {
		o := slices.Clone(base)
		o[i], o[j] = o[j], o[i]
		orders = append(orders, o)
	}
	for i := 1; i < n; i++ {
		for j := i; j < n; j++ {
			swapped(i, j)
		}
	}
	for i := 1; i < n; i++ {
		swapped(0, i)
	}
	return orders
}

// drawsOf returns the draws that lead to an order: each case in turn changes places with
// the drawn one (runtime/select.go:selectgo).
func drawsOf(order []int) []int {
	order = slices.Clone(order)
	draws := make([]int, len(order)-1)
	for i := len(order) - 1; i > 0; i-- {
		j := slices.Index(order, i)
		draws[i-1] = j
		order[j] = order[i]
		order = order[:i]
	}
	return draws
}

// state returns the states of the model's channels, by name.
func (w *follower) state() map[string]chanq.ChanState {
	state := map[string]chanq.ChanState{}
	chans := w.model.Snapshot().Chans.Chans
	for _, c := range w.program.Chans {
		if c.Count == 0 {
			state[c.Name], chans = chans[0], chans[1:]
			continue
		}
		for i := range c.Count {
			state[fmt.Sprintf("%s[%d]", c.Name, i)], chans = chans[0], chans[1:]
		}
	}
	return state
}

// panicked finds a case that sends on a closed channel, as a select that panicked
// chose; -1 if there is none.
func (w *follower) panicked(op program.Op) int {
	return slices.IndexFunc(op.Cases, func(k program.Case) bool { return k.Send && w.closed[k.Chan] })
}

// anyReady reports whether a case of the select need not wait.
func anyReady(op program.Op, state map[string]chanq.ChanState) bool {
	for _, k := range op.Cases {
		s := state[k.Chan]
		switch {
		case k.Chan == "":
		case s.Closed, k.Send && (s.Qcount < s.Dataqsiz || waits(s.Recvq)), !k.Send && (s.Qcount > 0 || waits(s.Sendq)):
			return true
		}
	}
	return false
}

// waits reports whether the queue has a goroutine that was not woken by another case.
func waits(queue []chanq.Waiter) bool {
	return slices.ContainsFunc(queue, func(w chanq.Waiter) bool { return !w.Stale })
}

// ambiguous reports whether another case waits for the same channel as case x.
func ambiguous(op program.Op, x int) bool {
	for i, k := range op.Cases {
		if i != x && k.Chan == op.Cases[x].Chan && k.Send == op.Cases[x].Send {
			return true
		}
	}
	return false
}

// polled returns the cases of a select that have a channel.
func polled(op program.Op) (cases []int) {
	for i, k := range op.Cases {
		if k.Chan != "" {
			cases = append(cases, i)
		}
	}
	return cases
}

// pollFirst draws the order in which the wanted case is first.
func pollFirst(cases []int, want int) (draws []int) {
	for n := 1; n < len(cases); n++ {
		if cases[n] == want {
			draws = append(draws, 0)
		} else {
			draws = append(draws, n)
		}
	}
	return draws
}

// firstInQueue finds out in a model of its own whether a peer finds the case if the
// select polls in that order.
func (w *follower) firstInQueue(op program.Op, want int, draws []int) bool {
	m, err := chanq.New(chanq.Config{Release: w.release, Choose: func(n int) int {
		d := draws[0]
		draws = draws[1:]
		return d
	}})
	if err != nil {
		return false
	}
	var cases []chanq.Case
	on := map[string]chanq.Chan{"": chanq.Nil}
	for _, c := range w.program.Chans {
		if on[c.Name], err = m.Make(chanq.Elem{Size: 8}, 0); err != nil {
			return false
		}
	}
	for _, k := range op.Cases {
		cases = append(cases, chanq.Case{Chan: on[k.Chan], Send: k.Send})
	}
	g, err := m.Go()
	if err != nil {
		return false
	}
	if o, err := m.Select(g, cases, false); err != nil || o.What != chanq.Parked {
		return false
	}
	k := op.Cases[want]
	s := m.Snapshot().Chans[on[k.Chan]-1]
	queue := s.Recvq
	if k.Send {
		queue = s.Sendq
	}
	return len(queue) > 0 && int(queue[0].Case) == want
}

// event writes the log that the child would write.
func (w *follower) event(e sched.Event) {
	if int(e.PC) >= len(w.ops) {
		return // the runtime's own goroutine, or package context's
	}
	switch e.Kind {
	case sched.Created:
		if e.By != 0 {
			w.named(e.G)
		}
		return
	case sched.Started:
		w.named(e.G)
		return
	case sched.MIdle, sched.Polls:
		if w.idle != nil {
			w.idle[e.M]++
		}
		return
	case sched.Exited, sched.Panicked, sched.Marked, sched.Did:
	case sched.Yielded:
		w.handed += int(e.N)
		return
	default:
		return
	}
	if e.Kind == sched.Panicked { // its deferred bodies come first, and may recover
		w.panics[e.G] = e.What
		return
	}
	if e.Kind == sched.Did && w.ops[e.PC].Verb == program.Recover && e.N == 1 {
		delete(w.panics, e.G)
	}
	if e.Kind == sched.Did && w.ops[e.PC].Verb == program.Close {
		w.closed[e.On] = true
	}
	if e.G < 1 || e.Kind == sched.Did && steps[w.ops[e.PC].Verb] {
		return
	}
	if e.Kind == sched.Exited {
		w.unrecovered(e.G)
	}
	w.begin(e.G)
	switch e.Kind {
	case sched.Exited:
		w.log = append(w.log, 'x')
	default:
		w.log = strconv.AppendInt(append(w.log, '.'), int64(e.PC), 10)
		if e.Kind == sched.Did {
			w.result(e)
			break
		}
		n := w.model.Threads()
		w.marks = append(w.marks, Where{Thread: int(e.M), Threads: n, Ms: n, Waits: w.idle[e.M], At: e.At, Slices: w.slices()})
		if strings.Contains(w.ops[e.PC].On, "{") {
			w.word(':', e.What)
		}
	}
}

// slices returns how many time slices all Ps have begun, for the marks of a program in a
// process of its own.
func (w *follower) slices() (n int) {
	if w.blind {
		for _, p := range w.model.Snapshot().Ps {
			n += int(p.Schedtick)
		}
	}
	return n
}

func (w *follower) begin(g sched.G) {
	if len(w.log) > 0 {
		w.log = append(w.log, ' ')
	}
	w.log = strconv.AppendInt(w.log, int64(w.named(g)), 10)
}

// unrecovered writes the panic that ends a goroutine, if any.
func (w *follower) unrecovered(g sched.G) {
	if text, ok := w.panics[g]; ok {
		delete(w.panics, g)
		w.begin(g)
		w.word('!', text)
	}
}

// named returns the number that the child gives a goroutine when it is made, or, if a
// timer makes it, when it begins.
func (w *follower) named(g sched.G) int {
	if g < 1 {
		return 0
	}
	if w.names[g] == 0 {
		w.names[g] = len(w.names) + 1
	}
	return w.names[g]
}

func (w *follower) word(before byte, text string) {
	w.log = append(append(w.log, before), strings.ReplaceAll(text, " ", "_")...)
}

// steps are the verbs that the child does not log.
var steps = map[program.Verb]bool{
	program.Set: true, program.If: true, program.Else: true, program.While: true, program.Break: true, program.Continue: true,
	program.Exit: true, program.Panic: true, program.Call: true, program.Return: true, program.Defer: true, program.Recover: true, program.Loop: true, program.End: true,
}

// tells are the verbs whose result is a number.
var tells = map[program.Verb]bool{
	program.TryLock: true, program.TryRLock: true, program.Len: true, program.Cap: true, program.CtxErr: true, program.NumGoroutine: true, program.Do: true,
	program.AtomicLoad: true, program.AtomicStore: true, program.AtomicAdd: true, program.AtomicSwap: true, program.AtomicCompare: true,
}

// result writes the result of an operation.
func (w *follower) result(e sched.Event) {
	op := w.ops[e.PC]
	from, ready := op.On, !strings.HasSuffix(e.What, ", not ready")
	switch v := op.Verb; {
	case tells[v], (v == program.Stop || v == program.Reset) && !w.ticker(op.On):
		w.log = strconv.AppendInt(append(w.log, ':'), e.N, 10)
		return
	case v == program.TrySend && ready:
		w.log = append(w.log, ":1"...)
		return
	case v == program.TrySend:
		w.log = append(w.log, ":0"...)
		return
	case v == program.TryRecv && !ready:
		w.log = append(w.log, ":-1"...)
		return
	case v == program.Select:
		if list := w.chose[e.G]; len(list) > 0 {
			w.chose[e.G] = list[1:]
		}
		if e.Case < 0 || op.Cases[e.Case].Send {
			w.log = strconv.AppendInt(append(w.log, ':'), int64(e.Case), 10)
			return
		}
		from = op.Cases[e.Case].Chan
	case v != program.Recv && v != program.TryRecv:
		return
	}
	w.log = strconv.AppendInt(append(w.log, ':'), int64(max(e.Case, 0)), 10)
	switch {
	case strings.HasSuffix(e.What, ", closed"):
		w.log = append(w.log, ",z"...)
	case !w.channel(from):
		w.log = append(w.log, ",0"...) // the received time
	default:
		w.log = strconv.AppendInt(append(w.log, ','), e.N, 10)
	}
}

// channel reports whether the name is that of a channel, or of an element of an array of
// channels.
func (w *follower) channel(name string) bool {
	name, _, _ = strings.Cut(name, "[")
	return slices.ContainsFunc(w.program.Chans, func(c program.Chan) bool { return c.Name == name })
}

func (w *follower) ticker(name string) bool {
	name, _, _ = strings.Cut(name, "[")
	return slices.ContainsFunc(w.program.Timers, func(t program.Timer) bool { return t.Name == name && t.Ticker })
}
