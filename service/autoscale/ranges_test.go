package autoscale_test

import (
	"math"
	"testing"
	"time"

	"github.com/orrery-go/orrery/service/autoscale"
)

// TestRanges: the ends of each range are in it, and what is next to them is not.
func TestRanges(t *testing.T) {
	many := func(n int) []autoscale.Policy {
		p := make([]autoscale.Policy, n)
		for i := range p {
			p[i] = autoscale.Policy{Pods: 1, Period: time.Second}
		}
		return p
	}
	policy := func(p autoscale.Policy) func(*autoscale.Config) {
		return func(c *autoscale.Config) { c.Up.Policies = []autoscale.Policy{p} }
	}
	for name, tt := range map[string]struct {
		in, out []func(*autoscale.Config)
	}{
		"max": {
			[]func(*autoscale.Config){func(c *autoscale.Config) { c.Max = 1 }, func(c *autoscale.Config) { c.Max = autoscale.MaxReplicas }},
			[]func(*autoscale.Config){func(c *autoscale.Config) { c.Max = 0 }, func(c *autoscale.Config) { c.Max = -1 }, func(c *autoscale.Config) { c.Max = autoscale.MaxReplicas + 1 }},
		},
		"min": {
			[]func(*autoscale.Config){func(c *autoscale.Config) { c.Min = 1 }, func(c *autoscale.Config) { c.Min = 5 }},
			[]func(*autoscale.Config){func(c *autoscale.Config) { c.Min = -1 }, func(c *autoscale.Config) { c.Min = 6 }},
		},
		"target": {
			[]func(*autoscale.Config){func(c *autoscale.Config) { c.Target = math.MaxFloat64 }, func(c *autoscale.Config) { c.Target = math.SmallestNonzeroFloat64 }},
			[]func(*autoscale.Config){func(c *autoscale.Config) { c.Target = 0 }, func(c *autoscale.Config) { c.Target = math.Inf(1) }},
		},
		"tolerance": {
			[]func(*autoscale.Config){func(c *autoscale.Config) { c.Tolerance = math.Nextafter(1, 0) }},
			[]func(*autoscale.Config){func(c *autoscale.Config) { c.Tolerance = 1 }, func(c *autoscale.Config) { c.Tolerance = math.NaN() }},
		},
		"window": {
			[]func(*autoscale.Config){func(c *autoscale.Config) { c.Down.Window = time.Hour }, func(c *autoscale.Config) { c.Down.Window = time.Second }},
			[]func(*autoscale.Config){func(c *autoscale.Config) { c.Down.Window = time.Hour + time.Second }, func(c *autoscale.Config) { c.Down.Window = time.Second + 1 }},
		},
		"policies": {
			[]func(*autoscale.Config){func(c *autoscale.Config) { c.Up.Policies = many(100) }},
			[]func(*autoscale.Config){func(c *autoscale.Config) { c.Up.Policies = many(101) }, func(c *autoscale.Config) { c.Up.Policies = many(0) }},
		},
		"pods": {
			[]func(*autoscale.Config){policy(autoscale.Policy{Pods: 1, Period: time.Second}), policy(autoscale.Policy{Pods: autoscale.MaxReplicas, Period: time.Second})},
			[]func(*autoscale.Config){policy(autoscale.Policy{Pods: -1, Percent: 1, Period: time.Second}), policy(autoscale.Policy{Pods: autoscale.MaxReplicas + 1, Period: time.Second}), policy(autoscale.Policy{Period: time.Second})},
		},
		"percent": {
			[]func(*autoscale.Config){policy(autoscale.Policy{Percent: 1, Period: time.Second}), policy(autoscale.Policy{Percent: 1e6, Period: time.Second})},
			[]func(*autoscale.Config){policy(autoscale.Policy{Percent: -1, Pods: 1, Period: time.Second}), policy(autoscale.Policy{Percent: 1e6 + 1, Period: time.Second})},
		},
		"period": {
			[]func(*autoscale.Config){policy(autoscale.Policy{Pods: 1, Period: time.Second}), policy(autoscale.Policy{Pods: 1, Period: 30 * time.Minute})},
			[]func(*autoscale.Config){policy(autoscale.Policy{Pods: 1}), policy(autoscale.Policy{Pods: 1, Period: 1500 * time.Millisecond}), policy(autoscale.Policy{Pods: 1, Period: 30*time.Minute + time.Second})},
		},
	} {
		good := func() autoscale.Config { return autoscale.Config{Max: 5, Target: 1} }
		for i, change := range tt.in {
			c := good()
			change(&c)
			if _, err := autoscale.New(c); err != nil {
				t.Errorf("%s %d: %v", name, i, err)
			}
		}
		for i, change := range tt.out {
			c := good()
			change(&c)
			if s, err := autoscale.New(c); err == nil || s != nil {
				t.Errorf("%s %d passes", name, i)
			}
		}
	}
	most := make([]float64, autoscale.MaxReplicas+1)
	for i, p := range []autoscale.Pods{
		{Current: autoscale.MaxReplicas, Values: most[:1]}, {NotReady: autoscale.MaxReplicas, Values: most[:1]},
		{Missing: autoscale.MaxReplicas, Values: most[:1]}, {Values: most[:autoscale.MaxReplicas]}, {Values: []float64{math.MaxFloat64}},
	} {
		if _, err := autoscale.Desired(p, math.MaxFloat64, math.Nextafter(1, 0)); err != nil {
			t.Errorf("%d: %v", i, err)
		}
	}
	for i, p := range []autoscale.Pods{
		{}, {Current: autoscale.MaxReplicas + 1, Values: most[:1]}, {NotReady: autoscale.MaxReplicas + 1, Values: most[:1]},
		{Missing: autoscale.MaxReplicas + 1, Values: most[:1]}, {Values: most}, {Values: []float64{math.Inf(1)}},
		{Current: -1, Values: most[:1]}, {NotReady: -1, Values: most[:1]}, {Missing: -1, Values: most[:1]}, {Values: []float64{-1}}, {Values: []float64{math.NaN()}},
	} {
		if n, err := autoscale.Desired(p, 1, 0.1); err == nil || n != 0 {
			t.Errorf("%d: %d", i, n)
		}
	}
	for _, tolerance := range []float64{-0.1, 1, 1.5, math.NaN()} {
		if n, err := autoscale.Desired(autoscale.Pods{Values: most[:1]}, 1, tolerance); err == nil || n != 0 {
			t.Errorf("tolerance %v: %d", tolerance, n)
		}
	}
	for _, target := range []float64{-1, 0, math.Inf(1), math.NaN()} {
		if n, err := autoscale.Desired(autoscale.Pods{Values: most[:1]}, target, 0.1); err == nil || n != 0 {
			t.Errorf("target %v: %d", target, n)
		}
	}
}
