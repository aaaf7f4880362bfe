package slicegrowlive

import (
	"encoding/json"
	"fmt"
	"reflect"
	"unsafe"

	"github.com/orrery-go/orrery/slicegrow"
)

// An Empty is a slice of ints without elements, and the results of operations of the
// running Go on it. Its Views lack JSON2, since not every Go has encoding/json/v2.
type Empty struct {
	Source    string            `json:"source"` // as written in Go
	Slice     slicegrow.Slice   `json:"slice"`
	Views     slicegrow.Views   `json:"views"`
	DeepEqual []bool            `json:"deep_equal"` // to each of Empties
	Appended  []slicegrow.Slice `json:"appended"`   // after appends of zero, one and two elements
}

var ints []int

// Empties returns the slices without elements: var s []int, []int{} and make([]int, 0).
func Empties() []Empty {
	var declared []int
	ss := [][]int{declared, {}, make([]int, 0)}
	bytes := [][]byte{nil, {}, make([]byte, 0)}
	var es []Empty
	for i, s := range ss {
		e := Empty{Source: []string{"var s []int", "[]int{}", "make([]int, 0)"}[i], Slice: header(s)}
		e.Views = slicegrow.Views{
			Nil: s == nil, Len: int64(len(s)), Cap: int64(cap(s)),
			JSON: marshal(s), JSONBytes: marshal(bytes[i]),
			V: fmt.Sprintf("%v", s), GoSyntax: fmt.Sprintf("%#v", s),
		}
		for _, other := range ss {
			e.DeepEqual = append(e.DeepEqual, reflect.DeepEqual(s, other))
		}
		for _, more := range [][]int{nil, {1}, {1, 2}} {
			ints = append(s, more...)
			e.Appended = append(e.Appended, header(ints))
		}
		es = append(es, e)
	}
	return es
}

func marshal(v any) string {
	j, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(j)
}

// Locals returns the headers of slices that stay in their function: the literals
// []int{} and []int{1, 2}, then make([]int, 0), make([]int, 0, 3), and
// make([]struct{}, n) for n from 0 to 2.
func Locals() []slicegrow.Slice {
	literal, two := []int{}, []int{1, 2}
	made, three := make([]int, 0), make([]int, 0, 3)
	none, nothing, nothings := make([]struct{}, 0), make([]struct{}, 1), make([]struct{}, 2)
	return []slicegrow.Slice{local(literal), local(two), local(made), local(three), local(none), local(nothing), local(nothings)}
}

// local is header for a slice that must not escape. It recognizes the stack by an
// address close to that of a variable.
func local[T any](s []T) slicegrow.Slice {
	var here byte
	p, sp := uintptr(unsafe.Pointer(unsafe.SliceData(s))), uintptr(unsafe.Pointer(&here))
	h := slicegrow.Slice{Ptr: slicegrow.Heap, Len: int64(len(s)), Cap: int64(cap(s))}
	switch {
	case p == 0:
		h.Ptr = slicegrow.Nil
	case p == uintptr(zerobase):
		h.Ptr = slicegrow.Zerobase
	case p-sp+4096 < 8192:
		h.Ptr = slicegrow.Stack
	}
	return h
}
