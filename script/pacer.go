//go:build !orrery_lean

package script

import (
	"fmt"
	"strings"

	"github.com/orrery-go/orrery/gc/pacer"
)

// pacerScript is the pacer of a program. Bytes are in KiB.
type pacerScript struct {
	p     *pacer.Pacer
	steps strings.Builder
}

func init() { interpreters["pacer"] = newPacer }

func newPacer() *Interpreter {
	s := new(pacerScript)
	return &Interpreter{begun: func() bool { return s.p != nil }, verbs: []Verb{
		{Name: "new", Args: "[release=] [gogc=100] [limit=0] [procs=1] [steps]", Doc: "begin; a limit in KiB, 0 is none; steps: tell each step", first: true, run: s.begin},
		{Name: "measured", Args: "LIVE [scan=] [stacks=0] [globals=0]", Doc: "a cycle has found so much in use, and scanned so much of it", run: s.verb},
		{Name: "memory", Args: "MAPPED [free=0] [objects=0]", Doc: "what the process has mapped, and of it free and in objects", run: s.verb},
		{Name: "gogc", Args: "PERCENT", Doc: "debug.SetGCPercent; -1: off", run: s.verb},
		{Name: "limit", Args: "N", Doc: "debug.SetMemoryLimit", run: s.verb},
		{Name: "allocate", Args: "N", Doc: "the heap grows by so much", run: s.verb},
		{Name: "advance", Args: "D", Doc: "let time pass", run: s.verb},
		{Name: "start", Args: "[stacks=0] [globals=0] [forced]", Doc: "begin a cycle", run: s.verb},
		{Name: "revise", Args: "[allocated=0] [scanned=0]", Doc: "what happened while the cycle runs", run: s.verb},
		{Name: "end", Args: "MARKED", Doc: "end the cycle, which has found so much in use", run: s.verb},
		{Name: "simulate", Args: "N [release=] [gogc=100] [limit=0] [procs=8] [alloc=33] [scan=1024] [heap=256]", Doc: "N cycles of a steady program: KiB that a processor allocates and scans in a millisecond", first: true, run: simulatePacer},
		{Name: "show", Doc: "the heap, the trigger and the goal", run: s.verb},
		{Name: "check", Doc: "which invariant is broken", run: s.verb},
	}}
}

// kib converts KiB to bytes. It leaves the check of the range to the model.
func kib(n int64) uint64 { return uint64(max(n, 0)) << 10 }

func (s *pacerScript) begin(c *Command) (string, error) {
	config := pacer.Config{
		Release: c.String("release", ""), GOGC: int(c.Int("gogc", 100)), MemoryLimit: int64(kib(c.Int("limit", 0))), Procs: int(c.Int("procs", 1)),
	}
	if c.Flag("steps") {
		config.Trace = func(e pacer.Event) { fmt.Fprintf(&s.steps, "  %v\n", e) }
	}
	p, err := pacer.New(config)
	if err != nil {
		return "", err
	}
	s.p = p
	return "", c.Err()
}

func (s *pacerScript) verb(c *Command) (string, error) {
	s.steps.Reset()
	var text string
	var err error
	switch c.Verb {
	case "measured":
		live := kib(c.Number())
		err = s.p.Measure(pacer.Measured{Live: live, Scan: kib(c.Int("scan", 0)), Stacks: kib(c.Int("stacks", 0)), Globals: kib(c.Int("globals", 0))})
	case "memory":
		err = s.p.SetMemory(pacer.Memory{Mapped: kib(c.Number()), HeapFree: kib(c.Int("free", 0)), Objects: kib(c.Int("objects", 0))})
	case "gogc":
		_, err = s.p.SetGCPercent(int(c.Number()))
	case "limit":
		_, err = s.p.SetMemoryLimit(int64(kib(c.Number())))
	case "allocate":
		if _, err = s.p.Allocate(kib(c.Number()), 0); err == nil {
			if why, due := s.p.Due(); due {
				text = "a cycle is due: " + why
			}
		}
	case "advance":
		if err = s.p.Advance(c.Duration()); err == nil {
			if why, due := s.p.Due(); due {
				text = "a cycle is due: " + why
			}
		}
	case "start":
		var w pacer.Workers
		w, err = s.p.StartCycle(pacer.Start{Stacks: kib(c.Int("stacks", 0)), Globals: kib(c.Int("globals", 0)), Forced: c.Flag("forced")})
		text = fmt.Sprintf("workers: %d, %.3g of the time of each processor, idle ones up to %d", w.Dedicated, w.Fractional, w.Idle)
	case "revise":
		var ratio float64
		ratio, err = s.p.Revise(pacer.Delta{Allocated: int64(kib(c.Int("allocated", 0))), HeapWork: int64(kib(c.Int("scanned", 0)))})
		text = fmt.Sprintf("assist ratio %.3g", ratio)
	case "end":
		err = s.p.EndCycle(pacer.End{Marked: kib(c.Number())})
	case "show":
		k := s.p.Snapshot()
		text = fmt.Sprintf("heap %d KiB, %d in use, trigger %d, goal %d", k.HeapLive>>10, k.HeapMarked>>10, k.Trigger>>10, k.Goal>>10)
	case "check":
		text, err = checked(s.p.Check())
	}
	if err == nil {
		err = c.Err()
	}
	if err != nil {
		text = ""
	}
	return s.steps.String() + text, err
}

func simulatePacer(c *Command) (string, error) {
	n := int(c.Number())
	config := pacer.Config{
		Release: c.String("release", ""), GOGC: int(c.Int("gogc", 100)), MemoryLimit: int64(kib(c.Int("limit", 0))), Procs: int(c.Int("procs", 8)),
	}
	w := pacer.Workload{
		Globals: 32 << 10, Alloc: pacer.Constant(float64(c.Int("alloc", 33))), Scan: pacer.Constant(float64(c.Int("scan", 1024))), InitialHeap: kib(c.Int("heap", 256)),
	}
	if err := c.Err(); err != nil {
		return "", err
	}
	cycles, err := pacer.Simulate(config, w, min(n, 100))
	var b strings.Builder
	for _, k := range cycles {
		fmt.Fprintf(&b, "%v\n", k)
	}
	return b.String(), err
}
