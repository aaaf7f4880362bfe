// Package slicegrowlive performs the appends that package slicegrow predicts on the
// running Go, and returns the resulting slices.
package slicegrowlive

import (
	"embed"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"unsafe"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/internal/golden"
	"github.com/orrery-go/orrery/internal/toolchain"
	"github.com/orrery-go/orrery/slicegrow"
)

const word = int64(unsafe.Sizeof(uintptr(0)))

// Rules returns the rules of the running Go, for the word size of its machine.
func Rules() (*slicegrow.Rules, error) {
	r, err := slicegrow.ForRelease("running")
	if err != nil {
		return nil, err
	}
	return r.Word(int(word))
}

// Append performs on the running Go the append that [slicegrow.Rules.Append] predicts: it
// makes the slice s and appends to it. The elements must be among [Elements], s must be
// nil, zerobase or on the heap, and the old slice, the added elements and the result must
// each be below 8 MiB, unless the append panics: then the error is its panic, a
// [crash.Error]. The result always escapes, so Dest must be Escapes.
//
// It returns an error for Values of more than 8 elements, which are not written out here.
// Under the race detector a Spread or Grow that is too long has another panic, since the
// compiler first allocates the elements to add.
func Append(s slicegrow.Slice, a slicegrow.Append) (slicegrow.Slice, error) {
	a.Len, a.Cap = s.Len, s.Cap
	e := find(a.Size, a.Pointers)
	switch {
	case e == nil:
		return s, fmt.Errorf("slicegrowlive: no elements of %d bytes, pointers %v (want some of Elements)", a.Size, a.Pointers)
	case a.Dest != slicegrow.Escapes:
		return s, fmt.Errorf("slicegrowlive: dest %q (want %q)", a.Dest, slicegrow.Escapes)
	case s.Ptr == slicegrow.Stack, s.Ptr == slicegrow.Same, s.Ptr == slicegrow.Nil && s.Cap != 0:
		return s, fmt.Errorf("slicegrowlive: a slice of capacity %d with a pointer of kind %q cannot be made", s.Cap, s.Ptr)
	case s.Cap < 0 || s.Len < 0 || s.Len > s.Cap || tooLong(s.Cap, a.Size):
		return s, fmt.Errorf("slicegrowlive: len %d, cap %d out of range", s.Len, s.Cap)
	case a.Verb == slicegrow.Values && (a.Count < 0 || a.Count > maxValues):
		return s, fmt.Errorf("slicegrowlive: count %d out of range [0,%d]", a.Count, maxValues)
	case a.Verb != slicegrow.Grow && a.Count < 0, a.Count != int64(int(a.Count)):
		return s, fmt.Errorf("slicegrowlive: count %d out of range", a.Count)
	case tooLong(a.Count, a.Size) && !panics(a):
		return s, fmt.Errorf("slicegrowlive: count %d of %d bytes is too much to try", a.Count, a.Size)
	}
	return e.append(s, a)
}

// maxBytes is the size of the arrays that old slices are taken from.
const maxBytes = 8 << 20

func tooLong(n, size int64) bool { return n > 1<<40 || n > 0 && n*size > maxBytes }

// panics reports whether the append certainly asks for more memory than a program can
// have. Other appends of that size could succeed, and exhaust the machine.
func panics(a slicegrow.Append) bool {
	return a.Size > 0 && a.Count > addressSpace/a.Size || a.Count > math.MaxInt-a.Len
}

// addressSpace is the most that a program can ask for, in bytes: 2^48 with words
// of 8 bytes, 2^32-1 with words of 4.
const addressSpace = 1<<(16+4*word) - (8-word)/4

// Elements returns the sizes of elements that [Append] knows, without pointers and with,
// from 0 to 4,096 bytes.
func Elements() (noscan, scan []int64) {
	for _, e := range elements {
		if e.pointers {
			scan = append(scan, e.size)
		} else {
			noscan = append(noscan, e.size)
		}
	}
	return noscan, scan
}

func find(size int64, pointers bool) *element {
	for i := range elements {
		if e := &elements[i]; e.size == size && e.pointers == pointers {
			return e
		}
	}
	return nil
}

// An element is an element type of slices.
type element struct {
	size     int64
	pointers bool
	append   func(slicegrow.Slice, slicegrow.Append) (slicegrow.Slice, error)
}

// The memory for old slices and for the elements to add, whatever their type: all zero.
var (
	noscanArray = make([]uint64, maxBytes/8)
	scanArray   = make([]*byte, maxBytes/word)
	zerobase    = unsafe.Pointer(new(struct{}))
)

// of returns the element for a type. It is generic, since reflection grows slices in its
// own way.
func of[T any](pointers bool) element {
	var zero T
	size := unsafe.Sizeof(zero)
	return element{int64(size), pointers, func(s slicegrow.Slice, a slicegrow.Append) (slicegrow.Slice, error) {
		var old, more []T
		switch {
		case size == 0:
			old = make([]T, s.Len, s.Cap)
			more = make([]T, max(a.Count, 0))
			if s.Ptr == slicegrow.Nil {
				old = nil
			}
		default:
			array := unsafe.Pointer(&noscanArray[0])
			if pointers {
				array = unsafe.Pointer(&scanArray[0])
			}
			all := unsafe.Slice((*T)(array), maxBytes/size)
			switch s.Ptr {
			case slicegrow.Heap:
				old = all[:s.Len:s.Cap]
			case slicegrow.Zerobase:
				old = []T{}
			}
			if a.Count >= 0 && a.Count <= int64(len(all)) {
				more = all[:a.Count]
			}
		}
		return try(old, more, a)
	}}
}

// try appends, and recovers from the panic.
func try[T any](old, more []T, a slicegrow.Append) (after slicegrow.Slice, err error) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case runtime.Error:
			err = crash.Panic(strings.TrimPrefix(p.Error(), "runtime error: "))
		case string:
			err = crash.Panic(p)
		default:
			panic(p)
		}
	}()
	var s []T
	switch {
	case a.Verb == slicegrow.Grow:
		s = slices.Grow(old, int(a.Count))
	case a.Verb == slicegrow.Spread && int64(len(more)) == a.Count:
		s = append(old, more...)
	case a.Verb == slicegrow.Spread:
		s = append(old, make([]T, int(a.Count))...)
	default:
		s = appendValues(old, int(a.Count))
	}
	return header(s), nil
}

const maxValues = 8

// appendValues has appends with fixed numbers of arguments, for which the compiler
// generates other code than for slices.
func appendValues[T any](s []T, n int) []T {
	var v T
	switch n {
	case 0:
		return s
	case 1:
		return append(s, v)
	case 2:
		return append(s, v, v)
	case 3:
		return append(s, v, v, v)
	case 4:
		return append(s, v, v, v, v)
	case 5:
		return append(s, v, v, v, v, v)
	case 6:
		return append(s, v, v, v, v, v, v)
	case 7:
		return append(s, v, v, v, v, v, v, v)
	default:
		return append(s, v, v, v, v, v, v, v, v)
	}
}

// Slices escape to sink, so that the compiler gives them no buffer.
var sink unsafe.Pointer

// header returns the fields of a slice, which escapes by the call.
func header[T any](s []T) slicegrow.Slice {
	sink = unsafe.Pointer(unsafe.SliceData(s))
	h := slicegrow.Slice{Ptr: slicegrow.Heap, Len: int64(len(s)), Cap: int64(cap(s))}
	switch sink {
	case nil:
		h.Ptr = slicegrow.Nil
	case zerobase:
		h.Ptr = slicegrow.Zerobase
	}
	return h
}

// A with is an element with a pointer and more bytes.
type with[T any] struct {
	_ *byte
	_ T
}

//go:embed testdata/golden
var files embed.FS

//go:embed testdata/probe.go
var source string

// Golden holds the answers of every release since 1.2.
var Golden = golden.Set[Answers]{
	Probe: toolchain.Probe{Name: "slicegrowlive", Source: source},
	Files: files,
	Dir:   "slicegrow/slicegrowlive",
}
