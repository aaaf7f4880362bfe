package layout

import (
	"errors"
	"fmt"
)

// A MapLayout is the unit in which a map holds its entries: a bucket of eight,
// and since Go 1.24 a group of eight slots. Numbers are bytes.
type MapLayout struct {
	Unit         Layout  `json:"unit"`         // of the bucket or group, a type that only the compiler sees
	Entries      int     `json:"entries"`      // entries in a unit
	MaxLoad      float64 `json:"maxLoad"`      // entries a unit holds on average before the map grows
	Slot         int64   `json:"slot"`         // an entry's share of a unit's keys and elements, with padding
	IndirectKey  bool    `json:"indirectKey"`  // keys above 128 bytes are pointed to
	IndirectElem bool    `json:"indirectElem"` // elements too
}

// PerEntry returns the fewest bytes that an entry costs, in a map about to grow.
func (m MapLayout) PerEntry() float64 { return float64(m.Unit.Size) / m.MaxLoad }

const (
	mapEntries = 8   // abi.MapGroupSlots, MapBucketCount before
	maxInline  = 128 // abi.MapMaxKeyBytes and MapMaxElemBytes
)

// Map reports how a map[key]elem holds its entries. It returns an
// error if the key cannot be compared, and if [Rules.Of] does.
//
// Until Go 1.23 a bucket has eight keys, then eight elements, so elements of size 0 cost
// nothing. A group has eight slots of a key and an element, and the element is the last
// field of the slot: of size 0 it costs as much as a trailing field of size 0 in any
// struct. A set map[int64]struct{} has the slots of a map[int64]bool.
func (r *Rules) Map(key, elem Type) (MapLayout, error) {
	c, err := Comparable(key)
	if err != nil {
		return MapLayout{}, err
	}
	if !c.Comparable {
		return MapLayout{}, fmt.Errorf("layout: invalid map key type %s", short(key))
	}
	m := MapLayout{Entries: mapEntries}
	if key, m.IndirectKey, err = r.inline(key); err != nil {
		return MapLayout{}, err
	}
	if elem, m.IndirectElem, err = r.inline(elem); err != nil {
		return MapLayout{}, err
	}
	if r.release.AtLeast("go1.24") {
		slot := &Struct{[]Field{{Name: "key", Type: key}, {Name: "elem", Type: elem}}}
		m.MaxLoad = 7
		m.Unit, err = r.Of(&Struct{[]Field{{Name: "ctrl", Type: Uint64}, {Name: "slots", Type: &Array{mapEntries, slot}}}})
		if err == nil {
			m.Slot = m.Unit.Fields[1].Size / mapEntries
		}
		return m, err
	}
	m.MaxLoad = 6.5
	if r.release.Minor() == 21 {
		m.MaxLoad = 6 // 13/16 of 8, times 2, in whole numbers: runtime/map.go:loadFactorNum
	}
	bucket, err := r.bucket(key, elem)
	if err != nil {
		return MapLayout{}, err
	}
	if m.Unit, err = r.Of(bucket); err != nil {
		return MapLayout{}, err
	}
	for _, f := range m.Unit.Fields {
		if f.Name == "keys" || f.Name == "elems" {
			m.Slot += f.Size / mapEntries
		}
	}
	return m, nil
}

// bucket returns the type of a bucket: runtime/map.go:bmap.
func (r *Rules) bucket(key, elem Type) (Type, error) {
	k, err := r.Extent(key)
	if err != nil {
		return nil, err
	}
	e, err := r.Extent(elem)
	if err != nil {
		return nil, err
	}
	topbits := Field{Name: "topbits", Type: &Array{mapEntries, Uint8}}
	keys := Field{Name: "keys", Type: &Array{mapEntries, key}}
	elems := Field{Name: "elems", Type: &Array{mapEntries, elem}}
	overflow := Field{Name: "overflow", Type: UnsafePointer}
	if r.release.AtLeast("go1.5") && k.PtrBytes == 0 && e.PtrBytes == 0 {
		overflow.Type = Uintptr // the map points to overflow buckets elsewhere: the collector skips this one
	}
	fields := []Field{topbits, keys, elems}
	if pad := (Field{Name: "pad", Type: Uintptr}); r.maxAlign > r.word && (!r.release.AtLeast("go1.5") || max(k.Align, e.Align) > r.word) {
		fields = append(fields, pad) // amd64p32, where overflow would else not be the last word
	}
	if !r.release.AtLeast("go1.4") {
		return &Struct{append([]Field{topbits, overflow}, fields[1:]...)}, nil
	}
	return &Struct{append(fields, overflow)}, nil
}

// inline returns the part of a key or element that lies in the map itself.
func (r *Rules) inline(t Type) (in Type, indirect bool, err error) {
	e, err := r.Extent(t)
	if err == nil && e.Size > maxInline {
		return &Pointer{t}, true, nil
	}
	return t, false, err
}

// A Saving compares a set with the map from the same keys to bool.
type Saving struct {
	Set  MapLayout `json:"set"`  // map[key]struct{}
	Bool MapLayout `json:"bool"` // map[key]bool
	// Unit and PerEntry are the bytes that the set saves in a bucket or group, and for
	// each entry of a full bucket or group.
	Unit     int64   `json:"unit"`
	PerEntry float64 `json:"perEntry"`
}

// SetSaving reports how much map[key]struct{} saves compared with map[key]bool. Errors
// are those of [Rules.Map].
func (r *Rules) SetSaving(key Type) (Saving, error) {
	set, err := r.Map(key, &Struct{})
	if err != nil {
		return Saving{}, err
	}
	b, err := r.Map(key, Bool)
	if err != nil {
		return Saving{}, err
	}
	return Saving{set, b, b.Unit.Size - set.Unit.Size, b.PerEntry() - set.PerEntry()}, nil
}

// ChanBuffer returns the bytes of the buffer of a channel of n elements: none
// for struct{}, which is why a channel that only signals has it
// (runtime/chan.go:makechan). It returns an error, as Go
// does, if n is negative, an element has 64 KiB or more, or the buffer does not fit
// the address space.
func (r *Rules) ChanBuffer(elem Type, n int64) (int64, error) {
	e, err := r.Extent(elem)
	switch {
	case err != nil:
		return 0, err
	case e.Size >= 1<<16:
		return 0, errors.New("layout: channel element type too large (>64kB)")
	case n < 0 || e.Size > 0 && n > (r.maxWidth-1)/e.Size:
		return 0, fmt.Errorf("layout: makechan: size out of range (%d elements of %d bytes)", n, e.Size)
	}
	return n * e.Size, nil
}
