package draw

import (
	"fmt"
	"slices"
	"strings"

	"github.com/orrery-go/orrery/gc"
	"github.com/orrery-go/orrery/gc/marking"
)

// Sizes of a frame of a film.
const (
	frameWide, frameText = 348, 4 // pixels, lines
	framesAcross         = 3
	lineHigh             = 18
	frameTop             = frameText*lineHigh + 62 // top of the objects
	frameHigh            = frameTop + 116
	objectWide           = 40
	objectHigh           = 30
	objectStep           = 58
	objectsAt            = 100 // left end of the objects, right of the roots
	objectsShown         = 4
	framesShown          = 60
	slotHigh             = 22
	slotsShown           = 4
)

// GCFilm draws a run as an SVG, a strip of frames from left to right and top to bottom:
// each has a description of the step, then the state after it. Roots, slots of stacks and
// globals, are on the left, with arrows to their objects. Objects are boxes in their
// colour, hatched if they will be reclaimed, with arrows below for the pointers between
// them. A thick arrow leads to an object that a barrier shades, and objects that have
// changed since the frame before have a thick frame. It shows the beginning of long runs
// and large heaps.
func GCFilm(title string, frames []gc.Frame) string {
	var s svg
	s.text(12, 24, 0, "start", title)
	y := 40
	for i, f := range frames[:min(len(frames), framesShown)] {
		before := gc.Snapshot{}
		if i > 0 {
			before = frames[i-1].State
		}
		y = 40 + i/framesAcross*(frameHigh+12)
		s.frame(12+i%framesAcross*(frameWide+12), y, i+1, f, before, i > 0)
	}
	y += frameHigh + 24
	if more := len(frames) - framesShown; more > 0 {
		s.text(12, y, 0, "start", fmt.Sprintf("and %d frames more", more))
		y += 12
	}
	s.legend(12, y, sign{"white", "white: not found yet"}, sign{"grey", "grey: found, to be scanned"}, sign{"black", "black: scanned"},
		sign{"pad", "will be reclaimed"}, sign{"changed", "changed"})
	return s.String(title)
}

// colourClasses has the classes of the box of a colour, and of the text on it.
var colourClasses = map[gc.Colour][2]string{
	gc.White: {"white", "on-white"}, gc.Grey: {"grey", "on-white"}, gc.Black: {"black", "on-black"},
}

func (s *svg) frame(x, y, number int, f gc.Frame, before gc.Snapshot, compare bool) {
	s.box(fmt.Sprintf("gc-frame-%d", number), "cell", x, y, frameWide, frameHigh)
	for i, line := range wrap(fmt.Sprintf("%d. %s", number, f.Text), (frameWide-16)/charWidth, frameText) {
		s.text(x+8, y+lineHigh*(i+1), frameWide-16, "start", line)
	}
	old := map[gc.Ref]gc.ObjectState{}
	for _, o := range before.Objects {
		old[o.Object] = o
	}
	at := map[gc.Ref]int{} // the middle of each object that is shown
	top := y + frameTop
	for i, o := range f.State.Objects {
		left := x + objectsAt + i*objectStep
		if i == objectsShown {
			s.text(left, top+20, 0, "start", fmt.Sprintf("+%d", len(f.State.Objects)-i))
			break
		}
		at[o.Object] = left + objectWide/2
		s.object(fmt.Sprintf("gc-frame-%d-object-%d", number, o.Object), left, top, f.State, o)
		if was, ok := old[o.Object]; compare && (!ok || was.Colour != o.Colour || was.Doomed != o.Doomed || !slices.Equal(was.Slots, o.Slots)) {
			s.box("", "changed", left-3, top-3, objectWide+6, objectHigh+6)
		}
	}
	s.roots(x, y+frameTop-lineHigh-16, top, at, f.State)
	for _, o := range f.State.Objects {
		for i, to := range o.Slots[:min(len(o.Slots), slotsShown)] {
			from, ok := at[o.Object]
			if end, shown := at[to]; ok && shown {
				s.below(from+4*i, top+objectHigh+22, end-8+4*i)
			}
		}
	}
	for _, r := range f.Shaded[:min(len(f.Shaded), slotsShown)] {
		if end, ok := at[r]; ok {
			from, ok := at[f.Holder]
			if !ok {
				from = x + objectsAt - 24
			}
			s.curve("strong amber", from, top-4, from, top-34, end+8, top-34, end+8, top-2, false)
		}
	}
}

// object draws an object with its name in it and its colour in words below.
func (s *svg) object(id string, left, top int, state gc.Snapshot, o gc.ObjectState) {
	look, ok := colourClasses[o.Colour]
	if !ok {
		look = [2]string{"cell", ""}
	}
	word := o.Colour.String()
	if o.Doomed {
		word = "lost"
		if !inUse(state)[o.Object] {
			word = "garbage"
		}
		s.box(id, "pad", left, top, objectWide, objectHigh)
		s.box("", look[0], left+8, top+6, objectWide-16, objectHigh-12)
	} else {
		s.box(id, look[0], left, top, objectWide, objectHigh)
	}
	s.textOn(look[1], left+objectWide/2, top+20, objectWide, "middle", objectName(state, o.Object))
	s.text(left+objectWide/2, top+objectHigh+16, objectStep, "middle", word)
}

// below draws a pointer from one object to another, or to itself, below them.
func (s *svg) below(x1, y, x2 int) {
	bend := 16 + min(max(x1-x2, x2-x1)/8, 14)
	if x1-x2 < 12 && x2-x1 < 12 { // to itself
		x1, x2 = x1+9, x2-5
	}
	s.curve("wire", x1, y, x1, y+bend, x2, y+bend, x2, y-1, true)
}

// roots draws the slots of the stacks and the globals, with arrows to their objects,
// whose tops are at the height top.
func (s *svg) roots(x, y, top int, at map[gc.Ref]int, state gc.Snapshot) {
	line := 0
	slot := func(label string, r gc.Ref, colour gc.Colour) {
		if line == slotsShown+1 {
			return
		}
		look, ok := colourClasses[colour]
		if !ok {
			look = [2]string{"white", "on-white"}
		}
		high := y + line*slotHigh
		s.text(x+8, high+15, 0, "start", label)
		s.box("", look[0], x+34, high, 28, slotHigh)
		if end, ok := at[r]; ok && r != gc.Nil {
			s.curve("wire", x+62, high+slotHigh/2, x+62+18, high+slotHigh/2, end-4, top-28, end-4, top-2, false)
		} else if r != gc.Nil {
			s.textOn(look[1], x+48, high+15, 28, "middle", objectName(state, r))
		}
		line++
	}
	for _, g := range state.Goroutines {
		for i, r := range g.Slots[:min(len(g.Slots), slotsShown)] {
			slot(fmt.Sprintf("s%d", i), r, g.Colour)
		}
	}
	for i, r := range state.Globals[:min(len(state.Globals), slotsShown)] {
		slot(fmt.Sprintf("g%d", i), r, state.GlobalsAre)
	}
}

// inUse returns the objects that are reachable from the roots.
func inUse(s gc.Snapshot) map[gc.Ref]bool {
	slots := map[gc.Ref][]gc.Ref{}
	for _, o := range s.Objects {
		slots[o.Object] = o.Slots
	}
	todo := append([]gc.Ref(nil), s.Globals...)
	for _, g := range s.Goroutines {
		todo = append(todo, g.Slots...)
	}
	seen := map[gc.Ref]bool{}
	for len(todo) > 0 {
		r := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if !seen[r] {
			seen[r] = true
			todo = append(todo, slots[r]...)
		}
	}
	return seen
}

// objectName returns a letter for an object in a machine's state, and a number for one in
// a heap's.
func objectName(s gc.Snapshot, r gc.Ref) string {
	if s.Release == "" && 0 < r && r <= 26 {
		return marking.Name(int(r))
	}
	return fmt.Sprint(r)
}

// wrap breaks a text into lines of at most width characters.
func wrap(text string, width, most int) (lines []string) {
	line := ""
	for word := range strings.FieldsSeq(printable(text)) {
		if line != "" && len(line)+1+len(word) > width {
			lines = append(lines, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	lines = append(lines, line)
	if len(lines) > most {
		lines = lines[:most]
		lines[most-1] += " …"
	}
	return lines
}
