package chanqlive

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/orrery-go/orrery/chanq"
	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/release"
)

// Predict reports the log of the program by a model of the release. Where the
// model has a choice, which is the order in which a select polls its cases, it
// follows the real log: it polls the case first that the real one chose. If that
// case is not ready in the model, the logs differ.
func Predict(rel string, p Program, real string) (string, error) {
	r, err := release.Parse(rel)
	if err != nil {
		return "", err
	}
	d := &driver{program: p, runnext: r.AtLeast("go1.5"), repolls: !r.AtLeast("go1.16"), chose: chosen(p, real)}
	if d.model, err = chanq.New(chanq.Config{Release: rel, Choose: d.choose}); err != nil {
		return "", err
	}
	d.release = rel
	for _, c := range p.Caps {
		if _, err := d.model.Make(chanq.Elem{Size: 8}, c); err != nil {
			return "", err
		}
	}
	d.workers = make([]worker, p.Workers+1)
	for range p.Workers {
		if _, err := d.model.Go(); err != nil {
			return "", err
		}
	}
	for i, s := range p.Steps {
		if err := d.step(i, s); err != nil {
			return strings.Join(d.log, " "), fmt.Errorf("step %d, %d:%v: %w", i, s.G, s.Ops, err)
		}
	}
	return strings.Join(d.log, " "), nil
}

// A driver has a model do what real goroutines do. It adds what the model of
// channels leaves to the scheduler: in which order goroutines that are ready run.
type driver struct {
	release string
	program Program
	model   *chanq.Chans
	workers []worker // by goroutine
	log     []string
	chose   map[at]choice
	draws   []int // what Choose is to say

	repolls bool // whether a select that a close woke polls again
	runnext bool // whether the last one readied runs first
	next    chanq.G
	queue   []chanq.G
}

func (d *driver) choose(n int) int {
	if len(d.draws) == 0 {
		return n - 1
	}
	j := d.draws[0]
	d.draws = d.draws[1:]
	return j
}

// A worker is a goroutine in a step, or between two.
type worker struct {
	ops  []chanq.Op // those left, the one it is in first
	at   at         // which that is
	wait bool
}

// at is an operation's place in a program.
type at struct{ step, op int }

func (d *driver) step(i int, s Step) error {
	if w := &d.workers[s.G]; !w.wait {
		w.ops, w.at = s.Ops, at{i, 0}
		if err := d.run(s.G); err != nil {
			return err
		}
		for d.next != 0 || len(d.queue) > 0 {
			if err := d.run(d.pop()); err != nil {
				return err
			}
		}
	}
	if err := d.model.Check(); err != nil {
		return err
	}
	lens := "|"
	for c := range d.program.Caps {
		n, err := d.model.Len(chanq.Chan(c + 1))
		if err != nil {
			return err
		}
		lens += fmt.Sprint(n)
	}
	d.log = append(d.log, lens)
	return nil
}

// run has a goroutine go on until it waits or its step is done.
func (d *driver) run(g chanq.G) error {
	w := &d.workers[g]
	for len(w.ops) > 0 {
		op := w.ops[0]
		var o chanq.Outcome
		var err error
		if w.wait {
			o, err = d.model.Resume(g)
		} else {
			if op.Verb == chanq.SelectVerb {
				d.draws = d.draw(op, d.chose[w.at])
			}
			o, err = d.model.Do(g, op)
		}
		for _, r := range d.model.Ready() {
			d.ready(r)
		}
		if w.wait = o.What == chanq.Parked; w.wait {
			return nil
		}
		text, err := result(op, o, err)
		if err != nil {
			return err
		}
		d.log = append(d.log, fmt.Sprintf("%d:%s", g, text))
		w.ops = w.ops[1:]
		w.at.op++
	}
	return nil
}

// result is the end of an operation as the child writes it.
func result(op chanq.Op, o chanq.Outcome, err error) (string, error) {
	send := op.Verb == chanq.SendVerb || op.Verb == chanq.TrySendVerb
	prefix := ""
	switch p, isPanic := errors.AsType[*crash.Error](err); {
	case isPanic != (o.What == chanq.Panicked):
		return "", fmt.Errorf("outcome %v with error %v", o, err)
	case isPanic:
		return "!" + strings.ReplaceAll(p.Error(), " ", "_"), nil
	case err != nil:
		return "", err
	case o.What == chanq.NotReady:
		return "-", nil
	case op.Verb == chanq.CloseVerb:
		return "c", nil
	case op.Verb == chanq.SelectVerb:
		send, prefix = op.Cases[o.Case].Send, fmt.Sprint(o.Case)
	}
	switch {
	case send:
		return prefix + "s", nil
	case o.OK:
		return fmt.Sprintf("%sr%d", prefix, o.Value), nil
	}
	return fmt.Sprintf("%sz%d", prefix, o.Value), nil
}

// ready puts a goroutine into the run queue as runtime/proc.go:runqput does: since
// Go 1.5 it takes the place of the one that would run next.
func (d *driver) ready(g chanq.G) {
	if d.runnext {
		g, d.next = d.next, g
	}
	if g != 0 {
		d.queue = append(d.queue, g)
	}
}

func (d *driver) pop() (g chanq.G) {
	if d.next != 0 {
		g, d.next = d.next, 0
		return g
	}
	g, d.queue = d.queue[0], d.queue[1:]
	return g
}

// A choice is what a select chose in the real log.
type choice struct {
	index  int  // of the case, 0 if there was none
	waited bool // it ended in a later step
	closed bool // because the channel was closed
}

// chosen reads from a real log, for each select of the program, which case it
// chose in the end, or else one that can have been: of a panic, a send on a
// channel that was closed by then.
func chosen(p Program, real string) map[at]choice {
	out := map[at]choice{}
	pending := make([]*at, p.Workers+1) // by goroutine: the operation it is in
	closed := map[chanq.Chan]bool{}
	step := 0
	issue := func() {
		if step < len(p.Steps) {
			if g := p.Steps[step].G; pending[g] == nil {
				pending[g] = &at{step, 0}
			}
		}
	}
	issue()
	last := 0 // the goroutine of the last token; 0 at the beginning of a step
	for _, token := range strings.Fields(real) {
		if strings.HasPrefix(token, "|") {
			step, last = step+1, 0
			issue()
			continue
		}
		number, text, _ := strings.Cut(token, ":")
		g, err := strconv.Atoi(number)
		if err != nil || g < 1 || g > p.Workers || pending[g] == nil {
			continue // the comparison will show it
		}
		i := *pending[g]
		ops := p.Steps[i.step].Ops
		op := ops[i.op]
		// Only another goroutine can have ended a wait, and has said so before.
		waited := last != g && (last != 0 || i != at{step, 0})
		switch {
		case op.Verb == chanq.CloseVerb && text == "c":
			closed[op.Chan] = true
		case op.Verb == chanq.SelectVerb && strings.HasPrefix(text, "!"):
			x := slices.IndexFunc(op.Cases, func(k chanq.Case) bool { return k.Send && closed[k.Chan] })
			out[i] = choice{max(0, x), waited, true}
		case op.Verb == chanq.SelectVerb && text != "-":
			x, _ := strconv.Atoi(text[:max(0, strings.IndexAny(text, "srz"))])
			out[i] = choice{x, waited, strings.Contains(text, "z")}
		}
		last = g
		if pending[g] = nil; i.op+1 < len(ops) {
			pending[g] = &at{i.step, i.op + 1}
		}
	}
	return out
}

// draw reports what Choose must say for the select to end in the real one's
// choice. One that did not wait, and one that polls again after a close, polls
// its case first. Otherwise the case is the one that a peer finds first, which
// makes a difference when several cases wait for the same.
func (d *driver) draw(op chanq.Op, c choice) []int {
	n, polled := 0, []int(nil)
	for i, k := range op.Cases {
		if k.Chan == chanq.Nil {
			continue
		}
		if n++; n > 1 && i == c.index {
			polled = append(polled, 0)
		} else if n > 1 {
			polled = append(polled, n-1)
		}
	}
	if !c.waited || c.closed && d.repolls || c.index >= len(op.Cases) || !ambiguous(op, c.index) {
		return polled
	}
	draws := polled
	for try := range pow(n) {
		if other := digits(try, n); d.firstInQueue(op, c.index, other) {
			draws = other
			if pollsFirst(op, other) == c.index {
				break
			}
		}
	}
	return draws
}

// ambiguous reports whether another case waits for the same as case x.
func ambiguous(op chanq.Op, x int) bool {
	for i, k := range op.Cases {
		if i != x && k.Chan == op.Cases[x].Chan && k.Send == op.Cases[x].Send {
			return true
		}
	}
	return false
}

// firstInQueue asks a model of its own.
func (d *driver) firstInQueue(op chanq.Op, x int, draws []int) bool {
	m, err := chanq.New(chanq.Config{Release: d.release, Choose: func(n int) int {
		j := draws[0]
		draws = draws[1:]
		return j
	}})
	if err != nil {
		return false
	}
	for range d.program.Caps {
		m.Make(chanq.Elem{}, 0)
	}
	g, _ := m.Go()
	m.Select(g, op.Cases, false)
	k := op.Cases[x]
	if k.Chan == chanq.Nil {
		return true
	}
	c := m.Snapshot().Chans[k.Chan-1]
	queue := c.Recvq
	if k.Send {
		queue = c.Sendq
	}
	return len(queue) > 0 && int(queue[0].Case) == x
}

// pow is the number of ways to draw an order of n cases, n!.
func pow(n int) int {
	out := 1
	for i := 2; i <= n; i++ {
		out *= i
	}
	return out
}

// digits are the draws of the try-th order of n cases.
func digits(try, n int) []int {
	var out []int
	for i := 2; i <= n; i++ {
		out = append(out, try%i)
		try /= i
	}
	return out
}

// pollsFirst is the case that these draws put first.
func pollsFirst(op chanq.Op, draws []int) int {
	first, n := -1, 0
	for i, k := range op.Cases {
		if k.Chan == chanq.Nil {
			continue
		}
		if n++; n == 1 || draws[n-2] == 0 {
			first = i
		}
	}
	return first
}
