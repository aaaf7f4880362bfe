package chanqlive

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/chanq"
	"github.com/orrery-go/orrery/internal/child"
	noting "github.com/orrery-go/orrery/internal/overlay"
)

// TestOrder compares the order in which real selects join the queues of their cases with
// the model, given the order in which they looked at them: several cases are of one channel.
func TestOrder(t *testing.T) {
	if os.Getenv("ORRERY_FULL") == "" {
		t.Skip("builds a runtime: set ORRERY_FULL=1")
	}
	c, err := noting.Start(t.Context(), noting.Programs, child.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	selects, cases, same := 0, 0, 0
	for _, procs := range []int{1, 2, 4} {
		a, err := child.Call[noting.Answer](c, noting.Question{
			Program: "waiting selects", Procs: procs, Size: 2000, Room: 1 << 18, Kinds: noting.Of(noting.SelectPoll, noting.SelectWait),
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, thread := range a.Notes {
			if thread.Lost > 0 {
				t.Fatalf("%d notes lost", thread.Lost)
			}
			for _, s := range selectsOf(noting.Notes(thread.Words)) {
				if msg := s.compare(); msg != "" {
					t.Fatalf("%s: %+v", msg, s)
				}
				selects, cases, same = selects+1, cases+len(s.poll), same+s.same()
			}
		}
	}
	t.Logf("%d selects wait, of %d cases, %d of which have the channel of another; 0 mismatches", selects, cases, same)
	if selects < 5000 || same < 10_000 {
		t.Error("too few")
	}
}

// A waiting is what the runtime notes of a select that waits: the cases in the order in
// which it looked at them, and in which it joined their queues.
type waiting struct{ poll, wait []noting.Note }

func selectsOf(notes []noting.Note) (out []waiting) {
	var s waiting
	for _, n := range notes {
		if n.Kind == noting.SelectPoll && (len(s.wait) > 0 || len(s.poll) > 0 && s.poll[0].Extra != n.Extra) {
			if len(s.wait) > 0 {
				out = append(out, s)
			}
			s = waiting{}
		}
		if n.Kind == noting.SelectPoll {
			s.poll = append(s.poll, n)
		} else {
			s.wait = append(s.wait, n)
		}
	}
	if len(s.wait) > 0 {
		out = append(out, s)
	}
	return out
}

// same returns the number of cases that have the channel of another.
func (s waiting) same() (n int) {
	seen := map[uint64]bool{}
	for _, p := range s.poll {
		if seen[p.Object] {
			n++
		}
		seen[p.Object] = true
	}
	return n
}

// compare returns the difference from the model, or "".
func (s waiting) compare() string {
	var addrs []uint64
	most := 0
	for _, p := range s.poll {
		addrs, most = append(addrs, p.Object), max(most, int(p.Count))
	}
	slices.Sort(addrs)
	addrs = slices.Compact(addrs)
	cases := make([]chanq.Case, most+1)
	var poll, drawn, wait []int
	for _, p := range s.poll {
		at, _ := slices.BinarySearch(addrs, p.Object)
		cases[p.Count] = chanq.Case{Chan: chanq.Chan(at + 1), Send: p.Flags == 1, Value: int64(p.Count)}
		poll = append(poll, int(p.Count))
	}
	for _, w := range s.wait {
		wait = append(wait, int(w.Count))
	}
	// The order of polling is drawn case by case: the draws follow from the result.
	items := slices.Sorted(slices.Values(poll))
	for k, p := len(items)-1, slices.Clone(poll); k > 0; k-- {
		j := slices.Index(p[:k+1], items[k])
		drawn = append(drawn, j)
		p[j] = p[k]
	}
	slices.Reverse(drawn)
	var joined, looked []int
	m, err := chanq.New(chanq.Config{
		Release: "running",
		Choose: func(int) (j int) {
			j, drawn = drawn[0], drawn[1:]
			return j
		},
		Trace: func(e chanq.Event) {
			switch e.Kind {
			case chanq.Enqueue:
				joined = append(joined, int(e.Value))
			case chanq.Poll:
				looked = append(looked, int(e.Case))
			}
		},
	})
	if err != nil {
		return err.Error()
	}
	for range addrs {
		if _, err := m.Make(chanq.Elem{Size: 8}, 0); err != nil {
			return err.Error()
		}
	}
	g, err := m.Go()
	if err != nil {
		return err.Error()
	}
	o, err := m.Select(g, cases, false)
	switch {
	case err != nil || o.What != chanq.Parked:
		return fmt.Sprintf("the model: %v, %v", o, err)
	case !slices.Equal(looked, poll):
		return fmt.Sprintf("the model looks at %v, the runtime at %v", looked, poll)
	case !slices.Equal(joined, wait):
		return fmt.Sprintf("the model joins the queues of %v, the runtime of %v", joined, wait)
	}
	return ""
}

// The comparison can fail.
func TestOrderBroken(t *testing.T) {
	poll := func(addr uint64, casi uint32) noting.Note {
		return noting.Note{Kind: noting.SelectPoll, Object: addr, Count: casi}
	}
	wait := func(addr uint64, casi uint32) noting.Note {
		return noting.Note{Kind: noting.SelectWait, Object: addr, Count: casi}
	}
	for _, c := range []struct {
		want  string
		notes []noting.Note
	}{
		{"", []noting.Note{poll(8, 1), poll(4, 0), wait(4, 0), wait(8, 1)}},
		{"joins the queues of [0 1]", []noting.Note{poll(8, 1), poll(4, 0), wait(8, 1), wait(4, 0)}},
		{"joins the queues of [2 1 0]", []noting.Note{poll(4, 0), poll(4, 2), poll(4, 1), wait(4, 0), wait(4, 1), wait(4, 2)}},
		{"joins the queues", []noting.Note{poll(4, 0), poll(8, 1), wait(4, 0)}},
	} {
		got := ""
		for _, s := range selectsOf(c.notes) {
			got = s.compare()
		}
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%v: %q, want %q", c.notes, got, c.want)
		}
	}
}
