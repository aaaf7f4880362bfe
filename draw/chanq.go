package draw

import (
	"fmt"
	"strings"

	"github.com/orrery-go/orrery/chanq"
)

// ChanqRing draws a channel as an SVG: its ring as a row of slots, those with values
// tinted, with arrows at recvx and sendx; on the left the goroutines that wait to send,
// on the right those that wait to receive, the first of each nearest to the ring. It
// shows the beginning of long rings and queues.
func ChanqRing(c chanq.ChanState) string {
	const (
		top          = 76
		cell, row    = 52, 30
		baseline     = 20
		slots, queue = 16, 6 // largest numbers shown
		gap          = 28    // between the ring and a queue
		noSlots      = 2     // width in slots left for a missing ring
	)
	var s svg
	id := "chanq-" + c.Chan.String()
	s.text(12, 24, 0, "start", chanTitle(c))
	senders := min(len(c.Sendq), queue+1)
	left := 12 + max(senders*cell+gap, 2*cell)
	shown := int(min(c.Dataqsiz, slots))
	width := max(shown, noSlots) * cell

	if senders > 0 {
		s.text(12, top-10, 0, "start", "sendq")
	}
	for i := range senders {
		s.waiter(left-gap-(i+1)*cell, top, cell, row, baseline, c.Sendq, i, queue, true)
	}
	if shown == 0 {
		s.text(left+width/2, top+baseline, width, "middle", "no buffer")
	}
	for i := range shown {
		x, class, value := left+i*cell, "cell", ""
		if c.Holds(int64(i)) && i < len(c.Buf) {
			class, value = "data", fmt.Sprint(c.Buf[i])
		}
		s.box(fmt.Sprintf("%s-slot-%d", id, i), class, x, top, cell, row)
		s.text(x+cell/2, top+baseline, cell-4, "middle", value)
		s.textOn("dim", x+cell/2, top-10, cell, "middle", fmt.Sprint(i))
		below := top + row + baseline - 4
		if int64(i) == c.Recvx {
			s.text(x+cell/2, below, cell+16, "middle", "↑recvx")
			below += 18
		}
		if int64(i) == c.Sendx {
			s.text(x+cell/2, below, cell+16, "middle", "↑sendx")
		}
	}
	end := left + width
	if more := c.Dataqsiz - int64(shown); more > 0 {
		text := fmt.Sprintf("… %d more", more)
		s.text(end+6, top+baseline, 0, "start", text)
		end += 6 + len(text)*charWidth
	}
	receivers := min(len(c.Recvq), queue+1)
	if receivers > 0 {
		s.text(end+gap, top-10, 0, "start", "recvq")
	}
	for i := range receivers {
		s.waiter(end+gap+i*cell, top, cell, row, baseline, c.Recvq, i, queue, false)
	}
	s.grow(end+gap, top+row+3*baseline)
	s.legend(12, top+row+3*baseline+4, sign{"data", "a value"}, sign{"cell", "a free slot"}, sign{"warm", "a goroutine that waits"}, sign{"pad", "its select was woken elsewhere"})
	return s.String(chanTitle(c))
}

// waiter draws one goroutine of a queue, or after the last one shown the number of the
// rest.
func (s *svg) waiter(x, y, w, h, baseline int, q []chanq.Waiter, i, shown int, send bool) {
	if i == shown {
		s.text(x+w/2, y+baseline, w, "middle", fmt.Sprintf("+%d", len(q)-shown))
		s.grow(x+w, y+h)
		return
	}
	class := "warm"
	if q[i].Stale {
		class = "pad" // it is passed over
	}
	s.box(fmt.Sprintf("chanq-g%d-%d", q[i].G, i), class, x, y, w, h)
	if class == "pad" {
		s.box("", "cell", x+6, y+6, w-12, h-12) // background of the name
	}
	s.text(x+w/2, y+baseline, w-4, "middle", fmt.Sprintf("G%d", q[i].G))
	if send {
		s.textOn("dim", x+w/2, y+h+baseline-4, w-4, "middle", fmt.Sprint(q[i].Elem))
	}
}

func chanTitle(c chanq.ChanState) string {
	parts := []string{fmt.Sprintf("%v: qcount %d, dataqsiz %d", c.Chan, c.Qcount, c.Dataqsiz)}
	if c.Closed {
		parts = append(parts, "closed")
	}
	if c.Timer {
		parts = append(parts, "of a timer")
	}
	return strings.Join(parts, ", ")
}
