package shed_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/orrery-go/orrery/service/shed"
)

// rfcQueue follows the pseudocode of RFC 8289, section 5, word by word: a queue of
// arrival times, and the packets that leave it.
type rfcQueue struct {
	target, interval time.Duration
	came             []time.Duration
	firstAbove, next time.Duration
	dropping         bool
	count, lastCount uint32
	dropped          int
}

func (q *rfcQueue) dodequeue(now time.Duration) (came time.Duration, any, ok bool) {
	if len(q.came) == 0 {
		q.firstAbove = 0
		return 0, false, false
	}
	came, q.came = q.came[0], q.came[1:]
	switch {
	case now-came < q.target || len(q.came) == 0:
		q.firstAbove = 0
	case q.firstAbove == 0:
		q.firstAbove = now + q.interval
	case now >= q.firstAbove:
		ok = true
	}
	return came, true, ok
}

func (q *rfcQueue) law(t time.Duration) time.Duration {
	return t + time.Duration(float64(q.interval)/math.Sqrt(float64(q.count)))
}

func (q *rfcQueue) dequeue(now time.Duration) (came time.Duration, any bool) {
	came, any, ok := q.dodequeue(now)
	if q.dropping {
		if !ok {
			q.dropping = false
		}
		for now >= q.next && q.dropping {
			q.dropped++
			q.count++
			if came, any, ok = q.dodequeue(now); !ok {
				q.dropping = false
			} else {
				q.next = q.law(q.next)
			}
		}
	} else if ok {
		q.dropped++
		came, any, _ = q.dodequeue(now)
		q.dropping = true
		delta := q.count - q.lastCount
		q.count = 1
		if delta > 1 && now-q.next < 16*q.interval {
			q.count = delta
		}
		q.next = q.law(now)
		q.lastCount = q.count
	}
	return came, any
}

// TestRFC compares CoDel with that pseudocode: queues that fill and empty, with pauses
// about as long as it remembers a rate.
func TestRFC(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 289))
	taken, dropped := 0, 0
	for trial := range 600 {
		interval := time.Duration(20 + r.IntN(100))
		target := 1 + time.Duration(r.IntN(int(interval)/4))
		rfc := &rfcQueue{target: target, interval: interval}
		model, err := shed.NewCoDel(shed.CoDelConfig{Target: target, Interval: interval})
		if err != nil {
			t.Fatal(err)
		}
		var queue []time.Duration
		now := 2 * interval
		come := func(n int) {
			for range n {
				rfc.came, queue = append(rfc.came, now), append(queue, now)
			}
		}
		drops := 0
		for range 4 {
			come(20 + r.IntN(400))
			for len(queue) > 0 {
				now += time.Duration(r.IntN(int(interval)/3 + 1))
				if r.IntN(4) == 0 {
					come(r.IntN(3))
				}
				want, wantAny := rfc.dequeue(now)
				var got time.Duration
				gotAny := false
				for len(queue) > 0 && !gotAny {
					got, queue = queue[0], queue[1:]
					drop, err := model.Dequeue(now, got, len(queue))
					if err != nil {
						t.Fatal(err)
					}
					if drop {
						drops++
					} else {
						gotAny = true
					}
				}
				taken++
				if gotAny != wantAny || gotAny && got != want || drops != rfc.dropped {
					t.Fatalf("trial %d at %v: %v, %v and %d drops; the RFC says %v, %v and %d", trial, now, got, gotAny, drops, want, wantAny, rfc.dropped)
				}
			}
			// A pause of about 16 intervals, less the wait to the first drop.
			now = rfc.next + 13*interval + time.Duration(r.IntN(int(4*interval)))
		}
		dropped += drops
	}
	if taken < 100_000 || dropped < 10_000 {
		t.Errorf("%d taken, %d dropped", taken, dropped)
	}
}
