package explain

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestRing: queues that share an array hold what they would hold in arrays of their own,
// and have the same hash if they hold the same goroutines, however those came there. So do
// those in what states that are no longer possible have left.
func TestRing(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	shared, again := 0, 0
	for range 200 {
		r := newReplay(1, trueRules())
		const st = 1
		states := []*state{r.states[0]}
		want := [][]int32{nil}
		for range 200 {
			i := rnd.IntN(len(states))
			q, n := states[i].own(0), len(want[i])
			switch k := rnd.IntN(10); {
			case k < 1 && len(states) == 4:
				states, want = slices.Delete(states, i, i+1), slices.Delete(want, i, i+1)
				r.states = states
				r.reclaim()
				again += len(r.queues.free)
			case k < 1:
				states, want = append(states, states[i].fork()), append(want, slices.Clone(want[i]))
			case k < 3 && n > 0:
				k = 1 + rnd.IntN(n)
				gone := q.cut(k)
				for j, e := range gone {
					if e.g != want[i][j] {
						t.Fatalf("%d was taken, want %d", e.g, want[i][j])
					}
				}
				want[i] = want[i][k:]
			case k < 4 && n > 1 && rnd.IntN(2) == 0:
				states[i].swap(spot{0, -1, 0}, spot{0, -1, n - 1})
				want[i] = slices.Clone(want[i])
				want[i][0], want[i][n-1] = want[i][n-1], want[i][0]
			case k < 4 && n > 1:
				ring := slices.Clone(q.ring)
				ring[0], ring[n-1] = ring[n-1], ring[0]
				q.set(ring)
				want[i] = slices.Clone(want[i])
				want[i][0], want[i][n-1] = want[i][n-1], want[i][0]
			default:
				g := int32(1 + rnd.IntN(3))
				q.push(entry{g: g, put: st})
				want[i] = append(want[i], g)
			}
			for i, s := range states {
				q := s.queues[0]
				if !slices.EqualFunc(q.ring, want[i], func(e entry, g int32) bool { return e.g == g }) {
					t.Fatalf("%v, want %v", q.ring, want[i])
				}
				fresh := queue{from: &r.stores}
				fresh.set(slices.Clone(q.ring))
				if fresh.hash != q.hash {
					t.Fatalf("the hash of %v is %x, and %x if it is made at once", want[i], q.hash, fresh.hash)
				}
				for k, o := range states[:i] {
					if (o.key() == s.key()) != slices.Equal(want[i], want[k]) {
						t.Fatalf("%v and %v have keys %x and %x", want[i], want[k], s.key(), o.key())
					}
					p := o.queues[0]
					if len(p.ring) > 0 && len(q.ring) > 0 && &p.ring[len(p.ring)-1] == &q.ring[len(q.ring)-1] {
						shared++
					}
				}
			}
		}
	}
	if again == 0 {
		t.Error("no queue was taken back")
	}
	if shared == 0 {
		t.Error("no two queues have shared an array")
	}
	if factor*power(len(powers)-1) != power(len(powers)) || power(3*len(powers)+5) != power(2*len(powers)+3)*power(len(powers)+2) {
		t.Error("powers of the factor")
	}
}

// TestOverflow: half of a ring and one more go to the global queue, in order, and both
// queues have the hash that they would have if they were made at once.
func TestOverflow(t *testing.T) {
	r := newReplay(1, trueRules())
	s := r.states[0]
	st := r.newStamp(1)
	var want [2][]int32 // the ring, and the global queue
	for g := range int32(ringSize + 3) {
		q := 0
		if g < 3 {
			q = 1
		}
		s.own(q).push(entry{g: g + 1, put: st.id})
		want[q] = append(want[q], g+1)
	}
	r.overflow(s, 0, ringSize/2, entry{g: 999, put: st.id}, r.newStamp(1))
	want[1] = append(append(want[1], want[0][:ringSize/2]...), 999)
	want[0] = want[0][ringSize/2:]
	for i, q := range s.queues {
		if !slices.EqualFunc(q.ring, want[i], func(e entry, g int32) bool { return e.g == g }) {
			t.Errorf("queue %d is %v, want %v", i, q.ring, want[i])
		}
		if q.hash != hash(q.ring) {
			t.Errorf("queue %d: hash %x, and %x if it is made at once", i, q.hash, hash(q.ring))
		}
	}
}
