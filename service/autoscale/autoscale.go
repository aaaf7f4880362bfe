// Package autoscale decides the number of replicas of a service, as Kubernetes'
// HorizontalPodAutoscaler does: the ratio of the metric to its target gives a number
// ([Desired]); within a tolerance nothing changes; when the number falls, the highest
// recommendation of the last minutes counts, and when it rises, the lowest of the last
// seconds (the stabilisation windows); and policies bound the speed of a change. The
// number at the start is the first recommendation.
//
// The rules are those of Kubernetes 1.33 and later, for an autoscaler that says how it
// behaves. One that does not say follows an older rule in Kubernetes: at most twice as
// many at once, or 4.
//
// # Concurrent use
//
// A Scaler is for one goroutine at a time; [Desired] may be called by several.
package autoscale

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"time"
)

// A Config says what to model. The zero values are Kubernetes' defaults.
type Config struct {
	Min       int       `json:"min"`       // replicas, in [1,Max]; 0: 1
	Max       int       `json:"max"`       // in [1,MaxReplicas]
	Target    float64   `json:"target"`    // of the metric, for each replica, above 0
	Tolerance float64   `json:"tolerance"` // in [0,1): distance from the target within which nothing changes; 0: 0.1; below 0: none
	Up        Direction `json:"up"`        // by default at once, by 4 or by 100 percent in 15 s, whichever is more
	Down      Direction `json:"down"`      // by default after 5 minutes, by 100 percent in 15 s
}

// A Direction bounds how fast the number rises, or falls.
type Direction struct {
	Window   time.Duration `json:"window"`   // of stabilisation, in whole seconds up to an hour; 0: the default; below 0: none
	Policies []Policy      `json:"policies"` // nil: the default
	Select   Select        `json:"select"`   // "" for Most
}

// A Policy bounds the change of the number in a period.
type Policy struct {
	Pods    int           `json:"pods"`    // a number of replicas, or if 0
	Percent int           `json:"percent"` // a share of the replicas at the beginning of the period, in [1,1e6]
	Period  time.Duration `json:"period"`  // in whole seconds, in [1s,30m]
}

// A Select says which of several policies applies.
type Select string

// The selections.
const (
	Most     Select = "max" // the one that allows the largest change
	Least    Select = "min" // the smallest
	Disabled Select = "disabled"
)

// String returns the name.
func (s Select) String() string { return string(s) }

// Bounds and Kubernetes' defaults.
const (
	MaxReplicas      = 1_000_000
	DefaultTolerance = 0.1
	DefaultDown      = 5 * time.Minute
	maxPolicies      = 100
	maxRecords       = 10_000
)

// Pods are the replicas and their metric.
type Pods struct {
	Current  int       `json:"current"`  // replicas that are requested
	Values   []float64 `json:"values"`   // the metric of each replica that is ready and has one, at least 0
	NotReady int       `json:"notReady"` // replicas that have just started
	Missing  int       `json:"missing"`  // replicas of which there is no metric
}

// Desired returns the number of replicas that the metric asks for: the current one if the
// ratio of the mean to the target is in [1-tolerance,1+tolerance]. When the number rises,
// replicas without a metric and those that have just started count as idle; when it
// falls, replicas without a metric count as exactly on the target. If counting them would
// reverse the direction, nothing changes. It returns an error if the target is not above
// 0, no replica has a metric, or a number is out of range.
func Desired(p Pods, target, tolerance float64) (int, error) {
	switch {
	case !(target > 0 && target <= math.MaxFloat64):
		return 0, fmt.Errorf("autoscale: target %v is not above 0", target)
	case !(tolerance >= 0 && tolerance < 1):
		return 0, fmt.Errorf("autoscale: tolerance %v out of range [0,1)", tolerance)
	}
	if err := p.check(); err != nil {
		return 0, err
	}
	if len(p.Values) == 0 {
		return 0, errors.New("autoscale: no replica that is ready has a metric")
	}
	sum := 0.0
	for _, v := range p.Values {
		sum += v
	}
	n, missing := float64(len(p.Values)), float64(p.Missing)
	ratio := sum / n / target
	near := func(ratio float64) bool { return 1-tolerance <= ratio && ratio <= 1+tolerance }
	switch {
	case ratio < 1 && missing > 0:
		sum += float64(target * missing)
		n += missing
	case ratio > 1 && missing+float64(p.NotReady) > 0:
		n += missing + float64(p.NotReady)
	case near(ratio):
		return p.Current, nil
	default: // all are counted
		return bounded(math.Ceil(float64(ratio * n))), nil
	}
	again := sum / n / target
	if near(again) || ratio > 1 && again < 1 {
		return p.Current, nil
	}
	want := bounded(math.Ceil(float64(again * n)))
	if ratio < 1 {
		return min(want, p.Current), nil
	}
	return max(want, p.Current), nil
}

// check returns an error if a number is out of range.
func (p Pods) check() error {
	for _, n := range []int{p.Current, p.NotReady, p.Missing, len(p.Values)} {
		if n < 0 || n > MaxReplicas {
			return fmt.Errorf("autoscale: %d replicas, %d with a metric, %d not ready, %d without a metric, out of range [0,%d]", p.Current, len(p.Values), p.NotReady, p.Missing, MaxReplicas)
		}
	}
	for _, v := range p.Values {
		if !(v >= 0 && v <= math.MaxFloat64) {
			return fmt.Errorf("autoscale: a metric of %v", v)
		}
	}
	return nil
}

// bounded makes a number of replicas.
func bounded(x float64) int { return int(max(0, min(x, MaxReplicas))) }

// A Scaler decides, and remembers its recommendations and changes. Get one from [New].
type Scaler struct {
	c         Config
	made      bool
	now       time.Duration
	recommend []record
	ups       []record
	downs     []record
}

type record struct {
	at time.Duration
	n  int
}

// New makes a Scaler. It returns an error if a field is out of range.
func New(c Config) (*Scaler, error) {
	if c.Min == 0 {
		c.Min = 1
	}
	switch {
	case c.Max < 1 || c.Max > MaxReplicas:
		return nil, fmt.Errorf("autoscale: max %d out of range [1,%d]", c.Max, MaxReplicas)
	case c.Min < 1 || c.Min > c.Max:
		return nil, fmt.Errorf("autoscale: min %d out of range [1,%d]", c.Min, c.Max)
	case !(c.Target > 0 && c.Target <= math.MaxFloat64):
		return nil, fmt.Errorf("autoscale: target %v is not above 0", c.Target)
	case !(c.Tolerance < 1):
		return nil, fmt.Errorf("autoscale: tolerance %v out of range [0,1)", c.Tolerance)
	}
	if c.Tolerance == 0 {
		c.Tolerance = DefaultTolerance
	}
	c.Tolerance = max(c.Tolerance, 0)
	var err error
	if c.Up, err = c.Up.filled(0, []Policy{{Pods: 4, Period: 15 * time.Second}, {Percent: 100, Period: 15 * time.Second}}); err != nil {
		return nil, err
	}
	if c.Down, err = c.Down.filled(DefaultDown, []Policy{{Percent: 100, Period: 15 * time.Second}}); err != nil {
		return nil, err
	}
	return &Scaler{c: c, made: true}, nil
}

// filled fills the defaults in.
func (d Direction) filled(window time.Duration, policies []Policy) (Direction, error) {
	if d.Window == 0 {
		d.Window = window
	}
	d.Window = max(d.Window, 0)
	if d.Window > time.Hour || d.Window%time.Second != 0 {
		return d, fmt.Errorf("autoscale: window %v is no whole second out of [0s,1h]", d.Window)
	}
	switch d.Select {
	case "":
		d.Select = Most
	case Most, Least, Disabled:
	default:
		return d, fmt.Errorf("autoscale: select %.40q (want max, min or disabled)", d.Select)
	}
	if d.Policies == nil {
		d.Policies = policies
	}
	if n := len(d.Policies); n == 0 || n > maxPolicies {
		return d, fmt.Errorf("autoscale: %d policies out of range [1,%d]", n, maxPolicies)
	}
	d.Policies = append([]Policy(nil), d.Policies...)
	for _, p := range d.Policies {
		if p.Pods < 0 || p.Pods > MaxReplicas || p.Percent < 0 || p.Percent > 1e6 || (p.Pods > 0) == (p.Percent > 0) || p.Period < time.Second || p.Period > 30*time.Minute || p.Period%time.Second != 0 {
			return d, fmt.Errorf("autoscale: policy %+v: want Pods or Percent above 0, and a Period of whole seconds in [1s,30m]", p)
		}
	}
	return d, nil
}

// An Outcome is the decision of a Scaler, and what has limited it.
type Outcome struct {
	Desired    int `json:"desired"`    // the number that the metric asks for, between Min and Max
	Stabilized int `json:"stabilized"` // after the windows
	Replicas   int `json:"replicas"`   // after the policies: the number from now on
}

// String reads like "10 replicas (the metric asks for 2, the window for 10)".
func (o Outcome) String() string {
	return fmt.Sprintf("%d replicas (the metric asks for %d, the window for %d)", o.Replicas, o.Desired, o.Stabilized)
}

// Scale decides how many replicas there are from now on; Kubernetes does it every 15
// seconds. If there are more than Max or fewer than Min now, they become Max or Min at
// once; none stay none, since the service is switched off. It returns the errors of
// [Desired], and an error if the time goes back.
func (s *Scaler) Scale(now time.Duration, p Pods) (Outcome, error) {
	if !s.made {
		return Outcome{}, errors.New("autoscale: the zero Scaler has no target: use New")
	}
	if now < s.now {
		return Outcome{}, fmt.Errorf("autoscale: the time goes back from %v to %v", s.now, now)
	}
	if err := p.check(); err != nil {
		return Outcome{}, err
	}
	if p.Current == 0 {
		s.begin(now, 0)
		return Outcome{}, nil
	}
	if edge := s.inside(p.Current); edge != p.Current {
		s.begin(now, p.Current)
		s.changes(p.Current, edge)
		return Outcome{edge, edge, edge}, nil
	}
	want, err := Desired(p, s.c.Target, s.c.Tolerance)
	if err != nil {
		return Outcome{}, err
	}
	s.begin(now, p.Current)
	o := Outcome{Desired: s.inside(want), Stabilized: s.stabilize(p.Current, want)}
	s.recommend = store(s.recommend, now-max(s.c.Up.Window, s.c.Down.Window), record{now, want})
	o.Replicas = s.bound(p.Current, o.Stabilized)
	s.changes(p.Current, o.Replicas)
	return o, nil
}

// inside returns the number of [Min,Max] that is next to n.
func (s *Scaler) inside(n int) int { return max(s.c.Min, min(n, s.c.Max)) }

// begin has the time pass. The first number is a recommendation
// (recordInitialRecommendation).
func (s *Scaler) begin(now time.Duration, current int) {
	s.now = now
	if s.recommend == nil {
		s.recommend = []record{{now, current}}
	}
}

// changes remembers a change, for the policies (storeScaleEvent).
func (s *Scaler) changes(from, to int) {
	switch {
	case to > from:
		s.ups = store(s.ups, s.now-s.c.Up.longest(), record{s.now, to - from})
	case to < from:
		s.downs = store(s.downs, s.now-s.c.Down.longest(), record{s.now, from - to})
	}
}

// store remembers a record, in the place of one that is from before the cut. A list does
// not grow without end: then the first one is forgotten.
func store(list []record, cut time.Duration, r record) []record {
	for i := range list {
		if list[i].at < cut {
			list[i] = r
			return list
		}
	}
	if len(list) == maxRecords {
		list = slices.Delete(list, 0, 1)
	}
	return append(list, r)
}

func (d Direction) longest() (longest time.Duration) {
	for _, p := range d.Policies {
		longest = max(longest, p.Period)
	}
	return longest
}

// stabilize keeps what there is between the lowest recommendation of the window for
// going up and the highest of the one for going down.
func (s *Scaler) stabilize(current, want int) int {
	up, down := want, want
	for _, r := range s.recommend {
		if r.at > s.now-s.c.Up.Window {
			up = min(up, r.n)
		}
		if r.at > s.now-s.c.Down.Window {
			down = max(down, r.n)
		}
	}
	return min(max(current, up), down)
}

// bound keeps a change within the policies, and Min and Max.
func (s *Scaler) bound(current, want int) int {
	if want > current {
		return min(want, s.c.Max, max(s.limit(s.c.Up, current, true), current))
	}
	return max(want, s.c.Min, min(s.limit(s.c.Down, current, false), current))
}

// limit reports how far the policies of a direction let the number go.
func (s *Scaler) limit(d Direction, current int, up bool) int {
	if d.Select == Disabled {
		return current
	}
	var limits []int
	for _, p := range d.Policies {
		// The replicas at the beginning of the period.
		begin := float64(current - s.changed(s.ups, p.Period) + s.changed(s.downs, p.Period))
		pods, share := float64(p.Pods), float64(p.Percent)/100
		var to float64
		switch {
		case p.Pods > 0 && up:
			to = begin + pods
		case p.Pods > 0:
			to = begin - pods
		case up:
			to = math.Ceil(float64(begin * (1 + share)))
		default:
			to = math.Trunc(float64(begin * (1 - share)))
		}
		limits = append(limits, bounded(to))
	}
	if (d.Select == Most) == up {
		return slices.Max(limits)
	}
	return slices.Min(limits)
}

// changed reports by how much the number has changed in a period that ends now.
func (s *Scaler) changed(list []record, period time.Duration) (sum int) {
	for _, r := range list {
		if r.at > s.now-period {
			sum += r.n
		}
	}
	return sum
}
