package pacerlive

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/orrery-go/orrery/gc/pacer"
	"github.com/orrery-go/orrery/internal/toolchain"
	"github.com/orrery-go/orrery/release"
)

// An Ask is a cycle of a pacer, and a period of a limiter, with random numbers.
type Ask struct {
	GOGC         int
	Limit        int64
	Procs        int
	Stack        uint64
	Globals      uint64
	Frac         float64
	Deltas       [][5]int64 // allocated, scannable, and work on heap, stacks and globals
	Marked       uint64
	Assist       int64
	Elapsed      int64
	LimiterProcs int32
	LimiterOps   []int64 // nanoseconds
}

// RandomAsk returns some cycles of one pacer.
func RandomAsk(r *rand.Rand) []Ask {
	size := func(bits int) int64 { return r.Int64N(1 << (1 + r.IntN(bits))) }
	gogc := []int{100, -1, 0, r.IntN(1000), int(size(31) - 1), r.IntN(300)}[r.IntN(6)]
	limit := []int64{math.MaxInt64, size(40), size(30), math.MaxInt64}[r.IntN(4)]
	cycles := make([]Ask, 1+r.IntN(8))
	for i := range cycles {
		a := Ask{
			GOGC: gogc, Limit: limit, Procs: 1 + r.IntN(64), Stack: uint64(size(30)), Globals: uint64(size(28)), Frac: r.Float64(),
			Marked: uint64(size(36)), Elapsed: size(30), LimiterProcs: 1 + r.Int32N(8),
		}
		a.Assist = r.Int64N(a.Elapsed*int64(a.Procs)/2 + 1)
		for range r.IntN(5) {
			a.Deltas = append(a.Deltas, [5]int64{size(34), size(34), size(32), size(28), size(26)})
		}
		for range r.IntN(9) {
			a.LimiterOps = append(a.LimiterOps, size(33))
		}
		cycles[i] = a
	}
	return cycles
}

// PredictAsk returns the model's line for the cycles.
func PredictAsk(rel string, cycles []Ask) (string, error) {
	p, err := pacer.New(pacer.Config{Release: rel, Procs: cycles[0].Procs})
	if err != nil {
		return "", err
	}
	if _, err := p.SetMemoryLimit(cycles[0].Limit); err != nil {
		return "", err
	}
	if _, err := p.SetGCPercent(cycles[0].GOGC); err != nil {
		return "", err
	}
	l, err := pacer.NewLimiter(int(cycles[0].LimiterProcs))
	if err != nil {
		return "", err
	}
	var line strings.Builder
	now, collecting := time.Duration(0), false
	fail := func(e error) {
		if err == nil {
			err = e
		}
	}
	for _, a := range cycles {
		fail(p.SetProcs(a.Procs))
		s := p.Snapshot()
		at := max(p.Trigger(), s.HeapMarked)
		fail(p.GrowTo(at, uint64(float64(at-s.HeapMarked)*a.Frac)))
		_, e := p.StartCycle(pacer.Start{Stacks: a.Stack, Globals: a.Globals})
		fail(e)
		fmt.Fprint(&line, " ", p.Snapshot().Triggered, " ", p.Goal(), " ", p.Snapshot().AssistRatio)
		for _, d := range a.Deltas {
			ratio, e := p.Revise(pacer.Delta{Allocated: d[0], Scannable: d[1], HeapWork: d[2], StackWork: d[3], GlobalsWork: d[4]})
			fail(e)
			fmt.Fprint(&line, " ", p.Goal(), " ", ratio)
		}
		fail(p.Advance(time.Duration(a.Elapsed)))
		fail(p.EndCycle(pacer.End{Marked: a.Marked, AssistTime: time.Duration(a.Assist)}))
		for i, op := range a.LimiterOps {
			now += time.Duration(op)
			switch i % 4 {
			case 0:
				fail(l.Update(now))
			case 1:
				fail(l.Add(time.Duration(op*3), 0))
			case 2:
				collecting = !collecting
				fail(l.StartTransition(collecting, now))
				now += time.Duration(op / 8)
				fail(l.FinishTransition(now))
			default:
				fail(l.Resize(now, 1+int(op%7)))
			}
			s := l.Snapshot()
			fmt.Fprint(&line, " ", int64(s.Fill), " ", int64(s.Overflow), " ", s.Limiting)
		}
	}
	return line.String(), err
}

// Anything runs the cycles on the pacer of the Go at hand, in the runtime's own tests, and
// returns a line for each of the asks.
func Anything(ctx context.Context, asks [][]Ask) ([]string, error) {
	data, err := json.Marshal(asks)
	if err != nil {
		return nil, err
	}
	return inTests(ctx, "TestOrrery$", "ORRERY_ASK", string(data), len(asks))
}

//go:embed testdata/orrery_test.go
var overlaid string

//go:embed testdata/orrery_set_test.go
var inside string

// inTests adds two files to the runtime's own tests, runs one of those that they have, with
// a variable that says where it finds what is asked, and returns its lines.
func inTests(ctx context.Context, test, variable, asked string, want int) ([]string, error) {
	root, err := toolchain.Root(ctx, release.Running)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "orrery-pacer-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	replace := map[string]string{}
	for name, text := range map[string]string{"orrery_test.go": overlaid, "orrery_set_test.go": inside, "ask.json": asked} {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			return nil, err
		}
		if strings.HasSuffix(name, ".go") {
			replace[filepath.Join(root, "src", "runtime", name)] = file
		}
	}
	data, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return nil, err
	}
	overlay := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(overlay, data, 0o666); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, filepath.Join(root, "bin", "go"), "test", "-overlay", overlay, "runtime", "-run", test, "-v", "-count=1")
	cmd.Dir = filepath.Join(root, "src", "runtime")
	cmd.Env = append(toolchain.Quiet(os.Environ()), "GOROOT="+root, "GOTOOLCHAIN=local", "GOFLAGS=", "GOENV=off", variable+"="+filepath.Join(dir, "ask.json"))
	out, err := cmd.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("pacerlive: go test runtime: %w\n%.1000s", err, out)
	}
	var lines []string
	for line := range strings.Lines(string(out)) {
		if rest, ok := strings.CutPrefix(line, "orrery"); ok {
			lines = append(lines, strings.TrimRight(rest, "\n"))
		}
	}
	if len(lines) != want {
		return lines, fmt.Errorf("pacerlive: %d asks have %d answers:\n%.1000s", want, len(lines), out)
	}
	return lines, nil
}
