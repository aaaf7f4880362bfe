package draw

import (
	"fmt"
	"strings"
	"time"
)

// A WaitRow is a row of [SchedWaits]: how long the goroutines of a function, or one of
// them, waited between being runnable and running.
type WaitRow struct {
	Name  string
	Count int             // waits
	Waits []time.Duration // by place, as the places are named
}

// SchedWaits draws where goroutines waited to run as an SVG: a row for each function or
// goroutine, with a bar as long as all its waits together, divided by the places where it
// waited, and the shares in words. A place without a name is drawn as "open". At most 30
// rows and 12 places are drawn; waits of less than 0 count as none.
func SchedWaits(title string, places []string, rows []WaitRow) string {
	const (
		left, top = 12, 52
		label     = 300 // pixels
		bar       = 420
		row       = 44
		most      = 30
		mostOf    = 12
	)
	var s svg
	s.text(left, 24, 0, "start", title)
	places = places[:min(len(places), mostOf)]
	shown := rows[:min(len(rows), most)]
	sum := func(r WaitRow) (all float64) {
		for i := range min(len(r.Waits), len(places)) {
			all += float64(max(r.Waits[i], 0))
		}
		return all
	}
	longest := 1.0
	for _, r := range shown {
		longest = max(longest, sum(r))
	}
	name := func(i int) string {
		if places[i] == "" {
			return "open"
		}
		return places[i]
	}
	class := func(i int) string {
		if places[i] == "" {
			return "cell"
		}
		return hues[i%len(hues)].class
	}
	used := make([]bool, len(places))
	for n, r := range shown {
		y := top + n*row
		s.text(left, y+14, label-8, "start", r.Name)
		all, before := sum(r), 0.0
		var words []string
		for i := range min(len(r.Waits), len(places)) {
			w := float64(max(r.Waits[i], 0))
			if w == 0 {
				continue
			}
			used[i] = true
			x := int(bar * before / longest)
			before += w
			s.box(fmt.Sprintf("explain-%d-%d", n, i), class(i), left+label+x, y, max(int(bar*before/longest)-x, 1), 18)
			words = append(words, fmt.Sprintf("%.0f%% %s", 100*w/all, name(i)))
		}
		s.text(left+label+int(bar*all/longest)+8, y+14, 0, "start", fmt.Sprintf("%v in %d", time.Duration(min(all, 1<<62)).Round(time.Microsecond), r.Count))
		s.textOn("dim", left+label, y+33, bar+180, "start", strings.Join(words, ", "))
	}
	y := top + len(shown)*row
	if more := len(rows) - len(shown); more > 0 {
		s.textOn("dim", left, y+10, 0, "start", fmt.Sprintf("and %d more", more))
		y += 20
	}
	var signs []sign
	for i := range places {
		if used[i] {
			signs = append(signs, sign{class(i), name(i)})
		}
	}
	for ; len(signs) > 4; y += 22 {
		s.legend(left, y+12, signs[:4]...)
		signs = signs[4:]
	}
	s.legend(left, y+12, signs...)
	return s.String(title)
}
