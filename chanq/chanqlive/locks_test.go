package chanqlive

import (
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"testing"

	"github.com/orrery-go/orrery/chanq"
	"github.com/orrery-go/orrery/internal/child"
)

// acts makes n operations of a few goroutines on a few channels. Of a select's cases at
// most one is ready, so that all that happens follows from them.
func acts(r *rand.Rand, n int) (of Acts, want []map[chanq.G][]Locked, err error) {
	of.Goroutines = 1 + r.IntN(5)
	for range 1 + r.IntN(4) {
		of.Sizes = append(of.Sizes, max(0, r.Int64N(5)-1))
	}
	m, err := newLockModel("running", of.Sizes, of.Goroutines)
	if err != nil {
		return of, nil, err
	}
	for range 10 * n {
		if len(of.Acts) == n {
			break
		}
		a := Act{G: chanq.G(1 + r.IntN(of.Goroutines))}
		if m.chans.Snapshot().Goroutines[a.G-1].Status != "running" {
			continue
		}
		c := func() chanq.Chan { return chanq.Chan(1 + r.IntN(len(of.Sizes))) }
		switch k := r.IntN(100); {
		case k < 40:
			a.Op = chanq.Op{Verb: []chanq.Verb{chanq.TrySendVerb, chanq.TryRecvVerb}[k%2], Chan: c()}
		case k < 60:
			a.Op = chanq.Op{Verb: []chanq.Verb{chanq.SendVerb, chanq.RecvVerb}[k%2], Chan: c()}
		case k < 63:
			a.Op = chanq.Op{Verb: chanq.CloseVerb, Chan: c()}
		default:
			a.Op = chanq.Op{Verb: chanq.SelectVerb, Default: r.IntN(2) == 0}
			for range 1 + r.IntN(5) {
				a.Op.Cases = append(a.Op.Cases, chanq.Case{Chan: c(), Send: r.IntN(2) == 0})
			}
			if ready(m.chans, a.Op) > 1 {
				continue
			}
		}
		steps, err := m.do(a)
		if err != nil {
			return of, nil, err
		}
		of.Acts, want = append(of.Acts, a), append(want, steps)
	}
	return of, want, m.chans.Check()
}

// ready returns the number of cases of a select that could be chosen.
func ready(m *chanq.Chans, op chanq.Op) (n int) {
	s := m.Snapshot()
	for _, k := range op.Cases {
		c := s.Chans[k.Chan-1]
		if c.Closed || k.Send && (c.Qcount < c.Dataqsiz || len(c.Recvq) > 0) || !k.Send && (c.Qcount > 0 || len(c.Sendq) > 0) {
			n++
		}
	}
	return n
}

// TestLocks compares when real operations take the locks of channels, and release them:
// a failing operation that does not wait takes none.
func TestLocks(t *testing.T) {
	if os.Getenv("ORRERY_FULL") == "" {
		t.Skip("builds a runtime: set ORRERY_FULL=1")
	}
	c, err := StartLocks(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	r := rand.New(rand.NewPCG(5, 8))
	done, steps := 0, 0
	without := map[chanq.Verb]int{}
	for program := range 300 {
		of, want, err := acts(r, 100)
		if err != nil {
			t.Fatal(err)
		}
		a, err := child.Call[Locks](c, of)
		if err != nil {
			t.Fatal(err)
		}
		got, err := a.Steps(of.Goroutines)
		if err != nil {
			t.Fatal(err)
		}
		if msg := compareLocks(of, want, got); msg != "" {
			t.Fatalf("program %d: %s", program, msg)
		}
		for i, act := range of.Acts {
			done++
			if len(got[i]) == 0 {
				without[act.Op.Verb]++
			}
			for _, s := range got[i] {
				steps += len(s)
			}
		}
	}
	t.Logf("%d operations, %d steps on locks; without any: %v; 0 mismatches", done, steps, without)
	if done < 10_000 || min(without[chanq.TrySendVerb], without[chanq.TryRecvVerb]) < 500 || len(without) != 2 {
		t.Error("something was too rare")
	}
}

func compareLocks(of Acts, model, real []map[chanq.G][]Locked) string {
	if len(model) != len(real) {
		return fmt.Sprintf("%d acts, real %d", len(model), len(real))
	}
	for i, a := range of.Acts {
		if !reflect.DeepEqual(model[i], real[i]) {
			return fmt.Sprintf("act %d of %v, %v: model %v, real %v", i, of.Sizes, a, model[i], real[i])
		}
	}
	return ""
}

// The comparison can fail.
func TestLocksBroken(t *testing.T) {
	of, want, err := acts(rand.New(rand.NewPCG(1, 1)), 60)
	if err != nil {
		t.Fatal(err)
	}
	again := func() []map[chanq.G][]Locked {
		got, err := ModelLocks("running", of)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	if msg := compareLocks(of, want, again()); msg != "" {
		t.Error(msg)
	}
	for i := range want {
		for g, s := range want[i] {
			other := again()
			other[i][g] = s[:len(s)-1]
			if compareLocks(of, want, other) == "" {
				t.Errorf("act %d may end with its lock", i)
			}
			other = again()
			other[i][g][0].Held = true
			if compareLocks(of, want, other) == "" {
				t.Errorf("act %d may take a lock that is held", i)
			}
		}
	}
}
