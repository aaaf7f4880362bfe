package sched

import (
	"cmp"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestQueue compares the queue with a sorted list: the earliest thread is first, and
// among threads with the same time the one that was added first; any can be removed.
func TestQueue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var q eventQueue
		var list []*m // in the order in which they were added
		for range rapid.IntRange(1, 100).Draw(t, "steps") {
			switch rapid.IntRange(0, 3).Draw(t, "step") {
			case 0, 1:
				x := &m{id: int32(len(list)), at: time.Duration(rapid.IntRange(0, 9).Draw(t, "at")), heapIndex: -1}
				q.push(x)
				list = append(list, x)
			case 2:
				if len(list) > 0 {
					i := rapid.IntRange(0, len(list)-1).Draw(t, "which")
					q.remove(list[i])
					if list[i].heapIndex != -1 {
						t.Fatalf("the removed thread is at %d", list[i].heapIndex)
					}
					list = slices.Delete(list, i, i+1)
				}
			case 3:
				got := q.pop()
				if len(list) == 0 {
					if got != nil {
						t.Fatal("something comes out of an empty queue")
					}
					continue
				}
				i := slices.Index(list, slices.MinFunc(list, func(a, b *m) int { return cmp.Compare(a.at, b.at) }))
				if got != list[i] {
					t.Fatalf("thread %d at %v comes out, want %d at %v", got.id, got.at, list[i].id, list[i].at)
				}
				list = slices.Delete(list, i, i+1)
			}
			if len(q.heap) != len(list) {
				t.Fatalf("%d are queued, want %d", len(q.heap), len(list))
			}
			for i, x := range q.heap {
				if x.heapIndex != int32(i) {
					t.Fatalf("the thread at %d takes itself to be at %d", i, x.heapIndex)
				}
			}
		}
	})
}

// TestQueueSysmon checks that sysmon comes before all threads with the same time.
func TestQueueSysmon(t *testing.T) {
	var q eventQueue
	a, sysmon, b := &m{at: 5}, &m{at: 5, state: mSysmon}, &m{at: 4}
	for _, x := range []*m{a, sysmon, b} {
		q.push(x)
	}
	for i, want := range []*m{b, sysmon, a, nil} {
		if got := q.pop(); got != want {
			t.Fatalf("turn %d is not that of the thread that is due", i)
		}
	}
}
