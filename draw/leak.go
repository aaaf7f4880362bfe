package draw

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/orrery-go/orrery/sched/leak"
)

// LeakGraph draws what refers to what when goroutines were looked for that are leaked, as
// an SVG: goroutines above, objects below, a dashed arrow from a goroutine to what it waits
// for, and arrows to what refers to an object. What a global variable, a timer or a
// finalizer refers to says so. It shows the beginning of large states.
func LeakGraph(s leak.State, r leak.Report) string {
	const (
		most           = 10 // largest number of goroutines and of objects shown
		left, top      = 12, 52
		wide, high     = 128, 34
		step, distance = 168, 150
		baseline       = 22
		shift          = 16
	)
	var p svg
	gs, objects := min(len(s.Goroutines), most), min(len(s.Objects), most)
	p.text(left, 24, 0, "start", fmt.Sprintf("%d goroutines, %d objects: %d leaked", len(s.Goroutines), len(s.Objects), len(r.Leaked)))
	leaked := map[int]bool{}
	for _, l := range r.Leaked {
		leaked[l.Goroutine] = true
	}
	named := func(name string, n int) string {
		if name == "" {
			return strconv.Itoa(n)
		}
		return name
	}
	center := func(i int) int { return left + i*step + wide/2 }
	for i := range gs {
		g, class := &s.Goroutines[i], "cell"
		if leaked[i+1] {
			class = "warm"
		}
		p.box(fmt.Sprintf("goroutine-%d", i+1), class, left+i*step, top, wide, high)
		p.text(center(i), top+baseline, wide, "middle", "goroutine "+named(g.Name, i+1))
		p.textOn("dim", center(i), top-8, step, "middle", g.Reason.String())
	}
	roots := map[int]string{}
	for _, k := range []struct {
		of   []int
		text string
	}{{s.Globals, "global"}, {s.Timers, "timer"}} {
		for _, o := range k.of {
			roots[o] = k.text
		}
	}
	for _, f := range s.Finalizers {
		for _, o := range f.Refs {
			roots[o] = "finalizer"
		}
	}
	y := top + distance
	for i := range objects {
		o, class := &s.Objects[i], "cell"
		if slices.Contains(r.Marked, i+1) {
			class = "data"
		}
		p.box(fmt.Sprintf("object-%d", i+1), class, left+i*step, y, wide, high)
		p.text(center(i), y+baseline, wide, "middle", o.Type.String()+" "+named(o.Name, i+1))
		p.textOn("dim", center(i), y+high+18, step, "middle", roots[i+1])
		for _, to := range o.Refs[:min(len(o.Refs), most)] {
			if to >= 1 && to <= objects && to != i+1 { // below the boxes
				p.arrow("wire", center(i), y+high+26, center(to-1), y+high+4)
			}
		}
	}
	for i := range gs {
		g := &s.Goroutines[i]
		for _, to := range g.Refs[:min(len(g.Refs), most)] {
			if to >= 1 && to <= objects {
				p.arrow("wire", center(i)-shift, top+high, center(to-1)-shift, y)
			}
		}
		for _, k := range g.On[:min(len(g.On), most)] {
			if k.Object >= 1 && k.Object <= objects {
				p.arrow("wire dashed", center(i)+shift, top+high, center(k.Object-1)+shift, y)
			}
		}
	}
	y += high + 52
	for _, l := range r.Leaked[:min(len(r.Leaked), most)] {
		p.text(left, y, 100*charWidth, "start", l.String())
		y += 20
	}
	if len(r.Leaked) == 0 {
		p.text(left, y, 0, "start", "no goroutine is leaked")
		y += 20
	}
	p.textOn("dim", left, y, 0, "start", "an arrow: refers to; a dashed arrow: waits for")
	p.legend(left, y+14, sign{"warm", "leaked"}, sign{"cell", "not leaked, or not reached"}, sign{"data", "reached"})
	return p.String("Which goroutines are leaked")
}
