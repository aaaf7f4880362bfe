package alloc

import "math/bits"

// A Class is one size class. Sizes are in bytes.
type Class struct {
	Index     int     `json:"class"`     // 1 up to the number of classes; the runtime's class 0 is for large objects
	Size      int64   `json:"size"`      // of a slot
	SpanBytes int64   `json:"spanBytes"` // of a span, a multiple of the page size
	Objects   int64   `json:"objects"`   // slots in a span
	TailWaste int64   `json:"tailWaste"` // bytes after the last slot of a span
	MaxWaste  float64 `json:"maxWaste"`  // largest share of a span, 0 to 1, that rounding up and the tail can waste
	MinAlign  int64   `json:"minAlign"`  // the address of every slot is a multiple of it
}

// maxSmallSize is the size of the largest class in every release.
const maxSmallSize = 32 << 10

// largeSizeDiv is the step of the runtime's second lookup table, which serves
// sizes above 1,024 bytes. A class that is grown keeps to multiples of it.
const largeSizeDiv = 128

// A classScheme holds the differences between the four generations of the table.
type classScheme struct {
	pageSize int64
	align16  int64 // classes are 16 bytes apart from this size on
	fill     bool  // a class grows to the largest size at which its span holds as many slots
}

// The generations. All rules of one share its table: to compute it takes longer than to
// make a small model that needs it.
var (
	classes12  = newTable(classScheme{pageSize: 4 << 10, align16: 16})
	classes13  = newTable(classScheme{pageSize: 8 << 10, align16: 16})
	classes18  = newTable(classScheme{pageSize: 8 << 10, align16: 16, fill: true})
	classes116 = newTable(classScheme{pageSize: 8 << 10, align16: 32, fill: true})
)

// A classTable is the table of a scheme.
type classTable struct {
	classScheme
	classes      []Class
	classForSize []uint8 // by size/8 rounded up: index into classes
}

func newTable(s classScheme) classTable {
	t := classTable{classScheme: s, classes: makeClasses(s), classForSize: make([]uint8, maxSmallSize/8+1)}
	next := 0
	for i := range t.classForSize {
		if int64(i)*8 > t.classes[next].Size {
			next++
		}
		t.classForSize[i] = uint8(next)
	}
	return t
}

// makeClasses computes the table as runtime/_mkmalloc/mksizeclasses.go:makeClasses
// does.
func makeClasses(s classScheme) []Class {
	var classes []Class
	align := int64(8)
	for size := align; size <= maxSmallSize; size += align {
		if size&(size-1) == 0 {
			align = alignFrom(size, align, s.align16)
		}
		span := s.pageSize
		for span%size > span/8 {
			span += s.pageSize
		}
		// If a larger class fits as often into a span of the same size, the class before
		// it is useless.
		if n := len(classes); n > 0 && classes[n-1].SpanBytes == span && classes[n-1].Objects == span/size {
			classes[n-1].Size = size
			continue
		}
		classes = append(classes, Class{Index: len(classes) + 1, Size: size, SpanBytes: span, Objects: span / size})
	}
	prev := int64(0)
	for i := range classes {
		c := &classes[i]
		if s.fill {
			c.Size = max(c.Size, c.SpanBytes/c.Objects&^(largeSizeDiv-1))
		}
		c.TailWaste = c.SpanBytes - c.Objects*c.Size
		c.MaxWaste = float64((c.Size-prev-1)*c.Objects+c.TailWaste) / float64(c.SpanBytes)
		c.MinAlign = min(int64(1)<<bits.TrailingZeros64(uint64(c.Size)), s.pageSize)
		prev = c.Size
	}
	return classes
}

// alignFrom returns the distance between classes from a power of two on. It is an eighth
// of the size, which bounds the waste of rounding up, but never below the alignment that
// the heap's bitmaps and vector loads need.
func alignFrom(size, align, align16 int64) int64 {
	switch {
	case size >= 2048:
		return 256
	case size >= 128:
		return size / 8
	case size >= align16:
		return 16
	}
	return align
}
