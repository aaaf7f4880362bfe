package draw

import (
	"fmt"
	"time"

	"github.com/orrery-go/orrery/lb"
)

// LBBalance draws the results of [lb.Compare] as an SVG: a row for each method, with a
// bar for the requests of each backend, the busiest marked, and one for the time that 99
// of 100 requests do not exceed. The bars of all rows have the same scale. At most 24
// methods and 32 backends are drawn.
func LBBalance(title string, rows []lb.Row) string {
	const (
		left, top      = 12, 64
		label, bars    = 160, 288 // pixels
		late, text     = 180, 230
		row, high      = 52, 36
		most, backends = 24, 32
	)
	var s svg
	s.text(left, 24, 0, "start", title)
	shown := rows[:min(len(rows), most)]
	slowest, busiest := time.Duration(1), 1
	for _, r := range shown {
		slowest = max(slowest, r.Result.P99)
		for _, l := range r.Result.Loads {
			busiest = max(busiest, l.Picks)
		}
	}
	s.textOn("dim", left+label, 48, 0, "start", "requests of each backend")
	s.textOn("dim", left+label+bars+20, 48, 0, "start", "99 of 100 take at most")
	for i, r := range shown {
		y := top + i*row
		s.text(left, y+22, label-8, "start", r.Method.String())
		loads := r.Result.Loads[:min(len(r.Result.Loads), backends)]
		first := 0
		for k, l := range loads {
			if l.Picks > loads[first].Picks {
				first = k
			}
		}
		wide := bars / max(len(loads), 1)
		wide = min(wide, 40)
		for k, l := range loads {
			h := max(0, int(high*float64(l.Picks)/float64(busiest)))
			class := "data"
			if k == first && r.Result.Imbalance > 1.005 {
				class = "warm"
			}
			x := left + label + k*wide
			s.box(fmt.Sprintf("lb-%d-backend-%d", i, k), class, x, y+high-max(h, 1), max(wide-3, 1), max(h, 1))
			if l.Failed > 0 {
				s.textOn("mark", x+wide/2, y+high+11, 0, "middle", "x")
			}
		}
		x := left + label + bars + 20
		w := max(1, int(late*float64(max(r.Result.P99, 0))/float64(slowest)))
		s.box(fmt.Sprintf("lb-%d-p99", i), "g0", x, y+8, w, 18)
		s.text(x+w+6, y+22, 0, "start", r.Result.P99.Round(time.Microsecond).String())
		note := fmt.Sprintf("imbalance %.2f, mean %v", r.Result.Imbalance, r.Result.Mean.Round(time.Microsecond))
		if r.Result.Failed > 0 {
			note += fmt.Sprintf(", %d failed", r.Result.Failed)
		}
		if more := len(r.Result.Loads) - len(loads); more > 0 {
			note += fmt.Sprintf(", and %d more backends", more)
		}
		s.textOn("dim", x, y+42, late+text, "start", note)
	}
	bottom := top + len(shown)*row
	if more := len(rows) - len(shown); more > 0 {
		s.textOn("dim", left, bottom+12, 0, "start", fmt.Sprintf("and %d more methods", more))
		bottom += 20
	}
	s.legend(left, bottom+16, sign{"data", "a backend"}, sign{"warm", "the busiest, if it has more than its share"}, sign{"g0", "time"})
	return s.String(title)
}
