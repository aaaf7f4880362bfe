package layout

import "fmt"

// An Atomic64 is a 64-bit integer inside a type, and says whether the functions
// of sync/atomic may be given its address. On processors with 32-bit words they
// panic unless the address is a multiple of 8, and an int64 is aligned to 4 there.
type Atomic64 struct {
	Path   string `json:"path"`   // "x.stats.n"; "x.a[i].n" stands for every element of an array
	Type   Type   `json:"type"`   // int64, uint64, or a type made of one
	Offset int64  `json:"offset"` // in bytes from the beginning of the value; of the first element of arrays

	// Safe: in a value that was allocated, by new or a composite literal, as a variable,
	// or as the first element of a slice. Such a value begins at a multiple of 8. A value
	// embedded in another begins at an offset of that: ask about the outermost type.
	Safe bool `json:"safe"`

	// SafeInSlice: in every element of a slice or an array of such values.
	SafeInSlice bool   `json:"safeInSlice"`
	Reason      string `json:"reason"` // a sentence
}

// Atomics64 returns the 64-bit integers that lie in a value of the type, in order: int64,
// uint64, types declared as these, and atomic.Int64 and atomic.Uint64. A variable outside
// of a struct counts, with the path "x". It returns an error if there are more than
// 65,536 of them, and if [Rules.Of] does.
func (r *Rules) Atomics64(t Type) ([]Atomic64, error) {
	whole, err := r.Extent(t)
	if err != nil {
		return nil, err
	}
	w := atomicWalk{Rules: r, whole: whole, out: []Atomic64{}, empty: map[Type]bool{}}
	if err := w.walk(t, "x", 0, 0); err != nil {
		return nil, err
	}
	return w.out, nil
}

// An atomicWalk collects the 64-bit integers of a type.
type atomicWalk struct {
	*Rules
	whole Extent
	out   []Atomic64
	empty map[Type]bool // structs and named types without any, which are not walked twice
}

// walk looks into a type that lies at the offset. stride is 0, or the size of
// the elements of an array around it that lie not all at multiples of 8.
func (w *atomicWalk) walk(t Type, path string, offset, stride int64) error {
	if len(w.out) > maxEntries || len(path) > maxPath {
		return fmt.Errorf("layout: %s has more than %d 64-bit integers, or names of more than %d bytes", short(t), maxEntries, maxPath)
	}
	if n, ok := t.(*Named); ok && n.Pkg == "sync/atomic" && (n.Name == "Int64" || n.Name == "Uint64") {
		w.add(t, path, offset, stride, 8)
		return nil
	}
	before := len(w.out)
	switch u := under(t).(type) {
	case Basic:
		if u == Int64 || u == Uint64 {
			w.add(t, path, offset, stride, w.basic[u].Align)
		}
		return nil
	case *Array:
		elem, err := w.Extent(u.Elem)
		if err != nil {
			return err
		}
		if u.Len > 1 && elem.Size%8 != 0 && stride == 0 {
			stride = elem.Size
		}
		if u.Len > 0 && !w.empty[u.Elem] {
			return w.walk(u.Elem, path+"[i]", offset, stride)
		}
		return nil
	case *Struct:
		if w.empty[t] {
			return nil
		}
		l, err := w.Of(t)
		if err != nil {
			return err
		}
		for _, f := range l.Fields {
			if err := w.walk(f.Type, path+"."+f.Name, offset+f.Offset, stride); err != nil {
				return err
			}
		}
		if len(w.out) == before {
			w.empty[t] = true
		}
	}
	return nil
}

// add judges one integer. align is its alignment by the compiler.
func (w *atomicWalk) add(t Type, path string, offset, stride, align int64) {
	a := Atomic64{Path: path, Type: t, Offset: offset}
	switch {
	case w.word == 8:
		a.Safe, a.SafeInSlice = true, true
		a.Reason = fmt.Sprintf("words of %s have 64 bits", w.name)
	case align == 8:
		a.Safe, a.SafeInSlice = true, true
		a.Reason = fmt.Sprintf("%s is aligned to 8 on %s", short(t), w.name)
		if n, ok := t.(*Named); ok && n.Pkg == "sync/atomic" {
			a.Reason = short(t) + " is aligned to 8 everywhere (since Go 1.19)"
		}
	case offset%8 != 0:
		a.Reason = fmt.Sprintf("offset %d is no multiple of 8, and %s is aligned to %d on %s: %s", offset, short(t), align, w.name, w.advice())
	case stride != 0:
		a.Reason = fmt.Sprintf("the elements are %d bytes apart, so every second one is 4 beyond a multiple of 8: %s", stride, w.advice())
	case w.tiny12 && w.whole.Size == 12 && w.whole.PtrBytes == 0:
		a.Reason = "12 bytes without pointers share a block with others, and may begin at a multiple of 4 (before Go 1.16): add four bytes"
	default:
		a.Safe = true
		a.SafeInSlice = w.whole.Size%8 == 0
		a.Reason = fmt.Sprintf("offset %d is a multiple of 8, and an allocated value begins at one", offset)
		if !a.SafeInSlice {
			a.Reason += fmt.Sprintf("; of a slice this holds for every second element only, as they are %d bytes apart", w.whole.Size)
		}
	}
	w.out = append(w.out, a)
}

// advice returns a sentence on how to make the integer safe.
func (w *atomicWalk) advice() string {
	if w.align64 {
		return "take atomic.Int64 or atomic.Uint64, or put it first"
	}
	return "put it first in a struct that is allocated"
}
