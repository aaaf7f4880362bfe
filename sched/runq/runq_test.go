package runq

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestQueues checks the queues against slices.
func TestQueues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		grows := rapid.Bool().Draw(t, "grows")
		var global Global
		locals := []Local{NewLocal(grows), NewLocal(grows)}
		var wantGlobal []int32
		want := make([][]int32, 2)
		next := make([]int32, 2)
		put := func(i int, g int32) {
			if len(want[i]) == Len && !grows {
				wantGlobal = append(append(wantGlobal, want[i][:Len/2]...), g)
				want[i] = want[i][Len/2:]
				return
			}
			want[i] = append(want[i], g)
		}
		for g := int32(1); g < 600; g++ {
			i := rapid.IntRange(0, 1).Draw(t, "queue")
			switch k := rapid.IntRange(0, 19).Draw(t, "what"); {
			case k < 10:
				locals[i].Put(g, &global)
				put(i, g)
			case k < 14:
				locals[i].PutNext(g, &global)
				if next[i] != 0 {
					put(i, next[i])
				}
				next[i] = g
			case k == 14:
				got, inherit := locals[i].Get()
				switch {
				case next[i] != 0 && (got != next[i] || !inherit):
					t.Fatalf("got %d, want runnext %d", got, next[i])
				case next[i] != 0:
					next[i] = 0
				case len(want[i]) > 0 && got != want[i][0] || len(want[i]) == 0 && got != 0 || inherit:
					t.Fatalf("got %d, want the first of %v", got, want[i])
				case len(want[i]) > 0:
					want[i] = want[i][1:]
				}
			case k == 15:
				global.PushFront(g)
				wantGlobal = slices.Insert(wantGlobal, 0, g)
			case k == 16:
				got := global.Pop()
				if len(wantGlobal) > 0 && got != wantGlobal[0] || len(wantGlobal) == 0 && got != 0 {
					t.Fatalf("got %d, want the first of %v", got, wantGlobal)
				}
				wantGlobal = wantGlobal[min(1, len(wantGlobal)):]
			case k == 17 && len(want[i]) == 0:
				victim := want[1-i]
				n := len(victim) - len(victim)/2
				got, m := locals[i].Steal(&locals[1-i])
				if m != n || n > 0 && got != victim[n-1] {
					t.Fatalf("stole %d, %d of %v", got, m, victim)
				}
				if n > 0 {
					want[i], want[1-i] = slices.Clone(victim[:n-1]), slices.Clone(victim[n:])
				}
			case k == 18:
				for range 100 {
					locals[i].Put(g, &global)
					put(i, g)
				}
			}
			if got := global.Append(nil); !slices.Equal(got, wantGlobal) {
				t.Fatalf("global %v, want %v", got, wantGlobal)
			}
			for i := range locals {
				if got := locals[i].Append(nil); !slices.Equal(got, want[i]) || locals[i].Next() != next[i] || locals[i].Len() != len(want[i]) {
					t.Fatalf("queue %d: %v and %d, want %v and %d", i, got, locals[i].Next(), want[i], next[i])
				}
			}
		}
	})
}

// TestBatch checks a P's share of the global queue.
func TestBatch(t *testing.T) {
	for _, tt := range []struct {
		size, procs int
		bounded     bool
		want        int
	}{{1, 1, true, 1}, {10, 1, true, 10}, {10, 2, true, 6}, {10, 4, true, 3}, {1, 8, true, 1}, {300, 1, true, 128}, {300, 2, true, 128}, {300, 1, false, 300}, {300, 4, true, 76}} {
		if got := Batch(tt.size, tt.procs, tt.bounded); got != tt.want {
			t.Errorf("%+v: %d", tt, got)
		}
	}
}
