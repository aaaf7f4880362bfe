package autoscale_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/orrery-go/orrery/service/autoscale"
)

func at(v float64, n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = v
	}
	return out
}

// The load goes away: for five minutes nothing changes, in case it comes back.
func ExampleScaler() {
	s, err := autoscale.New(autoscale.Config{Max: 20, Target: 50})
	if err != nil {
		fmt.Println(err)
		return
	}
	replicas, load := 2, 900.0
	for i := range 26 {
		if i == 3 {
			load = 100
		}
		now := time.Duration(i) * 15 * time.Second
		values := make([]float64, replicas)
		for j := range values {
			values[j] = load / float64(replicas)
		}
		o, err := s.Scale(now, autoscale.Pods{Current: replicas, Values: values})
		if err != nil {
			fmt.Println(err)
		}
		if o.Replicas != replicas || i == 3 {
			fmt.Println(now, o)
		}
		replicas = o.Replicas
	}
	// Output:
	// 0s 6 replicas (the metric asks for 18, the window for 18)
	// 15s 12 replicas (the metric asks for 18, the window for 18)
	// 30s 18 replicas (the metric asks for 18, the window for 18)
	// 45s 18 replicas (the metric asks for 2, the window for 18)
	// 5m30s 2 replicas (the metric asks for 2, the window for 2)
}

// TestDesired has the examples of Kubernetes' documentation, and cases for its rules.
func TestDesired(t *testing.T) {
	for _, tt := range []struct {
		name   string
		pods   autoscale.Pods
		target float64
		want   int
	}{
		{"200m of 100m: twice as many", autoscale.Pods{Current: 3, Values: at(200, 3)}, 100, 6},
		{"50m of 100m: half", autoscale.Pods{Current: 4, Values: at(50, 4)}, 100, 2},
		{"90 of 75 percent, 50 replicas", autoscale.Pods{Current: 50, Values: at(90, 50)}, 75, 60},
		{"10 percent more is nothing", autoscale.Pods{Current: 10, Values: at(110, 10)}, 100, 10},
		{"11 percent more is", autoscale.Pods{Current: 10, Values: at(111, 10)}, 100, 12},
		{"10 percent less is nothing", autoscale.Pods{Current: 10, Values: at(90, 10)}, 100, 10},
		{"11 percent less is 1.1 of 10, rounded down", autoscale.Pods{Current: 10, Values: at(89, 10)}, 100, 9},
		{"a third more of three is one", autoscale.Pods{Current: 3, Values: at(120, 3)}, 100, 4},
		{"up, one new: it counts as idle", autoscale.Pods{Current: 3, Values: at(180, 2), NotReady: 1}, 100, 4},
		{"up, two new: nothing is left of it", autoscale.Pods{Current: 3, Values: at(300, 1), NotReady: 2}, 100, 3},
		{"down: new ones do not count", autoscale.Pods{Current: 4, Values: at(40, 3), NotReady: 1}, 100, 2},
		{"down, one is missing: it counts as on the target", autoscale.Pods{Current: 4, Values: at(30, 3), Missing: 1}, 100, 2},
		{"up, one is missing: it counts as idle", autoscale.Pods{Current: 4, Values: at(160, 3), Missing: 1}, 100, 5},
		{"up, one is missing and one is new: both count as idle", autoscale.Pods{Current: 6, Values: at(200, 4), Missing: 1, NotReady: 1}, 100, 8},
		{"up, with both it is within the tolerance", autoscale.Pods{Current: 5, Values: at(170, 3), Missing: 1, NotReady: 1}, 100, 5},
		{"up, so many are missing that it would be down", autoscale.Pods{Current: 3, Values: at(130, 3), Missing: 3}, 100, 3},
		{"up, with those that are missing it is within the tolerance", autoscale.Pods{Current: 4, Values: at(140, 3), Missing: 1}, 100, 4},
		{"up, but fewer have a metric than there are replicas", autoscale.Pods{Current: 12, Values: at(200, 3), Missing: 1}, 100, 12},
		{"down, with those that are missing it is within the tolerance", autoscale.Pods{Current: 6, Values: at(70, 1), Missing: 3}, 100, 6},
		{"down, but more are missing than there are replicas", autoscale.Pods{Current: 2, Values: at(10, 3), Missing: 3}, 100, 2},
		{"down, one is missing and one is new: the new one does not count", autoscale.Pods{Current: 5, Values: at(30, 3), Missing: 1, NotReady: 1}, 100, 2},
		{"on the target: what is missing and new is no reason", autoscale.Pods{Current: 4, Values: at(100, 1), Missing: 1, NotReady: 2}, 100, 4},
		{"the target of what is missing is a number for each", autoscale.Pods{Current: 4, Values: at(1, 2), Missing: 2}, 4, 3},
		{"on the target, though more have a metric than there are replicas", autoscale.Pods{Current: 1, Values: at(100, 3), Missing: 1}, 100, 1},
		{"down without replicas that wait: the current number plays no role", autoscale.Pods{Current: 1, Values: at(50, 10)}, 100, 5},
		{"up without replicas that wait: the current number plays no role", autoscale.Pods{Current: 9, Values: at(200, 2)}, 100, 4},
		{"all would be idle", autoscale.Pods{Current: 4, Values: at(0, 4)}, 100, 0},
	} {
		if got, err := autoscale.Desired(tt.pods, tt.target, autoscale.DefaultTolerance); err != nil || got != tt.want {
			t.Errorf("%s: %d, want %d, %v", tt.name, got, tt.want, err)
		}
	}
}

// scaler runs a Scaler whose metric asks for a number of pods, every 15 seconds.
func scaler(t *testing.T, c autoscale.Config, replicas int, asks ...int) (got []int) {
	t.Helper()
	return every(t, 15*time.Second, c, replicas, asks...)
}

func every(t *testing.T, period time.Duration, c autoscale.Config, replicas int, asks ...int) (got []int) {
	t.Helper()
	c.Target = 1
	c.Tolerance = -1
	s, err := autoscale.New(c)
	if err != nil {
		t.Fatal(err)
	}
	for i, ask := range asks {
		o, err := s.Scale(time.Duration(i)*period, autoscale.Pods{Current: replicas, Values: at(float64(ask)/float64(replicas), replicas)})
		if err != nil {
			t.Fatal(err)
		}
		replicas = o.Replicas
		got = append(got, replicas)
	}
	return got
}

func TestBehaviour(t *testing.T) {
	now := autoscale.Direction{Window: -1}
	for _, tt := range []struct {
		name string
		c    autoscale.Config
		from int
		asks []int
		want string
	}{
		{"the defaults: by 4 or twice in 15 s", autoscale.Config{Max: 100}, 1, []int{50, 50, 50, 50, 50}, "[5 10 20 40 50]"},
		{"max and min", autoscale.Config{Min: 2, Max: 4, Down: now}, 3, []int{9, 1, 1}, "[4 2 2]"},
		{"the highest of the window", autoscale.Config{Max: 100, Down: autoscale.Direction{Window: 30 * time.Second}}, 10, []int{10, 2, 3, 2, 2}, "[10 10 3 3 2]"},
		{"one a minute down", autoscale.Config{Max: 100, Down: autoscale.Direction{Window: -1, Policies: []autoscale.Policy{{Pods: 1, Period: time.Minute}}}}, 10, []int{2, 2, 2, 2, 2, 2}, "[9 9 9 9 8 8]"},
		{"10 percent down, rounded down", autoscale.Config{Max: 100, Down: autoscale.Direction{Window: -1, Policies: []autoscale.Policy{{Percent: 10, Period: 15 * time.Second}}}}, 100, []int{1, 1, 1}, "[90 81 72]"},
		{"never down", autoscale.Config{Max: 100, Down: autoscale.Direction{Select: autoscale.Disabled, Window: -1}}, 10, []int{1, 12, 1}, "[10 12 12]"},
		{"the smaller of two policies", autoscale.Config{Max: 100, Up: autoscale.Direction{Select: autoscale.Least, Policies: []autoscale.Policy{{Pods: 4, Period: 15 * time.Second}, {Percent: 100, Period: 15 * time.Second}}}}, 2, []int{99, 99, 99}, "[4 8 12]"},
		{"the lowest of the window up", autoscale.Config{Max: 100, Up: autoscale.Direction{Window: 30 * time.Second}}, 5, []int{5, 9, 9, 9}, "[5 5 9 9]"},
	} {
		if got := fmt.Sprint(scaler(t, tt.c, tt.from, tt.asks...)); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// TestDocumentation has the examples of Kubernetes' documentation of policies, a step a
// minute.
func TestDocumentation(t *testing.T) {
	down := func(sel autoscale.Select, policies ...autoscale.Policy) autoscale.Config {
		return autoscale.Config{Max: 100, Down: autoscale.Direction{Window: -1, Select: sel, Policies: policies}}
	}
	percent := autoscale.Policy{Percent: 10, Period: time.Minute}
	for _, tt := range []struct {
		name string
		c    autoscale.Config
		from int
		asks int
		want string
	}{
		// Above 40 the percentage, below it 4 at a time. 10 percent of 72 are 7.2, and 8 go.
		{"4 or 10 percent", down("", autoscale.Policy{Pods: 4, Period: time.Minute}, percent), 80, 10, "[72 64 57 51 45 40 36 32 28 24 20 16 12 10 10]"},
		{"5 and 10 percent", down(autoscale.Least, percent, autoscale.Policy{Pods: 5, Period: time.Minute}), 58, 10, "[53 48 43 38 34 30 27 24 21 18 16 14 12 10 10]"},
		{"never", down(autoscale.Disabled), 80, 10, "[80 80 80 80 80 80 80 80 80 80 80 80 80 80 80]"},
	} {
		asks := make([]int, 15)
		for i := range asks {
			asks[i] = tt.asks
		}
		if got := fmt.Sprint(every(t, time.Minute, tt.c, tt.from, asks...)); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// TestDefaults: by 4 or twice as many in 15 s, none of it later; down to Min after 5
// minutes, of which the first number is a recommendation.
func TestDefaults(t *testing.T) {
	if got := fmt.Sprint(scaler(t, autoscale.Config{Max: 3000}, 1, 3, 50, 2000, 2000, 2000)); got != "[3 7 14 28 56]" {
		t.Error(got)
	}
	if got := fmt.Sprint(scaler(t, autoscale.Config{Max: 3000}, 1000, 3000)); got != "[2000]" {
		t.Error(got)
	}
	asks := make([]int, 22)
	got := scaler(t, autoscale.Config{Max: 10}, 10, asks...)
	for i, n := range got {
		want := 10
		if i >= 20 { // the first was 5 minutes ago
			want = 1
		}
		if n != want {
			t.Errorf("after %d s there are %d, want %d", 15*i, n, want)
		}
	}
	// The number at the start holds a rise back, too.
	if got := fmt.Sprint(scaler(t, autoscale.Config{Max: 100, Up: autoscale.Direction{Window: time.Minute}}, 2, 5, 5, 5, 5, 5)); got != "[2 2 2 2 5]" {
		t.Error(got)
	}
}

// TestPolicies: a policy counts from the beginning of its period, whichever way the
// number has gone since.
func TestPolicies(t *testing.T) {
	direction := func(p ...autoscale.Policy) autoscale.Direction {
		return autoscale.Direction{Window: -1, Policies: p}
	}
	four, half := autoscale.Policy{Pods: 4, Period: time.Minute}, autoscale.Policy{Percent: 50, Period: time.Minute}
	for _, tt := range []struct {
		name     string
		up, down autoscale.Direction
		from     int
		asks     []int
		want     string
	}{
		{"4 a minute", direction(four), direction(four), 2, []int{9, 9, 9, 9, 9, 9}, "[6 6 6 6 9 9]"},
		{"it goes on when a part of the period's change is over", direction(four), direction(four), 2, []int{3, 6, 9, 9, 9, 9}, "[3 6 6 6 7 9]"},
		{"up and down: 4 below where it was", direction(four), direction(four), 10, []int{14, 1, 1, 1, 1}, "[14 6 6 6 6]"},
		{"down and up: 4 above where it was", direction(four), direction(four), 10, []int{6, 20, 20}, "[6 14 14]"},
		{"half of the beginning", direction(half), direction(half), 1000, []int{375, 375, 375, 375, 375}, "[500 500 500 500 375]"},
		{"half more, rounded up", direction(half), direction(half), 5, []int{20, 20, 20, 20, 20}, "[8 8 8 8 12]"},
		{"it went further down than the policy of the way up allows: it waits",
			direction(four), direction(autoscale.Policy{Pods: 9, Period: time.Second}), 20, []int{24, 15, 30, 30}, "[24 15 24 24]"},
	} {
		c := autoscale.Config{Max: 10_000, Up: tt.up, Down: tt.down}
		if got := fmt.Sprint(scaler(t, c, tt.from, tt.asks...)); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// TestSelect: of two policies that or the other, in both directions and orders.
func TestSelect(t *testing.T) {
	one, six := autoscale.Policy{Pods: 1, Period: time.Second}, autoscale.Policy{Pods: 6, Period: time.Second}
	for sel, change := range map[autoscale.Select]int{"": 6, autoscale.Most: 6, autoscale.Least: 1, autoscale.Disabled: 0} {
		for _, policies := range [][]autoscale.Policy{{one, six}, {six, one}} {
			d := autoscale.Direction{Window: -1, Select: sel, Policies: policies}
			for ask, want := range map[int]int{1: 10 - change, 90: 10 + change} {
				if got := scaler(t, autoscale.Config{Max: 100, Up: d, Down: d}, 10, ask); got[0] != want {
					t.Errorf("%q of %+v from 10 to %d: %d, want %d", sel, policies, ask, got[0], want)
				}
			}
		}
	}
}

// asking is a number of replicas whose metric asks for another, if the target is 1.
func asking(replicas, asks int) autoscale.Pods {
	values := at(0, replicas)
	values[0] = float64(asks)
	return autoscale.Pods{Current: replicas, Values: values}
}

// TestOldChange: a change that is older than all periods of its direction counts for a
// longer period of the other one, until another change takes its place.
func TestOldChange(t *testing.T) {
	short := autoscale.Direction{Window: -1, Policies: []autoscale.Policy{{Pods: 50, Period: 10 * time.Second}}}
	long := autoscale.Direction{Window: -1, Policies: []autoscale.Policy{{Pods: 5, Period: time.Minute}}}
	type step struct{ at, asks, want int } // seconds
	for _, tt := range []struct {
		up, down autoscale.Direction
		from     int
		steps    []step
	}{
		{short, long, 10, []step{{0, 20, 20}, {30, 1, 5}}}, // there were 10
		{short, long, 10, []step{{0, 20, 20}, {10, 30, 30}, {30, 1, 5}}},
		{short, long, 10, []step{{0, 20, 20}, {11, 30, 30}, {30, 1, 15}}},
		{short, long, 10, []step{{0, 20, 20}, {20, 25, 25}, {40, 30, 30}, {50, 1, 20}}},
		{short, long, 10, []step{{0, 20, 20}, {20, 20, 20}, {30, 1, 5}}}, // no change takes no place
		{short, long, 10, []step{{0, 20, 20}, {60, 1, 15}}},
		{long, short, 40, []step{{0, 20, 20}, {30, 90, 45}}}, // there were 40
		{long, short, 40, []step{{0, 20, 20}, {10, 10, 10}, {30, 90, 45}}},
		{long, short, 40, []step{{0, 20, 20}, {11, 10, 10}, {30, 90, 25}}},
		{long, short, 40, []step{{0, 20, 20}, {20, 20, 20}, {30, 90, 45}}},
		{long, short, 40, []step{{0, 20, 20}, {60, 90, 25}}},
	} {
		s, err := autoscale.New(autoscale.Config{Max: 100, Target: 1, Tolerance: -1, Up: tt.up, Down: tt.down})
		if err != nil {
			t.Fatal(err)
		}
		replicas := tt.from
		for _, st := range tt.steps {
			o, err := s.Scale(time.Duration(st.at)*time.Second, asking(replicas, st.asks))
			if err != nil || o.Replicas != st.want {
				t.Errorf("%v, at %d s: %v, %v; want %d", tt.steps, st.at, o, err, st.want)
			}
			replicas = o.Replicas
		}
	}
}

// TestOutside: a number that is above Max or below Min is brought there at once,
// whatever the metric, the windows and the policies say; 0 stays.
func TestOutside(t *testing.T) {
	one := []autoscale.Policy{{Pods: 1, Period: time.Minute}}
	s, err := autoscale.New(autoscale.Config{Min: 3, Max: 10, Target: 1, Tolerance: -1, Up: autoscale.Direction{Window: time.Hour, Policies: one}, Down: autoscale.Direction{Policies: one}})
	if err != nil {
		t.Fatal(err)
	}
	for i, tt := range []struct {
		current int
		want    autoscale.Outcome
	}{
		{20, autoscale.Outcome{Desired: 10, Stabilized: 10, Replicas: 10}},
		{2, autoscale.Outcome{Desired: 3, Stabilized: 3, Replicas: 3}},
		{11, autoscale.Outcome{Desired: 10, Stabilized: 10, Replicas: 10}},
		{0, autoscale.Outcome{}},
	} {
		if o, err := s.Scale(time.Duration(i), autoscale.Pods{Current: tt.current}); err != nil || o != tt.want {
			t.Errorf("of %d: %+v, %v; want %+v", tt.current, o, err, tt.want)
		}
	}
	if o, err := s.Scale(9, autoscale.Pods{Current: -1}); err == nil || o != (autoscale.Outcome{}) {
		t.Errorf("%+v, %v", o, err)
	}
	if o, err := s.Scale(2, autoscale.Pods{Current: 5}); err == nil || o != (autoscale.Outcome{}) {
		t.Errorf("the time goes back: %+v, %v", o, err)
	}
	if o, err := s.Scale(9, autoscale.Pods{Current: 5}); err == nil || o != (autoscale.Outcome{}) {
		t.Errorf("without a metric: %+v, %v", o, err)
	}
	if o, err := s.Scale(9, autoscale.Pods{Current: 10, Values: at(0.5, 10)}); err != nil || o.Desired != 5 || o.Stabilized != 10 {
		t.Errorf("the first number holds it up: %+v, %v", o, err)
	}
	// Min and Max are allowed themselves, and an Outcome has what the metric asks for between them.
	for ask, want := range map[float64]int{0: 3, 2: 3, 4: 4, 100: 10} {
		if o, err := s.Scale(time.Hour, autoscale.Pods{Current: 10, Values: at(ask, 1)}); err != nil || o.Desired != want {
			t.Errorf("the metric asks for %v: %+v, %v", ask, o, err)
		}
	}
	// The time passes for a service that is switched off, too.
	if _, err := s.Scale(2*time.Hour, autoscale.Pods{}); err != nil {
		t.Error(err)
	}
	if _, err := s.Scale(time.Hour, autoscale.Pods{}); err == nil {
		t.Error("the time goes back")
	}
	// The replica that was missing for Min is the one that a policy allows in a minute.
	s, err = autoscale.New(autoscale.Config{Min: 3, Max: 10, Target: 1, Tolerance: -1, Up: autoscale.Direction{Policies: one}})
	if err != nil {
		t.Fatal(err)
	}
	for i, tt := range []struct{ at, current, want int }{{0, 2, 3}, {15, 3, 3}, {60, 3, 4}} {
		if o, err := s.Scale(time.Duration(tt.at)*time.Second, asking(tt.current, 9)); err != nil || o.Replicas != tt.want {
			t.Errorf("%d: %v, %v; want %d", i, o, err, tt.want)
		}
	}
}

// TestForgets: a Scaler remembers 10,000 recommendations.
func TestForgets(t *testing.T) {
	s, err := autoscale.New(autoscale.Config{Max: 10, Target: 1, Tolerance: -1})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 10_003 { // the first number is one, too
		ask, want := 2.0, 9
		switch {
		case i == 0:
			ask = 9
		case i > 10_000:
			want = 2
		}
		o, err := s.Scale(time.Duration(i), autoscale.Pods{Current: 9, Values: []float64{ask}})
		if err != nil || o.Replicas != want {
			t.Fatalf("after %d recommendations: %v, %v; want %d", i+1, o, err, want)
		}
	}
}

// TestTolerance: the tolerance is the Config's, the default, or none.
func TestTolerance(t *testing.T) {
	for _, tt := range []struct{ tolerance, metric float64 }{{0, 1.1}, {0.5, 1.5}, {0.5, 0.5}, {-1, 1}, {-3, 1}, {0.999, 0.01}} {
		for outside, want := range map[float64]int{0: 100, 0.06: 101} {
			if tt.metric < 1 && outside > 0 {
				outside, want = -outside, 99
			}
			s, err := autoscale.New(autoscale.Config{Max: 200, Target: 1, Tolerance: tt.tolerance, Up: autoscale.Direction{Policies: []autoscale.Policy{{Pods: 1, Period: time.Second}}}, Down: autoscale.Direction{Window: -1, Policies: []autoscale.Policy{{Pods: 1, Period: time.Second}}}})
			if err != nil {
				t.Fatal(err)
			}
			if o, err := s.Scale(0, autoscale.Pods{Current: 100, Values: at(max(tt.metric+outside, 0), 100)}); err != nil || o.Replicas != want {
				t.Errorf("%+v and %v: %v, %v; want %d", tt, outside, o, err, want)
			}
		}
	}
	if n, err := autoscale.Desired(autoscale.Pods{Current: 5, Values: at(1, 5)}, 1, 0); err != nil || n != 5 {
		t.Error(n, err)
	}
}

// TestOwnPolicies: what the caller does with its policies later changes nothing.
func TestOwnPolicies(t *testing.T) {
	policies := []autoscale.Policy{{Pods: 1, Period: time.Second}}
	s, err := autoscale.New(autoscale.Config{Max: 100, Target: 1, Up: autoscale.Direction{Policies: policies}})
	if err != nil {
		t.Fatal(err)
	}
	policies[0].Pods = 50
	if o, err := s.Scale(0, autoscale.Pods{Current: 1, Values: []float64{90}}); err != nil || o.Replicas != 2 {
		t.Error(o, err)
	}
}

func TestBad(t *testing.T) {
	good := autoscale.Pods{Current: 1, Values: []float64{1}}
	for _, p := range []autoscale.Pods{{}, {Current: -1, Values: []float64{1}}, {Values: []float64{-1}}, {Values: []float64{math.NaN()}}, {Values: []float64{1}, Missing: -1}} {
		if n, err := autoscale.Desired(p, 1, 0.1); err == nil {
			t.Errorf("%+v: %d", p, n)
		}
	}
	for _, x := range []float64{0, -1, math.NaN(), math.Inf(1)} {
		if _, err := autoscale.Desired(good, x, 0.1); err == nil {
			t.Errorf("target %v", x)
		}
		if _, err := autoscale.New(autoscale.Config{Max: 1, Target: x}); err == nil {
			t.Errorf("target %v", x)
		}
	}
	if n, err := autoscale.Desired(autoscale.Pods{Current: 1, Values: []float64{math.MaxFloat64, math.MaxFloat64}}, 1e-300, 0.1); err != nil || n != autoscale.MaxReplicas {
		t.Error(n, err)
	}
	for _, c := range []autoscale.Config{
		{}, {Max: -1}, {Max: 1, Min: 2}, {Max: 1, Target: 1, Tolerance: 1}, {Max: 1, Target: 1, Up: autoscale.Direction{Window: 1}},
		{Max: 1, Target: 1, Up: autoscale.Direction{Policies: []autoscale.Policy{}}}, {Max: 1, Target: 1, Up: autoscale.Direction{Policies: []autoscale.Policy{{}}}},
		{Max: 1, Target: 1, Down: autoscale.Direction{Select: "some"}}, {Max: 1, Target: 1, Down: autoscale.Direction{Policies: []autoscale.Policy{{Pods: 1, Percent: 1, Period: time.Second}}}},
	} {
		if _, err := autoscale.New(c); err == nil {
			t.Errorf("%+v passes", c)
		}
	}
	var zero autoscale.Scaler
	if _, err := zero.Scale(0, good); err == nil {
		t.Error("the zero Scaler scales")
	}
}
