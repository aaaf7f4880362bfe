package pacerlive

import (
	"embed"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/orrery-go/orrery/gc/pacer"
	"github.com/orrery-go/orrery/internal/golden"
	"github.com/orrery-go/orrery/internal/toolchain"
	"github.com/orrery-go/orrery/release"
)

// Percents are the values of GOGC at which the goal of each heap is recorded. The bytes
// in use, and the other bytes that count, follow from the first two.
var Percents = []int{10000, 20000, 99999, 1000, 500, 333, 200, 150, 133, 100, 75, 50, 25, 10, 1, 0}

// Answers has the answers of the probe on a release.
type Answers struct {
	Goals [][]uint64 `json:",omitempty"` // of heaps, at Percents
	Pacer []string   `json:",omitempty"` // what gcpacertrace says of cycles, one after the other
}

//go:embed testdata/golden
var files embed.FS

//go:embed testdata/probe.go
var probe string

// Golden holds the answers of every release since 1.9; those of older releases are
// empty.
var Golden = golden.Set[Answers]{
	Probe: toolchain.Probe{Name: "pacerlive", Source: probe, Env: []string{"GODEBUG=gcpacertrace=1"}},
	Files: files,
	Dir:   "gc/pacer/pacerlive",
	Same: func(rel string, old, now Answers) bool { // heaps differ from run to run
		if r, err := release.Parse(rel); err == nil && !r.AtLeast("go1.9") {
			return true
		}
		for _, a := range []Answers{old, now} {
			goals, err := CheckGoals(rel, a.Goals)
			cycles, failed := CheckPacing(rel, a.Pacer)
			if err != nil || failed != nil || goals < 240 || cycles < 10 {
				return false
			}
		}
		return true
	},
}

// CheckGoals compares the goals of heaps with the model, and returns the number of goals
// compared.
func CheckGoals(rel string, goals [][]uint64) (n int, err error) {
	r, err := release.Parse(rel)
	if err != nil {
		return 0, err
	}
	roots := r.AtLeast("go1.18")
	for _, row := range goals {
		if len(row) != len(Percents) {
			return n, fmt.Errorf("pacerlive: %d goals of a heap, want %d", len(row), len(Percents))
		}
		grows := (row[1] - row[0]) / 100 // the bytes that GOGC multiplies
		live := row[0] - 100*grows
		least := row[0] == 100*pacer.HeapMinimum // the minimum, which does not tell the bytes in use
		if least {
			live = row[len(row)-1]
			grows = live
		}
		p, err := pacer.New(pacer.Config{Release: rel})
		if err != nil {
			return n, err
		}
		if err := p.Measure(pacer.Measured{Live: live, Stacks: grows - live, Swept: true}); err != nil {
			return n, err
		}
		for i, percent := range Percents {
			if _, err := p.SetGCPercent(percent); err != nil {
				return n, err
			}
			if least && roots && live+(live+(2<<20))*uint64(percent)/100 > pacer.HeapMinimum*uint64(percent)/100 {
				continue // the other bytes may decide
			}
			if p.Goal() != row[i] {
				return n, fmt.Errorf("pacerlive: %d bytes in use, %d beside them, GOGC %d: model %d, real %d", live, grows-live, percent, p.Goal(), row[i])
			}
			if i > 1 {
				n++
			}
		}
	}
	return n, nil
}

// numbers returns the numbers in a line, in order.
func numbers(line string) (out []float64) {
	for _, w := range strings.FieldsFunc(line, func(r rune) bool { return !strings.ContainsRune("+-.e0123456789", r) }) {
		for _, w := range splitSigns(w) {
			if v, err := strconv.ParseFloat(w, 64); err == nil {
				out = append(out, v)
			}
		}
	}
	return out
}

// splitSigns splits "1+2+3", but not "1.5e+003".
func splitSigns(w string) []string {
	var out []string
	from := 0
	for i := 1; i < len(w); i++ {
		if (w[i] == '+' || w[i] == '-') && w[i-1] != 'e' {
			out = append(out, w[from:i])
			from = i
		}
	}
	out = append(out, w[from:])
	for i := range out {
		out[i] = strings.TrimPrefix(out[i], "+")
	}
	return out
}

// CheckPacing compares the output of gcpacertrace for cycles with the model: the trigger
// of each, and up to 1.17 the change of the trigger ratio. It returns the number of
// cycles compared. The first of two lines is the state from which the model begins.
func CheckPacing(rel string, lines []string) (n int, err error) {
	r, err := release.Parse(rel)
	if err != nil {
		return 0, err
	}
	for i := 1; i < len(lines); i++ {
		before, now := numbers(lines[i-1]), numbers(lines[i])
		held := false
		if r.AtLeast("go1.18") {
			held, err = checkTrigger(rel, r, before, now)
		} else {
			held, err = checkRatio(rel, before, now)
		}
		if err != nil {
			return n, fmt.Errorf("pacerlive: cycle %d: %w:\n%s\n%s", i, err, lines[i-1], lines[i])
		}
		if held {
			n++
		}
	}
	return n, nil
}

// span is the distance by which the heap can exceed the trigger before the runtime
// notices: allocation is counted a span at a time.
const span = 8192

// checkTrigger checks a line of 1.18 or newer. It has the CPU share, the expected one,
// the work on heap, stacks and globals, the expected work, the trigger, the peak, the
// distance to the goal, and cons/mark.
func checkTrigger(rel string, r release.Release, before, now []float64) (held bool, err error) {
	if len(before) != 10 || len(now) != 10 {
		return false, nil
	}
	scan, stacks := uint64(before[2]), uint64(before[3])
	globals := uint64(now[4])
	if uint64(now[5]) != scan+stacks+globals {
		return false, nil // a cycle between the two, too short to show
	}
	triggered, goal := uint64(now[6]), uint64(now[7]-now[8])
	if !r.AtLeast("go1.19") {
		return false, nil // the stacks that 1.18 counts are not those that it prints
	}
	live := (goal - stacks - globals) / 2
	for _, live := range []uint64{live, live + 1} { // the division has rounded down
		if live < 3<<20 {
			return false, nil // the minimum, or the distance for the sweep
		}
		least, most, known, err := triggers(rel, pacer.Measured{Live: live, Scan: scan, Stacks: stacks, Globals: globals}, now[9])
		if err != nil {
			return false, err
		}
		if known != goal {
			continue
		}
		if r.AtLeast("go1.20") {
			most += span
		}
		if triggered < least || triggered > most {
			return false, fmt.Errorf("triggered at %d, want from %d to %d", triggered, least, most)
		}
		return true, nil
	}
	return false, nil // the goal was moved when the cycle began
}

// triggers returns the triggers that are possible for a cons/mark ratio, which is
// rounded when printed, and the goal.
func triggers(rel string, m pacer.Measured, consMark float64) (least, most, goal uint64, err error) {
	least = math.MaxUint64
	for _, error := range []float64{-1e-6, 0, 1e-6} {
		p, err := pacer.New(pacer.Config{Release: rel})
		if err != nil {
			return 0, 0, 0, err
		}
		m.ConsMark = consMark * (1 + error)
		if err := p.Measure(m); err != nil {
			return 0, 0, 0, err
		}
		least, most, goal = min(least, p.Trigger()), max(most, p.Trigger()), p.Goal()
	}
	return least, most, goal, nil
}

// checkRatio checks a line of 1.9 to 1.17. It has the heap in use, the trigger ratio,
// the trigger, the actual growth and heap, the growth and heap that were the goal, the
// CPU share and its goal, and the work.
func checkRatio(rel string, before, now []float64) (held bool, err error) {
	if len(before) < 10 || len(now) < 10 {
		return false, nil
	}
	p, err := pacer.New(pacer.Config{Release: rel})
	if err != nil {
		return false, err
	}
	live, ratio, trigger, peak, share := uint64(before[0]), before[1], before[2], uint64(before[4]), before[7]
	if err := p.Measure(pacer.Measured{Live: live, Ratio: ratio}); err != nil {
		return false, err
	}
	if off := math.Abs(float64(p.Trigger()) - trigger); off > 1+float64(live)*1e-6 {
		return false, fmt.Errorf("trigger: model %d, real %.0f", p.Trigger(), trigger)
	}
	if peak < live || uint64(before[6]) < peak-peak/2 && before[5] < 0.9 {
		return false, nil
	}
	if _, err := p.StartCycle(pacer.Start{}); err != nil {
		return false, err
	}
	if _, err := p.Revise(pacer.Delta{Allocated: int64(peak - live)}); err != nil {
		return false, err
	}
	const took = time.Second
	if err := p.Advance(took); err != nil {
		return false, err
	}
	if before[5] < 0.999 || before[5] > 1.001 {
		return false, nil // the goal was moved when the cycle began
	}
	if err := p.EndCycle(pacer.End{Marked: uint64(now[0]), AssistTime: time.Duration((share - pacer.Background) * float64(took))}); err != nil {
		return false, err
	}
	if off := math.Abs(p.Snapshot().Ratio - now[1]); off > 3e-6*math.Max(1, share/0.25*before[3]) {
		return false, fmt.Errorf("the next trigger ratio: model %v, real %v", p.Snapshot().Ratio, now[1])
	}
	return true, nil
}
