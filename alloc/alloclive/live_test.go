package alloclive

import (
	"errors"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/orrery-go/orrery/alloc"
	"github.com/orrery-go/orrery/internal/child"
	"github.com/orrery-go/orrery/internal/toolchain"
)

// random makes a program of n steps: sizes of every class, with a live heap that grows
// and shrinks, collections and readings in between.
func random(r *rand.Rand, steps int) Program {
	p := Program{{Verb: Read}}
	var live []int64
	objects := int64(0)
	few := [3]int64{} // sizes that this program requests often
	for i := range few {
		few[i] = 8 * (1 + r.Int64N(200))
	}
	for len(p) < steps {
		switch k := r.IntN(1000); {
		case k < 3:
			keep := r.IntN(100)
			kept := live[:0]
			for _, o := range live {
				if r.IntN(100) < keep {
					kept = append(kept, o)
				} else {
					p = append(p, Op{Drop, o})
				}
			}
			live = kept
			p = append(p, Op{Verb: Collect}, Op{Verb: Read})
		case k < 5:
			p = append(p, Op{Verb: Read})
		default:
			var size int64
			switch k := r.IntN(100); {
			case k < 30:
				size = 1 + r.Int64N(16)
			case k < 60:
				size = few[r.IntN(len(few))]
			case k < 95:
				size = 1 + r.Int64N(2048)
			case k < 99:
				size = 1 + r.Int64N(33_000)
			default:
				size = 1 + r.Int64N(200_000)
			}
			verb := Noscan
			if r.IntN(2) == 0 {
				verb, size = Scan, (size+word-1)/word*word
			}
			p = append(p, Op{verb, size})
			live = append(live, objects)
			objects++
		}
	}
	return p
}

// process starts a process for one test, since the objects that another test left on a
// heap would show. It skips the test in a test binary that runs without a go command to
// build the child with, and on 4-byte words, where the heap is not modelled.
func process(t *testing.T) *Real {
	t.Helper()
	if strconv.IntSize != 64 {
		t.Skip("a modelled heap has words of 8 bytes")
	}
	r, err := Start(t.Context())
	if errors.Is(err, toolchain.ErrNoGo) {
		t.Skip("a test program run by itself: ", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

// TestPrograms compares random programs with the runtime, object by object and counter
// by counter.
func TestPrograms(t *testing.T) {
	const programs, steps = 20, 20_000
	c := process(t)
	rnd := rand.New(rand.NewPCG(3, 28))
	objects, collections := 0, 0
	for range programs {
		p := random(rnd, steps)
		objects += len(replay(t, c, p).Addrs)
		for _, op := range p {
			if op.Verb == Collect {
				collections++
			}
		}
	}
	t.Logf("%d objects, %d collections between, 0 mismatches", objects, collections)
}

// replay runs a program for real and in the model. A run during which something else
// allocated is rejected before its result is examined.
func replay(t *testing.T, c *Real, p Program) Answer {
	t.Helper()
	trials := child.NewTrials(1)
	for trials.Next() {
		a, err := c.Run(p)
		if err != nil {
			t.Fatal(err)
		}
		if a.Others != 0 {
			trials.Reject("something else allocated")
			continue
		}
		r, err := NewReplay("running")
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Run(p, a); err != nil {
			t.Fatal(err)
		}
		if trials.Rejected() > 0 {
			t.Log(trials)
		}
		return a
	}
	t.Fatal(trials)
	return Answer{}
}

// TestSpans fills three spans of every class, with and without pointers, and
// collects half of the objects before it fills them again: every slot of every
// kind of span is used, and its pages are counted.
func TestSpans(t *testing.T) {
	c := process(t)
	rules := rules(t, "running")
	p := Program{{Verb: Read}}
	kinds, objects := 0, int64(0)
	for _, k := range rules.Classes() {
		for _, verb := range []Verb{Noscan, Scan} {
			size := min(k.Size, rules.MaxSmall())
			if verb == Scan {
				place, err := rules.Place(size, false)
				if err != nil {
					t.Fatal(err)
				}
				size -= place.Header
			} else if size < rules.TinySize() {
				continue
			}
			kinds++
			n := 3 * rules.SpanObjects(k.Index, verb == Noscan)
			for range n {
				p = append(p, Op{verb, size})
			}
			p = append(p, Op{Verb: Read})
			for i := objects; i < objects+n; i += 2 {
				p = append(p, Op{Drop, i})
			}
			p = append(p, Op{Verb: Collect})
			for range n {
				p = append(p, Op{verb, size})
			}
			p = append(p, Op{Verb: Read})
			objects += 2 * n
		}
	}
	replay(t, c, p)
	t.Logf("%d kinds of spans, %d objects, 0 mismatches", kinds, objects)
}

// TestTiny compares the offsets in tiny blocks with the runtime: objects of every tiny
// size, in a random order.
func TestTiny(t *testing.T) {
	c := process(t)
	rnd := rand.New(rand.NewPCG(15, 16))
	p := Program{{Verb: Read}}
	for range 100_000 {
		p = append(p, Op{Noscan, 1 + rnd.Int64N(15)})
		if rnd.IntN(5000) == 0 {
			p = append(p, Op{Verb: Collect}, Op{Verb: Read})
		}
	}
	a := replay(t, c, p)
	t.Logf("%d objects, 0 mismatches", len(a.Addrs))
}

// TestMetadata checks that an mcache belongs to a P, not to a thread.
func TestMetadata(t *testing.T) {
	c := process(t)
	m, err := c.Metadata()
	if err != nil {
		t.Fatal(err)
	}
	if m.Threads < 50 || m.WithThreads != m.Before || m.WithProcs != 8*m.Before {
		t.Errorf("%+v: want no more for threads, and eight times as much for eight Ps", m)
	}
	for procs, want := range map[int]uint64{1: m.Before, 8: m.WithProcs} {
		h, err := alloc.New(alloc.Config{Release: "running", Procs: procs})
		if err != nil {
			t.Fatal(err)
		}
		if got := h.ReadMemStats().MCacheInuse; got*m.Before != want*mcache(t) {
			t.Errorf("%d Ps: model %d bytes, real %d", procs, got, want)
		}
	}
	t.Logf("%+v", m)
}

// mcache returns the bytes of an mcache in the model.
func mcache(t *testing.T) uint64 {
	h, err := alloc.New(alloc.Config{Release: "running"})
	if err != nil {
		t.Fatal(err)
	}
	return h.ReadMemStats().MCacheInuse
}
