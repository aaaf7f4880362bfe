package draw

import (
	"fmt"
	"time"

	"github.com/orrery-go/orrery/service"
	"github.com/orrery-go/orrery/service/breaker"
)

// ServiceSeries draws the metrics of a service over time as an SVG, or with the name ""
// those of its clients: for each sample a bar of successes and failures, the 99th
// percentile of the response time, the number of requests in the service, and the state
// of the breaker. At most 120 samples are drawn.
func ServiceSeries(title, name string, samples []service.Sample) string {
	const (
		left, top = 12, 56
		label     = 110
		row, gap  = 120, 34 // size of a panel
		most      = 120
		barGap    = 1
	)
	var s svg
	s.text(left, 24, 0, "start", title)
	var shown []service.Sample
	rest := 0
	for _, m := range samples {
		switch {
		case m.Service != name:
		case len(shown) == most:
			rest++
		default:
			shown = append(shown, m)
		}
	}
	step := max(8, min(24, 720/max(len(shown), 1)))
	x := func(i int) int { return left + label + i*step }
	width := max(len(shown), 1) * step
	largest := 1
	slowest, crowd := time.Duration(1), 1
	for _, m := range shown {
		largest = max(largest, m.OK+m.Failed, m.Came)
		slowest = max(slowest, m.P99)
		crowd = max(crowd, m.In)
	}
	panel := func(i int, name, highest string) int {
		y := top + i*(row+gap)
		s.text(left, y+12, label-8, "start", name)
		s.textOn("dim", left, y+30, label-8, "start", "to "+highest)
		s.line("", x(0), y+row, x(0)+width, y+row)
		return y + row
	}
	height := func(share float64) int { return int(float64(row) * max(0, min(share, 1))) }

	bottom := panel(0, "requests", fmt.Sprint(largest))
	for i, m := range shown {
		ok := height(float64(m.OK) / float64(largest))
		failed := height(float64(m.Failed) / float64(largest))
		id := fmt.Sprintf("service-%d", i)
		if ok > 0 {
			s.box(id+"-ok", "data", x(i), bottom-ok, step-barGap, ok)
		}
		if failed > 0 {
			s.box(id+"-failed", "warm", x(i), bottom-ok-failed, step-barGap, failed)
			s.box("", "pad", x(i), bottom-ok-failed, step-barGap, failed)
		}
		came := bottom - height(float64(m.Came)/float64(largest))
		s.line("strong", x(i), came, x(i)+step-barGap, came)
	}
	bottom = panel(1, "p99", slowest.Round(time.Millisecond/10).String())
	for i, m := range shown {
		if h := height(float64(m.P99) / float64(slowest)); h > 0 {
			s.box(fmt.Sprintf("service-%d-p99", i), "hot", x(i), bottom-h, step-barGap, h)
		}
	}
	bottom = panel(2, "inside", fmt.Sprint(crowd))
	for i, m := range shown {
		if h := height(float64(m.In) / float64(crowd)); h > 0 {
			s.box(fmt.Sprintf("service-%d-in", i), "full", x(i), bottom-h, step-barGap, h)
		}
	}
	breakers := false
	for i, m := range shown {
		class := map[breaker.State]string{breaker.Closed: "cell", breaker.HalfOpen: "warm", breaker.Open: "black"}[m.Breaker]
		if class == "" {
			continue
		}
		if !breakers {
			breakers = true
			s.text(left, bottom+31, label-8, "start", "breaker")
		}
		s.box(fmt.Sprintf("service-%d-breaker", i), class, x(i), bottom+18, step-barGap, 16)
	}
	if breakers {
		bottom += gap
	}
	for i := range shown {
		if i%(80/step) == 0 {
			s.textOn("dim", x(i), bottom+18, 78, "start", shown[i].At.Round(time.Millisecond).String())
		}
	}
	if rest > 0 {
		s.text(x(0), bottom+38, 0, "start", fmt.Sprintf("and %d more", rest))
		bottom += 20
	}
	signs := []sign{{"data", "succeeded"}, {"warm", "failed (hatched)"}, {"hot", "99 of 100 took no longer"}, {"full", "requests inside"}}
	if breakers {
		signs = append(signs, sign{"cell", "breaker closed"}, sign{"warm", "half-open"}, sign{"black", "open"})
	}
	s.legend(left, bottom+34, signs...)
	s.textOn("dim", left, bottom+34+66, 0, "start", "the thick line: requests that arrived")
	return s.String(title)
}
