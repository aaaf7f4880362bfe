package gomap

import (
	"fmt"
	"strings"
)

const (
	maxLines = 100 // of a snapshot's text
	maxKey   = 20  // runes of a key there
)

// String draws the memory: a line for each group or bucket, with the keys of its slots,
// "." for an empty one, "x" for a tombstone. Only the beginning of a large map is drawn.
func (s Snapshot[K, V]) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d entries", s.Len)
	lines := 0
	units := func(title string, chain []Unit[K, V], full func(uint8) bool) {
		if lines++; lines > maxLines {
			return
		}
		fmt.Fprintf(&b, "\n%s", title)
		for i := range chain {
			if i > 0 {
				b.WriteString(" ->")
			}
			for j, c := range chain[i].Control {
				b.WriteByte(' ')
				switch {
				case full(c) && !chain[i].Evacuated:
					b.WriteString(cut(fmt.Sprint(chain[i].Slots[j].Key)))
				case s.Design == Swiss && c == ctrlDeleted:
					b.WriteByte('x')
				default:
					b.WriteByte('.')
				}
			}
		}
	}
	swiss := func(c uint8) bool { return c&ctrlEmpty == 0 }
	for range s.Small {
		units("group", s.Small, swiss)
	}
	for _, t := range s.Tables {
		if lines++; lines <= maxLines {
			fmt.Fprintf(&b, "\ntable %d at %s: %d of %d slots, room for %d", t.Number, s.places(t), t.Used, t.Capacity, t.GrowthLeft)
		}
		for i := range t.Groups {
			units(fmt.Sprintf("  group %d", i), t.Groups[i:i+1], swiss)
		}
	}
	from := s.minTop()
	old := func(c uint8) bool { return c >= from }
	for i := range s.Buckets {
		units(fmt.Sprintf("bucket %d", i), s.Buckets[i], old)
	}
	for i := range s.OldBuckets {
		units(fmt.Sprintf("old bucket %d", i), s.OldBuckets[i], old)
	}
	if lines > maxLines {
		fmt.Fprintf(&b, "\nand %d lines more", lines-maxLines)
	}
	return b.String()
}

// places returns those of a table in the directory: "0" or "2-3".
func (s *Snapshot[K, V]) places(t TableState[K, V]) string {
	n := 1
	if t.LocalDepth < s.GlobalDepth && s.GlobalDepth-t.LocalDepth < 62 {
		n = 1 << (s.GlobalDepth - t.LocalDepth)
	}
	if n == 1 {
		return fmt.Sprint(t.Index)
	}
	return fmt.Sprintf("%d-%d", t.Index, t.Index+n-1)
}

// minTop returns the lowest tophash of an entry in the release.
func (s *Snapshot[K, V]) minTop() uint8 {
	if s.MinTop == 0 {
		return 5
	}
	return s.MinTop
}

func cut(text string) string {
	if r := []rune(text); len(r) > maxKey {
		return string(r[:maxKey]) + "..."
	}
	return text
}
