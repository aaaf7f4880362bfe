package main

import (
	"cmp"
	"slices"
	"time"

	"github.com/orrery-go/orrery/sched/schedtrace/explain"
)

// A Report reports the time between being runnable and running.
type Report struct {
	Events     uint64                  `json:"events,string"`
	Starts     uint64                  `json:"starts,string"`
	Verdicts   map[explain.Verdict]int `json:"verdicts"`
	Waits      Waits                   `json:"waits"`
	Functions  []Waits                 `json:"functions"`  // the longest first
	Goroutines []Waits                 `json:"goroutines"` // likewise
	Steals     []Steal                 `json:"steals"`     // the most frequent first
	Wakes      []Latency               `json:"wakes"`      // by the way in which goroutines became runnable
	Worst      []explain.Start         `json:"worst"`      // ten
	Error      string                  `json:"error,omitempty"`
}

// Waits are waits of the goroutines of a function, of one, or of all, by where they were.
type Waits struct {
	Func  string        `json:"func,omitempty"`
	G     int64         `json:"g,omitempty"`
	Count int           `json:"count"`
	Total time.Duration `json:"total"`
	Most  time.Duration `json:"most"`
	Where []Share       `json:"where"` // the longest first
}

// A Share is the part of the waits that goroutines spent in one place.
type Share struct {
	Source explain.Source `json:"source"` // Unknown: open
	Count  int            `json:"count"`
	Total  time.Duration  `json:"total"`
}

// A Steal counts the goroutines that a P took from another and ran at once.
type Steal struct {
	By    int `json:"by"`
	From  int `json:"from"`
	Count int `json:"count"`
}

// A Latency is the distribution of the time from wake-up to run.
type Latency struct {
	Wake   explain.Wake  `json:"wake"`
	Count  int           `json:"count"`
	Median time.Duration `json:"median"`
	P90    time.Duration `json:"p90"`
	P99    time.Duration `json:"p99"`
	Most   time.Duration `json:"most"`
}

type sum struct {
	Waits
	by map[explain.Source]*Share
}

// A collector adds up starts. Of each way to wake it keeps a sample of the waits.
type collector struct {
	all    sum
	funcs  map[string]*sum
	gs     map[int64]*sum
	steals map[[2]int]int
	wakes  map[explain.Wake]*sample
	worst  []explain.Start
}

func newCollector() *collector {
	return &collector{funcs: map[string]*sum{}, gs: map[int64]*sum{}, steals: map[[2]int]int{}, wakes: map[explain.Wake]*sample{}}
}

// sampled is how many waits of a kind are kept: then every second, and so on.
const sampled = 1 << 14

// A sample is every step-th of the waits.
type sample struct {
	waits   []time.Duration
	n, step int
	most    time.Duration
}

func (s *sample) add(d time.Duration) {
	s.most = max(s.most, d)
	if s.step == 0 {
		s.step = 1
	}
	if s.n%s.step == 0 {
		s.waits = append(s.waits, d)
	}
	s.n++
	if len(s.waits) == sampled {
		for i := range sampled / 2 {
			s.waits[i] = s.waits[2*i]
		}
		s.waits, s.step = s.waits[:sampled/2], 2*s.step
	}
}

// known reports whether it is known where the goroutine was.
func known(s explain.Start) bool {
	return s.Verdict == explain.Unique || s.Verdict == explain.UpToOrder
}

func (c *collector) add(s explain.Start) {
	source := explain.Unknown
	if known(s) {
		source = s.Source
	}
	if source == explain.Stolen {
		c.steals[[2]int{s.P, s.From}]++
	}
	if s.Ready < 0 {
		return // runnable before the trace
	}
	wait := s.At - s.Ready
	c.all.add(source, wait)
	// A trace may have millions of functions and goroutines, if it is a bad one.
	const most = 1 << 16
	f := c.funcs[s.Func]
	if f == nil && len(c.funcs) < most {
		f = &sum{}
		f.Func = s.Func
		c.funcs[s.Func] = f
	}
	if f != nil {
		f.add(source, wait)
	}
	g := c.gs[s.G]
	if g == nil && len(c.gs) < most {
		g = &sum{}
		g.Func, g.G = s.Func, s.G
		c.gs[s.G] = g
	}
	if g != nil {
		g.add(source, wait)
	}
	l := c.wakes[s.Wake]
	if l == nil {
		l = &sample{}
		c.wakes[s.Wake] = l
	}
	l.add(wait)
	i, _ := slices.BinarySearchFunc(c.worst, s, func(a, b explain.Start) int { return cmp.Compare(b.At-b.Ready, a.At-a.Ready) })
	if i < 10 {
		c.worst = slices.Insert(c.worst, i, s)
		c.worst = c.worst[:min(len(c.worst), 10)]
	}
}

func (s *sum) add(source explain.Source, wait time.Duration) {
	s.Count++
	s.Total += wait
	s.Most = max(s.Most, wait)
	if s.by == nil {
		s.by = map[explain.Source]*Share{}
	}
	x := s.by[source]
	if x == nil {
		x = &Share{Source: source}
		s.by[source] = x
	}
	x.Count++
	x.Total += wait
}

func (s *sum) waits() Waits {
	w := s.Waits
	w.Where = []Share{}
	for _, x := range s.by {
		w.Where = append(w.Where, *x)
	}
	slices.SortFunc(w.Where, func(a, b Share) int {
		return cmp.Or(cmp.Compare(b.Total, a.Total), cmp.Compare(b.Count, a.Count), cmp.Compare(a.Source, b.Source))
	})
	return w
}

func (c *collector) report(stats explain.Stats) Report {
	r := Report{Events: stats.Events, Starts: stats.Starts, Verdicts: stats.Verdicts, Waits: c.all.waits(), Functions: []Waits{}, Goroutines: []Waits{}, Steals: []Steal{}, Wakes: []Latency{}, Worst: slices.Concat([]explain.Start{}, c.worst)}
	longest := func(a, b Waits) int {
		return cmp.Or(cmp.Compare(b.Total, a.Total), cmp.Compare(b.Count, a.Count), cmp.Compare(a.Func, b.Func), cmp.Compare(a.G, b.G))
	}
	for _, f := range c.funcs {
		r.Functions = append(r.Functions, f.waits())
	}
	slices.SortFunc(r.Functions, longest)
	for _, g := range c.gs {
		r.Goroutines = append(r.Goroutines, g.waits())
	}
	slices.SortFunc(r.Goroutines, longest)
	for k, n := range c.steals {
		r.Steals = append(r.Steals, Steal{By: k[0], From: k[1], Count: n})
	}
	slices.SortFunc(r.Steals, func(a, b Steal) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.By, b.By), cmp.Compare(a.From, b.From))
	})
	for w, l := range c.wakes {
		slices.Sort(l.waits)
		at := func(percent int) time.Duration { return l.waits[(len(l.waits)-1)*percent/100] }
		r.Wakes = append(r.Wakes, Latency{Wake: w, Count: l.n, Median: at(50), P90: at(90), P99: at(99), Most: l.most})
	}
	slices.SortFunc(r.Wakes, func(a, b Latency) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Wake, b.Wake)) })
	return r
}
