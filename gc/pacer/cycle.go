package pacer

import (
	"errors"
	"fmt"
	"time"
)

// ForcePeriod is the time without a cycle after which one is due, unless the collector is
// off. (`runtime/proc.go:forcegcperiod`)
const ForcePeriod = 2 * time.Minute

// maxHeap is more than any machine has.
const maxHeap = 1<<64 - 1<<50

// Allocate lets the heap grow by bytes bytes, of which scannable have to be scanned, and
// reports whether a cycle is due. While a cycle runs, use [Pacer.Revise].
func (p *Pacer) Allocate(bytes, scannable uint64) (due bool, err error) {
	if err := p.usable(); err != nil {
		return false, err
	}
	switch {
	case p.running:
		return false, errors.New("pacer: a cycle is running: use Revise for allocations")
	case scannable > bytes:
		return false, fmt.Errorf("pacer: %d scannable bytes of %d out of range [0,%d]", scannable, bytes, bytes)
	case bytes > maxHeap-min(p.heapLive, maxHeap):
		return false, fmt.Errorf("pacer: %d bytes out of range [0,%d]", bytes, maxHeap-min(p.heapLive, maxHeap))
	}
	p.heapLive += bytes
	p.heapScan += scannable
	_, due = p.Due()
	return due, nil
}

// GrowTo lets the heap grow to a size in bytes; scannable is how many of the new bytes
// have to be scanned. It returns an error if the heap is larger already.
func (p *Pacer) GrowTo(bytes, scannable uint64) error {
	if bytes < p.heapLive {
		return fmt.Errorf("pacer: the heap has %d bytes, and cannot grow to %d", p.heapLive, bytes)
	}
	_, err := p.Allocate(bytes-p.heapLive, min(scannable, bytes-p.heapLive))
	return err
}

// Advance lets time pass.
func (p *Pacer) Advance(d time.Duration) error {
	if err := p.usable(); err != nil {
		return err
	}
	if d < 0 || p.now+d < p.now {
		return fmt.Errorf("pacer: %v out of range [0,%v]", d, 1<<63-1-p.now)
	}
	p.now += d
	return nil
}

// Due reports why a cycle is due: "heap", or "time" if two minutes have passed since
// the last. There is no due cycle while one runs.
// (`runtime/mgc.go:gcTrigger.test`)
func (p *Pacer) Due() (why string, due bool) {
	switch {
	case p.running || p.procs == 0:
		return "", false
	case p.heapLive >= p.Trigger():
		return "heap", true
	case p.gcPercent >= 0 && p.cycles > 0 && p.now-p.lastCycle > ForcePeriod:
		return "time", true
	}
	return "", false
}

// Workers are the background workers of a cycle.
type Workers struct {
	Dedicated  int     `json:"dedicated"`  // processors that only mark
	Fractional float64 `json:"fractional"` // of the time of every processor
	Idle       int     `json:"idle"`       // largest number of idle processors that mark, too
}

// WorkersOf returns the workers of a cycle on procs processors; timed says that the cycle
// is due because of the time, since 1.19.
// (`runtime/mgcpacer.go:(*gcControllerState).startCycle`)
func WorkersOf(procs int, timed bool) (Workers, error) {
	if procs < 1 || procs > 1<<16 {
		return Workers{}, fmt.Errorf("pacer: %d processors out of range [1,%d]", procs, 1<<16)
	}
	goal := float64(procs) * Background
	w := Workers{Dedicated: int(goal + 0.5)}
	if e := float64(w.Dedicated)/goal - 1; e < -0.3 || e > 0.3 {
		if float64(w.Dedicated) > goal {
			w.Dedicated--
		}
		w.Fractional = (goal - float64(w.Dedicated)) / float64(procs)
	}
	switch {
	case !timed:
		w.Idle = procs - w.Dedicated
	case w.Dedicated == 0:
		w.Idle = 1
	}
	return w, nil
}

// A Start is the memory to scan when a cycle begins, in bytes.
type Start struct {
	Stacks  uint64 `json:"stacks,string"`  // of goroutines
	Globals uint64 `json:"globals,string"` // that hold pointers
	Forced  bool   `json:"forced"`         // by runtime.GC
}

// StartCycle begins a cycle, due or not, and reports its workers.
func (p *Pacer) StartCycle(s Start) (Workers, error) {
	if err := p.usable(); err != nil {
		return Workers{}, err
	}
	if p.running {
		return Workers{}, errors.New("pacer: a cycle runs already")
	}
	why, _ := p.Due()
	if s.Forced {
		why = "runtime.GC"
	}
	p.heapWork, p.stackWork, p.gWork = 0, 0, 0
	p.cycleStart, p.forced = p.now, s.Forced
	p.maxStack, p.globals = s.Stacks, s.Globals
	trigger := p.heapLive
	switch {
	case p.ratio:
		p.percentGoal = max(p.percentGoal, p.heapLive+1<<20)
	case !p.split:
		p.lastStackScan = s.Stacks
		p.percentGoal = max(p.percentGoal, p.heapLive+64<<10)
	case p.atTrigger:
		trigger = p.Trigger()
	}
	p.running, p.triggered = true, trigger
	p.cycles++
	p.workers, _ = WorkersOf(p.procs, why == "time" && p.split)
	p.revise()
	p.event(Event{Kind: CycleBegins, Bytes: p.heapLive, Why: why})
	return p.workers, nil
}

// A Delta is the change while a cycle runs: bytes allocated, bytes among them to be
// scanned, and bytes scanned, all at least 0.
type Delta struct {
	Allocated   int64 `json:"allocated"`
	Scannable   int64 `json:"scannable"`
	HeapWork    int64 `json:"heapWork"`
	StackWork   int64 `json:"stackWork"`
	GlobalsWork int64 `json:"globalsWork"`
}

// Revise takes account of the change, and reports the assist ratio: how many bytes a
// goroutine has to scan for each byte that it allocates.
func (p *Pacer) Revise(d Delta) (assistRatio float64, err error) {
	if err := p.usable(); err != nil {
		return 0, err
	}
	if !p.running {
		return 0, errors.New("pacer: no cycle runs")
	}
	for _, n := range [...]int64{d.Allocated, d.Scannable, d.HeapWork, d.StackWork, d.GlobalsWork} {
		if n < 0 || n > 1<<48 {
			return 0, fmt.Errorf("pacer: %+v: a number is out of range [0,%d]", d, int64(1)<<48)
		}
	}
	if p.heapLive > maxHeap+1<<49 {
		return 0, fmt.Errorf("pacer: the heap has %d bytes: that is too many", p.heapLive)
	}
	p.heapLive += uint64(d.Allocated)
	p.heapScan += uint64(d.Scannable)
	p.heapWork += d.HeapWork
	p.stackWork += d.StackWork
	p.gWork += d.GlobalsWork
	p.revise()
	if p.trace != nil {
		p.event(Event{Kind: Revised, Bytes: p.heapLive})
	}
	return p.assistRatio, nil
}

// maxOvershoot is how far a cycle that is past its goal may go before all goroutines
// assist for what is left, since 1.10.
// (`runtime/mgcpacer.go:(*gcControllerState).revise`)
const maxOvershoot = 1.1

// revise sets the assist ratio. (`runtime/mgcpacer.go:(*gcControllerState).revise`)
func (p *Pacer) revise() {
	if p.ratio {
		p.reviseRatio()
		return
	}
	percent := int64(p.gcPercent)
	if percent < 0 {
		percent = 100_000
	}
	live, work := int64(p.heapLive), p.heapWork+p.stackWork+p.gWork
	goal := int64(p.Goal())
	expected := int64(p.lastHeapScan + p.lastStackScan + p.globals)
	triggered, most := int64(p.triggered), int64(p.heapScan+p.maxStack+p.globals)
	if !p.split {
		triggered, most = int64(p.trigger18), int64(p.heapScan+p.lastStackScan+p.globals)
	}
	if work > expected { // the heap exceeds its goal by the same ratio as the work exceeds the expectation
		further := toInt64(float64(goal-triggered)/float64(expected)*float64(most)) + triggered
		expected = most
		hard := toInt64((1.0 + float64(percent)/100.0) * float64(goal))
		goal = min(further, hard)
	}
	if live > goal {
		goal = toInt64(float64(goal) * maxOvershoot)
		expected = most
	}
	p.assist(expected-work, goal-live)
}

// assist sets the ratio of the work that is left to the bytes that are left.
func (p *Pacer) assist(work, bytes int64) {
	p.assistRatio = float64(max(work, 1000)) / float64(max(bytes, 1))
}

// reviseRatio is revise of 1.9 to 1.17.
func (p *Pacer) reviseRatio() {
	percent := float64(p.gcPercent)
	if p.gcPercent < 0 {
		percent = 100_000
	}
	live, work := int64(p.heapLive), p.heapWork+p.stackWork+p.gWork
	goal, scan := int64(p.percentGoal), int64(p.heapScan)
	if p.reviseOld == 0 {
		p.assist(scan-work, goal-live)
		return
	}
	expected := toInt64(float64(scan) * 100 / (100 + percent))
	if p.heapLive > p.percentGoal || p.reviseOld == 2 && work > expected {
		goal = toInt64(float64(goal) * maxOvershoot)
		expected = scan
	}
	p.assist(expected-work, goal-live)
}

// An End holds the measurements of a cycle. Times are summed over all processors.
type End struct {
	Marked     uint64        `json:"marked,string"` // bytes found in use, and allocated meanwhile
	AssistTime time.Duration `json:"assistTime"`
	IdleTime   time.Duration `json:"idleTime"` // that idle workers marked
	Swept      bool          `json:"swept"`    // there was nothing to sweep
}

// EndCycle ends the cycle and sets the next goal.
func (p *Pacer) EndCycle(e End) error {
	if err := p.usable(); err != nil {
		return err
	}
	switch {
	case !p.running:
		return errors.New("pacer: no cycle runs")
	case e.Marked > 1<<48:
		return fmt.Errorf("pacer: %d bytes marked out of range [0,%d]", e.Marked, uint64(1)<<48)
	case e.AssistTime < 0 || e.IdleTime < 0:
		return fmt.Errorf("pacer: assist time %v and idle time %v: want no negative", e.AssistTime, e.IdleTime)
	}
	took := p.now - p.cycleStart
	share, idle := Background, 0.0
	if took > 0 {
		all := float64(int64(took) * int64(p.procs))
		share += float64(e.AssistTime) / all
		idle = float64(e.IdleTime) / all
	}
	ratio := p.triggerRatio
	if p.ratio {
		ratio = p.nextRatio(share)
	} else {
		p.measure(share, idle)
	}
	p.heapMarked, p.heapLive = e.Marked, e.Marked
	if !p.ratio {
		p.lastHeapScan = uint64(p.heapWork)
		if p.split {
			p.lastStackScan = uint64(p.stackWork)
		}
	}
	p.heapScan = uint64(p.heapWork)
	p.running, p.triggered, p.swept = false, untriggered, e.Swept
	p.lastCycle = p.now
	p.triggerRatio = ratio
	p.commit()
	p.event(Event{Kind: CycleEnds, Bytes: e.Marked})
	return nil
}

// measure computes the cons/mark ratio: bytes allocated in a second of the program's
// time, divided by bytes scanned in a second of the collector's.
// (`runtime/mgcpacer.go:(*gcControllerState).endCycle`)
func (p *Pacer) measure(share, idle float64) {
	trigger := p.triggered
	if !p.split {
		trigger = p.trigger18
	}
	if p.heapLive <= trigger {
		return
	}
	work := p.heapWork + p.stackWork + p.gWork
	now := (float64(p.heapLive-trigger) * (share + idle)) / (float64(work) * (1 - share))
	switch p.estimate {
	case byPI:
		p.consMark = p.control(now)
	case byMean:
		p.consMark, p.lastConsMark[3] = (now+p.lastConsMark[3])/2, now
	default:
		p.consMark = now
		for _, last := range p.lastConsMark {
			if last > p.consMark {
				p.consMark = last
			}
		}
		copy(p.lastConsMark[:], p.lastConsMark[1:])
		p.lastConsMark[3] = now
	}
}

// control is the PI controller of 1.18 and 1.19, which follows the measurements.
// (`go1.19.13 runtime/mgcpacer.go:(*piController).next`)
func (p *Pacer) control(setpoint float64) float64 {
	const gain, integration, reset, most = 0.9, 4.0, 1000.0, 1000.0
	e := setpoint - p.consMark
	raw := float64(gain*e) + p.integral
	if raw-raw != 0 { // infinite, or not a number
		p.integral = 0
		return 0
	}
	out := min(max(raw, -most), most)
	p.integral += float64((gain*1.0/integration)*e) + float64((1.0/reset)*(out-raw))
	if p.integral-p.integral != 0 {
		p.integral = 0
		return 0
	}
	return out
}

// nextRatio moves the trigger ratio by half of its error.
// (`go1.17.13 runtime/mgcpacer.go:(*gcControllerState).endCycle`)
func (p *Pacer) nextRatio(share float64) float64 {
	if p.forced {
		return p.triggerRatio
	}
	growth := float64(p.gcPercent) / 100
	if p.effective {
		growth = float64(p.percentGoal-p.heapMarked) / float64(p.heapMarked)
	}
	actual := float64(p.heapLive)/float64(p.heapMarked) - 1
	e := growth - p.triggerRatio - float64(share/p.goalShare*(actual-p.triggerRatio))
	return p.triggerRatio + float64(0.5*e)
}
