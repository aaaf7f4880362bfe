package pacerlive

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"runtime/metrics"

	"github.com/orrery-go/orrery/gc/pacer"
	"github.com/orrery-go/orrery/internal/child"
)

// A Setting is a heap and the settings of its collector.
type Setting struct {
	Small, Large int   // number of nodes of 64 bytes, and of 64 KiB without pointers, in use
	GOGC         int   // percent; negative: off
	Limit        int64 // bytes; math.MaxInt64: none
}

// RandomSetting returns a random setting.
func RandomSetting(r *rand.Rand) Setting {
	s := Setting{Small: r.IntN(20_000), Large: r.IntN(300), GOGC: 100, Limit: math.MaxInt64}
	switch r.IntN(6) {
	case 0:
	case 1:
		s.GOGC = -1
	case 2:
		s.GOGC = int(math.Exp(r.Float64() * math.Log(math.MaxInt32)))
	default:
		s.GOGC = r.IntN(400)
	}
	switch r.IntN(4) {
	case 0:
	case 1:
		s.Limit = int64(math.Exp(r.Float64() * math.Log(1<<40)))
	default:
		s.Limit = 1<<20 + r.Int64N(64<<20)
	}
	return s
}

// A Reading holds the process's own figures about its heap.
type Reading struct {
	Goal                  uint64
	Live, Stacks, Globals uint64
	Memory                pacer.Memory
	Disturbed             bool // the figures changed while they were read
}

type node struct {
	next *node
	_    [7]uintptr
}

var (
	smallNodes *node
	largeNodes [][]byte
)

// samples are read together. Package runtime/metrics documents each.
var samples = []metrics.Sample{
	{Name: "/gc/heap/goal:bytes"}, {Name: "/gc/heap/live:bytes"}, {Name: "/gc/scan/stack:bytes"}, {Name: "/gc/scan/globals:bytes"},
	{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}, {Name: "/memory/classes/heap/free:bytes"},
	{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/gc/cycles/total:gc-cycles"},
}

func read() (r Reading, cycles uint64) {
	metrics.Read(samples)
	v := func(i int) uint64 { return samples[i].Value.Uint64() }
	return Reading{Goal: v(0), Live: v(1), Stacks: v(2), Globals: v(3), Memory: pacer.Memory{Mapped: v(4) - v(5), HeapFree: v(6), Objects: v(7)}}, v(8)
}

// Goals makes each of the heaps in turn, and returns their readings.
func Goals(settings []Setting) ([]Reading, error) {
	out := make([]Reading, len(settings))
	for i, s := range settings {
		out[i] = goalOf(s)
	}
	return out, nil
}

func goalOf(s Setting) Reading {
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(math.MaxInt64)
	smallNodes = nil
	for range s.Small {
		smallNodes = &node{next: smallNodes}
	}
	for len(largeNodes) < s.Large {
		largeNodes = append(largeNodes, make([]byte, 64<<10))
	}
	clear(largeNodes[s.Large:])
	largeNodes = largeNodes[:s.Large]
	runtime.GC()
	debug.SetMemoryLimit(s.Limit)
	debug.SetGCPercent(s.GOGC)
	first, cycle := read()
	for range 20 {
		next, cycles := read()
		if next == first && cycles == cycle {
			return first
		}
		first, cycle = next, cycles
	}
	first.Disturbed = true
	return first
}

// PredictGoal returns the model's goal for a reading.
func PredictGoal(s Setting, r Reading) (uint64, error) {
	p, err := pacer.New(pacer.Config{Release: "running"})
	if err != nil {
		return 0, err
	}
	if _, err := p.SetMemoryLimit(s.Limit); err != nil {
		return 0, err
	}
	if err := p.SetMemory(r.Memory); err != nil {
		return 0, err
	}
	if err := p.Measure(pacer.Measured{Live: r.Live, Stacks: r.Stacks, Globals: r.Globals, Swept: true}); err != nil {
		return 0, err
	}
	if _, err := p.SetGCPercent(s.GOGC); err != nil {
		return 0, err
	}
	return p.Goal(), p.Check()
}

// A Real is a process that makes heaps.
type Real struct{ child *child.Child }

// Start starts it. It ends with Close or with the context.
func Start(ctx context.Context) (*Real, error) {
	c, err := child.Start(ctx, "github.com/orrery-go/orrery/gc/pacer/pacerlive/child", child.Options{})
	if err != nil {
		return nil, err
	}
	return &Real{c}, nil
}

// Close ends the process.
func (r *Real) Close() error { return r.child.Close() }

// Goals asks for the goals of heaps.
func (r *Real) Goals(settings []Setting) ([]Reading, error) {
	out, err := child.Call[Told](r.child, Asked{Settings: settings})
	if err == nil && len(out.Readings) != len(settings) {
		err = fmt.Errorf("pacerlive: %d settings have %d readings", len(settings), len(out.Readings))
	}
	return out.Readings, err
}

// An Asked is a question to the process, a Told its answer.
type (
	Asked struct {
		Settings []Setting
		What     string // "starts" or "stacks"
	}
	Told struct {
		Readings []Reading
		Text     string
	}
)

// Reply answers a question in the process.
func Reply(a Asked) (t Told, err error) {
	switch a.What {
	case "starts":
		t.Text = starts()
	case "stacks":
		t.Text = stackRatio()
	default:
		t.Readings, err = Goals(a.Settings)
	}
	return t, err
}

// ask starts a process for one question.
func ask(ctx context.Context, what string) (string, error) {
	r, err := Start(ctx)
	if err != nil {
		return "", err
	}
	defer r.Close()
	t, err := child.Call[Told](r.child, Asked{What: what})
	return t.Text, err
}
