package layout

import (
	"fmt"
	"slices"
)

// Why returns for each field of After, in its order, the reason for its place: a sentence
// about alignment, pads and pointer bytes. The collector reads a value up to its last
// pointer only.
func (o Order) Why() []string {
	why := make([]string, len(o.After.Fields))
	same := slices.IsSorted(o.Index)
	for i := range why {
		f := &o.After.Fields[i]
		switch {
		case same:
			why[i] = fmt.Sprintf("%s stays: no order of the fields has fewer than %d bytes, or of these fewer than %d up to the last pointer",
				fieldName(*f), o.After.Size, o.After.PtrBytes)
			if !o.Proven {
				why[i] = fmt.Sprintf("%s stays: no order of the fields has fewer than %d bytes", fieldName(*f), o.After.Size)
			}
		case f.Size == 0:
			why[i] = fmt.Sprintf("%s has size 0: it costs nothing here, and as the last field a byte and its pad", fieldName(*f))
		case i == 0 || o.After.Fields[i-1].Size == 0 && f.Offset == 0:
			why[i] = o.whyFirst(i)
		default:
			why[i] = o.whyAfter(i)
		}
	}
	return why
}

// whyFirst explains the field at offset 0.
func (o Order) whyFirst(i int) string {
	f := &o.After.Fields[i]
	switch {
	case f.PtrBytes == 0 && o.After.PtrBytes == 0:
		return fmt.Sprintf("%s comes first: no field is aligned to more than its %d bytes, so those after it need no pad", fieldName(*f), f.Align)
	case f.PtrBytes == 0:
		return fmt.Sprintf("%s comes first, although it has no pointers: it is aligned to %d, and later it would take a pad or more pointer bytes", fieldName(*f), f.Align)
	}
	bare := int64(0) // bytes of fields that the collector need not read
	for _, g := range o.After.Fields[i+1:] {
		if g.PtrBytes == 0 {
			bare += g.Size
		}
	}
	if bare == 0 {
		return fmt.Sprintf("%s comes first: %d of its bytes follow its last pointer, and no field with pointers has fewer", fieldName(*f), trailing(f.Extent))
	}
	return fmt.Sprintf("%s comes first, as it has pointers: the collector reads up to the last pointer of the struct, and the %d bytes of fields without any lie after that", fieldName(*f), bare)
}

// whyAfter explains a field by the one before it.
func (o Order) whyAfter(i int) string {
	f, prev := &o.After.Fields[i], &o.After.Fields[i-1]
	after := fmt.Sprintf("%s comes after %.40s: ", fieldName(*f), prev.Name)
	switch {
	case prev.Pad > 0:
		return after + fmt.Sprintf("it is aligned to %d, and a pad of %d bytes costs less here than elsewhere", f.Align, prev.Pad)
	case f.Align > prev.Align:
		return after + fmt.Sprintf("that ends at %d, a multiple of its alignment %d, so no pad arises", f.Offset, f.Align)
	case f.PtrBytes == 0 && prev.PtrBytes > 0 && f.Offset >= o.After.PtrBytes:
		return after + "it has no pointers, and the collector does not look at it"
	case f.Align < prev.Align:
		return after + fmt.Sprintf("it is aligned to %d, less than the %d of that, so no pad arises", f.Align, prev.Align)
	case f.PtrBytes > 0 && f.Offset+f.PtrBytes == o.After.PtrBytes && trailing(f.Extent) > 0:
		return after + fmt.Sprintf("it is the last with pointers, and its %d bytes after its own last pointer are not looked at", trailing(f.Extent))
	}
	return after + "they may as well come the other way round"
}

// String returns a sentence about what the order saves.
func (o Order) String() string {
	if slices.IsSorted(o.Index) {
		return fmt.Sprintf("the order is the best: %d bytes, %d up to the last pointer", o.After.Size, o.After.PtrBytes)
	}
	return fmt.Sprintf("%d bytes instead of %d, and %d instead of %d up to the last pointer, which is what the collector reads",
		o.After.Size, o.Before.Size, o.After.PtrBytes, o.Before.PtrBytes)
}
