package layout

import (
	"errors"
	"fmt"
)

// Check returns an error if a Layout, which may have been built or changed by hand, is
// not like those of [Rules.Of]: with a type, words of 4 or 8 bytes, and fields that
// follow each other, each with its pad, up to the size.
func (l Layout) Check() error {
	switch {
	case absent(l.Type):
		return errors.New("layout: a Layout without a type: use Of")
	case l.Word != 4 && l.Word != 8:
		return fmt.Errorf("layout: words of %d bytes (want 4 or 8)", l.Word)
	case l.Size > 1<<50:
		return fmt.Errorf("layout: size %d: no type is larger than %d", l.Size, int64(1)<<50)
	case l.Size < 0 || l.PtrBytes < 0 || l.PtrBytes > l.Size:
		return fmt.Errorf("layout: size %d and %d pointer bytes", l.Size, l.PtrBytes)
	case l.TailByte != 0 && l.TailByte != 1:
		return fmt.Errorf("layout: tail byte %d out of range [0,1]", l.TailByte)
	}
	at := int64(0)
	for i, f := range l.Fields {
		switch {
		case absent(f.Type):
			return fmt.Errorf("layout: field %d has no type", i)
		case f.Offset != at:
			return fmt.Errorf("layout: field %d at %d, and the one before it ends at %d", i, f.Offset, at)
		case f.Size < 0 || f.Size > l.Size-at || f.Pad < 0 || f.Pad > l.Size-at-f.Size || f.PtrBytes < 0 || f.PtrBytes > f.Size:
			return fmt.Errorf("layout: field %d at %d of size %d with a pad of %d, in a type of size %d", i, at, f.Size, f.Pad, l.Size)
		}
		at += f.Size + f.Pad
	}
	switch n := len(l.Fields); {
	case l.Fields != nil && at != l.Size:
		return fmt.Errorf("layout: the fields end at %d, and the size is %d", at, l.Size)
	case l.TailByte != 0 && (n == 0 || l.Fields[n-1].Pad < l.TailByte):
		return errors.New("layout: a tail byte without a field that ends before it")
	}
	return nil
}
