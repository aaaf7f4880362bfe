package draw

import (
	"fmt"

	"github.com/orrery-go/orrery/iface"
)

// IfaceWords draws interfaces as an SVG: the two words of each, and where they point: the
// type, or an itab with its functions, and the value and its place in memory. A word that
// points nowhere is dim. It draws the beginning of many interfaces.
func IfaceWords(values ...iface.Value) string {
	const (
		left, top = 12, 40
		wide, gap = 190, 70
		high, row = 30, 128
		most      = 12
		funs      = 3
	)
	var s svg
	s.text(left, 24, 0, "start", "each interface is two words")
	for i, v := range values {
		if i == most {
			s.text(left, top+most*row+16, 0, "start", fmt.Sprintf("and %d more", len(values)-most))
			break
		}
		y := top + i*row
		w, err := v.Words()
		if err != nil {
			s.text(left, y+20, 0, "start", err.Error())
			continue
		}
		id := fmt.Sprintf("iface-%d", i)
		s.textOn("dim", left, y+12, wide+gap+wide, "start", v.Type().String())
		s.wordBox(id+"-tab", left, y+20, wide, high, w.Tab, "type or itab")
		s.wordBox(id+"-data", left, y+20+high, wide, high, w.Data, "data")
		x := left + wide + gap
		if w.Tab == 0 {
			s.textOn("dim", x, y+40, 0, "start", "nil: no type, no value")
			continue
		}
		held, err := v.Elem()
		if err != nil {
			s.text(x, y+40, 0, "start", err.Error())
			continue
		}
		s.line("wire", left+wide, y+20+high/2, x, y+20+high/2)
		s.box(id+"-type", "g0", x, y+20, wide, high)
		s.text(x+6, y+40, wide-12, "start", held.Type().String())
		methods := v.Methods()
		for k, f := range methods {
			if k == funs-1 && len(methods) > funs {
				s.textOn("dim", x+wide+12, y+28+15*k, 0, "start", fmt.Sprintf("and %d more", len(methods)-k))
				break
			}
			s.textOn("dim", x+wide+12, y+28+15*k, 2*wide, "start", f)
		}
		class, place := "data", string(v.Where())
		if v.Where() == iface.Inside {
			class, place = "warm", "in the data word"
		}
		s.line("wire", left+wide, y+20+high+high/2, x, y+24+high+high/2)
		s.box(id+"-value", class, x, y+24+high, wide, high)
		s.text(x+6, y+44+high, wide-12, "start", held.String())
		s.textOn("dim", x+wide+12, y+44+high, 0, "start", place)
	}
	n := min(len(values), most)
	s.grow(left+2*wide+gap, top+n*row)
	s.legend(left, top+n*row+24, sign{"g0", "the dynamic type"}, sign{"data", "the value, in a box"}, sign{"warm", "the value is the data word"})
	return s.String("Interfaces, word by word")
}

// wordBox draws a word.
func (s *svg) wordBox(id string, x, y, w, h int, word uint64, name string) {
	class, text := "cell", fmt.Sprintf("%#x", word)
	if word == 0 {
		class, text = "pad", "0"
	}
	s.box(id, class, x, y, w, h)
	if class == "pad" {
		s.box("", "cell", x+4, y+4, w-8, h-8)
	}
	s.text(x+8, y+20, w-90, "start", text)
	s.textOn("dim", x+w-8, y+20, 96, "end", name)
}
