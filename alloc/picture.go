package alloc

import (
	"fmt"
	"strings"
)

// Picture draws the heap as text: its arenas of 64 MiB, the spans in them, and the slots
// of each, # for a taken slot and . for a free one. In a span with many slots a character
// stands for several, and is + if only some of them are taken. At most spans of them are
// drawn, the first ones, 0 to [MaxPicture]. It returns an error if that number is out of
// range or the snapshot is not that of a heap.
func (s Snapshot) Picture(spans int) (string, error) {
	if spans < 0 || spans > MaxPicture {
		return "", fmt.Errorf("alloc: a picture of %d spans (want 0 to %d)", spans, MaxPicture)
	}
	if err := s.Check(); err != nil {
		return "", err
	}
	const arena = 64 << 20
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d bytes in %d spans, %d in free pages, %d given back or never used\n",
		s.Release, s.Stats.HeapInuse, len(s.Spans), s.Stats.HeapIdle, s.Stats.HeapReleased)
	last := ^Addr(0)
	for i, v := range s.Spans {
		if a := (v.Base - s.Base) / arena; a != last {
			last = a
			fmt.Fprintf(&b, "arena %d at %v\n", a, s.Base+a*arena)
		}
		if i >= spans {
			fmt.Fprintf(&b, "  and %d spans more\n", len(s.Spans)-i)
			break
		}
		fmt.Fprintf(&b, "  page %5d, %s\n    %s\n", int64(v.Base-s.Base)/s.PageSize, v, v.slotmap(64))
	}
	return b.String(), nil
}

// String reads like "1 page, class 5, 48 bytes, without pointers, 3 of 168 taken,
// cached by P 0".
func (v SpanState) String() string {
	text := plural(v.Pages, "page")
	if v.Class == 0 {
		text += ", a large object"
	} else {
		text += fmt.Sprintf(", class %d, %d bytes", v.Class, v.Size)
	}
	if v.Noscan {
		text += ", without pointers"
	}
	text += fmt.Sprintf(", %d of %d taken, %s", v.Allocated, v.Slots, v.State)
	if v.P >= 0 {
		text += fmt.Sprintf(" by P %d", v.P)
	}
	return text
}

func plural(n int64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// MaxPicture is the largest number of spans in a picture, and of characters in a slot
// map.
const MaxPicture = 10_000

// Slotmap draws the slots in at most width characters, 1 to [MaxPicture]. It returns an
// error if the width is out of range or the state is not that of a span.
func (v SpanState) Slotmap(width int) (string, error) {
	if width < 1 || width > MaxPicture {
		return "", fmt.Errorf("alloc: a slot map of %d characters (want 1 to %d)", width, MaxPicture)
	}
	if err := v.Check(); err != nil {
		return "", err
	}
	return v.slotmap(width), nil
}

func (v SpanState) slotmap(width int) string {
	each := max(1, (v.Slots+width-1)/width)
	var b strings.Builder
	for i := 0; i < v.Slots; i += each {
		n := min(each, v.Slots-i)
		switch v.Taken.Count(i, i+n) {
		case 0:
			b.WriteByte('.')
		case n:
			b.WriteByte('#')
		default:
			b.WriteByte('+')
		}
	}
	return b.String()
}
