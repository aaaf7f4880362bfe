package gclog_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/gc/gclog"
	"github.com/orrery-go/orrery/gc/pacer"
)

const (
	mib  = 1 << 20
	half = mib / 2 // what gctrace leaves out in the mean when it rounds down
)

// TestParse reads lines as releases print them.
func TestParse(t *testing.T) {
	for line, want := range map[string]pacer.Sample{
		"gc 7 @1.204s 2%: 0.02+1.5+0.01 ms clock, 0.1+0.3/2.0/1.1+0.05 ms cpu, 41->44->22 MB, 43 MB goal, 1 MB stacks, 2 MB globals, 8 P": {
			Cycle: 7, At: 1204 * time.Millisecond, Start: 41*mib + half, End: 44*mib + half, Live: 22*mib + half, Goal: 43*mib + half, Stacks: mib, Globals: 2 * mib, Procs: 8,
			Took: 1530 * time.Microsecond, Paused: 30 * time.Microsecond, CPU: 2450 * time.Microsecond, Assist: 300 * time.Microsecond, Idle: 1100 * time.Microsecond,
		},
		"gc 1 @0.012s 3%: 0.5+1+0.25 ms clock, 1+0/2/3+0.5 ms cpu, 4->4->0 MB, 5 MB goal, 4 P (forced)": { // 1.17
			Cycle: 1, At: 12 * time.Millisecond, Start: 4*mib + half, End: 4*mib + half, Live: half, Goal: 5*mib + half, Procs: 4, Forced: true,
			Took: 1750 * time.Microsecond, Paused: 750 * time.Microsecond, CPU: 3500 * time.Microsecond, Idle: 3 * time.Millisecond,
		},
		"gc 2 @0.101s 6%: 0.5+1+2+3+0.5 ms clock, 0.5+1+0+3/2/1+1 ms cpu, 4->5->1 MB, 4 MB goal, 2 P": { // 1.5
			Cycle: 2, At: 101 * time.Millisecond, Start: 4*mib + half, End: 5*mib + half, Live: mib + half, Goal: 4*mib + half, Procs: 2,
			Took: 7 * time.Millisecond, Paused: time.Millisecond, CPU: 7500 * time.Microsecond, Assist: 3 * time.Millisecond, Idle: time.Millisecond,
		},
		// A program that has less than a MiB and calls runtime.GC, with GOGC=1 too.
		"gc 1 @0.000s 0%: 0.25+0.5+0 ms clock, 0.5+0/0.25/0.25+0 ms cpu, 0->0->0 MB, 4 MB goal, 0 MB stacks, 0 MB globals, 2 P (forced)": {
			Cycle: 1, Start: half, End: half, Live: half, Goal: 4*mib + half, Procs: 2, Forced: true,
			Took: 750 * time.Microsecond, Paused: 250 * time.Microsecond, CPU: 750 * time.Microsecond, Idle: 250 * time.Microsecond,
		},
		"gc 1 @0.000s 0%: 0+1+0 ms clock, 0+0/1/0+0 ms cpu, 0->0->0 MB, 0 MB goal, 0 MB stacks, 0 MB globals, 2 P": {
			Cycle: 1, Start: half, End: half, Live: half, Goal: half, Procs: 2, Took: time.Millisecond, CPU: time.Millisecond,
		},
		// One that was asked for its goroutines that nothing can wake.
		"gc 3 @0.002s 1% (checking for goroutine leaks): 0+1+0 ms clock, 0+0/1/0+0 ms cpu, 1->2->1 MB, 4 MB goal, 0 MB stacks, 0 MB globals, 2 P (forced)": {
			Cycle: 3, At: 2 * time.Millisecond, Start: mib + half, End: 2*mib + half, Live: mib + half, Goal: 4*mib + half, Procs: 2, Forced: true, Took: time.Millisecond, CPU: time.Millisecond,
		},
	} {
		got, err := gclog.Parse(line)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", line, err, diff)
		}
	}
}

// TestParts: a line needs its processors, its heap and its goal.
func TestParts(t *testing.T) {
	for line, want := range map[string]string{
		"gc 1 @0s 0%: 0+1+0 ms clock, 4->4->1 MB, 4 MB goal":       "no number of processors: the line breaks off",
		"gc 1 @0s 0%: 0+1+0 ms clock, 4->4->1 MB, 2 P":             "no heap",
		"gc 1 @0s 0%: 0+1+0 ms clock, 4 MB goal, 2 P":              "no heap",
		"gc 1 @0s 0% (odd): 0+1+0 ms clock, 4->4->1 MB, 4 MB goal": `"gc 1 @0s 0% (odd)", want like "gc 7 @1.204s 2%"`,
	} {
		if _, err := gclog.Parse(line); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", line, err, want)
		}
	}
}

// TestSmall: nothing is to be gained for a program of less than a MiB.
func TestSmall(t *testing.T) {
	var log strings.Builder
	for i := range 5 {
		fmt.Fprintf(&log, "gc %d @0.%03ds 0%%: 0.1+0.2+0 ms clock, 0.2+0/0.1/0.1+0 ms cpu, 0->0->0 MB, 4 MB goal, 0 MB stacks, 0 MB globals, 2 P (forced)\n", i+1, i)
	}
	p, bad, err := gclog.Read(strings.NewReader(log.String()))
	if err != nil || len(bad) > 0 || len(p.Samples) != 5 {
		t.Fatal(bad, err)
	}
	if w, err := pacer.WhatIf(p, 50, 0); err != nil || w.Cycles > 0 || w.PeakHeap > 4*mib {
		t.Errorf("%+v, %v", w, err)
	}
}

// TestRead reads a log that also has lines of the program itself and broken ones.
func TestRead(t *testing.T) {
	const log = `starting
gc 1 @0.100s 1%: 0.1+1+0.1 ms clock, 0.1+0/1/0+0.1 ms cpu, 4->4->1 MB, 4 MB goal, 0 MB stacks, 0 MB globals, 2 P
gc of the kitchen @home
gc 2 @0.200s 1%: 0.1+x+0.1 ms clock, 0.1+0/1/0+0.1 ms cpu, 4->4->1 MB, 4 MB goal, 2 P
gc 3 @0.300s 1%: 0.1+1+0.1 ms clock, 0.1+0/1/0+0.1 ms cpu, 4->
scvg: 8 MB released
gc 4 @0.400s 1%: 0.1+1+0.1 ms clock, 0.1+0/1/0+0.1 ms cpu, 5->6->2 MB, 5 MB goal, 0 MB stacks, 0 MB globals, 2 P`
	p, bad, err := gclog.Read(strings.NewReader(log + strings.Repeat("x", 3*gclog.MaxLine)))
	if err != nil || len(p.Samples) != 1 || len(bad) != 2 || bad[0].Line != 4 || bad[1].Line != 5 {
		t.Errorf("a line that is too long: %d samples, %v, %v", len(p.Samples), bad, err)
	}
	p, bad, err = gclog.Read(strings.NewReader(log))
	if err != nil || len(p.Samples) != 2 || len(bad) != 2 || p.Samples[1].Live != 2*mib+half {
		t.Errorf("%d samples, %v, %v", len(p.Samples), bad, err)
	}
	if _, _, err := gclog.Read(strings.NewReader("hello\n")); !errors.Is(err, pacer.ErrNothing) {
		t.Errorf("nothing: %v", err)
	}
	if _, _, err := gclog.Read(strings.NewReader(log + "\n" + log)); err == nil {
		t.Error("two programs in a log are one")
	}
	if _, _, err := gclog.Read(broken{}); err == nil || !strings.Contains(err.Error(), "torn") {
		t.Errorf("a broken reader: %v", err)
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("torn") }

// FuzzRead reads any text.
func FuzzRead(f *testing.F) {
	f.Add("gc 1 @0.100s 1%: 0.1+1+0.1 ms clock, 0.1+0/1/0+0.1 ms cpu, 4->4->1 MB, 4 MB goal, 0 MB stacks, 0 MB globals, 2 P\n")
	f.Add("gc 18446744073709551615 @1e300s 1%: 1e9+1+1 ms clock, 1+1+1 ms cpu, 1->1->1 MB, 268435457 MB goal, 65537 P")
	f.Add("pacer: 27% CPU (25 exp.) for 2+3+4 B work (1 B exp.) in 4194304 B -> 4194305 B (∆goal -5, cons/mark 0)\ngc 1 @0.100s 1%: 0.1+1+0.1 ms clock, 0.1+0/1/0+0.1 ms cpu, 4->4->1 MB, 4 MB goal, 2 P\n")
	f.Fuzz(func(t *testing.T, log string) {
		p, bad, err := gclog.Read(strings.NewReader(strings.Repeat(log+"\n", 3)))
		if err != nil && !strings.HasPrefix(err.Error(), "gclog: ") {
			t.Fatal(err)
		}
		for _, b := range bad {
			if b.Line < 1 || b.Error() == "" || b.Unwrap() == nil {
				t.Fatalf("%+v", b)
			}
		}
		for _, gogc := range []int{-1, 50} {
			if _, err := pacer.WhatIf(p, gogc, 1<<30); err != nil && !strings.HasPrefix(err.Error(), "pacer: ") {
				t.Fatal(err)
			}
		}
	})
}

// The effect of another setting on a program, from its log.
func Example() {
	var log strings.Builder
	for i := range 20 { // 50 MiB in use, 52 MiB a second
		fmt.Fprintf(&log, "gc %d @%d.000s 5%%: 0.1+20+0.1 ms clock, 0.2+1/10/5+0.2 ms cpu, 102->107->55 MB, 110 MB goal, 0 MB stacks, 0 MB globals, 2 P\n", i+1, i)
	}
	p, _, _ := gclog.Read(strings.NewReader(log.String()))
	for _, gogc := range []int{50, 100, 200} {
		w, _ := pacer.WhatIf(p, gogc, 0)
		fmt.Printf("GOGC=%d: %d cycles, %d MB at most, %.1f%% of the CPU time\n", gogc, w.Cycles, w.PeakHeap>>20, 100*w.GCShare)
	}
	// Output:
	// GOGC=50: 42 cycles, 80 MB at most, 1.2% of the CPU time
	// GOGC=100: 20 cycles, 107 MB at most, 0.6% of the CPU time
	// GOGC=200: 10 cycles, 163 MB at most, 0.3% of the CPU time
}

// TestGOGC: the goal of a cycle tells GOGC, from the live heap of the one before.
func TestGOGC(t *testing.T) {
	of := func(pairs ...uint64) (p pacer.Profile) { // goal and live bytes of a cycle, in MiB
		for i := 0; i < len(pairs); i += 2 {
			p.Samples = append(p.Samples, pacer.Sample{Goal: pairs[i] * mib, Live: pairs[i+1] * mib, Stacks: 4 * mib, Globals: 6 * mib})
		}
		return p
	}
	for _, tt := range []struct {
		want int
		p    pacer.Profile
	}{
		{100, of(4, 1, 4, 40, 90, 40)}, {100, of(0, 90, 187, 0)}, {107, of(0, 90, 197, 0)}, {60, of(0, 50, 86, 0)}, {800, of(0, 90, 888, 90, 892, 0)},
		{50, of(99, 40, 65, 40, 89, 40, 64, 40)}, {50, of(0, 10, 30, 10, 30, 10, 30, 40, 65, 40)}, {1, of(0, 90, 90, 0)},
	} {
		if got := gclog.GOGC(tt.p); got != tt.want {
			t.Errorf("%d, want %d", got, tt.want)
		}
	}
	for _, p := range []pacer.Profile{{}, of(4, 1), of(4, 90, 80, 90)} {
		if got := gclog.GOGC(p); got != 100 {
			t.Errorf("%+v: %d, want 100", p, got)
		}
	}
	f, err := os.Open("testdata/cache.log")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	p, _, err := gclog.Read(f)
	if got := gclog.GOGC(p); err != nil || got != 100 {
		t.Errorf("%d, %v", got, err)
	}
}

// TestReadMetrics reads samples, with broken ones among them.
func TestReadMetrics(t *testing.T) {
	var b strings.Builder
	for i := range 20 {
		fmt.Fprintf(&b, `{"at": %d, "/gc/cycles/total:gc-cycles": %d, "/gc/heap/live:bytes": %d, "/gc/heap/goal:bytes": %d, "/gc/heap/allocs:bytes": %d, "/cpu/classes/gc/total:cpu-seconds": %v, "/memory/classes/total:bytes": %d, "/memory/classes/heap/objects:bytes": %d, "/sched/gomaxprocs:threads": 4, "/gc/gogc:percent": 100}`+"\n",
			i, i, 50*mib, 100*mib, i*50*mib, float64(i)*0.05, 120*mib, 100*mib)
	}
	b.WriteString("{\n{\"at\": 3}\n{\"at\": -1}\n[]\n")
	p, bad, err := gclog.ReadMetrics(strings.NewReader(b.String()))
	if err != nil || len(bad) != 4 || len(p.Samples) != 19 || p.Beside != 20*mib || p.GOGC != 100 || p.Samples[7].End != 100*mib {
		t.Fatalf("%d samples, %d bad, beside %d, %v", len(p.Samples), len(bad), p.Beside, err)
	}
	for gogc, want := range map[int]int{50: 38, 100: 19, 200: 9} {
		if w, err := pacer.WhatIf(p, gogc, 0); err != nil || max(w.Cycles-want, want-w.Cycles) > 1 {
			t.Errorf("GOGC=%d: %+v, %v; want %d cycles", gogc, w, err, want)
		}
	}
	if _, _, err := gclog.ReadMetrics(strings.NewReader("")); !errors.Is(err, pacer.ErrNothing) {
		t.Errorf("nothing: %v", err)
	}
}

// TestMetrics: what a sample of runtime/metrics becomes, number by number.
func TestMetrics(t *testing.T) {
	read := func(second map[string]float64) pacer.Profile {
		t.Helper()
		first := map[string]float64{"at": 1, "/gc/cycles/total:gc-cycles": 5, "/gc/heap/live:bytes": 1 << 20, "/gc/heap/goal:bytes": 4 << 20, "/gc/heap/allocs:bytes": 10 << 20, "/cpu/classes/gc/total:cpu-seconds": 1, "/cpu/classes/gc/mark/idle:cpu-seconds": 0.25}
		all := map[string]float64{"at": 3, "/gc/cycles/total:gc-cycles": 7, "/gc/heap/live:bytes": 2 << 20, "/gc/heap/goal:bytes": 5 << 20, "/gc/heap/allocs:bytes": 18 << 20, "/gc/scan/stack:bytes": 3000, "/gc/scan/globals:bytes": 4000,
			"/cpu/classes/gc/total:cpu-seconds": 2, "/cpu/classes/gc/mark/idle:cpu-seconds": 0.75, "/memory/classes/total:bytes": 100, "/memory/classes/heap/released:bytes": 20, "/memory/classes/heap/free:bytes": 10, "/memory/classes/heap/objects:bytes": 30,
			"/sched/gomaxprocs:threads": 4, "/gc/gogc:percent": 50, "/gc/gomemlimit:bytes": 1 << 30}
		for name, v := range second {
			all[name] = v
		}
		var b strings.Builder
		for _, m := range []map[string]float64{first, all} {
			line, err := json.Marshal(m)
			if err != nil {
				t.Fatal(err)
			}
			b.Write(append(line, '\n'))
		}
		p, bad, err := gclog.ReadMetrics(strings.NewReader(b.String()))
		if err != nil || len(bad) > 0 {
			t.Fatal(bad, err)
		}
		return p
	}
	sample := pacer.Sample{Cycle: 6, At: 2 * time.Second, Start: 6 << 20, End: 6 << 20, Live: 2 << 20, Goal: 4 << 20, Stacks: 3000, Globals: 4000, Procs: 4, CPU: 250 * time.Millisecond, Idle: 250 * time.Millisecond}
	second := sample
	second.Cycle, second.At = 7, 3*time.Second
	want := pacer.Profile{GOGC: 50, Limit: 1 << 30, Beside: 40, Until: 3 * time.Second, Samples: []pacer.Sample{sample, second}}
	if diff := cmp.Diff(want, read(nil)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for gogc, want := range map[float64]int{0: 0, math.MaxInt32: math.MaxInt32, math.MaxInt32 + 1: pacer.Off, math.MaxUint64: pacer.Off} {
		if got := read(map[string]float64{"/gc/gogc:percent": gogc}).GOGC; got != want {
			t.Errorf("GOGC of %v is %d, want %d", gogc, got, want)
		}
	}
	for limit, want := range map[float64]int64{1 << 20: 1 << 20, 1 << 61: 1 << 61, 1 << 62: 0, math.MaxInt64: 0} {
		if got := read(map[string]float64{"/gc/gomemlimit:bytes": limit}).Limit; got != want {
			t.Errorf("a limit of %v is %d, want %d", limit, got, want)
		}
	}
}

// TestRanges: the largest numbers of a line, and those beyond.
func TestRanges(t *testing.T) {
	const line = "gc 1 @0s 0%: 0+1+0 ms clock, 0+0/1/0+0 ms cpu, 4->4->1 MB, 4 MB goal, 2 P"
	for _, tt := range []struct {
		old, by, want string
	}{
		{"2 P", "1 P", ""}, {"2 P", "65536 P", ""}, {"2 P", "65536P", ""},
		{"2 P", "65537 P", `"65537" is no number of processors in [1,65536]`},
		{"2 P", "0 P", `"0" is no number of processors in [1,65536]`},
		{"2 P", "x P", `"x" is no number of processors in [1,65536]`},
		{"2 P", "65537P", `"65537P" is no number of processors in [1,65536]`},
		{"4 MB goal", "268435456 MB goal", ""},
		{"4 MB goal", "268435457 MB goal", `"268435457" is no number of megabytes in [0,268435456]`},
		{"4 MB goal", "x MB goal", `"x" is no number of megabytes in [0,268435456]`},
		{"2 P", "5P MB stacks, 2 P", `"5P" is no number of megabytes in [0,268435456]`},
	} {
		_, err := gclog.Parse(strings.Replace(line, tt.old, tt.by, 1))
		if (err != nil) != (tt.want != "") || err != nil && err.Error() != tt.want {
			t.Errorf("%s: %v, want %s", tt.by, err, tt.want)
		}
	}
}

// FuzzReadMetrics reads any text.
func FuzzReadMetrics(f *testing.F) {
	f.Add(`{"at": 1, "/gc/cycles/total:gc-cycles": 1e18, "/gc/heap/live:bytes": 1e300, "/gc/heap/goal:bytes": 0, "/gc/heap/allocs:bytes": 1}`)
	f.Fuzz(func(t *testing.T, line string) {
		first := `{"at": 0, "/gc/cycles/total:gc-cycles": 0, "/gc/heap/live:bytes": 0, "/gc/heap/goal:bytes": 0, "/gc/heap/allocs:bytes": 0}`
		p, _, err := gclog.ReadMetrics(strings.NewReader(first + "\n" + line + "\n" + line))
		if err != nil && !strings.HasPrefix(err.Error(), "gclog: ") {
			t.Fatal(err)
		}
		if _, err := pacer.WhatIf(p, 70, 0); err != nil && !strings.HasPrefix(err.Error(), "pacer: ") {
			t.Fatal(err)
		}
	})
}

// TestPublicCase reads a line that somebody published: the next goal is twice 6,876.5.
func TestPublicCase(t *testing.T) {
	s, err := gclog.Parse("gc 9 @100.0s 1%: 0.1+1+0.1 ms clock, 0.1+0/1/0+0.1 ms cpu, 11039->13278->6876 MB, 14183 MB goal, 8 P")
	if err != nil {
		t.Fatal(err)
	}
	p, err := pacer.New(pacer.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Measure(pacer.Measured{Live: s.Live, Stacks: s.Stacks, Globals: s.Globals}); err != nil || p.Goal()>>20 != 2*6876+1 {
		t.Errorf("the next goal is %d MiB, %v", p.Goal()>>20, err)
	}
}

// TestPacing: gcpacertrace says of a cycle how much it scanned, and its heap to the byte,
// in a line above its own.
func TestPacing(t *testing.T) {
	const (
		line = "gc 7 @1.204s 2%: 0.02+1.5+0.01 ms clock, 0.1+0.3/2.0/1.1+0.05 ms cpu, 41->44->22 MB, 43 MB goal, 1 MB stacks, 2 MB globals, 8 P\n"
		told = "pacer: 27% CPU (25 exp.) for 6253536+8064+157994 B work (157994 B exp.) in 43000000 B -> 46200000 B (∆goal 200000, cons/mark 0.98)\n"
	)
	for name, tt := range map[string]struct {
		log  string
		told bool
	}{
		"as printed":           {"pacer: assist ratio=0.4 (scan 6 MB in 72->88 MB) workers=0+0.25\n" + told + "pacer: sweep done at heap size 12MB; allocated 1MB during sweep; swept 9567 pages at 0.0001 pages/byte\n" + line, true},
		"1.18 after a call":    {strings.Replace(told, "∆goal 200000, cons/mark 0.98", "∆goal 200000, cons/mark +9.800000e-001", 1) + line, true},
		"before its goal":      {strings.Replace(told, "46200000 B (∆goal 200000", "46150000 B (∆goal 150000", 1) + line, true},
		"none":                 {line, false},
		"of the cycle before":  {told + strings.Replace(line, "gc 7", "gc 6", 1) + line, false},
		"below":                {line + told, false},
		"another start":        {strings.Replace(told, "in 43", "in 42", 1) + line, false},
		"another end":          {strings.Replace(told, "> 46200000 B (∆goal 200000", "> 47200000 B (∆goal 1200000", 1) + line, false},
		"another goal":         {strings.Replace(told, "∆goal 2", "∆goal 12", 1) + line, false},
		"two parts":            {strings.Replace(told, "+8064", "", 1) + line, false},
		"no number":            {strings.Replace(told, "+8064", "+x", 1) + line, false},
		"negative":             {strings.Replace(told, "+8064", "+-8064", 1) + line, false},
		"no start":             {strings.Replace(told, "43000000", "", 1) + line, false},
		"no end":               {strings.Replace(told, " B (∆goal", " (∆goal", 1) + line, false},
		"more past than there": {strings.Replace(told, "∆goal 200000", "∆goal 99999999999", 1) + line, false},
		"far before its goal":  {strings.Replace(told, "∆goal 200000", "∆goal -9223372036854775808", 1) + line, false},
		"breaks off":           {told[:len(told)/2] + "\n" + line, false},
		"ends at its goal":     {strings.Replace(told, ", cons/mark 0.98)", "", 1) + line, false},
		"1.17":                 {"pacer: H_m_prev=4194304 h_t=+7.000000e-001 H_T=7130316 h_a=+1 H_a=8388608 h_g=1 H_g=8388608 u_a=+2.5e-001 u_g=+3e-001 W_a=3 goalΔ=+3e-001 actualΔ=+3e-001 u_a/u_g=+8e-001\n" + line, false},
		"a program's":          {"pacer: 5 exp.) for 1 B work (\n" + line, false},
	} {
		p, bad, err := gclog.Read(strings.NewReader(tt.log))
		if err != nil || len(bad) > 0 {
			t.Fatal(name, bad, err)
		}
		want, err := gclog.Parse(strings.TrimSpace(line))
		if err != nil {
			t.Fatal(err)
		}
		if tt.told {
			want.Scanned, want.Stacks, want.Globals = 6253536+8064+157994, 8064, 157994
			want.Start, want.End, want.Goal = 43_000_000, 46_200_000, 46_000_000
			if name == "before its goal" {
				want.End = 46_150_000
			}
		}
		if diff := cmp.Diff(want, p.Samples[len(p.Samples)-1]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestFarLimit: a limit that the heap does not come near changes nothing, even if the
// collector takes more than half of the time.
func TestFarLimit(t *testing.T) {
	log, err := os.Open("testdata/cache.log")
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	p, _, err := gclog.Read(log)
	if err != nil {
		t.Fatal(err)
	}
	p.GOGC = 100
	for _, gogc := range []int{5, 10, 25, 50} {
		without, err := pacer.WhatIf(p, gogc, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, limit := range []int64{200 << 20, 1 << 40} {
			with, err := pacer.WhatIf(p, gogc, limit)
			if err != nil {
				t.Fatal(err)
			}
			if with.Limit = 0; with != without {
				t.Errorf("GOGC=%d: with a limit of %d %+v, without %+v", gogc, limit, with, without)
			}
		}
	}
}
