package layout

import "fmt"

// A PadCause says why there is a pad.
type PadCause string

// The causes.
const (
	AlignPad PadCause = "align" // before a field, for its alignment
	TailPad  PadCause = "tail"  // a byte after a last field of size 0
	EndPad   PadCause = "end"   // rounds the size up to the alignment
)

// A Pad is room between the fields of a struct, or after them.
type Pad struct {
	Cause  PadCause `json:"cause"`
	Offset int64    `json:"offset"` // in bytes
	Size   int64    `json:"size"`   // in bytes
	After  int      `json:"after"`  // the field it follows
	Reason string   `json:"reason"`
}

// Pads returns the pads of a struct in order, each with its reason.
func (l Layout) Pads() []Pad {
	var pads []Pad
	for i, f := range l.Fields {
		p := Pad{Cause: AlignPad, Offset: f.Offset + f.Size, Size: f.Pad, After: i}
		last := i == len(l.Fields)-1
		if last && l.TailByte > 0 {
			pads = append(pads, Pad{
				TailPad, p.Offset, l.TailByte, i,
				fmt.Sprintf("%s has size 0 and comes last: without a byte after it, a pointer to it would point at whatever follows in memory and keep that alive (since Go 1.5)", fieldName(f)),
			})
			p.Offset += l.TailByte
			p.Size -= l.TailByte
		}
		if p.Size == 0 {
			continue
		}
		if last {
			p.Cause = EndPad
			p.Reason = fmt.Sprintf("the size is rounded up from %d to %d, a multiple of the struct's alignment %d, so that in an array the next one is aligned too", p.Offset, l.Size, l.Align)
		} else {
			next := l.Fields[i+1]
			p.Reason = fmt.Sprintf("%s is aligned to %d: its offset is rounded up from %d to %d", fieldName(next), next.Align, p.Offset, next.Offset)
		}
		pads = append(pads, p)
	}
	return pads
}

func fieldName(f FieldLayout) string { return fmt.Sprintf("%.40s %s", f.Name, short(f.Type)) }

// Padding reports how many bytes of the size are pads of the struct itself, not of
// structs inside it.
func (l Layout) Padding() int64 {
	n := int64(0)
	for _, f := range l.Fields {
		n += f.Pad
	}
	return n
}
