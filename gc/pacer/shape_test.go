package pacer

import (
	"math"
	"slices"
	"testing"
	"time"
)

func near(got, want float64) bool {
	return math.Abs(got-want) <= 1e-9*max(math.Abs(want), 1)
}

// TestFalls: a live heap that falls by more than a quarter does so at once, halfway between
// two cycles, and grows until then as it did before, by a byte for a byte allocated at most.
func TestFalls(t *testing.T) {
	for _, tt := range []struct{ from, reachable, at, want float64 }{
		{0, 950, 120, 1010}, {0, 950, 140, 1020}, {50, 800, 120, 1020}, {50, 800, 149, 1049},
		{0, 1000, 120, 1000}, {0, 1100, 120, 1000}, {0, 1000, 149, 1000}, {0, 1000, 150, 500}, // it did not grow
		{0, 950, 150, 500}, {0, 950, 190, 500}, {0, 950, 200, 500}, {0, 950, 300, 500},
	} {
		s := shape{points: []point{
			{allocated: tt.from, reachable: tt.reachable, free: 8, work: 1, assist: 0.5},
			{allocated: 100, reachable: 1000, scanned: 20, free: 10, work: 2, assist: 1},
			{allocated: 200, reachable: 500, scanned: 10, free: 5, work: 1, assist: 0.5},
		}}
		s.falls()
		got, _ := s.at(tt.at, 0, 0.5)
		if !near(got.reachable, tt.want) || !near(got.scanned, tt.want/50) || !near(got.free, tt.want/100) || !near(got.work, tt.want/500) || !near(got.assist, tt.want/1000) {
			t.Errorf("%+v: %+v", tt, got)
		}
	}
}

// TestRequestedFall: what a program drops before it calls runtime.GC it keeps until then, and
// its height is known, which others may have in common.
func TestRequestedFall(t *testing.T) {
	for _, grows := range []float64{0, 50} {
		s := shape{points: []point{
			{allocated: 0, reachable: 1000 - grows, work: 1}, {allocated: 100, reachable: 1000, work: 2}, {allocated: 200, reachable: 10, work: 1, requested: true},
		}}
		s.falls()
		if top := 1000 + grows; !near(s.points[1].top, top) {
			t.Errorf("from %v, want %v", s.points[1].top, top)
		}
		for at, want := range map[float64]float64{151: 1000 + grows*0.51, 199: 1000 + grows*0.99, 200: 10, 300: 10} {
			if got, _ := s.at(at, 0, 0.5); !near(got.reachable, want) {
				t.Errorf("at %v: %v, want %v", at, got.reachable, want)
			}
		}
	}
	// The range of the second has the height of the first in it.
	s := shape{points: append(ramp(0, 150, 200), ramp(1000, 150, 250)...)}
	s.points[2].requested = true
	s.falls()
	if s.points[1].top != 200 || s.points[4].top != 200 {
		t.Errorf("from %v and %v, want 200", s.points[1].top, s.points[4].top)
	}
}

// TestPart: the program ends when the heap is half of the way from 100 bytes to the next
// cycle's end. That would be at its goal of 200, or as far past it as the one before was.
func TestPart(t *testing.T) {
	for _, tt := range []struct {
		end, goal uint64 // of the last cycle that it did not request
		at        uint64
		forced    bool
		want      float64
	}{
		{300, 300, 150, true, 0.5}, {330, 300, 160, true, 0.5}, {270, 300, 140, true, 0.5},
		{300, 300, 150, false, 0}, {300, 300, 100, true, 0}, {300, 300, 90, true, 0}, {300, 300, 250, true, 1}, {300, 0, 150, true, 0},
		{150, 300, 150, true, 0}, {149, 300, 150, true, 0},
	} {
		p := Profile{Samples: []Sample{{}, {End: tt.end, Goal: tt.goal, Live: 100}, {Start: tt.at, End: tt.at, Goal: 200, Forced: tt.forced}}}
		if got := p.part(); !near(got, tt.want) {
			t.Errorf("%+v: %v", tt, got)
		}
	}
}

// ramp returns a cycle before the last of a rise by a byte for two allocated, that one, in
// which least bytes are live, and the next, when they could be most.
func ramp(from, least, most float64) []point {
	return []point{{allocated: from, reachable: least - 50}, {allocated: from + 100, reachable: least}, {allocated: from + 100 + 2*(most-least), reachable: 10}}
}

// TestSameHeight: falls of one program are from one height, which is in most of the ranges
// that the cycles before and after them leave; a fall from another height is by itself.
func TestSameHeight(t *testing.T) {
	s := shape{}
	for i, r := range [][2]float64{{150, 250}, {180, 220}, {190, 230}, {75, 85}} {
		s.points = append(s.points, ramp(1000*float64(i), r[0], r[1])...)
	}
	s.falls()
	for i, want := range []float64{205, 205, 205, 80} {
		if q := s.points[3*i+1]; !near(q.top, want) || !near(q.grows, 0.5) || s.points[3*i].top != 0 || s.points[3*i+2].top != 0 {
			t.Errorf("fall %d: %+v, want from %v", i, q, want)
		}
	}
	for at, want := range map[float64]float64{209: 204.5, 211: 10, 1149: 204.5, 1151: 10, 3109: 79.5, 3111: 10} {
		if got, _ := s.at(at, 0, 0.5); !near(got.reachable, want) {
			t.Errorf("at %v: %v, want %v", at, got.reachable, want)
		}
	}
	// Eight falls on either side count. Those from greater heights do not, nor those from less.
	for _, tt := range []struct {
		others int
		want   float64
	}{{7, 155}, {8, 150}} {
		for _, other := range []float64{250, 60} {
			one, far := ramp(0, 100, 200), ramp(1000, 150, 160)
			if other == 60 {
				one, far = far, one
			}
			s := shape{points: one}
			for i := range tt.others {
				s.points = append(s.points, ramp(2000*float64(i+1), other, other+10)...)
			}
			for _, q := range far {
				q.allocated += 100_000
				s.points = append(s.points, q)
			}
			s.falls()
			first, last := s.points[1].top, s.points[len(s.points)-2].top
			if other == 60 {
				first, last = last, first
			}
			if !near(first, tt.want) || !near(last, 155) {
				t.Errorf("%d falls from %v between: from %v and %v, want %v and 155", tt.others, other, first, last, tt.want)
			}
		}
	}
}

// TestPast: cycle12 allocates 44 bytes in a millisecond. It is past its goal where it is
// past the room that there is, in proportion to the growth of the heap, and a tenth past it
// where the program was not held up though it had reached its goal.
func TestPast(t *testing.T) {
	for _, tt := range []struct {
		goal    uint64
		grown   float64
		between time.Duration // in which 480 bytes were allocated
		want    float64
	}{
		{2000, 1, 5 * time.Millisecond, 1}, {1440, 1, 5 * time.Millisecond, 1},
		{1400, 1, 5 * time.Millisecond, 1440.0 / 1400}, {1400, 1.05, 5 * time.Millisecond, 1440.0 / 1420}, {1400, 1.1, 5 * time.Millisecond, 1}, {1400, 1.2, 5 * time.Millisecond, 1},
		{1200, 1, 5 * time.Millisecond, 1.1}, {1000, 1, 5 * time.Millisecond, 1}, {900, 1, 5 * time.Millisecond, 1},
		{1439, 1.2, 10 * time.Millisecond, 1.1}, {1439, 1.2, 9 * time.Millisecond, 1}, {1440, 1.2, 10 * time.Millisecond, 1}, {900, 1.2, 10 * time.Millisecond, 1.1},
		{1439, 1, 9 * time.Millisecond, 1440.0 / 1439}, {1439, 1.2, 0, 1}, {1439, 1.2, -1, 1},
	} {
		c, last := cycle12, Sample{At: time.Second, Took: time.Second, Live: 520}
		c.Goal, c.At = tt.goal, 2*time.Second+tt.between
		if got := past(c, last, tt.grown); !near(got, tt.want) {
			t.Errorf("%+v: %v", tt, got)
		}
		for what, change := range map[string]func(){
			"no time to mark in":       func() { c.Took = c.Paused },
			"nothing allocated before": func() { c.Took, last.Live = cycle12.Took, 1000 },
		} {
			if change(); past(c, last, 10) != 1 {
				t.Errorf("%+v: %s, and %v", tt, what, past(c, last, 10))
			}
		}
	}
}

// TestPastOfFirst: nothing is known of what was before the first cycle of a profile, unless
// it is the program's first.
func TestPastOfFirst(t *testing.T) {
	for cycle, want := range map[uint64]float64{1: maxOvershoot, 2: 1} {
		p := Profile{}
		for i := range uint64(4) {
			c := cycle12
			c.Cycle, c.At, c.Goal, c.Live = cycle+i, time.Duration(i+1)*time.Second, 1439, 1000
			p.Samples = append(p.Samples, c)
		}
		s, err := shapeOf(p)
		if err != nil || max(s.points[0].past, 1) != want || !near(s.points[1].past, 1440.0/1439) {
			t.Errorf("from cycle %d on: %v, %+v", cycle, err, s.points)
		}
	}
}

// TestBetweenCycles: between two cycles the live heap is interpolated; rates are those of
// one of them, for as much as is live.
func TestBetweenCycles(t *testing.T) {
	for _, tt := range []struct{ last, at, nearer, reachable, free, work float64 }{
		{800, 100, 0.5, 1000, 10, 2}, {800, 125, 0.5, 950, 9.5, 1.9}, {800, 125, 0.26, 950, 9.5, 1.9},
		{800, 100, 0, 1000, 10, 2},
		{800, 125, 0.25, 950, 4.75, 1.1875}, {800, 150, 0.5, 900, 4.5, 1.125}, {800, 200, 0.5, 800, 4, 1}, {800, 999, 1, 800, 4, 1}, {800, 50, 0, 1000, 10, 2},
		{750, 140, 0.5, 900, 9, 1.8}, // by a quarter, and not by more
		{5000, 175, 1, 4000, 20, 4},  // at most twice the cost
		{0, 175, 0, 0, 4, 1},         // it falls to nothing
	} {
		s := shape{points: []point{
			{allocated: 100, reachable: 1000, roots: 40, scanned: 60, free: 10, work: 2, consMark: 1}, {allocated: 200, reachable: tt.last, roots: 80, scanned: 80, free: 4, work: 1, consMark: 3},
		}}
		s.falls()
		got, _ := s.at(tt.at, 0, tt.nearer)
		if !near(got.reachable, tt.reachable) || !near(got.free, tt.free) || !near(got.work, tt.work) {
			t.Errorf("%+v: %+v", tt, got)
		}
		if part := min(max(tt.at-100, 0)/100, 1); tt.last > 0 && (!near(got.roots, 40+40*part) || !near(got.scanned, 60+20*part) || !near(got.consMark, 1+2*part)) {
			t.Errorf("%+v: roots %v, scanned %v, cons/mark %v", tt, got.roots, got.scanned, got.consMark)
		}
	}
}

// cycle12 took 12 ms of four processors, 2 ms of them with the world stopped. In 10 ms it
// marked 400 bytes with 18 ms of CPU time, 2 of them assists and 4 idle; the program had 22
// ms, and allocated 440 bytes.
var cycle12 = Sample{
	Start: 1000, End: 1440, Goal: 2000, Procs: 4, Took: 12 * time.Millisecond, Paused: 2 * time.Millisecond,
	CPU: 22 * time.Millisecond, Assist: 2 * time.Millisecond, Idle: 4 * time.Millisecond,
}

// TestRates: a cycle that had room is taken as it was. Of one that filled three quarters of
// its room, or more, some assists are for that reason, and of one that filled it all are;
// without them marking takes longer, and more is allocated.
func TestRates(t *testing.T) {
	for _, tt := range []struct {
		goal         uint64
		grown        float64
		free, assist float64 // bytes, ms
	}{
		{2000, 1, 440, 2}, {1587, 1, 440, 2},
		{1500, 1, 492, 0.96}, {1250, 2, 492, 0.96}, // 88 in 100 of the room: 48 in 100 of the assists stay
		{1440, 1, 540, 0}, {1300, 1, 540, 0}, {1000, 1, 540, 0}, {900, 1, 540, 0},
	} {
		c, q := cycle12, point{reachable: 300, roots: 100, scanned: 400}
		c.Goal = tt.goal
		q.rates(c, tt.grown)
		if !near(q.free, tt.free) || !near(1000*q.assist, tt.assist) || !near(q.rate, 20_000) || !near(1000*q.work, 18) || !near(q.marking, 1.6) || !near(q.idle, 0.4) || !near(1000*q.fixed, 8) {
			t.Errorf("%+v: %+v", tt, q)
		}
	}
	// Workers that had less than half of their share have it in ten milliseconds at a time.
	for _, tt := range []struct{ workers, assist, free float64 }{ // ms, of 40
		{0.4, 14, 440 / 25.6 * (2*40 - 14.4)}, {4.9, 14, 440 / 21.1 * (2*40 - 18.9)}, {0.4, 6, 440}, {0.4, 9.6, 440}, {0.4, 9.7, 440 / 29.9 * (2*40 - 10.1)},
		{5.1, 14, 440 / 20.9 * (1.91*40 - 19.1)}, {8, 14, 440. / 18 * (2.2*40 - 22)},
	} {
		c, q := cycle12, point{reachable: 300, roots: 100, scanned: 400}
		c.Goal, c.Idle = 1440, 0
		c.Assist, c.CPU = time.Duration(tt.assist*1e6), time.Duration((8+tt.workers+tt.assist)*1e6)
		if q.rates(c, 1); math.Abs(q.free-tt.free) > 1e-6 || q.assisted != (tt.assist > tt.workers) {
			t.Errorf("%+v: %+v", tt, q)
		}
	}
	// Without a time to mark in, the ratio is the one whose trigger is the end of the cycle.
	for _, took := range []time.Duration{0, cycle12.Paused} {
		c, q := cycle12, point{reachable: 300, roots: 100, scanned: 400}
		c.Took, c.Goal = took, 2040
		q.rates(c, 1)
		if !near(q.consMark, 0.5) || !near(1000*q.fixed, 22) || q.work != 0 { // 600 bytes for 400, at a quarter to three
			t.Errorf("took %v: %+v", took, q)
		}
		if during, cost, consMark := q.cycle(1000, 4); during != 0 || cost != q.fixed || consMark != q.consMark {
			t.Errorf("took %v: %v, %v, %v", took, during, cost, consMark)
		}
	}
}

// TestGrown: a cycle scans more than the one before it, and the first more than the globals.
func TestGrown(t *testing.T) {
	for _, tt := range []struct{ scanned, roots, before, want float64 }{
		{300, 50, 200, 1.5}, {200, 50, 200, 1}, {100, 50, 200, 1}, {300, 50, 0, 6}, {300, 50, 40, 6}, {300, 0, 0, 300}, {0, 0, 0, 1},
	} {
		q := point{scanned: tt.scanned, roots: tt.roots}
		if got := q.grown(point{scanned: tt.before}); !near(got, tt.want) {
			t.Errorf("%+v: %v", tt, got)
		}
	}
}

// TestMost: a goal is extended as the work grows, up to the hard one, or exceeded as in the
// profile, whichever is more.
func TestMost(t *testing.T) {
	for _, tt := range []struct{ scanned, past, hard, want float64 }{
		{200, 0, 2000, 1000}, {300, 0, 2000, 1050}, {300, 1, 2000, 1050}, {400, 1, 1080, 1080}, {900, 0, math.Inf(1), 1350},
		{200, 1.1, 2000, 1100}, {300, 1.1, 2000, 1100}, {500, 1.1, 2000, 1150}, {500, 1.02, 1080, 1080},
	} {
		q := point{scanned: tt.scanned, past: tt.past}
		if got := q.most(900, 1000, tt.hard, point{scanned: 200}); !near(got, tt.want) {
			t.Errorf("%+v: %v", tt, got)
		}
	}
}

// TestHardGoal: the first cycle of a program that allocates as fast as it can goes from its goal
// to the hard one, since of what it scans only the globals were expected.
func TestHardGoal(t *testing.T) {
	for gogc, want := range map[int]uint64{50: 3 << 20, 100: 8 << 20, 200: 24 << 20} {
		q := point{scanned: 1 << 30, roots: 1 << 10, free: 1 << 40, rate: 1 << 30, work: 1, marking: 0.5}
		got, err := (&shape{points: []point{q}, total: 1.2 * float64(want), procs: 4}).run(Profile{}, gogc, 0, 0.5)
		if err != nil || got.PeakHeap != want {
			t.Errorf("GOGC=%d: %d, %v, want %d", gogc, got.PeakHeap, err, want)
		}
	}
}

// TestFirst: where goroutines marked most of the program's first cycle in the profile, they
// do so in another one's, as in the nearest of those that they marked most of.
func TestFirst(t *testing.T) {
	points := func(assisted ...int) (all []point) {
		for i := range 30 {
			n := float64(1000 + 10*i)
			all = append(all, point{allocated: float64(i), reachable: n, work: n / 100, free: n / 50, assist: n / 25})
		}
		for _, i := range assisted {
			all[i].assisted = true
		}
		return all
	}
	q := point{allocated: 10.5, reachable: 1105, roots: 7, scanned: 8, work: 10.4}
	for _, tt := range []struct {
		name  string
		begun bool
		all   []point
		want  bool // another than it is
	}{
		{"before it", false, points(0, 9), true}, {"after it", false, points(0, 12), true},
		{"the first was not", false, points(9), false}, {"it began later", true, points(0, 9), false}, {"none other", false, points(0), false},
		{"eighth before", false, points(0, 3), true}, {"ninth before", false, points(0, 2), false}, {"eighth after", false, points(0, 18), true}, {"ninth after", false, points(0, 19), false},
	} {
		s := shape{points: tt.all, begun: tt.begun}
		got, want := s.first(q, 10), q
		if tt.want {
			want = point{allocated: 10.5, reachable: 1105, roots: 7, scanned: 8, work: 11.05, free: 22.1, assist: 44.2, assisted: true}
		}
		if !near(got.work, want.work) || !near(got.free, want.free) || !near(got.assist, want.assist) || got.assisted != want.assisted ||
			got.allocated != want.allocated || got.reachable != want.reachable || got.roots != want.roots || got.scanned != want.scanned {
			t.Errorf("%s: %+v, want %+v", tt.name, got, want)
		}
	}
	own := q
	own.assisted = true
	if s := (shape{points: points(0, 9)}); s.first(own, 10) != own {
		t.Error("one that goroutines marked most of is another")
	}
	if got := (&shape{points: points(0)}).first(q, 1); got != q {
		t.Errorf("of itself: %+v", got)
	}
	small := points(0, 4)
	small[4].reachable, small[4].work = 100, 4 // at most twice the cost
	if got := (&shape{points: small}).first(q, 10); got.work != 8 {
		t.Errorf("of a small one: %+v", got)
	}
	order := []int{10, 11, 9, 12, 8, 13}
	for k, want := range order {
		all := points(append([]int{0}, order[k:]...)...)
		all[want].work *= 2
		if got := (&shape{points: all}).first(q, 10); !near(got.work, 22.1) {
			t.Errorf("the nearest of %v: %+v", order[k:], got)
		}
	}
	for _, none := range []func(*point){func(p *point) { p.work = 0 }, func(p *point) { p.reachable = 0 }} {
		all := points(0, 9)
		none(&all[9])
		if got := (&shape{points: all}).first(q, 10); got != q {
			t.Errorf("of one that tells nothing: %+v", got)
		}
	}
	if got := (&shape{points: points(0, 27)[:12]}).first(q, 10); got != q {
		t.Errorf("at the end: %+v", got)
	}
}

// TestCycleInRoom: with room a cycle is as it was measured; with less goroutines assist
// until all is marked, 95 in 100 of it at most. The ratio is bytes allocated in a second of
// the program's time by bytes marked in a second of the collector's.
func TestCycleInRoom(t *testing.T) {
	q := point{reachable: 300, roots: 100, scanned: 400}
	q.rates(cycle12, 1)
	for _, tt := range []struct{ room, during, cost, share, took float64 }{
		{1e6, 440, 22, 0.3, 10}, {440, 440, 22, 0.3, 10},
		{100, 100, 8 + 8.8 + 1.2*5.75, 0.25 + 8.8/23, 5.75}, // 5 ms of the program, 18 of marking, on four
		{0, 0, 8 + 10.8 + 1.2*4.5, 0.25 + 10.8/18, 4.5}, {-1, 0, 8 + 10.8 + 1.2*4.5, 0.25 + 10.8/18, 4.5},
	} {
		during, cost, consMark := q.cycle(tt.room, 4)
		if want := during / (1 - tt.share) / (400 / (tt.share + 0.1)); during != tt.during || !near(1000*cost, tt.cost) || !near(consMark, want) {
			t.Errorf("%+v: %v, %v, %v, want a ratio of %v", tt, during, cost, consMark, want)
		}
	}
	q.marking = 0.04 // hardly any workers
	if _, cost, _ := q.cycle(0, 4); !near(1000*cost, 8+0.95*18+(0.04-0.4)*0.05*18/0.04) {
		t.Errorf("with all assists %v ms", 1000*cost)
	}
}

// TestSmooth: since 1.21 the largest of five ratios counts; before, the mean of the last two.
func TestSmooth(t *testing.T) {
	for release, want := range map[string]float64{"go1.18": 6, "go1.19": 6, "go1.20": 6, "go1.21": 9, "go1.27": 9} {
		p, err := New(Config{Release: release})
		if err != nil {
			t.Fatal(err)
		}
		// The seventh was the last: it is where the second was.
		if got := p.smooth([5]float64{5, 7, 9, 2, 1}, 7); got != want {
			t.Errorf("%s: %v, want %v", release, got, want)
		}
	}
}

// TestBesideGrows: what is beside the heap grows with it from 4 MiB on, and is as much as
// stacks and globals at least.
func TestBesideGrows(t *testing.T) {
	const mib = 1 << 20
	for _, tt := range []struct {
		beside      uint64
		heap, roots float64
		want        uint64
	}{
		{beside: 10 * mib, heap: 100 * mib, want: 10 * mib}, {beside: 10 * mib, heap: 50 * mib, want: 7 * mib}, {beside: 10 * mib, want: 4 * mib},
		{beside: 10 * mib, heap: 200 * mib, want: 16 * mib}, {beside: 3 * mib, heap: 50 * mib, want: 3 * mib}, {beside: 10 * mib, heap: 50 * mib, roots: 8 * mib, want: 8 * mib},
		{heap: 100 * mib, roots: 5 * mib, want: 5 * mib}, {beside: 1, heap: 50 * mib, want: 1},
	} {
		if got := (&Profile{Beside: tt.beside}).beside(tt.heap, 100*mib, tt.roots); got != tt.want {
			t.Errorf("%+v: %d", tt, got)
		}
	}
}

// TestShape: a profile says what a program allocates, how long it runs and what its
// collector costs; a cycle of runtime.GC has the rates of the cycle before.
func TestShape(t *testing.T) {
	var p Profile
	for i := range 4 {
		c := cycle12
		c.Cycle, c.At, c.Live, c.Stacks, c.Globals = uint64(i+1), time.Duration(i+1)*100*time.Millisecond, 740, 60, 40
		p.Samples = append(p.Samples, c)
	}
	p.Samples[2].Forced, p.Samples[2].CPU = true, 44*time.Millisecond
	p.Samples[1].Scanned, p.Samples[2].Scanned = 150, 160
	s, err := shapeOf(p)
	if err != nil {
		t.Fatal(err)
	}
	// 1,440 bytes before the end of the first, and 700 before each of the others.
	if s.total != 1440+3*700 || s.cycles != 3 || s.procs != 4 || s.peak != 1440 || s.begun || !near(s.seconds, 0.412) || !near(s.spent, 0.110) || !near(s.program, (0.412*4-0.110)/3540) {
		t.Errorf("%+v", s)
	}
	for i, q := range s.points {
		if q.allocated != 1000+700*float64(i) || q.reachable != 300 || q.roots != 100 || q.scanned != []float64{400, 150, 160, 400}[i] || !near(q.rate, 20_000) || !near(1000*q.fixed, 8) {
			t.Errorf("cycle %d: %+v", i+1, q)
		}
	}
	// What is allocated during a cycle counts as live, and no less than nothing is.
	for live, want := range map[uint64]float64{0: 0, 439: 0, 440: 0, 441: 1} {
		q := Profile{Samples: slices.Clone(p.Samples)}
		q.Samples[0].Live = live
		if s, err := shapeOf(q); err != nil || s.points[0].reachable != want {
			t.Errorf("%d bytes live, of which 440 are new: %v, %v", live, s.points[0].reachable, err)
		}
	}
	p.Until = time.Second
	for i := range p.Samples {
		p.Samples[i].Cycle += 10
	}
	if s, err = shapeOf(p); err != nil || !s.begun || s.seconds != 1 || s.total != 700*4 || s.points[0].allocated != 260 {
		t.Errorf("from the eleventh cycle on: %+v, %v", s, err)
	}
	for what, harm := range map[string]func(c *Sample){
		"no processors": func(c *Sample) { c.Procs = 0 }, "processors": func(c *Sample) { c.Procs = 1<<16 + 1 }, "heap": func(c *Sample) { c.End = 1<<48 + 1 },
		"order": func(c *Sample) { c.At = 1 }, "time": func(c *Sample) { c.Idle = -1 }, "long": func(c *Sample) { c.Took = 1<<60 + 1 },
		"scanned": func(c *Sample) { c.Scanned = 1<<48 + 1 },
	} {
		was := p.Samples[3]
		harm(&p.Samples[3])
		if _, err := shapeOf(p); err == nil {
			t.Errorf("%s: no error", what)
		}
		p.Samples[3] = was
	}
	p.Samples[3].Procs, p.Samples[3].End, p.Samples[3].Took = 1<<16, 1<<48, 1<<60
	if _, err := shapeOf(p); err != nil {
		t.Error(err)
	}
	if _, err := shapeOf(Profile{Samples: p.Samples[:2]}); err == nil {
		t.Error("two cycles are enough")
	}
}

// TestMedian: a prediction has the median of each number of the runs.
func TestMedian(t *testing.T) {
	var p Profile
	for i := range 40 {
		c := cycle12
		by := 1 + float64(i*i%11)/2
		c.Cycle, c.At, c.Live = uint64(i+1), time.Duration(i+1)*100*time.Millisecond, 740+uint64(i*5%11)
		for _, n := range []*uint64{&c.Start, &c.End, &c.Live, &c.Goal} { // the least heap has 4 MiB
			*n <<= 15
		}
		c.CPU, c.Took = time.Duration(by*float64(c.CPU)), time.Duration(by*float64(c.Took))
		p.Samples = append(p.Samples, c)
	}
	s, err := shapeOf(p)
	if err != nil {
		t.Fatal(err)
	}
	differ := false
	for _, gogc := range []int{20, 100, 300} {
		var counts []float64
		var heaps []uint64
		var times []time.Duration
		for i := range chances {
			one, err := s.run(p, gogc, 0, math.Mod(0.5+float64(i)/chances, 1))
			if err != nil {
				t.Fatal(err)
			}
			counts, heaps, times = append(counts, one.count), append(heaps, one.PeakHeap), append(times, one.GCTime)
			if part := one.count - float64(one.Cycles); part < 0 || part >= 1 {
				t.Errorf("GOGC=%d: %d cycles, counted as %v", gogc, one.Cycles, one.count)
			}
		}
		first := counted{Prediction{PeakHeap: heaps[0], GCTime: times[0]}, counts[0]}
		slices.Sort(counts)
		slices.Sort(heaps)
		slices.Sort(times)
		differ = differ || first != counted{Prediction{PeakHeap: heaps[4], GCTime: times[4]}, counts[4]}
		got, err := s.median(p, gogc, 0)
		if err != nil || got.count != counts[4] || got.PeakHeap != heaps[4] || got.GCTime != times[4] || got.GOGC != gogc {
			t.Errorf("GOGC=%d: %+v, %v, want the medians of %v, %v and %v", gogc, got, err, counts, heaps, times)
		}
	}
	if !differ {
		t.Error("the first run is the median every time")
	}
}

// TestFirstCycle: when a program begins nothing has to be swept
// (runtime/mgcpacer.go:(*gcControllerState).init), so that with GOGC=10 its first cycle is at
// 61/64 of a tenth of 4 MiB, and in 1.18 at all of it. Before the second one there is a MiB
// to allocate while spans are swept, and the program ends before that, at 900,000 bytes.
func TestFirstCycle(t *testing.T) {
	for release, first := range map[string]uint64{"go1.18": 419430, "go1.19": 419430 / 64 * 61, "go1.26": 419430 / 64 * 61} {
		p := Profile{Release: release}
		for i := range 3 {
			p.Samples = append(p.Samples, Sample{Cycle: uint64(i + 1), At: time.Duration(i+1) * time.Second, Start: 300_000, End: 300_000, Goal: 400_000, Procs: 1})
		}
		s, err := shapeOf(p)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := s.run(p, 10, 0, 0.5); err != nil || got.Cycles != 1 || got.PeakHeap != 900_000-first {
			t.Errorf("%s: %+v, %v, want a cycle at %d", release, got, err, first)
		}
	}
}

// TestController: what a bounded output leaves out is taken from the integral, by a
// thousandth.
func TestController(t *testing.T) {
	p, err := New(Config{Release: "go1.19"})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ setpoint, out, integral float64 }{{2000, 1000, 449.2}, {-2000, -1000, -449.2}, {100, 90, 22.5}} {
		p.consMark, p.integral = 0, 0
		if out := p.control(tt.setpoint); out != tt.out || !near(p.integral, tt.integral) {
			t.Errorf("%+v: %v, %v", tt, out, p.integral)
		}
	}
}

// TestCheckNotices: Check returns an error of the zero Pacer, and if the trigger is beyond
// the goal.
func TestCheckNotices(t *testing.T) {
	if err := new(Pacer).Check(); err == nil {
		t.Error("nothing is wrong with the zero Pacer")
	}
	p, err := New(Config{Release: "go1.18"})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Check(); err != nil {
		t.Error(err)
	}
	p.trigger18 = p.percentGoal + 1
	if err := p.Check(); err == nil {
		t.Error("the trigger may be beyond the goal")
	}
}
