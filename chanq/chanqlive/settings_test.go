package chanqlive

import (
	"os"
	"runtime"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/chanq"
	"github.com/orrery-go/orrery/internal/toolchain"
	"github.com/orrery-go/orrery/release"
)

// TestAsyncTimers compares timers under GODEBUG=asynctimerchan=1 with the running Go
// and, in the full run, with the first and last patch of each release that has it.
func TestAsyncTimers(t *testing.T) {
	releases := []string{release.Running}
	if os.Getenv("ORRERY_FULL") != "" {
		releases = append(releases, "go1.22.12", "go1.23.0", "go1.23.12", "go1.24.13", "go1.25.14", "go1.26.11")
	}
	for _, rel := range append(releases, toolchain.Requested()...) {
		r, err := release.Parse(rel)
		if err != nil {
			t.Fatal(err)
		}
		config := chanq.Config{Release: rel, AsyncTimers: true}
		if r.AtLeast("go1.27") {
			if _, err := chanq.New(config); err == nil {
				t.Errorf("%s has the setting asynctimerchan", rel)
			}
			continue
		}
		if runtime.GOARCH == "386" {
			t.Skip("the go command of this machine builds for 8-byte words")
		}
		probe := Golden.Probe
		probe.Env = append(slices.Clone(probe.Env), "GODEBUG=asynctimerchan=1")
		a, err := toolchain.Run[Answers](t.Context(), rel, probe)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(timersOf(t, config), a.Timers); diff != "" {
			t.Errorf("%s: timers (-model +real):\n%s", rel, diff)
		}
	}
}

// shares is a probe that counts how often a select chooses each of four ready cases, for
// each half of the selects.
const shares = `package main

import "fmt"

func main() {
	var c [4]chan int
	for i := range c {
		c[i] = make(chan int)
		close(c[i])
	}
	var n [4]int
	for i := 0; i < 400000; i++ {
		select {
		case <-c[0]:
			n[0]++
		case <-c[1]:
			n[1]++
		case <-c[2]:
			n[2]++
		case <-c[3]:
			n[3]++
		}
	}
	fmt.Printf("[%d,%d,%d,%d]\n", n[0], n[1], n[2], n[3])
}
`

// TestShares compares how often a select chooses each of four ready cases, in the
// releases around those whose choices are uneven, with the model's own shares by
// chi-square: it is above 30.66 once in a million times with 3 degrees of freedom.
func TestShares(t *testing.T) {
	const selects, limit = 400_000, 2 * 30.66 // both are samples
	model := func(rel string) (n [4]float64) {
		m, err := chanq.New(chanq.Config{Release: rel, Seed: 7})
		if err != nil {
			t.Fatal(err)
		}
		g, err := m.Go()
		if err != nil {
			t.Fatal(err)
		}
		var cases []chanq.Case
		for range n {
			c, err := m.Make(chanq.Elem{Size: 8}, 0)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := m.Close(g, c); err != nil {
				t.Fatal(err)
			}
			cases = append(cases, chanq.Case{Chan: c})
		}
		for range selects {
			o, err := m.Select(g, cases, false)
			if err != nil {
				t.Fatal(err)
			}
			n[o.Case]++
		}
		return n
	}
	for rel, even := range map[string]bool{"go1.8.7": true, "go1.9.0": false, "go1.9.1": false, "go1.9.2": true, "go1.9": true, "go1.10": true} {
		n := model(rel)
		if got := slices.Max(n[:])/slices.Min(n[:]) < 1.05; got != even {
			t.Errorf("%s: shares %v, even: %v", rel, n, got)
		}
	}
	if os.Getenv("ORRERY_FULL") == "" {
		return
	}
	for _, rel := range []string{"go1.8.7", "go1.9.0", "go1.9.1", "go1.9.2", "go1.9.7", "go1.10.8"} {
		real, err := toolchain.Run[[4]float64](t.Context(), rel, toolchain.Probe{Name: "shares", Source: shares})
		if err != nil {
			t.Fatal(err)
		}
		n, chi := model(rel), 0.0
		for i := range n {
			chi += (real[i] - n[i]) * (real[i] - n[i]) / (real[i] + n[i]) * 2
		}
		t.Logf("%s: real %.0f, model %.0f, chi-square %.1f", rel, real, n, chi)
		if chi > limit {
			t.Errorf("%s: real %v, model %v: chi-square %.1f > %v", rel, real, n, chi, limit)
		}
	}
}
