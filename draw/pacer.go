package draw

import (
	"fmt"

	"github.com/orrery-go/orrery/gc/pacer"
)

// PacerTune draws the predicted costs of settings of GOGC and of the memory limit as an
// SVG: a row for each setting, with a bar for the peak memory of the process and one for
// the CPU time of the collector. The setting with index best is marked, if it is not -1;
// a budget in bytes, if it is more than 0, is a line across the memory. At most 40
// settings are drawn.
func PacerTune(title string, tried []pacer.Prediction, best int, budget int64) string {
	const (
		left, top  = 12, 76
		label, bar = 256, 260 // pixels
		row, gap   = 24, 120
		most       = 40
	)
	var s svg
	s.text(left, 24, 0, "start", title)
	memory, cpu := left+label, left+label+bar+gap
	s.textOn("dim", memory, 56, 0, "start", "memory at most")
	s.textOn("dim", cpu, 56, 0, "start", "CPU time of the collector")
	largest, costly := uint64(max(budget, 1)), 1e-9
	shown := tried[:min(len(tried), most)]
	for _, p := range shown {
		largest, costly = max(largest, p.Peak), max(costly, p.GCShare)
	}
	scale := func(n uint64) int { return int(bar * float64(n) / float64(largest)) }
	line := memory + scale(uint64(max(budget, 0)))
	for i, p := range shown {
		y := top + i*row
		name := "GOGC=" + percent(p.GOGC)
		if p.Limit > 0 {
			name += fmt.Sprintf(" GOMEMLIMIT=%dMiB", p.Limit>>20)
		}
		class := "data"
		if i == best {
			class, name = "warm", "> "+name
		}
		s.text(left, y+15, label-8, "start", name)
		s.box(fmt.Sprintf("pacer-memory-%d", i), class, memory, y, max(scale(p.Peak), 1), row-6)
		size, at := fmt.Sprintf("%d MiB", p.Peak>>20), memory+scale(p.Peak)+6
		if budget > 0 && at-6 <= line && line <= at+8*len(size)+6 {
			at = line + 6
		}
		s.text(at, y+15, 0, "start", size)
		w := int(bar * max(0, min(p.GCShare/costly, 1)))
		s.box(fmt.Sprintf("pacer-cpu-%d", i), class, cpu, y, max(w, 1), row-6)
		s.text(cpu+w+6, y+15, 0, "start", fmt.Sprintf("%.1f%%", 100*p.GCShare))
	}
	bottom := top + len(shown)*row
	if budget > 0 {
		s.line("mark", line, top-8, line, bottom)
		s.textOn("mark", line, bottom+16, 0, "middle", fmt.Sprintf("budget: %d MiB", budget>>20))
	}
	s.legend(left, bottom+32, sign{"data", "a setting"}, sign{"warm", "least CPU time within the budget, also marked >"})
	return s.String(title)
}

// percent returns GOGC as it is written.
func percent(gogc int) string {
	if gogc < 0 {
		return "off"
	}
	return fmt.Sprint(gogc)
}
