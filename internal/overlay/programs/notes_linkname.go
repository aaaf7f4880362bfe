//go:build overlay

package main

import _ "unsafe" // for go:linkname

//go:linkname orreryBegin runtime.orreryBegin
func orreryBegin(notes uint64)

//go:linkname orreryEnd runtime.orreryEnd
func orreryEnd()

//go:linkname orreryRead runtime.orreryRead
func orreryRead(thread int, dst []uint64) (n, lost, id uint64)

//go:linkname pausing runtime.orreryPausing
func pausing(n uint64)

func begin(notes uint64) {
	if notes > 0 {
		orreryBegin(notes)
	}
}

func end() []Thread {
	orreryEnd()
	var out []Thread
	for m := range 256 {
		n, lost, id := orreryRead(m, nil)
		if n == 0 {
			continue
		}
		words := make([]uint64, n)
		orreryRead(m, words)
		out = append(out, Thread{ID: id, Lost: lost, Words: words})
	}
	return out
}
