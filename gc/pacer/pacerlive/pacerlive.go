// Package pacerlive compares package pacer with the runtime's pacer: with the lines that
// its own test of the pacer prints, the goals of heaps of the running process and of
// every release since 1.9, and the triggers in the output of GODEBUG=gcpacertrace.
package pacerlive

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/orrery-go/orrery/gc/pacer"
	"github.com/orrery-go/orrery/internal/toolchain"
	"github.com/orrery-go/orrery/release"
)

// A Scenario is one of the scenarios of TestGcPacer in runtime/mgcpacer_test.go.
type Scenario struct {
	Name     string
	GOGC     int
	Limit    int64 // 0: none
	Cycles   int
	Workload func() pacer.Workload // a new one each time: signals have a state
}

// random is Random with the source of math/rand, as in the runtime's test.
func random(amplitude float64, seed int64) pacer.Signal {
	return pacer.Noise(amplitude, rand.New(rand.NewSource(seed)).Float64)
}

// growing returns a heap that doubles at first, and grows less and less for n cycles.
func growing(high float64, cycles int) pacer.Signal {
	return pacer.Constant(high).Sum(pacer.Ramp(1-high, cycles))
}

// steady returns a program with a constant rate of allocation, in a heap that settles
// within 12 cycles.
func steady(alloc pacer.Signal) pacer.Workload {
	return pacer.Workload{Globals: 32 << 10, Alloc: alloc, Growth: growing(2, 12)}
}

// Scenarios returns the scenarios of TestGcPacer, in its order.
func Scenarios() []Scenario {
	limited := func(name string, gogc int, growth float64) Scenario {
		return Scenario{name, gogc, 512 << 20, 50, func() pacer.Workload {
			w := steady(pacer.Constant(33))
			w.Growth = growing(growth, 12)
			return w
		}}
	}
	slow := func(name string, growth float64, cycles int) Scenario {
		return Scenario{name, 100, 0, 50, func() pacer.Workload {
			return pacer.Workload{Globals: 32 << 10, Scan: pacer.Constant(2048), Growth: growing(growth, cycles), Scannable: pacer.Constant(0.01)}
		}}
	}
	return []Scenario{
		{"Steady", 100, 0, 50, func() pacer.Workload { return steady(pacer.Constant(33)) }},
		{"SteadyBigStacks", 100, 0, 50, func() pacer.Workload {
			w := steady(pacer.Constant(132))
			w.Stacks = pacer.Constant(2048).Sum(pacer.Ramp(128<<20, 8))
			return w
		}},
		{"SteadyBigGlobals", 100, 0, 50, func() pacer.Workload {
			w := steady(pacer.Constant(132))
			w.Globals = 128 << 20
			return w
		}},
		{"StepAlloc", 100, 0, 100, func() pacer.Workload { return steady(pacer.Constant(33).Sum(pacer.Ramp(66, 1).Delay(50))) }},
		{"HeavyStepAlloc", 100, 0, 100, func() pacer.Workload { return steady(pacer.Constant(33).Sum(pacer.Ramp(330, 1).Delay(50))) }},
		{"StepScannableFrac", 100, 0, 100, func() pacer.Workload {
			w := steady(pacer.Constant(128))
			w.Scannable = pacer.Constant(0.2).Sum(pacer.Unit(0.5).Delay(50))
			return w
		}},
		{"HighGOGC", 1500, 0, 50, func() pacer.Workload {
			w := steady(random(7, 0x53).Offset(165))
			w.Growth = pacer.Constant(2).Sum(pacer.Ramp(-1, 12), random(0.01, 0x1), pacer.Unit(14).Delay(25))
			return w
		}},
		{"OscAlloc", 100, 0, 50, func() pacer.Workload { return steady(pacer.Oscillate(13, 0, 8).Offset(67)) }},
		{"JitterAlloc", 100, 0, 50, func() pacer.Workload {
			w := steady(random(13, 0xf).Offset(132))
			w.Growth = pacer.Constant(2).Sum(pacer.Ramp(-1, 12), random(0.01, 0xe))
			return w
		}},
		{"HeavyJitterAlloc", 100, 0, 50, func() pacer.Workload {
			w := steady(random(33, 0x0).Offset(330))
			w.Growth = pacer.Constant(2).Sum(pacer.Ramp(-1, 12), random(0.01, 0x152))
			return w
		}},
		slow("SmallHeapSlowAlloc", 2, 3), slow("MediumHeapSlowAlloc", 2, 8), slow("LargeHeapSlowAlloc", 4, 12),
		limited("SteadyMemoryLimit", 100, 2), limited("SteadyMemoryLimitNoGCPercent", -1, 2),
		limited("ExceedMemoryLimit", 100, 3.5), limited("ExceedMemoryLimitNoGCPercent", -1, 3.5),
		limited("MaintainMemoryLimit", 100, 3), limited("MaintainMemoryLimitNoGCPercent", -1, 3),
	}
}

// Predict returns the lines that the model predicts for the cycles of a scenario.
func Predict(rel string, s Scenario) ([]string, error) {
	cycles, err := pacer.Simulate(pacer.Config{Release: rel, GOGC: s.GOGC, MemoryLimit: s.Limit, Procs: 8}, s.Workload(), s.Cycles)
	var lines []string
	for _, c := range cycles {
		lines = append(lines, c.String())
	}
	return lines, err
}

//go:embed testdata/gcpacer
var recorded embed.FS

// Recorded returns the lines that a release's test printed, by scenario, and the release
// that printed them: the newest on record that is not newer than rel.
func Recorded(rel string) (map[string][]string, string, error) {
	want, err := release.Parse(rel)
	if err != nil {
		return nil, "", err
	}
	entries, err := recorded.ReadDir("testdata/gcpacer")
	if err != nil {
		return nil, "", err
	}
	best := ""
	for _, e := range entries {
		name := strings.TrimSuffix(e.Name(), ".txt")
		r, err := release.Parse(name)
		if err != nil {
			return nil, "", err
		}
		if b, err := release.Parse(best); r.Minor() <= want.Minor() && (best == "" || err == nil && r.Minor() > b.Minor()) {
			best = name
		}
	}
	if best == "" {
		return nil, "", fmt.Errorf("pacerlive: no record as old as %s", rel)
	}
	text, err := recorded.ReadFile("testdata/gcpacer/" + best + ".txt")
	if err != nil {
		return nil, "", err
	}
	lines, err := unpack(string(text))
	return lines, best, err
}

var gcLine = regexp.MustCompile(`: GC (\d+ .*)$`)

// RunGcPacer runs the runtime's own test on a release, and returns the lines that it
// printed, by scenario.
func RunGcPacer(ctx context.Context, rel string) (map[string][]string, error) {
	root, err := toolchain.Root(ctx, rel)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, filepath.Join(root, "bin", "go"), "test", "runtime", "-run", "TestGcPacer$", "-v", "-count=1")
	cmd.Dir = filepath.Join(root, "src", "runtime")
	cache, err := exec.CommandContext(ctx, "go", "env", "GOCACHE").Output()
	if err != nil {
		return nil, err
	}
	cmd.Env = append(toolchain.Quiet(os.Environ()), "GOROOT="+root, "GOTOOLCHAIN=local", "GOFLAGS=", "GOENV=off",
		"GOCACHE="+filepath.Join(string(bytes.TrimSpace(cache)), "orrery", rel))
	out, err := cmd.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("pacerlive: go test runtime of %s: %w\n%.500s", rel, err, out)
	}
	lines := map[string][]string{}
	name := ""
	for line := range strings.Lines(string(out)) {
		line = strings.TrimRight(line, "\n")
		if _, of, ok := strings.Cut(line, " TestGcPacer/"); ok && !strings.Contains(line, "PAUSE") {
			name, _, _ = strings.Cut(of, " ")
		}
		if m := gcLine.FindStringSubmatch(line); m != nil {
			lines[name] = append(lines[name], m[1])
		}
	}
	return lines, nil
}

// Pack writes lines in the form of the records: the numbers in a line, except for that
// of the cycle; a repeated line is counted instead.
func Pack(lines map[string][]string) string {
	var b strings.Builder
	for _, s := range Scenarios() {
		if len(lines[s.Name]) == 0 {
			continue
		}
		fmt.Fprintf(&b, "%s\n", s.Name)
		last, times := "", 0
		flush := func() {
			if times > 1 {
				fmt.Fprintf(&b, " %d* %s\n", times, last)
			} else if times == 1 {
				fmt.Fprintf(&b, " %s\n", last)
			}
		}
		for _, line := range lines[s.Name] {
			_, rest, _ := strings.Cut(line, " ")
			rest = unneeded.Replace(rest)
			if rest != last {
				flush()
				last, times = rest, 0
			}
			times++
		}
		flush()
	}
	return b.String()
}

var unneeded = strings.NewReplacer("%", "", "->", " ", "(goal: ", "", ")", "")

func unpack(text string) (map[string][]string, error) {
	out := map[string][]string{}
	name := ""
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		rest, ok := strings.CutPrefix(line, " ")
		if !ok {
			name = line
			continue
		}
		times := 1
		if n, more, ok := strings.Cut(rest, "* "); ok {
			var err error
			if times, err = strconv.Atoi(n); err != nil {
				return nil, fmt.Errorf("pacerlive: %q: %w", line, err)
			}
			rest = more
		}
		for range times {
			w := strings.Fields(rest)
			if len(w) != 5 {
				return nil, fmt.Errorf("pacerlive: %q: want 5 numbers", line)
			}
			out[name] = append(out[name], fmt.Sprintf("%d %s%% %s->%s->%s (goal: %s)", len(out[name])+1, w[0], w[1], w[2], w[3], w[4]))
		}
	}
	return out, nil
}
