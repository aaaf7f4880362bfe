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
		{"9 percent more is nothing", autoscale.Pods{Current: 10, Values: at(109, 10)}, 100, 10},
		// In floating point 1.1-1 is more than 0.1, in Kubernetes, too.
		{"10 percent more is too much", autoscale.Pods{Current: 10, Values: at(110, 10)}, 100, 11},
		{"10 percent less is nothing", autoscale.Pods{Current: 10, Values: at(90, 10)}, 100, 10},
		{"up, one new: it counts as idle", autoscale.Pods{Current: 3, Values: at(180, 2), NotReady: 1}, 100, 4},
		{"up, two new: nothing is left of it", autoscale.Pods{Current: 3, Values: at(300, 1), NotReady: 2}, 100, 3},
		{"down: new ones do not count", autoscale.Pods{Current: 4, Values: at(40, 3), NotReady: 1}, 100, 2},
		{"down, one is missing: it counts as on the target", autoscale.Pods{Current: 4, Values: at(30, 3), Missing: 1}, 100, 2},
		{"up, one is missing: it counts as idle", autoscale.Pods{Current: 4, Values: at(160, 3), Missing: 1}, 100, 5},
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
	c.Target = 1
	c.Tolerance = -1
	s, err := autoscale.New(c)
	if err != nil {
		t.Fatal(err)
	}
	for i, ask := range asks {
		o, err := s.Scale(time.Duration(i)*15*time.Second, autoscale.Pods{Current: replicas, Values: at(float64(ask)/float64(replicas), replicas)})
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
