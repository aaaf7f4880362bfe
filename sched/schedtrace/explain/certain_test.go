package explain

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// play has a replay follow steps, one of a line: a thread, a word, and a goroutine or P. It
// returns, for each start, what is certain of it after all steps, a bar, and the sources that the
// states of the replay leave, or "-" if that is nothing.
//
//	1 has 0      thread 1 gets P 0, and looks for work
//	1 leaves     it gives it up
//	1 ran 7      it turns out that goroutine 7 runs on it
//	1 stops      what runs there no longer does, and it looks for work
//	1 next 7     it makes goroutine 7 runnable: to runnext
//	1 tail 7     likewise, to the ring
//	1 global 7   likewise, to the global queue
//	1 waits      it has an event that says nothing of goroutines
//	1 starts 7   goroutine 7 begins to run on it
func play(t *testing.T, procs int, steps string) (*replay, []string) {
	t.Helper()
	r := newReplay(procs, trueRules())
	r.complete, r.cert.clean = true, true
	on := map[int32]int{}
	type start struct {
		sure   sure
		ground *ground
		layer  uint64
		label  label
	}
	var starts []start
	for line := range strings.Lines(steps) {
		var m, x int32
		var what string
		if n, _ := fmt.Sscan(line, &m, &what, &x); n < 2 {
			continue
		}
		p, has := on[m]
		if !has {
			p = -1
		}
		r.event(m)
		switch what {
		case "has":
			on[m] = int(x)
			r.acquired(int(x), m, true)
		case "leaves":
			r.released(p)
			delete(on, m)
		case "ran":
			r.ps[p].g, r.ps[p].m, r.ps[p].looking = x, m, false
			r.cert.runs(x, m, p, r.now)
		case "stops":
			r.stopped(p)
		case "next":
			r.ready(x, m, p, fromUnknown, 0, toNext)
		case "tail":
			r.ready(x, m, p, fromUnknown, 0, toTail)
		case "global":
			r.ready(x, m, p, fromUnknown, 0, toGlobal)
		case "waits":
		case "starts":
			var s start
			s.sure, s.ground = r.cert.start(x, m, p, r.now, false)
			if !r.started(x, m, p) {
				t.Fatalf("not explained: %s", line)
			}
			if r.plain {
				s.label = r.states[0].label
			} else {
				s.layer = r.layer
			}
			starts = append(starts, s)
		default:
			t.Fatalf("no such step: %s", line)
		}
		r.reclaim()
	}
	layers := r.labels()
	var out []string
	name := func(o origin, from int32) string {
		s := sources[o]
		if s == Stolen {
			return fmt.Sprint(s, " ", from)
		}
		return string(s)
	}
	for _, s := range starts {
		if s.ground != nil {
			s.sure = r.cert.settle(s.ground)
		}
		certain := "-"
		if s.sure.known {
			certain = name(s.sure.source, s.sure.from)
		}
		labels := []label{s.label}
		if s.layer > 0 {
			labels = nil
			if s.layer > r.settled {
				labels = slices.Clone(layers[s.layer-r.settled-1])
			}
		}
		slices.SortFunc(labels, func(a, b label) int {
			return cmp.Or(cmp.Compare(sources[a.source], sources[b.source]), cmp.Compare(a.from, b.from), cmp.Compare(a.moved, b.moved))
		})
		var all []string
		for _, l := range labels {
			all = append(all, name(l.source, l.from))
		}
		all = slices.Compact(all)
		if len(all) == 0 {
			all = []string{"-"}
		}
		out = append(out, certain+" | "+strings.Join(all, ", "))
	}
	return r, out
}

// TestCertain: short histories, each of which shows one rule.
func TestCertain(t *testing.T) {
	for _, c := range []struct {
		name  string
		procs int
		steps string
		want  []string
	}{
		{"one P: runnext first, then the ring, in order", 1, `
			1 has 0
			1 ran 9
			1 tail 1
			1 tail 2
			1 next 3
			1 stops
			1 starts 3
			1 stops
			1 starts 1
			1 stops
			1 starts 2`,
			[]string{"runnext | runnext", "ring | ring", "ring | ring"}},
		{"what is in runnext goes to the ring when another comes", 1, `
			1 has 0
			1 ran 9
			1 next 1
			1 next 2
			1 stops
			1 starts 2
			1 stops
			1 starts 1`,
			[]string{"runnext | runnext", "ring | ring"}},
		{"the global queue after the ring", 1, `
			1 has 0
			1 ran 9
			1 global 1
			1 tail 2
			1 stops
			1 starts 2
			1 stops
			1 starts 1`,
			[]string{"ring | ring", "global | global"}},
		{"a share of the global queue comes with the first", 1, `
			1 has 0
			1 ran 9
			1 global 1
			1 global 2
			1 global 3
			1 stops
			1 starts 1
			1 stops
			1 starts 2
			1 stops
			1 starts 3`,
			[]string{"global | global", "- | global, ring", "- | ring"}},
		{"what is alone in runnext of a P that runs is stolen from there", 2, `
			1 has 0
			1 ran 9
			1 next 1
			2 has 1
			2 starts 1`,
			[]string{"stolen 0 | stolen 0"}},
		{"half of a ring is stolen, and its last runs", 2, `
			1 has 0
			1 ran 9
			1 tail 1
			1 tail 2
			1 tail 3
			1 tail 4
			1 waits
			2 has 1
			2 starts 2
			2 stops
			2 starts 1
			1 stops
			1 starts 3
			1 stops
			1 starts 4`,
			[]string{"stolen 0 | stolen 0", "ring | ring", "ring | ring", "ring | ring"}},
		{"while another looks, that one may have taken it", 3, `
			1 has 0
			1 ran 9
			1 tail 1
			1 waits
			2 has 1
			3 has 2
			3 starts 1`,
			[]string{"- | stolen 0"}},
		{"a look that ended without anything took nothing", 3, `
			1 has 0
			1 ran 9
			1 tail 1
			1 waits
			2 has 1
			2 leaves
			3 has 2
			3 starts 1`,
			[]string{"stolen 0 | stolen 0"}},
		{"one that ran what was in runnext took nothing beside it", 3, `
			1 has 0
			1 ran 9
			1 tail 1
			1 next 2
			1 waits
			2 has 1
			3 has 2
			2 starts 2
			3 starts 1`,
			[]string{"stolen 0 | stolen 0, stolen 2", "stolen 0 | stolen 0, stolen 1"}},
		{"from the ring, while another took of the global queue", 2, `
			1 has 0
			1 ran 9
			1 global 1
			1 tail 2
			1 waits
			2 has 1
			2 starts 1
			1 stops
			1 starts 2`,
			[]string{"global | global", "ring | ring"}},
		{"another that looks, but shows nothing, took neither", 2, `
			1 has 0
			1 ran 9
			1 tail 1
			1 tail 2
			1 stops
			2 has 1
			1 starts 1
			1 stops
			1 starts 2
			2 leaves`,
			[]string{"ring | ring", "ring | ring"}},
	} {
		if _, got := play(t, c.procs, c.steps); !slices.Equal(got, c.want) {
			t.Errorf("%s: got\n%s\nwant\n%s", c.name, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
	}
}

// TestLooks: a look ends when the next begins, and one that ended in nothing took nothing.
func TestLooks(t *testing.T) {
	var c certifier
	c.event(1, 5)
	c.begin(0, 5, 0, true)
	first := c.procs[0].now
	if first.from != 5 || first.to != open || first.idle {
		t.Errorf("%+v", *first)
	}
	c.begin(0, 8, 0, false)
	if second := c.procs[0].now; first.to != 8 || second.from != 8 || second.to != open {
		t.Errorf("%+v, then %+v", *first, *second)
	}
	c.leave(0, 9)
	if q := &c.procs[0]; q.now != nil || q.idle == nil || q.idle.from != 9 || !q.idle.idle || len(q.takers) != 1 || len(q.looks) != 4 || !q.looks[2].nothing || q.looks[2].to != 9 {
		t.Errorf("%+v", *q)
	}
	c.runs(7, 1, 0, 12)
	if q := &c.procs[0]; q.now != nil || q.idle != nil || q.looks[3].to != 12 || c.threads[1].ran != 7 || c.ranOn[7] != 1 {
		t.Errorf("%+v", *q)
	}
}

// TestForgets: of each P at least 64 goroutines that were put into its ring are kept if there
// are a thousand Ps, and 64 looks: whatever was put before the first of these, too many may
// have taken.
func TestForgets(t *testing.T) {
	var c certifier
	c.proc(1023)
	if most := c.most(); most != 64 {
		t.Fatalf("%d", most)
	}
	for now := uint64(1); now <= 1000; now++ {
		c.begin(3, now, 0, false)
		q := &c.procs[3]
		if n, all := len(q.takers), len(q.looks); n > 128 || now > 128 && n < 64 || all > 128 || now > 128 && all < 64 {
			t.Fatalf("%d: %d and %d looks", now, n, all)
		}
		for kind, looks := range map[place][]*look{inRing: q.takers, inGlobal: q.looks} {
			if _, many := c.others(&put{kind: kind, at: looks[0].from - 1}, q.now, nil); many != (now > mostOthers+1) && looks[0].from > 0 {
				t.Fatalf("%d: %d looks, and many: %v", now, len(looks), many)
			}
		}
		c.event(1, now)
		c.ready(&put{g: int32(now), m: 1, p: 3, at: now}, now, 1, []way{toTail})
		if n := len(q.puts); n > 128 || now > 128 && n < 64 || q.left != int(now) {
			t.Fatalf("%d: %d puts, %d left", now, n, q.left)
		}
		for i, u := range q.puts {
			if u.nth != q.base+uint64(i) || u.g != int32(u.nth) || u.kind != inRing {
				t.Fatalf("%d: %+v is at %d from %d", now, *u, i, q.base)
			}
		}
	}
}

// TestRecent: what took nothing is forgotten first.
func TestRecent(t *testing.T) {
	var looks []*look
	for i := range 2 * mostLooks {
		looks = append(looks, &look{from: uint64(i), nothing: i%4 == 1})
	}
	if got := recent(looks[1:]); len(got) != 2*mostLooks-1 {
		t.Errorf("%d of %d are left", len(got), 2*mostLooks-1)
	}
	got := recent(looks)
	if len(got) != mostLooks || got[len(got)-1].from != 2*mostLooks-1 {
		t.Errorf("%d are left, the last of them %d", len(got), got[len(got)-1].from)
	}
	if i := slices.IndexFunc(got, func(l *look) bool { return l.nothing }); i >= 0 {
		t.Errorf("%+v is left", *got[i])
	}
}

// TestLongWait: that a goroutine waits in runnext, since its thread is stopped, while another
// P looks for work ten thousand times, leaves both certain.
func TestLongWait(t *testing.T) {
	var steps strings.Builder
	steps.WriteString("1 has 0\n1 ran 9\n2 has 1\n2 ran 8\n1 next 7\n")
	for i := range 20000 {
		fmt.Fprintf(&steps, "2 next %d\n2 stops\n2 starts %[1]d\n", 1+i%2)
	}
	steps.WriteString("1 stops\n1 starts 7\n")
	_, got := play(t, 2, steps.String())
	for i, s := range got {
		if s != "runnext | runnext" {
			t.Fatalf("start %d of %d: %s", i, len(got), s)
		}
	}
}
