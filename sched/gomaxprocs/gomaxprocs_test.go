package gomaxprocs_test

import (
	"math"
	"runtime"
	"testing"

	"github.com/orrery-go/orrery/release"
	"github.com/orrery-go/orrery/sched/gomaxprocs"
)

func TestStart(t *testing.T) {
	for _, k := range []struct {
		rel  string
		m    gomaxprocs.Host
		want int
	}{
		{"go1.4", gomaxprocs.Host{CPUs: 8}, 1},
		{"go1.4", gomaxprocs.Host{CPUs: 8, Env: 3}, 3},
		{"go1.5", gomaxprocs.Host{CPUs: 8}, 8},
		{"go1.5", gomaxprocs.Host{CPUs: 300}, 256},
		{"go1.8", gomaxprocs.Host{CPUs: 300}, 256},
		{"go1.9", gomaxprocs.Host{CPUs: 300}, 300},
		{"go1.9", gomaxprocs.Host{CPUs: 2000}, 1024},
		{"go1.10", gomaxprocs.Host{CPUs: 2000}, 2000},
		{"go1.10", gomaxprocs.Host{CPUs: math.MaxInt32}, math.MaxInt32},
		{"go1.25", gomaxprocs.Host{CPUs: 8, Env: 1}, 1},
		{"go1.25", gomaxprocs.Host{CPUs: 8}, 8},
		{"go1.25", gomaxprocs.Host{CPUs: 8, Quota: 8}, 8},
		{"go1.24", gomaxprocs.Host{CPUs: 8, Quota: 2.5}, 8},
		{"go1.25", gomaxprocs.Host{CPUs: 8, Quota: 2.5}, 3},
		{"go1.25", gomaxprocs.Host{CPUs: 8, Quota: 0.1}, 2},
		{"go1.25", gomaxprocs.Host{CPUs: 1, Quota: 0.1}, 1},
		{"go1.25", gomaxprocs.Host{CPUs: 8, Quota: 2.5, Env: 5}, 5},
		{"go1.25", gomaxprocs.Host{CPUs: 8, Quota: math.Inf(1), Env: -1}, 8},
	} {
		r, err := gomaxprocs.ForRelease(k.rel)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := r.Start(k.m); err != nil || got != k.want {
			t.Errorf("%s, %+v: %d, %v; want %d", k.rel, k.m, got, err, k.want)
		}
	}
}

// TestSet compares with the Go at hand.
func TestSet(t *testing.T) {
	r, err := gomaxprocs.ForRelease(release.Running)
	if err != nil {
		t.Fatal(err)
	}
	was := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(was)
	now := was
	for _, n := range []int{3, 0, 1, -1, 7} {
		runtime.GOMAXPROCS(n)
		if now = r.Set(now, n); now != runtime.GOMAXPROCS(0) {
			t.Errorf("GOMAXPROCS(%d): model %d, real %d", n, now, runtime.GOMAXPROCS(0))
		}
	}
}

// TestMost bounds the number of Ps by rules of the caller's own.
func TestMost(t *testing.T) {
	for _, most := range []int{1, 2, 7} {
		if got := (gomaxprocs.Rules{Most: most}).Set(1, 5); got != min(most, 5) {
			t.Errorf("at most %d: %d", most, got)
		}
	}
}

func TestBadInput(t *testing.T) {
	if _, err := gomaxprocs.ForRelease("1.17"); err == nil {
		t.Error("a malformed release has rules")
	}
	r, err := gomaxprocs.ForRelease("")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []gomaxprocs.Host{{}, {CPUs: -1}, {CPUs: 1, Quota: -1}, {CPUs: 1, Quota: math.NaN()}} {
		if n, err := r.Start(m); err == nil {
			t.Errorf("%+v has %d Ps", m, n)
		}
	}
}
