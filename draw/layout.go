package draw

import (
	"fmt"
	"strings"

	"github.com/orrery-go/orrery/layout"
)

// LayoutWords draws a type's memory as an SVG: a row a word, fields as boxes with their
// names, pads hatched, and to the right the fields that begin in each row. Fields with
// pointers are tinted, up to the last pointer. The inside of long fields, and the rows
// after the first 256, are left out. For a layout that does not pass its Check it shows
// the error.
func LayoutWords(l layout.Layout) string {
	const (
		left, top = 84, 76 // of the first box
		cell, row = 44, 30 // a byte's width, a word's height
		baseline  = 20     // of text in a row
		longTitle = 100    // characters
		most      = 256    // rows
	)
	var s svg
	if err := l.Check(); err != nil {
		s.text(12, 24, 0, "start", err.Error())
		return s.String("A type's memory")
	}
	name, facts, _ := strings.Cut(l.Title(), " on "+l.Arch+": ")
	s.text(12, 24, 0, "start", cut(name, longTitle))
	s.text(12, 44, 0, "start", l.Arch+": "+facts)
	for b := range l.Word {
		s.textOn("dim", left+int(b)*cell+cell/2, top-8, cell, "middle", fmt.Sprintf("+%d", b))
	}
	notes := left + int(l.Word)*cell + 16
	rows := l.Rows()
	y := top
	for i, r := range rows {
		y = top + i*row
		if i == most {
			s.text(left, y+baseline, 0, "start", fmt.Sprintf("and %d rows more", len(rows)-i))
			break
		}
		s.textOn("dim", left-10, y+baseline, left-12, "end", fmt.Sprint(r.Offset))
		var begins []string
		for _, c := range r.Cells {
			x, w := left+int(c.From)*cell, int(c.To-c.From)*cell
			switch {
			case r.Words > 1:
				s.box("", "cell", left, y, int(l.Word)*cell, row)
				s.text(left+int(l.Word)*cell/2, y+baseline, int(l.Word)*cell, "middle", fmt.Sprintf("%s … %d words", fieldName(l, c.Field), r.Words))
				continue
			case c.Pad != "":
				s.box("", "pad", x, y, w, row)
			default:
				class := "cell"
				if pointers(l, c.Field, r.Offset+c.From) {
					class = "data"
				}
				s.box(fieldID(l, c), class, x, y, w, row)
				s.text(x+w/2, y+baseline, w-4, "middle", fieldName(l, c.Field))
			}
			if c.First {
				begins = append(begins, begin(l, c))
			}
		}
		for _, z := range r.Zero {
			begins = append(begins, begin(l, layout.Cell{Field: z})+" (size 0)")
		}
		s.text(notes, y+baseline, 0, "start", strings.Join(begins, ", "))
		s.grow(notes, y+row)
	}
	s.legend(12, y+row+12, sign{"data", "pointers, which the collector looks at"}, sign{"cell", "no pointers"}, sign{"pad", "padding"})
	return s.String(l.Title())
}

// fieldID returns the id of a field's first box.
func fieldID(l layout.Layout, c layout.Cell) string {
	if !c.First {
		return ""
	}
	return "layout-" + fieldName(l, c.Field)
}

// pointers reports whether a field still has pointers at an offset of the type.
func pointers(l layout.Layout, field int, offset int64) bool {
	if field < 0 {
		return offset < l.PtrBytes
	}
	f := l.Fields[field]
	return offset < f.Offset+f.PtrBytes
}

func fieldName(l layout.Layout, field int) string {
	if field < 0 {
		return typeText(l.Type)
	}
	return l.Fields[field].Name
}

func begin(l layout.Layout, c layout.Cell) string {
	switch {
	case c.Pad == layout.AlignPad:
		return fmt.Sprintf("pad %d", l.Fields[c.Field].Pad)
	case c.Pad == layout.EndPad:
		return fmt.Sprintf("end pad %d", l.Fields[c.Field].Pad-l.TailByte)
	case c.Pad == layout.TailPad:
		return "tail byte"
	case c.Field < 0:
		return typeText(l.Type)
	}
	return l.Fields[c.Field].Name + " " + typeText(l.Fields[c.Field].Type)
}

// typeText returns a text short enough to stand beside a row.
func typeText(t layout.Type) string {
	const long = 48
	return cut(t.String(), long)
}
