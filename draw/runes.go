package draw

import (
	"fmt"

	"github.com/orrery-go/orrery/runes"
)

// RunesText draws a text as an SVG, byte by byte: each rune is a box around its bytes, in
// hexadecimal, with the bits that belong to the rune; invalid bytes are hatched. It shows
// the beginning of a long text.
func RunesText(text string) string {
	const (
		left, top  = 12, 56
		cell, high = 84, 46
		across     = 8
		row        = 96
		most       = 64 // bytes
	)
	var s svg
	d, err := runes.New(runes.Config{Text: text[:min(len(text), most+runes.UTFMax)]})
	if err != nil {
		s.text(left, 24, 0, "start", err.Error())
		return s.String("A text")
	}
	s.text(left, 24, 0, "start", fmt.Sprintf("%d bytes, %d runes, %d clusters", len(text), runes.Count(text), len(runes.Clusters(text[:min(len(text), 1<<12)]))))
	n := 0
	for e := range d.Events() {
		if e.Offset+e.Width > most {
			s.text(left, top+(most/across)*row, 0, "start", fmt.Sprintf("and %d bytes more", len(text)-e.Offset))
			break
		}
		name := fmt.Sprintf("%U", e.Rune)
		if e.Kind == runes.Broken {
			name = "U+FFFD"
		} else if e.Rune >= ' ' {
			name += " " + string(e.Rune)
		}
		for i := range e.Width {
			at := e.Offset + i
			x, y := left+at%across*cell, top+at/across*row
			class := fmt.Sprintf("g%d", n%len(hues))
			if e.Kind == runes.Broken {
				class = "pad"
			}
			s.box(fmt.Sprintf("runes-byte-%d", at), class, x, y, cell, high)
			if class == "pad" {
				s.box("", "cell", x+4, y+4, cell-8, high-8)
			}
			s.text(x+cell/2, y+19, cell, "middle", fmt.Sprintf("%02X", text[at]))
			s.text(x+cell/2, y+37, cell, "middle", fmt.Sprintf("%08b", text[at]))
			if i == 0 {
				s.text(x+2, y+high+17, e.Width*cell, "start", name)
				s.textOn("dim", x+2, y-5, cell, "start", fmt.Sprint(at))
			}
		}
		n++
	}
	rows := (min(len(text), most) + across - 1) / across
	s.grow(left+across*cell, top+rows*row)
	s.legend(left, top+rows*row+8, sign{"g1", "the bytes of a rune, in one colour"}, sign{"pad", "a byte that begins no rune: U+FFFD"})
	return s.String("A text, byte by byte")
}
