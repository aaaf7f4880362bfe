// Package layoutlive answers the questions of package layout with the running Go, by
// reflection and by the runtime's own descriptions of types.
package layoutlive

import (
	"embed"
	"fmt"
	"reflect"
	"runtime"
	"unsafe"

	"github.com/orrery-go/orrery/internal/golden"
	"github.com/orrery-go/orrery/internal/toolchain"
	"github.com/orrery-go/orrery/layout"
)

const word = int64(unsafe.Sizeof(uintptr(0)))

// Of returns the layout of a type of the running program. It returns an error if the type
// is nil.
func Of(t reflect.Type) (layout.Layout, error) {
	model, err := layout.FromReflect(t)
	if err != nil {
		return layout.Layout{}, err
	}
	l := layout.Layout{Type: model, Arch: runtime.GOARCH, Word: word, Extent: extent(t)}
	if t.Kind() != reflect.Struct {
		return l, nil
	}
	l.Fields = make([]layout.FieldLayout, t.NumField())
	end := int64(0)
	for i := range l.Fields {
		f := t.Field(i)
		ft, err := layout.FromReflect(f.Type)
		if err != nil {
			return layout.Layout{}, err
		}
		l.Fields[i] = layout.FieldLayout{Name: f.Name, Type: ft, Offset: int64(f.Offset), Extent: extent(f.Type)}
		if i > 0 {
			l.Fields[i-1].Pad = int64(f.Offset) - end
		}
		end = int64(f.Offset) + l.Fields[i].Size
	}
	if n := len(l.Fields); n > 0 {
		l.Fields[n-1].Pad = l.Size - end
		if l.Fields[n-1].Size == 0 && 0 < end && end < l.Size {
			l.TailByte = 1
		}
	}
	return l, nil
}

func extent(t reflect.Type) layout.Extent {
	return layout.Extent{Size: int64(t.Size()), Align: int64(t.FieldAlign()), PtrBytes: int64(describe(t).ptrBytes)}
}

// A description is the beginning of internal/abi.Type, the same since Go 1.5.
type description struct{ size, ptrBytes uintptr }

// describe returns the runtime's description of a type: the data word of the interface
// [reflect.Type] points to it.
func describe(t reflect.Type) *description {
	return *(**description)(unsafe.Add(unsafe.Pointer(&t), word))
}

// A mapDescription is the beginning of internal/abi.MapType.
type mapDescription struct {
	_                [abiTypeSize]byte
	key, elem, group *description
}

// abiTypeSize is the size of internal/abi.Type: four words, four bytes twice, and Str and
// PtrToThis.
const abiTypeSize = 4*unsafe.Sizeof(uintptr(0)) + 4 + 4 + 4 + 4

// Group returns the size and pointer bytes of the groups of a map of the running program.
// It returns an error if the type is not a map.
func Group(t reflect.Type) (size, ptrBytes int64, err error) {
	if t == nil || t.Kind() != reflect.Map {
		return 0, 0, fmt.Errorf("layoutlive: %v is no map", t)
	}
	m := (*mapDescription)(unsafe.Pointer(describe(t)))
	if m.key != describe(t.Key()) || m.elem != describe(t.Elem()) {
		return 0, 0, fmt.Errorf("layoutlive: %s describes maps in a way not known here", runtime.Version())
	}
	return int64(m.group.size), int64(m.group.ptrBytes), nil
}

// Answers has the answers of the probe on a release, in bytes.
type Answers struct {
	Types       map[string][]int64 // size, alignment, pointer bytes or -1, and the offsets of a struct
	Maps        map[string][]int64 // size and pointer bytes or -1 of a bucket or group
	Conversions map[string]bool    // conversions that reflect allows
	Growth      []int64            // numbers of entries at which a map[int]int grows
}

//go:embed testdata/golden
var files embed.FS

//go:embed testdata/probe.go
var source string

// Golden holds the answers of every release since 1.2.
var Golden = golden.Set[Answers]{
	Probe: toolchain.Probe{Name: "layoutlive", Source: source, Env: []string{"GOGC=off"}},
	Files: files,
	Dir:   "layout/layoutlive",
}
