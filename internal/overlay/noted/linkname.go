//go:build overlay

package noted

import (
	_ "unsafe" // for go:linkname

	"github.com/orrery-go/orrery/internal/overlay"
)

//go:linkname orreryBegin runtime.orreryBegin
func orreryBegin(notes, kinds uint64)

//go:linkname orreryEnd runtime.orreryEnd
func orreryEnd()

//go:linkname orreryRead runtime.orreryRead
func orreryRead(thread int, dst []uint64) (n, lost, id uint64)

//go:linkname orreryPausing runtime.orreryPausing
func orreryPausing(n uint64)

func begin(notes, kinds uint64) { orreryBegin(notes, kinds) }

func pausing(n uint64) { orreryPausing(n) }

func end() []overlay.Thread {
	orreryEnd()
	var out []overlay.Thread
	for m := range 256 {
		n, lost, id := orreryRead(m, nil)
		if n == 0 {
			continue
		}
		words := make([]uint64, n)
		orreryRead(m, words)
		out = append(out, overlay.Thread{ID: id, Lost: lost, Words: words})
	}
	return out
}
