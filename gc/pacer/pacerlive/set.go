package pacerlive

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/orrery-go/orrery/gc/pacer"
)

// A Set is the state of the pacer of the Go at hand in a cycle that marks, in bytes, and
// its goal and assist ratio after GOGC was set to Percent.
type Set struct {
	Percent                          int
	Live, Scan, Stacks, Globals      uint64 // of the last cycle
	Triggered, HeapLive, HeapScan    uint64
	MaxStacks                        uint64
	Mapped, HeapFree, Objects        uint64 // of the process, for the memory limit: with GOGC=off it has the goal
	HeapWork, StackWork, GlobalsWork int64
	Before, After                    float64
	Goal                             uint64
}

// Sets sets GOGC n times while cycles of the Go at hand run.
func Sets(ctx context.Context, n int) ([]Set, error) {
	lines, err := inTests(ctx, "TestOrrerySet$", "ORRERY_SETS", strconv.Itoa(n), n)
	if err != nil {
		return nil, err
	}
	out := make([]Set, n)
	for i, line := range lines {
		if err := json.Unmarshal([]byte(line), &out[i]); err != nil {
			return nil, fmt.Errorf("pacerlive: %w: %.200q", err, line)
		}
	}
	return out, nil
}

// PredictSet returns the model's goal and assist ratio after GOGC is set in that state.
func PredictSet(rel string, s Set) (goal uint64, assist float64, err error) {
	p, err := pacer.New(pacer.Config{Release: rel})
	if err != nil {
		return 0, 0, err
	}
	if err := p.Measure(pacer.Measured{Live: s.Live, Scan: s.Scan, Stacks: s.Stacks, Globals: s.Globals, Swept: true}); err != nil {
		return 0, 0, err
	}
	if err := p.GrowTo(s.Triggered, 0); err != nil {
		return 0, 0, err
	}
	if _, err := p.StartCycle(pacer.Start{Stacks: s.MaxStacks, Globals: s.Globals}); err != nil {
		return 0, 0, err
	}
	if _, err := p.Revise(pacer.Delta{
		Allocated: int64(s.HeapLive - s.Triggered), Scannable: int64(s.HeapScan - s.Scan), HeapWork: s.HeapWork, StackWork: s.StackWork, GlobalsWork: s.GlobalsWork,
	}); err != nil {
		return 0, 0, err
	}
	if err := p.SetMemory(pacer.Memory{Mapped: s.Mapped, HeapFree: s.HeapFree, Objects: s.Objects}); err != nil {
		return 0, 0, err
	}
	if _, err := p.SetGCPercent(s.Percent); err != nil {
		return 0, 0, err
	}
	return p.Goal(), p.Snapshot().AssistRatio, nil
}
