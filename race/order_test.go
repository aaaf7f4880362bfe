package race_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/orrery-go/orrery/race"
)

// TestOrderNaive compares the operations that can come next with those that the rules of
// [race.Interleavings] allow, read one by one without what makes them quick, in random
// runs of random logs.
func TestOrderNaive(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 3))
		log := orderLog(t, r)
		for _, any := range []bool{false, true} {
			m, err := race.NewInterleavings(log, any)
			if err != nil {
				t.Fatal(err)
			}
			n := naiveOrder{log: log, any: any, came: make([]bool, len(log))}
			for s := m.Initial()[0]; ; {
				var got []string
				var next [][8]uint64
				m.Successors(s, func(event int, to [8]uint64) {
					got, next = append(got, m.Labels()[event]), append(next, to)
				})
				want, ops := n.next()
				if slices.Sort(got); !slices.Equal(got, want) {
					t.Fatalf("seed %d, any values %v, after %v of\n%v:\n%q can come, want %q", seed, any, n.came, log, got, want)
				}
				if len(ops) == 0 {
					break
				}
				// The labels are sorted, and so are the operations: take one of them.
				i := r.IntN(len(ops))
				m.Successors(s, func(event int, to [8]uint64) {
					if m.Labels()[event] == want[i] {
						next[0] = to
					}
				})
				s = next[0]
				for _, op := range ops[i] {
					n.came[op] = true
				}
			}
		}
	}
}

// orderLog makes a log of three goroutines that access a few bytes in all ways, lock a
// mutex, send and receive, and so on.
func orderLog(t *testing.T, r *rand.Rand) []race.Op {
	d, err := race.New(race.Config{Record: true})
	if err != nil {
		t.Fatal(err)
	}
	must := func(op race.Op) {
		if _, err := d.Do(op); err != nil {
			t.Fatal(op, err)
		}
	}
	for _, typ := range []race.Type{race.Mutex, race.Chan, race.Mutex, race.WaitGroup, race.Raw} {
		must(race.Op{Verb: race.MakeVerb, G: race.Main, Type: typ})
	}
	must(race.Op{Verb: race.MakeVerb, G: race.Main, Type: race.Chan, N: 2})
	must(race.Op{Verb: race.MakeVerb, G: race.Main, Type: race.Once})
	must(race.Op{Verb: race.GoVerb, G: race.Main})
	must(race.Op{Verb: race.GoVerb, G: race.Main})
	accesses := []race.Verb{race.ReadVerb, race.WriteVerb, race.ReadRangeVerb, race.WriteRangeVerb, race.LoadVerb, race.StoreVerb, race.ModifyVerb, race.FailVerb, race.NewVerb}
	raws := []race.Verb{race.AcquireVerb, race.ReleaseVerb, race.ReleaseMergeVerb, race.ReleaseAcquireVerb}
	for range 24 {
		op := race.Op{G: race.Main + race.G(r.IntN(3))}
		switch kind := r.IntN(11); kind {
		default:
			op.Verb, op.Addr, op.Size = accesses[r.IntN(len(accesses))], 4*uint64(r.IntN(3)), 4
			if !slices.Contains(accesses[4:8], op.Verb) {
				op.Addr, op.Size = op.Addr+uint64(r.IntN(2)), 1+r.IntN(5)
			}
		case 0:
			op.On, op.Verb = 1, []race.Verb{race.LockVerb, race.UnlockVerb, race.RLockVerb, race.RUnlockVerb}[r.IntN(4)]
		case 1, 2:
			op.On, op.Verb = []race.Object{2, 6}[kind-1], []race.Verb{race.SendVerb, race.RecvVerb}[r.IntN(2)]
			if r.IntN(12) == 0 {
				op.Verb = race.CloseVerb
			}
		case 3:
			op.On, op.Verb, op.N = 4, race.AddVerb, int64(r.IntN(4)-1)
			if op.N == 0 {
				op.Verb = race.WaitVerb
			}
		case 4:
			op.On, op.Verb = 5, raws[r.IntN(len(raws))]
		case 5:
			op.On, op.Verb = 7, []race.Verb{race.OnceDoVerb, race.OnceReturnVerb}[r.IntN(2)]
		}
		if op.On > 0 && crashes(d, op) {
			continue
		}
		_, _ = d.Do(op) // some are refused
	}
	log, err := d.Record()
	if err != nil {
		t.Fatal(err)
	}
	return log
}

// crashes reports whether an operation would end the program.
func crashes(d *race.Detector, op race.Op) bool {
	o := d.Snapshot().Objects[op.On-1]
	switch op.Verb {
	case race.AddVerb:
		return o.Counter+op.N < 0
	case race.SendVerb, race.CloseVerb:
		// What waits to send when a channel is closed panics.
		return o.Closed || op.Verb == race.CloseVerb && o.Len == o.Cap && len(o.Waiting) > 0
	}
	return false
}

// naiveOrder is a log, and which of its operations came.
type naiveOrder struct {
	log  []race.Op
	any  bool
	came []bool
}

// next returns the labels of what can come next, sorted, and the operations of each, by
// their places in the log: of a send without a buffer two.
func (n *naiveOrder) next() (labels []string, ops [][]int) {
	started := []race.G{race.Main}
	child := race.Main
	end := true
	for i, op := range n.log {
		if op.Verb == race.GoVerb {
			if child++; n.came[i] {
				started = append(started, child)
			}
		}
	}
	heads := map[race.G]int{}
	for i, op := range slices.Backward(n.log) {
		if op.Verb != race.MakeVerb && !n.came[i] {
			heads[op.G] = i
		}
	}
	type step struct {
		label string
		ops   []int
	}
	var all []step
	for g, i := range heads {
		if !slices.Contains(started, g) {
			continue
		}
		end = false
		can := []int{i}
		if other := n.partner(i); other >= 0 {
			// The later one of the two stands for both.
			if h := n.log[other].G; other > i || heads[h] != other || !slices.Contains(started, h) || !n.allowed(other) {
				continue
			}
			can = []int{i, other}
		}
		if n.allowed(i) {
			all = append(all, step{fmt.Sprintf("%d: %v", i+1, n.log[i]), can})
		}
	}
	slices.SortFunc(all, func(a, b step) int { return slices.Compare([]string{a.label}, []string{b.label}) })
	for _, s := range all {
		labels, ops = append(labels, s.label), append(ops, s.ops)
	}
	if end {
		labels = []string{"end"}
	}
	return labels, ops
}

// channel returns the sends, receives and the close of a channel, in the log's order, and
// its capacity.
func (n *naiveOrder) channel(o race.Object) (sends, recvs []int, closed int, capacity int64) {
	closed = -1
	made := race.Object(0)
	for i, op := range n.log {
		if op.Verb == race.MakeVerb {
			if made++; made == o {
				capacity = op.N
			}
		}
		switch {
		case op.On != o:
		case op.Verb == race.SendVerb:
			sends = append(sends, i)
		case op.Verb == race.RecvVerb:
			recvs = append(recvs, i)
		case op.Verb == race.CloseVerb:
			closed = i
		}
	}
	return sends, recvs, closed, capacity
}

// partner returns the operation that an unbuffered send or receive meets, or -1.
func (n *naiveOrder) partner(i int) int {
	op := n.log[i]
	if op.Verb != race.SendVerb && op.Verb != race.RecvVerb {
		return -1
	}
	mine, others, _, capacity := n.channel(op.On)
	if op.Verb == race.RecvVerb {
		mine, others = others, mine
	}
	if k := slices.Index(mine, i); capacity == 0 && k < len(others) {
		return others[k]
	}
	return -1
}

// allowed reports whether the next operation of a goroutine can come.
func (n *naiveOrder) allowed(i int) bool {
	op := n.log[i]
	var writer, readers, counter int64
	sends, recvs, closed, capacity := n.channel(op.On)
	for k, other := range n.log {
		if other.G != op.G && !n.ordered(i, k) {
			return false
		}
		if n.came[k] && other.On == op.On {
			switch other.Verb {
			case race.LockVerb:
				writer++
			case race.UnlockVerb:
				writer--
			case race.RLockVerb:
				readers++
			case race.RUnlockVerb:
				readers--
			case race.AddVerb:
				counter += other.N
			}
		}
	}
	came := func(list []int) (c int64) {
		for _, k := range list {
			if n.came[k] {
				c++
			}
		}
		return c
	}
	switch op.Verb {
	case race.LockVerb:
		return writer == 0 && readers == 0
	case race.RLockVerb:
		return writer == 0
	case race.UnlockVerb:
		return writer > 0
	case race.RUnlockVerb:
		return readers > 0
	case race.AddVerb:
		return counter+op.N >= 0
	case race.WaitVerb:
		return counter == 0
	case race.SendVerb:
		if closed >= 0 && n.came[closed] {
			return false
		}
		k := slices.Index(sends, i)
		if capacity == 0 {
			return k < len(recvs) // otherwise nobody received
		}
		return came(sends[k+1:]) == 0 && came(sends)-came(recvs) < capacity
	case race.RecvVerb:
		k := slices.Index(recvs, i)
		if k >= len(sends) && (closed < 0 || !n.came[closed]) {
			return false
		}
		return capacity == 0 || came(recvs[:k]) == int64(k) && came(sends[:min(k+1, len(sends))]) == int64(min(k+1, len(sends)))
	case race.OnceDoVerb:
		first := slices.IndexFunc(n.log, func(o race.Op) bool { return o.Verb == race.OnceDoVerb && o.On == op.On })
		ran := slices.IndexFunc(n.log, func(o race.Op) bool { return o.Verb == race.OnceReturnVerb && o.On == op.On })
		return i == first || ran >= 0 && n.came[ran]
	case race.AcquireVerb, race.ReleaseAcquireVerb:
		for k := i - 1; k >= 0; k-- {
			if o := n.log[k]; o.On == op.On && slices.Contains([]race.Verb{race.ReleaseVerb, race.ReleaseMergeVerb, race.ReleaseAcquireVerb}, o.Verb) {
				return n.came[k]
			}
		}
	}
	return true
}

// ordered reports whether the values that are read allow operation i to come now, as far
// as operation k of another goroutine goes: a read comes after the writes before it, and
// nothing comes after what conflicts with it and came later in the log.
func (n *naiveOrder) ordered(i, k int) bool {
	x, y := n.log[i], n.log[k]
	if !n.keeps(x) || !n.keeps(y) || x.Addr >= y.Addr+uint64(y.Size) || y.Addr >= x.Addr+uint64(x.Size) {
		return true
	}
	if k > i {
		return !n.came[k] || !changes(x) && !changes(y)
	}
	blind := slices.Contains([]race.Verb{race.WriteVerb, race.WriteRangeVerb, race.StoreVerb, race.NewVerb}, x.Verb)
	return n.came[k] || blind || !changes(y)
}

// keeps reports whether an operation is an access whose order counts.
func (n *naiveOrder) keeps(op race.Op) bool {
	switch op.Verb {
	case race.ReadVerb, race.ReadRangeVerb, race.WriteVerb, race.WriteRangeVerb:
		return !n.any
	case race.LoadVerb, race.StoreVerb, race.ModifyVerb, race.FailVerb, race.NewVerb:
		return true
	}
	return false
}

func changes(op race.Op) bool {
	return !slices.Contains([]race.Verb{race.ReadVerb, race.ReadRangeVerb, race.LoadVerb, race.FailVerb}, op.Verb)
}
