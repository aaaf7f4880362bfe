package race

import "slices"

// history counts the events of a goroutine: the detector keeps the last of them, in
// parts, to print the stack of an access that was long ago.
type history struct{ events uint32 }

// add counts one, and reports its number.
func (h *history) add() uint32 {
	h.events++
	return h.events - 1
}

// forgotten reports whether an access is no longer in its goroutine's history.
func (d *Detector) forgotten(c cell) bool {
	l := d.config.Limits
	me := d.gs.find(c.g)
	switch {
	case me == nil:
		return l.Exited > 0 && !slices.Contains(d.exited, c.g)
	case l.Parts == 0:
		return false
	}
	size := uint32(l.PartSize)
	return me.parts.events/size-c.event/size >= uint32(l.Parts)
}

// exits keeps the history of one that exits, and if there are too many then only of
// the last quarter.
func (d *Detector) exits(g G) {
	if most := d.config.Limits.Exited; most > 0 {
		if d.exited = append(d.exited, g); len(d.exited) > most {
			d.exited = append(d.exited[:0], d.exited[len(d.exited)-most/4:]...)
		}
	}
}
