// Package noted has the runtime of a program take notes, if package overlay has edited it
// (it has the tag overlay then), and reads them. In any other program there are none.
package noted

import "github.com/orrery-go/orrery/internal/overlay"

// Begin gives each thread room for that number of notes, and lets it take those of the
// kinds. If room is 0, no notes are taken.
func Begin(room uint64, kinds overlay.Kinds) {
	if room > 0 {
		begin(room, uint64(kinds))
	}
}

// Pausing makes threads pause before one in n statements of the scheduler; 0 ends that.
func Pausing(n uint64) { pausing(n) }

// End ends the notes, and returns those of each thread.
func End() []overlay.Thread { return end() }
