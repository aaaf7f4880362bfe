package race_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/race"
)

// knowledge is the last operation of each goroutine that is known.
type knowledge map[race.G]uint64

func (k knowledge) learn(from knowledge) {
	for g, op := range from {
		k[g] = max(k[g], op)
	}
}

// A teller is a naive detector of what goroutines know: a map for each, and for whatever
// they synchronize by.
type teller struct {
	d       *race.Detector
	old     bool // up to 1.10
	strict  bool
	knows   map[race.G]knowledge
	objects map[race.Object]*toldObject
	atomics map[uint64]knowledge
}

// toldObject is an object: what a goroutine learns there, and which wait.
type toldObject struct {
	typ           race.Type
	knows, shared knowledge
	slots         []knowledge // of a channel with elements in memory
	capacity, len int
	head          int // the slot of the first element
	closed, done  bool
	held          race.G
	readers       map[race.G]int
	counter       int64
	wait          []race.G // also those that send
	receivers     []race.G
}

// release is what every release begins with.
func (n *teller) release(g race.G) { n.knows[g][g] = n.d.Ops() }

func (n *teller) store(g race.G) knowledge { n.release(g); return maps.Clone(n.knows[g]) }

func (n *teller) merge(g race.G, into knowledge) { n.release(g); into.learn(n.knows[g]) }

// notify is a send or receive at a place of a buffer.
func (n *teller) notify(g race.G, o *toldObject, i int) {
	if o.slots == nil {
		n.knows[g].learn(o.knows)
		o.knows = n.store(g)
		return
	}
	was := o.slots[i]
	if n.old { // it gathers
		n.knows[g].learn(was)
		o.slots[i] = n.store(g)
		return
	}
	o.slots[i] = n.store(g)
	n.knows[g].learn(was)
}

// meet is a send and a receive without a buffer, of which g's came second.
func (n *teller) meet(g, other race.G, o *toldObject) {
	first := n.store(g)
	n.knows[other].learn(first)
	o.knows = n.store(other)
	n.knows[g].learn(o.knows)
}

func take(list *[]race.G) race.G {
	if len(*list) == 0 {
		return 0
	}
	g := (*list)[0]
	*list = (*list)[1:]
	return g
}

// did does what an operation does to what goroutines know. It has been done already.
func (n *teller) did(op race.Op, out race.Outcome) {
	g, me := op.G, n.knows[op.G]
	o := n.objects[op.On]
	switch op.Verb {
	case race.GoVerb:
		child := maps.Clone(me)
		n.release(g)
		child[g], child[out.G] = n.d.Ops(), n.d.Ops()
		n.knows[out.G] = child
	case race.ExitVerb:
		delete(n.knows, g)
	case race.MakeVerb:
		o = &toldObject{typ: op.Type, knows: knowledge{}, shared: knowledge{}, capacity: int(op.N), readers: map[race.G]int{}}
		if op.Size > 0 || n.strict {
			for range op.N {
				o.slots = append(o.slots, knowledge{})
			}
		}
		n.objects[out.Object] = o
	case race.NewVerb:
		for a := op.Addr &^ 7; a < op.Addr+uint64(op.Size); a += 8 {
			delete(n.atomics, a)
			delete(n.atomics, a+4)
		}
	case race.LockVerb:
		me.learn(o.knows)
		me.learn(o.shared)
		o.held = g
	case race.RLockVerb:
		me.learn(o.knows)
		o.readers[g]++
	case race.UnlockVerb:
		o.knows, o.held = n.store(g), 0
	case race.RUnlockVerb:
		n.merge(g, o.shared)
		if o.readers[g]--; o.readers[g] == 0 {
			delete(o.readers, g)
		}
	case race.SendVerb:
		switch r := take(&o.receivers); {
		case r != 0 && o.capacity == 0:
			n.meet(g, r, o)
		case r != 0:
			n.notify(g, o, o.head)
			n.notify(r, o, o.head)
			o.head = (o.head + 1) % o.capacity
		case o.len < o.capacity:
			n.notify(g, o, (o.head+o.len)%o.capacity)
			o.len++
		default:
			o.wait = append(o.wait, g)
		}
	case race.RecvVerb:
		s := race.G(0)
		if o.len == o.capacity {
			s = take(&o.wait)
		}
		switch {
		case s != 0 && o.capacity == 0:
			n.meet(g, s, o)
		case o.len > 0:
			n.notify(g, o, o.head)
			if s != 0 {
				n.notify(s, o, o.head)
			} else {
				o.len--
			}
			o.head = (o.head + 1) % o.capacity
		case o.closed:
			me.learn(o.knows)
		default:
			o.receivers = append(o.receivers, g)
		}
	case race.CloseVerb:
		o.closed, o.knows = true, n.store(g)
		for r := take(&o.receivers); r != 0; r = take(&o.receivers) {
			n.knows[r].learn(o.knows)
		}
	case race.AddVerb:
		if op.N < 0 {
			n.merge(g, o.knows)
		}
		if o.counter += op.N; o.counter == 0 {
			for w := take(&o.wait); w != 0; w = take(&o.wait) {
				n.knows[w].learn(o.knows)
			}
		}
	case race.WaitVerb:
		if o.counter == 0 {
			me.learn(o.knows)
		} else {
			o.wait = append(o.wait, g)
		}
	case race.OnceDoVerb:
		switch {
		case o.done:
			me.learn(o.knows)
		case o.held != 0:
			o.wait = append(o.wait, g)
		default:
			o.held = g
		}
	case race.OnceReturnVerb:
		o.held, o.done, o.knows = 0, true, n.store(g)
		for w := take(&o.wait); w != 0; w = take(&o.wait) {
			n.knows[w].learn(o.knows)
			if !n.strict {
				n.knows[w].learn(o.shared)
				o.shared = n.store(w)
			}
		}
	case race.AcquireVerb:
		me.learn(o.knows)
	case race.ReleaseVerb:
		o.knows = n.store(g)
	case race.ReleaseMergeVerb:
		n.merge(g, o.knows)
	case race.ReleaseAcquireVerb:
		was := o.knows
		o.knows = n.store(g)
		me.learn(was)
	case race.LoadVerb:
		me.learn(n.atomics[op.Addr])
	case race.StoreVerb:
		if was := n.atomics[op.Addr]; n.old && was != nil {
			n.merge(g, was)
		} else {
			n.atomics[op.Addr] = n.store(g)
		}
	case race.FailVerb, race.ModifyVerb:
		if op.Verb == race.FailVerb && !n.old {
			me.learn(n.atomics[op.Addr])
			break
		}
		n.release(g)
		me.learn(n.atomics[op.Addr])
		n.atomics[op.Addr] = n.store(g)
	}
}

// said returns what is known as a snapshot says it: of others, and in order.
func (n *teller) said(k knowledge, but race.G) string {
	out := []race.Known{}
	for _, g := range slices.Sorted(maps.Keys(k)) {
		if _, live := n.knows[g]; live && g != but {
			out = append(out, race.Known{G: g, Op: k[g]})
		}
	}
	return fmt.Sprint(out)
}

// TestNaiveKnowledge compares what goroutines know, and what can be learned from objects,
// with a naive model, in random programs.
func TestNaiveKnowledge(t *testing.T) {
	for seed := range uint64(240) {
		r := rand.New(rand.NewPCG(seed, 5))
		c := race.Config{Strict: seed%4 == 3}
		if seed%3 == 2 {
			c.Release = "go1.10"
		}
		d, err := race.New(c)
		if err != nil {
			t.Fatal(err)
		}
		n := &teller{d: d, old: c.Release != "", strict: c.Strict, knows: map[race.G]knowledge{race.Main: {}}, objects: map[race.Object]*toldObject{}, atomics: map[uint64]knowledge{}}
		log := []race.Op{
			{Verb: race.MakeVerb, G: 1, Type: race.Mutex}, {Verb: race.MakeVerb, G: 1, Type: race.WaitGroup}, {Verb: race.MakeVerb, G: 1, Type: race.Once}, {Verb: race.MakeVerb, G: 1, Type: race.Raw},
			{Verb: race.MakeVerb, G: 1, Type: race.Chan, Size: 8}, {Verb: race.MakeVerb, G: 1, Type: race.Chan, N: 3, Size: 8}, {Verb: race.MakeVerb, G: 1, Type: race.Chan, N: 2},
			{Verb: race.MakeVerb, G: 1, Type: race.Chan, N: 2, Size: 1},
		}
		for i := range 150 {
			op := race.Op{}
			if i < len(log) {
				op = log[i]
			} else if op = n.draw(r); op.Verb == "" {
				continue
			}
			out, err := d.Do(op)
			if err != nil {
				t.Fatalf("seed %d: %v: %v", seed, op, err)
			}
			n.did(op, out)
			s := d.Snapshot()
			if len(s.Goroutines) != len(n.knows) {
				t.Fatalf("seed %d, %v: %d goroutines, want %d", seed, op, len(s.Goroutines), len(n.knows))
			}
			for _, g := range s.Goroutines {
				if diff := cmp.Diff(n.said(n.knows[g.G], g.G), fmt.Sprint(g.Knows)); diff != "" {
					t.Fatalf("seed %d, %v: goroutine %d: -want +got\n%s", seed, op, g.G, diff)
				}
			}
			for _, o := range s.Objects {
				if diff := cmp.Diff(n.said(n.objects[o.Object].knows, 0), fmt.Sprint(o.Knows)); diff != "" {
					t.Fatalf("seed %d, %v: %v: -want +got\n%s", seed, op, o.Object, diff)
				}
			}
			if err := d.Check(); err != nil {
				t.Fatalf("seed %d, %v: %v", seed, op, err)
			}
		}
	}
}

// draw returns an operation that can be done and does not wait for a lock, or none.
func (n *teller) draw(r *rand.Rand) race.Op {
	var ready []race.G
	for _, g := range n.d.Snapshot().Goroutines {
		if g.Waits == "" {
			ready = append(ready, g.G)
		}
	}
	if len(ready) == 0 {
		return race.Op{}
	}
	op := race.Op{G: ready[r.IntN(len(ready))], On: race.Object(1 + r.IntN(8))}
	o := n.objects[op.On]
	pick := func(verbs ...race.Verb) race.Verb { return verbs[r.IntN(len(verbs))] }
	switch r.IntN(6) {
	case 0:
		op.On = 0
		op.Addr, op.Size = 4*uint64(r.IntN(5)), 4
		op.Verb = pick(race.LoadVerb, race.LoadVerb, race.StoreVerb, race.ModifyVerb, race.FailVerb)
		if r.IntN(12) == 0 {
			op.Verb, op.Size = race.NewVerb, 1+r.IntN(9)
		}
		return op
	case 1:
		if len(n.knows) < 5 && r.IntN(2) == 0 {
			return race.Op{Verb: race.GoVerb, G: op.G}
		}
		if r.IntN(8) == 0 && op.G != race.Main && o.held == 0 && len(ready) > 2 {
			for _, o := range n.objects {
				if o.held == op.G || o.readers[op.G] > 0 {
					return race.Op{}
				}
			}
			return race.Op{Verb: race.ExitVerb, G: op.G}
		}
	}
	switch o.typ {
	case race.Mutex:
		switch {
		case o.held == op.G:
			op.Verb = race.UnlockVerb
		case o.readers[op.G] > 0:
			op.Verb = race.RUnlockVerb
		case o.held != 0:
		case len(o.readers) > 0:
			op.Verb = race.RLockVerb
		default:
			op.Verb = pick(race.LockVerb, race.LockVerb, race.RLockVerb)
		}
	case race.WaitGroup:
		if op.Verb = pick(race.AddVerb, race.AddVerb, race.WaitVerb); op.Verb == race.AddVerb {
			if op.N = 1; o.counter > 0 && r.IntN(3) > 0 {
				op.N = -1
			}
		}
	case race.Once:
		if op.Verb = race.OnceDoVerb; o.held == op.G {
			op.Verb = race.OnceReturnVerb
		}
	case race.Raw:
		op.Verb = pick(race.AcquireVerb, race.AcquireVerb, race.ReleaseVerb, race.ReleaseMergeVerb, race.ReleaseAcquireVerb)
	case race.Chan:
		op.Verb = pick(race.SendVerb, race.RecvVerb)
		switch {
		case o.closed:
			op.Verb = race.RecvVerb
		case len(o.wait) == 0 && r.IntN(60) == 0:
			op.Verb = race.CloseVerb
		}
	}
	return op
}
