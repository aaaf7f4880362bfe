package pacer_test

import (
	"encoding/binary"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/orrery-go/orrery/gc/pacer"
)

// FuzzPacer performs operations that the bytes choose, sensible or not.
func FuzzPacer(f *testing.F) {
	f.Add("go1.26", 100, int64(0), []byte{0, 1, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
	f.Add("go1.17", -1, int64(1<<30), []byte{4, 255, 255, 255, 255, 255, 255, 255, 255})
	f.Add("go1.8", min(1<<40, math.MaxInt), int64(-1), []byte{})
	f.Fuzz(func(t *testing.T, release string, gogc int, limit int64, script []byte) {
		p, err := pacer.New(pacer.Config{Release: release, GOGC: gogc, MemoryLimit: limit, Procs: 1 + len(script)})
		if err != nil {
			prefixed(t, err)
			return
		}
		l, err := pacer.NewLimiter(2)
		if err != nil {
			t.Fatal(err)
		}
		for ; len(script) >= 9; script = script[9:] {
			n := binary.LittleEndian.Uint64(script[1:])
			var err error
			switch script[0] % 14 {
			case 0:
				_, err = p.Allocate(n, n>>(n&63))
			case 1:
				_, err = p.StartCycle(pacer.Start{Stacks: n, Globals: n >> 7})
			case 2:
				_, err = p.Revise(pacer.Delta{Allocated: int64(n), HeapWork: int64(n >> 9), StackWork: int64(n >> 20)})
			case 3:
				err = p.EndCycle(pacer.End{Marked: n, AssistTime: time.Duration(n >> 3)})
			case 4:
				_, err = p.SetGCPercent(int(n))
			case 5:
				_, err = p.SetMemoryLimit(int64(n))
			case 6:
				err = p.Advance(time.Duration(n))
			case 7:
				err = p.SetMemory(pacer.Memory{Mapped: n, HeapFree: n >> 3, Objects: n >> 1})
			case 8:
				err = p.Measure(pacer.Measured{Live: n, Scan: n >> 1, ConsMark: math.Float64frombits(n)})
			case 9:
				err = p.GrowTo(n, n)
			case 10:
				err = l.Update(time.Duration(n))
			case 11:
				err = l.Add(time.Duration(n), time.Duration(n>>1))
			case 12:
				if err = l.StartTransition(n&1 == 0, time.Duration(n>>20)); err == nil {
					err = l.FinishTransition(time.Duration(n >> 19))
				}
			case 13:
				err = l.Resize(time.Duration(n>>20), int(n&0xffff))
			}
			prefixed(t, err)
			prefixed(t, p.Check())
			_, _ = p.Snapshot(), l.Snapshot()
		}
	})
}

// FuzzSimulate uses signals of any shape.
func FuzzSimulate(f *testing.F) {
	f.Add(33.0, 1024.0, 1.0, 0.5, 3)
	f.Add(math.Inf(1), -1.0, math.NaN(), 7.0, -1)
	f.Add(1e300, 1e-300, 1e300, 0.0, 100)
	f.Fuzz(func(t *testing.T, alloc, scan, growth, frac float64, cycles int) {
		w := pacer.Workload{
			Alloc: pacer.Constant(alloc).Sum(pacer.Oscillate(alloc, growth, cycles)), Scan: pacer.Constant(scan).AtMost(1e6),
			Growth: pacer.Step(growth, 2).Scale(frac), Scannable: pacer.Ramp(frac, cycles), Stacks: pacer.Unit(alloc).Quantize(scan),
		}
		_, err := pacer.Simulate(pacer.Config{Procs: 2}, w, cycles%50)
		prefixed(t, err)
	})
}

func prefixed(t *testing.T, err error) {
	t.Helper()
	if err != nil && !strings.HasPrefix(err.Error(), "pacer: ") {
		t.Fatalf("error %v", err)
	}
}

// TestErrors passes arguments out of range.
func TestErrors(t *testing.T) {
	var zero pacer.Pacer
	var zeroLimiter pacer.Limiter
	second := func(_ any, err error) error { return err }
	p := newPacer(t, pacer.Config{Release: "go1.18"})
	for want, err := range map[string]error{
		"pacer: go1.8.7 has another pacer, which is not modelled: want go1.9 or newer": second(pacer.New(pacer.Config{Release: "go1.8.7"})),
		"pacer: go1.18 has no memory limit: it came with go1.19":                       second(p.SetMemoryLimit(1)),
		"pacer: memory limit -1 out of range [0,9223372036854775807]":                  second(pacer.New(pacer.Config{MemoryLimit: -1})),
		"pacer: 100000 processors out of range [1,65536]":                              second(pacer.New(pacer.Config{Procs: 100_000})),
		"pacer: no cycle runs":                                       p.EndCycle(pacer.End{}),
		"pacer: 5 scannable bytes of 4 out of range [0,4]":           second(p.Allocate(4, 5)),
		"pacer: the zero Pacer cannot be used: use New":              second(zero.Allocate(1, 1)),
		"pacer: the zero Limiter cannot be used: use NewLimiter":     zeroLimiter.Update(1),
		"pacer: 3 bytes free and 4 in objects, of 5 that are mapped": p.SetMemory(pacer.Memory{Mapped: 5, HeapFree: 3, Objects: 4}),
	} {
		if err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if math.MaxInt > math.MaxInt32 {
		const want = "pacer: GOGC 2147483648 out of range [-2147483648,2147483647]"
		if _, err := p.SetGCPercent(min(1<<31, math.MaxInt)); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if zero.Goal() != 0 || zero.Snapshot().Release != "" {
		t.Error("the zero Pacer has a state")
	}
}
