package pacer

import (
	"fmt"
	"time"
)

// A Workload is a program as in the runtime's own tests of the pacer. The value of a nil
// signal is in brackets.
type Workload struct {
	Globals     uint64 // bytes with pointers
	Alloc       Signal // KiB that a processor allocates in a millisecond [1]
	Scan        Signal // KiB that it scans in one [1024]
	Growth      Signal // growth of the live heap from one cycle to the next [1]
	Scannable   Signal // share of allocated bytes to be scanned, in [0,1] [1]
	Stacks      Signal // bytes, in steps of 2,048 [8,192]
	InitialHeap uint64 // live heap of the first cycle in bytes; 0 is 256 KiB
}

// A Cycle is a cycle of a simulation, in bytes.
type Cycle struct {
	Cycle       int           `json:"cycle"`
	Live        uint64        `json:"live,string"` // in use when it began
	Trigger     uint64        `json:"trigger,string"`
	Peak        uint64        `json:"peak,string"` // when it ended
	Goal        uint64        `json:"goal,string"`
	Utilization float64       `json:"utilization"` // the collector's part of the CPU time meanwhile
	Took        time.Duration `json:"took"`
	Between     time.Duration `json:"between"` // from the end of the last one to its beginning
}

// String returns the line that the runtime's test prints.
func (c Cycle) String() string {
	return fmt.Sprintf("%d %2.1f%% %d->%d->%d (goal: %d)", c.Cycle, c.Utilization*100, c.Live, c.Trigger, c.Peak, c.Goal)
}

// GoalRatio returns the heap's peak divided by the goal.
func (c Cycle) GoalRatio() float64 { return float64(c.Peak) / float64(c.Goal) }

// revisePeriod is the time between revisions of the assist ratio in a simulation.
const revisePeriod = 500 * time.Microsecond

// MaxCycles bounds a simulation.
const MaxCycles = 1 << 17

// Simulate runs a workload for cycles cycles. Each begins at the trigger; then the assist
// ratio decides how the collector and the program share the processors. It returns an
// error if a number is out of range, or if the cycles do not end within a quarter of a
// million revisions.
func Simulate(c Config, w Workload, cycles int) ([]Cycle, error) {
	p, err := New(c)
	if err != nil {
		return nil, err
	}
	if cycles < 0 || cycles > MaxCycles {
		return nil, fmt.Errorf("pacer: %d cycles out of range [0,%d]", cycles, MaxCycles)
	}
	s := sim{p: p, w: w.withDefaults(), steps: 1<<18 + 4*cycles}
	out := make([]Cycle, 0, cycles)
	for i := range cycles {
		one, err := s.cycle(i)
		if err != nil {
			return out, err
		}
		out = append(out, one)
	}
	return out, nil
}

func (w Workload) withDefaults() Workload {
	or := func(s Signal, c float64) Signal {
		if s == nil {
			return Constant(c)
		}
		return s
	}
	const least = 0.0001 // rates must not be 0
	w.Alloc = or(w.Alloc, 1).AtLeast(least)
	w.Scan = or(w.Scan, 1024).AtLeast(least)
	w.Growth = or(w.Growth, 1).AtLeast(least)
	w.Scannable = or(w.Scannable, 1).Limit(0, 1)
	w.Stacks = or(w.Stacks, 8192).Quantize(2048).AtLeast(0)
	if w.InitialHeap == 0 {
		w.InitialHeap = 256 << 10
	}
	return w
}

// sim is a simulation.
type sim struct {
	p         *Pacer
	w         Workload
	blackLast int64 // bytes allocated during the last cycle
	steps     int   // revisions that are left
}

// rate converts KiB per millisecond to bytes per revisePeriod.
const rate = 1024 * float64(revisePeriod) / float64(time.Millisecond)

func (s *sim) cycle(i int) (Cycle, error) {
	p, n := s.p, float64(s.p.procs)
	alloc, scan, growth, scannable := s.w.Alloc(), s.w.Scan(), s.w.Growth(), s.w.Scannable()
	stacks := toUint64(s.w.Stacks())
	for _, v := range [...]float64{alloc, scan, growth, float64(stacks), float64(s.w.Globals)} {
		if !(v <= 1<<48) {
			return Cycle{}, fmt.Errorf("pacer: cycle %d: a signal is %v, out of range [0,%d]", i+1, v, int64(1)<<48)
		}
	}
	// The cycle begins at the trigger.
	trigger := max(p.Trigger(), p.heapMarked)
	between := time.Duration(min(float64(trigger-p.heapMarked)/(alloc*1024*n), 1<<40) * float64(time.Millisecond))
	p.now += between
	p.heapLive = trigger
	p.heapScan += toUint64(float64(trigger-p.heapMarked) * scannable)
	if _, err := p.StartCycle(Start{Stacks: stacks, Globals: s.w.Globals}); err != nil {
		return Cycle{}, err
	}
	marked := int64(s.w.InitialHeap)
	if i > 0 {
		marked = toInt64(float64(int64(p.heapMarked)-s.blackLast) * growth)
	}
	left := [3]int64{int64(s.w.Globals), int64(stacks), toInt64(float64(marked) * scannable)}
	if marked < 0 || left[2] > 1<<48 {
		return Cycle{}, fmt.Errorf("pacer: cycle %d: a heap of %d bytes out of range [0,%d]", i+1, marked, int64(1)<<48)
	}
	var assist, took, black int64
	for left[0]+left[1]+left[2] > 0 {
		if s.steps--; s.steps < 0 {
			return Cycle{}, fmt.Errorf("pacer: cycle %d does not end: %d bytes are left to scan after %v", i+1, left[0]+left[1]+left[2], time.Duration(took))
		}
		// The assist ratio relates the bytes scanned to the bytes allocated. From it
		// follows the collector's share of the time, which is at least that of the
		// background workers.
		asked := float64(p.assistRatio * alloc)
		share := max(asked/(asked+scan), Background)
		scanned := toInt64(scan * rate * n * share)
		allocated := toInt64(alloc * rate * n * (1 - share))
		done := doWork(&left, scanned)
		elapsed := int64(revisePeriod)
		if all := done[0] + done[1] + done[2]; all < scanned { // the cycle ends within the period
			elapsed = toInt64(float64(all) * float64(revisePeriod) / (scan * rate * n * share))
			allocated = toInt64(alloc * rate * float64(elapsed) / float64(revisePeriod) * n * (1 - share))
		}
		_, err := p.Revise(Delta{
			Allocated: allocated, Scannable: toInt64(float64(allocated) * scannable),
			GlobalsWork: done[0], StackWork: done[1], HeapWork: done[2],
		})
		if err != nil {
			return Cycle{}, err
		}
		assist += toInt64(float64(elapsed) * n * (share - Background))
		took += elapsed
		black += allocated
	}
	p.now += time.Duration(took)
	out := Cycle{
		Cycle: i + 1, Live: p.heapMarked, Trigger: p.triggered, Peak: p.heapLive, Goal: p.Goal(),
		Utilization: float64(float64(assist)/float64(float64(took)*n)) + Background, Took: time.Duration(took), Between: between,
	}
	if !p.split {
		out.Trigger = p.trigger18
	}
	s.blackLast = black
	// In 1.18 the sweep of the test's own process counts, which is done.
	return out, p.EndCycle(End{Marked: uint64(marked + black), AssistTime: time.Duration(assist), Swept: !p.split})
}

// doWork scans work bytes: globals, then stacks, then the heap.
func doWork(left *[3]int64, bytes int64) (done [3]int64) {
	for i := range left {
		done[i] = min(left[i], bytes)
		left[i] -= done[i]
		bytes -= done[i]
	}
	return done
}
