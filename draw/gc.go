package draw

import (
	"fmt"
	"strings"

	"github.com/orrery-go/orrery/gc"
	"github.com/orrery-go/orrery/gc/marking"
)

// The measures of a frame of a cycle.
const (
	frameWide, frameText = 332, 4 // pixels, lines
	framesAcross         = 3
	lineHigh             = 18
	frameTop             = frameText*lineHigh + 46 // of the objects
	frameHigh            = frameTop + 116
	objectWide           = 40
	objectHigh           = 30
	objectStep           = 58
	objectsAt            = 84 // behind the stacks
	objectsShown         = 4
	framesShown          = 60
	slotHigh             = 22
	slotsShown           = 4
)

// Cycle draws a run as an SVG strip of frames, from left to right and top to bottom:
// what happens, then the state after it. Stacks and globals are on the left; objects
// are boxes, empty if they are white, light if they are grey, dark if they are black
// and hatched if they will be reclaimed, with arrows below for the pointers between
// them. What a barrier shades has an arrow above. Of long runs and large heaps the
// beginning is shown.
func Cycle(title string, frames []gc.Frame) string {
	var s svg
	s.text(12, 24, 0, "start", title)
	for i, f := range frames[:min(len(frames), framesShown)] {
		x, y := 12+i%framesAcross*(frameWide+12), 40+i/framesAcross*(frameHigh+12)
		s.frame(x, y, i+1, f)
	}
	return s.String(title)
}

func (s *svg) frame(x, y, number int, f gc.Frame) {
	s.rect(x, y, frameWide, frameHigh, ink, 0.03)
	for i, line := range wrap(fmt.Sprintf("%d. %s", number, f.Text), (frameWide-16)/charWidth, frameText) {
		s.text(x+8, y+lineHigh*(i+1), frameWide-16, "start", line)
	}
	s.roots(x+8, y+frameTop-lineHigh, f.State)
	at := map[gc.Ref]int{} // the middle of each object that is shown
	top := y + frameTop
	for i, o := range f.State.Objects {
		left := x + objectsAt + i*objectStep
		if i == objectsShown {
			s.text(left, top+20, 0, "start", fmt.Sprintf("+%d", len(f.State.Objects)-i))
			break
		}
		at[o.Object] = left + objectWide/2
		fill, opacity := ink, map[gc.Colour]float64{gc.Grey: 0.22, gc.Black: 0.55}[o.Colour]
		if o.Doomed {
			fill, opacity = "url(#pad)", 0.5
		}
		s.rect(left, top, objectWide, objectHigh, fill, opacity)
		s.text(left+objectWide/2, top-6, objectStep, "middle", objectName(f.State, o.Object))
		word := o.Colour.String()
		if o.Doomed {
			word = "lost"
			if !inUse(f.State)[o.Object] {
				word = "garbage"
			}
		}
		s.text(left+objectWide/2, top+objectHigh+16, objectStep, "middle", word)
	}
	for _, o := range f.State.Objects {
		for i, to := range o.Slots {
			from, ok := at[o.Object]
			end, shown := at[to]
			if ok && shown {
				s.arc(from+4*i, top+objectHigh+22, end-8+4*i, 1, ink, false)
			}
		}
	}
	for _, r := range f.Shaded {
		if end, ok := at[r]; ok {
			from, ok := at[f.Holder]
			if !ok {
				from = x + objectsAt - 24
			}
			s.arc(from, top-lineHigh-4, end, -1, amber, true)
		}
	}
}

// roots writes the stacks and the globals, slot by slot.
func (s *svg) roots(x, y int, state gc.Snapshot) {
	line := 0
	slot := func(label string, r gc.Ref, colour gc.Colour) {
		if line == slotsShown+1 {
			return
		}
		fill, opacity := ink, map[gc.Colour]float64{gc.Grey: 0.12, gc.Black: 0.3}[colour]
		top := y + line*slotHigh
		s.text(x, top+15, 0, "start", label)
		s.rect(x+24, top, 36, slotHigh, fill, opacity)
		if r != gc.Nil {
			s.text(x+24+18, top+15, 34, "middle", objectName(state, r))
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

// inUse are the objects that the roots lead to.
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

// objectName is a letter in a machine's state, and a number in a heap's.
func objectName(s gc.Snapshot, r gc.Ref) string {
	if s.Release == "" && 0 < r && r <= 26 {
		return marking.Name(int(r))
	}
	return fmt.Sprint(r)
}

// wrap breaks a text into lines of so many characters.
func wrap(text string, width, most int) (lines []string) {
	line := ""
	for word := range strings.FieldsSeq(text) {
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

// arc draws an arrow from one place of a height to another, below it or, if side is
// -1, above.
func (s *svg) arc(x1, y, x2, side int, colour string, thick bool) {
	width := 1
	if thick {
		width = 2
	}
	bend := 16 + min(max(x1-x2, x2-x1)/8, 14)
	if x1-x2 < 12 && x2-x1 < 12 { // to itself
		x1, x2 = x1+9, x2-5
	}
	s.grow(max(x1, x2), y+bend)
	fmt.Fprintf(&s.body, `<path d="M%d %d C%d %d %d %d %d %d" fill="none" stroke="%s" stroke-width="%d"/>`+"\n",
		x1, y, x1, y+side*bend, x2, y+side*bend, x2, y+side*6, colour, width)
	fmt.Fprintf(&s.body, `<path d="M%d %d L%d %d L%d %d Z" fill="%s"/>`+"\n", x2, y, x2-4, y+side*7, x2+4, y+side*7, colour)
}
