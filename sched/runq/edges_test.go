package runq

import (
	"slices"
	"testing"
)

// filled returns a queue with the goroutines from 1 to n in its ring, which begins at
// index begins.
func filled(t *testing.T, n, begins int, grows bool) *Local {
	t.Helper()
	q := NewLocal(grows)
	for range begins {
		q.Put(1, nil)
		q.Get()
	}
	for g := range n {
		if overflow := q.Put(int32(g+1), nil); overflow != 0 {
			t.Fatalf("%d goroutines do not go in", n)
		}
	}
	return &q
}

// to lists the numbers from from to last.
func to(from, last int32) (out []int32) {
	for g := from; g <= last; g++ {
		out = append(out, g)
	}
	return out
}

// TestOverflow: a goroutine that finds the ring full goes to the global queue, after the
// first half of the ring; runnext is not part of it. In Go 1.2 the ring doubles.
func TestOverflow(t *testing.T) {
	for _, begins := range []int{0, 1, 255} {
		for _, next := range []bool{false, true} {
			q := filled(t, Len, begins, false)
			var global Global
			global.PushBack(-1)
			put := q.Put
			if next {
				put = q.PutNext
				if n := q.PutNext(Len+1, &global); n != 0 || q.Len() != Len || q.Next() != Len+1 {
					t.Errorf("runnext: %d go to the global queue, %d are in the ring", n, q.Len())
				}
			}
			if n := put(Len+1, &global); n != Len/2+1 {
				t.Errorf("%d go to the global queue, want 129", n)
			}
			want := append(append([]int32{-1}, to(1, Len/2)...), Len+1)
			if got := global.Append(nil); !slices.Equal(got, want) {
				t.Errorf("the global queue has %d, want %d", got, want)
			}
			if got, want := q.Append(nil), to(Len/2+1, Len); !slices.Equal(got, want) {
				t.Errorf("the ring has %d, want %d", got, want)
			}
			grown := filled(t, Len, begins, true)
			if n := grown.Put(Len+1, &global); n != 0 || !slices.Equal(grown.Append(nil), to(1, Len+1)) {
				t.Errorf("a ring that grows gives %d away and has %d", n, grown.Append(nil))
			}
		}
	}
	// Without a global queue they are lost.
	q := filled(t, Len, 0, false)
	if n := q.Put(Len+1, nil); n != Len/2+1 || q.Len() != Len/2 {
		t.Errorf("%d are lost, %d are left", n, q.Len())
	}
}

// TestSteals: a thief takes half, rounded up, and runs the last of them; in Go 1.2 it
// runs the first and takes half of the others. It never takes runnext.
func TestSteals(t *testing.T) {
	for _, begins := range []int{0, 200} {
		for n := range int32(Len + 1) {
			for _, first := range []bool{false, true} {
				victim, thief := filled(t, int(n), begins, false), filled(t, 0, 255-begins, false)
				victim.PutNext(1000, nil)
				steal, took, runs := thief.Steal, (n+1)/2, (n+1)/2
				if first {
					steal, took, runs = thief.StealFirst, (n-1)/2+1, 1
				}
				var mine []int32
				switch {
				case n == 0:
					took, runs = 0, 0
				case first:
					mine = to(2, took)
				default:
					mine = to(1, took-1)
				}
				g, m := steal(victim)
				if g != runs || m != int(took) || !slices.Equal(thief.Append(nil), mine) {
					t.Errorf("of %d, first %v: it runs %d, took %d and has %d; want %d, %d and %d", n, first, g, m, thief.Append(nil), runs, took, mine)
				}
				if got, want := victim.Append(nil), to(took+1, n); !slices.Equal(got, want) || victim.Next() != 1000 {
					t.Errorf("of %d, first %v: the victim has %d, want %d", n, first, got, want)
				}
			}
		}
	}
	var q Local
	for _, steal := range []func(*Local) (int32, int){q.Steal, q.StealFirst} {
		if g, n := steal(nil); g != 0 || n != 0 {
			t.Errorf("of nobody: %d, %d", g, n)
		}
	}
}

// TestTakes: the goroutines that a queue returns when it is destroyed, and when it is
// empty.
func TestTakes(t *testing.T) {
	q := filled(t, 3, 254, false)
	if q.PutNext(9, nil); q.Empty() || q.Len() != 3 {
		t.Errorf("it has %d in the ring", q.Len())
	}
	for g := int32(3); g >= 0; g-- {
		if got := q.Last(); got != g {
			t.Errorf("the last is %d, want %d", got, g)
		}
	}
	if q.Empty() {
		t.Error("it is empty though it has a runnext")
	}
	for _, want := range []int32{9, 0} {
		if got := q.TakeNext(); got != want {
			t.Errorf("runnext is %d, want %d", got, want)
		}
	}
	if g, inherit := q.Get(); g != 0 || inherit || !q.Empty() {
		t.Errorf("an empty queue gives %d, %v", g, inherit)
	}
	if q.Put(7, nil); q.Empty() {
		t.Error("it is empty though there is one in the ring")
	}
}

// TestGlobal: the global queue is unbounded, at either end.
func TestGlobal(t *testing.T) {
	for _, front := range []bool{false, true} {
		var q Global
		if g := q.Pop(); g != 0 {
			t.Errorf("an empty queue gives %d", g)
		}
		want := to(1, 1000)
		for i := range want {
			if front {
				q.PushFront(want[len(want)-1-i])
			} else {
				q.PushBack(want[i])
			}
			if q.Len() != i+1 {
				t.Fatalf("it has %d, want %d", q.Len(), i+1)
			}
		}
		if got := q.Append(nil); !slices.Equal(got, want) {
			t.Errorf("it has %d", got)
		}
		for _, g := range want {
			if got := q.Pop(); got != g {
				t.Fatalf("it gives %d, want %d", got, g)
			}
		}
		if g := q.Pop(); g != 0 || q.Len() != 0 {
			t.Errorf("an empty queue gives %d and has %d", g, q.Len())
		}
	}
}

// TestBatchBounds: no share is negative, and no P counts as one P.
func TestBatchBounds(t *testing.T) {
	for _, tt := range []struct {
		size, procs int
		bounded     bool
		want        int
	}{{-1, 1, true, 0}, {0, 4, false, 0}, {5, 0, true, 5}, {5, -3, false, 5}, {254, 2, true, 128}, {253, 2, true, 127}, {1000, 3, false, 334}} {
		if got := Batch(tt.size, tt.procs, tt.bounded); got != tt.want {
			t.Errorf("%+v: %d", tt, got)
		}
	}
}
