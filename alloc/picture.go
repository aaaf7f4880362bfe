package alloc

import (
	"fmt"
	"strings"
)

// Picture draws the heap as text: its arenas of 64 MiB, the spans in them, and the
// slots of each, # for one that is taken and . for a free one. Of a span with many
// slots a character stands for several, and is + if only some are taken. Of a heap
// with more than so many spans the first are shown.
func (s Snapshot) Picture(spans int) string {
	const arena = 64 << 20
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d bytes in %d spans, %d in free pages, %d given back or never used\n",
		s.Release, s.Stats.HeapInuse, len(s.Spans), s.Stats.HeapIdle, s.Stats.HeapReleased)
	last := ^Addr(0)
	for i, v := range s.Spans {
		if a := (v.Base - s.Base) / arena; a != last {
			last = a
			fmt.Fprintf(&b, "arena %d at %#x\n", a, uint64(s.Base+a*arena))
		}
		if i >= max(spans, 0) {
			fmt.Fprintf(&b, "  and %d spans more\n", len(s.Spans)-i)
			break
		}
		fmt.Fprintf(&b, "  page %5d, %s\n    %s\n", int64(v.Base-s.Base)/s.PageSize, v, v.Slotmap(64))
	}
	return b.String()
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

// Slotmap draws the slots in at most so many characters, at least one.
func (v SpanState) Slotmap(width int) string {
	each := max(1, (v.Slots+max(width, 1)-1)/max(width, 1))
	var b strings.Builder
	for i := 0; i < v.Slots; i += each {
		n := min(each, v.Slots-i)
		taken := 0
		for j := i; j < i+n; j++ {
			if j/64 < len(v.Taken) && v.Taken[j/64]>>(j%64)&1 == 1 {
				taken++
			}
		}
		switch taken {
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
