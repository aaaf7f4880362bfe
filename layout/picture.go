package layout

import (
	"fmt"
	"strings"
)

// A Row is a word of a type as a picture shows it.
type Row struct {
	Offset int64  `json:"offset"` // in bytes, a multiple of the word
	Words  int64  `json:"words"`  // 1; more where the inside of a long field is left out
	Cells  []Cell `json:"cells"`
	Zero   []int  `json:"zero,omitempty"` // fields of size 0 that lie here
}

// A Cell is a field's or a pad's part of a row.
type Cell struct {
	From  int64    `json:"from"` // in bytes from the row's offset
	To    int64    `json:"to"`
	Field int      `json:"field"`         // index of the field, or of the field before the pad; -1 for a type that is not a struct
	First bool     `json:"first"`         // the field or pad begins here
	Pad   PadCause `json:"pad,omitempty"` // "" for a field
}

// Rows cuts a type into words. In a field of more than four words the inside is left out,
// so there are about as many rows as fields. A layout that does not pass [Layout.Check]
// has no rows.
func (l Layout) Rows() []Row {
	if l.Check() != nil {
		return nil
	}
	var spans []Cell // in bytes from the type's beginning
	zero := make(map[int64][]int)
	if l.Fields == nil && l.Size > 0 {
		spans = append(spans, Cell{From: 0, To: l.Size, Field: -1})
	}
	pads := l.Pads()
	for i, f := range l.Fields {
		if f.Size > 0 {
			spans = append(spans, Cell{From: f.Offset, To: f.Offset + f.Size, Field: i})
		} else {
			row := f.Offset / l.Word
			if f.Offset == l.Size && row > 0 {
				row = (f.Offset - 1) / l.Word
			}
			zero[row] = append(zero[row], i)
		}
		for len(pads) > 0 && pads[0].After == i {
			spans = append(spans, Cell{From: pads[0].Offset, To: pads[0].Offset + pads[0].Size, Field: i, Pad: pads[0].Cause})
			pads = pads[1:]
		}
	}
	var rows []Row
	if l.Size == 0 {
		return append(rows, Row{Words: 1, Zero: zero[0]})
	}
	for at := int64(0); at < l.Size; {
		for spans[0].To <= at {
			spans = spans[1:]
		}
		row := Row{Offset: at, Words: 1, Zero: zero[at/l.Word]}
		if left := (spans[0].To - at) / l.Word; spans[0].From < at && left > 2 {
			row.Words = left - 1 // all but the last whole word
		}
		end := at + row.Words*l.Word
		for _, s := range spans {
			if s.From >= end {
				break
			}
			row.Cells = append(row.Cells, Cell{max(s.From-at, 0), min(s.To-at, l.Word), s.Field, s.From >= at, s.Pad})
		}
		rows = append(rows, row)
		at = end
	}
	return rows
}

// Picture draws one row a word, four columns a byte, with pads as slashes, and to the
// right the fields that begin in the row. Names that do not fit are cut. For a layout
// that does not pass [Layout.Check] it returns the text of the error.
func (l Layout) Picture() string {
	if err := l.Check(); err != nil {
		return err.Error() + "\n"
	}
	var b strings.Builder
	b.WriteString(l.Title() + "\n")
	width := len(fmt.Sprint(l.Size))
	for _, r := range l.Rows() {
		line, notes := "", []string(nil)
		if r.Words > 1 {
			c := r.Cells[0]
			line = "|" + fit(fmt.Sprintf("%s ... %d words", l.fieldName(c.Field), r.Words), int(4*l.Word-1), ' ') + "|"
		} else {
			for _, c := range r.Cells {
				columns := int(4*(c.To-c.From) - 1)
				if c.Pad != "" {
					line += "|" + strings.Repeat("/", columns)
					if c.First {
						notes = append(notes, fmt.Sprintf("%s pad %d", c.Pad, l.padSize(c)))
					}
					continue
				}
				line += "|" + fit(l.fieldName(c.Field), columns, ' ')
				if c.First {
					notes = append(notes, l.note(c.Field))
				}
			}
			if line != "" {
				line += "|"
			}
		}
		for _, z := range r.Zero {
			notes = append(notes, l.note(z)+" (size 0)")
		}
		row := fmt.Sprintf("%*d %s", width, r.Offset, fit(line, int(4*l.Word+1), ' '))
		if len(notes) > 0 {
			row += "  " + strings.Join(notes, ", ")
		}
		b.WriteString(strings.TrimRight(row, " ") + "\n")
	}
	return b.String()
}

// Title returns the title of a picture, one line.
func (l Layout) Title() string {
	return fmt.Sprintf("%s on %s: size %d, align %d, pointer bytes %d, padding %d",
		short(l.Type), l.Arch, l.Size, l.Align, l.PtrBytes, l.Padding())
}

func (l Layout) fieldName(i int) string {
	if i < 0 {
		return short(l.Type)
	}
	return l.Fields[i].Name
}

func (l Layout) note(i int) string {
	if i < 0 {
		return short(l.Type)
	}
	return fmt.Sprintf("%.40s %s", l.Fields[i].Name, short(l.Fields[i].Type))
}

// padSize returns the size of the pad that a cell begins.
func (l Layout) padSize(c Cell) int64 {
	f := l.Fields[c.Field]
	last := c.Field == len(l.Fields)-1
	switch {
	case c.Pad == TailPad:
		return l.TailByte
	case last:
		return f.Pad - l.TailByte
	}
	return f.Pad
}

// fit cuts or fills a text to a number of columns.
func fit(s string, columns int, fill rune) string {
	out := make([]rune, 0, columns)
	for _, r := range s {
		if len(out) == columns {
			return string(out)
		}
		out = append(out, r)
	}
	for len(out) < columns {
		out = append(out, fill)
	}
	return string(out)
}
