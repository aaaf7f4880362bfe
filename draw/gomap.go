package draw

import (
	"fmt"
	"reflect"

	"github.com/orrery-go/orrery/gomap"
)

// Sizes of what GomapSlots draws, in pixels, and its bounds.
const (
	mapSlot    = 66 // wide
	mapRow     = 38 // high, of a group or bucket
	mapLabel   = 96 // wide: a place in the directory, or the number of a bucket
	mapColumn  = mapLabel + 8*mapSlot + 40
	mapColumns = 4
	mapRows    = 96 // of all columns
	mapMost    = 60 // tables, or chains, that a column looks at
)

// GomapSlots draws the memory of maps as an SVG, each in a column of its own: in Swiss
// tables the directory, and of each table its groups; in buckets the array with its
// chains, and the old array in a growth. A box is a slot, with its key and in small
// type its control byte or tophash. Of a large map, and of many, the beginning is
// drawn.
func GomapSlots[K comparable, V any](title string, maps ...gomap.Snapshot[K, V]) string {
	var s svg
	s.text(12, 24, 0, "start", title)
	shown := maps[:min(len(maps), mapColumns)]
	bottom := 60
	for i := range shown {
		p := mapPicture[K, V]{svg: &s, column: i, x: 12 + i*mapColumn, y: 52, rows: mapRows / len(shown)}
		p.draw(&shown[i])
		bottom = max(bottom, p.y)
	}
	if n := len(maps) - len(shown); n > 0 {
		s.textOn("dim", 12, bottom, 0, "start", fmt.Sprintf("and %d maps more", n))
		bottom += 20
	}
	s.legend(12, bottom, sign{"data", "an entry"}, sign{"cell", "empty (in brackets: the key that was left)"},
		sign{"warm", "a tombstone (FE)"}, sign{"grey", "has moved to the new buckets"})
	return s.String(title)
}

// A mapPicture draws a map, from x, y on.
type mapPicture[K comparable, V any] struct {
	*svg
	column, x, y, rows int
	minTop             uint8
	swiss              bool
}

func (p *mapPicture[K, V]) draw(m *gomap.Snapshot[K, V]) {
	p.swiss, p.minTop = m.Design == gomap.Swiss, m.MinTop
	if p.minTop == 0 {
		p.minTop = 5
	}
	p.say("", fmt.Sprintf("%s: %d entries, %s", m.Release, m.Len, m.Design))
	if !p.swiss {
		p.say("dim", fmt.Sprintf("B %d; overflow buckets: %d, and %d that wait", m.B, m.Overflows, m.Preallocated))
		p.chains("bucket", "buckets", m.Buckets)
		if len(m.OldBuckets) > 0 {
			p.say("dim", fmt.Sprintf("the old array: all below %d have moved", m.Evacuated))
			p.chains("old", "old buckets", m.OldBuckets)
		}
		return
	}
	if len(m.Directory) == 0 {
		p.say("dim", "small: one group, no directory")
		for i := range m.Small {
			p.unit("small", "", &m.Small[i])
		}
		return
	}
	p.say("dim", fmt.Sprintf("places in the directory: %d, chosen by the first %d bits of the hash", len(m.Directory), m.GlobalDepth))
	for i := range m.Tables {
		if i == mapMost || p.rows <= 0 {
			p.say("dim", fmt.Sprintf("and %d tables more", len(m.Tables)-i))
			return
		}
		p.table(m, &m.Tables[i], max(2, p.rows/(len(m.Tables)-i)))
	}
}

// table draws a table, with as many of its groups as it may take, and the places of
// the directory that lead to it.
func (p *mapPicture[K, V]) table(m *gomap.Snapshot[K, V], t *gomap.TableState[K, V], may int) {
	const high = 24
	p.box(fmt.Sprintf("map-%d-place-%d", p.column, t.Index), "cell", p.x, p.y-16, mapLabel-20, high)
	p.text(p.x+4, p.y, mapLabel-28, "start", places(m.GlobalDepth, t.LocalDepth, t.Index))
	p.line("wire", p.x+mapLabel-20, p.y-4, p.x+mapLabel, p.y-4)
	p.text(p.x+mapLabel+4, p.y, 8*mapSlot, "start", fmt.Sprintf("table %d: %d of %d slots, room for %d more", t.Number, t.Used, t.Capacity, t.GrowthLeft))
	p.y += 14
	for i := range t.Groups {
		if i == may {
			p.y += 8
			p.say("dim", fmt.Sprintf("and %d groups more", len(t.Groups)-i))
			break
		}
		p.unit(fmt.Sprintf("t%d-g%d", t.Number, i), fmt.Sprint("group ", i), &t.Groups[i])
	}
	p.y += 16
}

// places returns those of the directory that lead to a table, by their bits: "01·" are
// two.
func places(global, local uint8, index int) string {
	if global == 0 || index < 0 {
		return "all"
	}
	text := ""
	for i := range min(global, 16) {
		if i >= local {
			text += "·"
			continue
		}
		text += fmt.Sprint(index >> (global - 1 - i) & 1)
	}
	return text
}

// chains draws an array of buckets, a row for each and one for each that is added.
func (p *mapPicture[K, V]) chains(id, name string, array [][]gomap.Unit[K, V]) {
	for i, chain := range array {
		if i == mapMost || p.rows <= 0 {
			p.say("dim", fmt.Sprintf("and %d %s more", len(array)-i, name))
			break
		}
		for j := range chain {
			label := fmt.Sprintf("%s %d", id, i)
			if j > 0 {
				label = "  overflow"
			}
			if p.rows <= 0 {
				p.say("dim", fmt.Sprintf("and %d overflow buckets more", len(chain)-j))
				break
			}
			p.unit(fmt.Sprintf("%s%d-%d", id, i, j), label, &chain[j])
		}
	}
	p.y += 16
}

// unit draws a group or a bucket.
func (p *mapPicture[K, V]) unit(id, label string, u *gomap.Unit[K, V]) {
	p.rows--
	p.textOn("dim", p.x, p.y+20, mapLabel-8, "start", label)
	for i, c := range u.Control {
		x := p.x + mapLabel + i*mapSlot
		class, text := p.look(c, u, i)
		p.box(fmt.Sprintf("map-%d-%s-%d", p.column, id, i), class, x, p.y, mapSlot, mapRow-6)
		first, second := "", "dim"
		if class == "grey" {
			first, second = "on-white", "on-white"
		}
		if text != "" {
			p.textOn(first, x+4, p.y+14, mapSlot-8, "start", text)
		}
		p.textOn(second, x+mapSlot-4, p.y+28, mapSlot, "end", fmt.Sprintf("%02X", c))
	}
	p.y += mapRow
}

// look reports how a slot is painted.
func (p *mapPicture[K, V]) look(c uint8, u *gomap.Unit[K, V], i int) (class, text string) {
	key := u.Slots[i].Key
	switch {
	case p.swiss && c < 0x80, !p.swiss && c >= p.minTop && !u.Evacuated:
		return "data", keyText(key)
	case p.swiss && c == 0xFE:
		class = "warm"
	case p.moved(c, u):
		class = "grey"
	default:
		class = "cell"
	}
	if !reflect.ValueOf(&key).Elem().IsZero() {
		text = "(" + keyText(key) + ")"
	}
	return class, text
}

// keyText returns a key, cut: a string may be long. Of a large array it is the type.
func keyText(key any) string {
	v := reflect.ValueOf(key)
	switch {
	case v.Kind() == reflect.String:
		return cut(v.String(), mapSlot/charWidth)
	case v.IsValid() && v.Type().Size() > 256:
		return v.Type().String()
	}
	return fmt.Sprint(key)
}

// moved reports whether the entry of an old bucket is elsewhere.
func (p *mapPicture[K, V]) moved(c uint8, u *gomap.Unit[K, V]) bool {
	switch {
	case p.swiss:
		return false
	case u.Evacuated:
		return true
	case p.minTop == 4: // up to Go 1.11: 2 and 3
		return c == 2 || c == 3
	}
	return p.minTop == 5 && (c == 2 || c == 3)
}

// say writes a line.
func (p *mapPicture[K, V]) say(class, text string) {
	p.textOn(class, p.x, p.y, mapColumn-20, "start", text)
	p.y += 22
}
