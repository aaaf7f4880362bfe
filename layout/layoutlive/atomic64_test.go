package layoutlive

import (
	"fmt"
	"reflect"
	"runtime"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"testing"
	"unsafe"

	"github.com/orrery-go/orrery/layout"
	"github.com/orrery-go/orrery/release"
)

// TestAtomics64 adds to every 64-bit integer of random types, in allocated values and in
// slices of them: where the model says that it is safe, no address is refused, and
// elsewhere at least one is. With 8-byte words all are safe; built for 386, most are
// not.
func TestAtomics64(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // for consecutive slots of a span
	g := newGenerator(11)
	r := rules(t, runtime.GOARCH, release.Running)
	var safe, unsafeFirst, unsafeSlice int
	for range 1500 {
		typ := g.reflectType(3)
		if g.IntN(2) == 0 {
			typ = reflect.StructOf([]reflect.StructField{
				{Name: "A", Type: []reflect.Type{reflect.TypeFor[int32](), reflect.TypeFor[int64](), reflect.TypeFor[[2]int64]()}[g.IntN(3)]},
				{Name: "B", Type: reflect.TypeFor[atomic.Int64]()},
				{Name: "C", Type: reflect.ArrayOf(g.IntN(4), typ)},
				{Name: "D", Type: []reflect.Type{reflect.TypeFor[uint64](), reflect.TypeFor[struct {
					X int32
					Y uint64
				}](), reflect.TypeFor[*int]()}[g.IntN(3)]},
			}[g.IntN(3):])
		}
		if typ.Size() > 1<<16 {
			continue
		}
		model, err := layout.FromReflect(typ)
		if err != nil {
			t.Fatal(err)
		}
		list, err := r.Atomics64(model)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range list {
			first := refused(reflect.New(typ).Elem(), a.Path)
			all := refused(reflect.MakeSlice(reflect.SliceOf(typ), 3, 3), strings.Replace(a.Path, "x", "x[i]", 1))
			if first == a.Safe || all == a.SafeInSlice {
				t.Fatalf("%v: model %+v; allocated: refused %v, in a slice: %v", typ, a, first, all)
			}
			switch {
			case !a.Safe:
				unsafeFirst++
			case !a.SafeInSlice:
				unsafeSlice++
			default:
				safe++
			}
		}
	}
	t.Logf("%d safe, %d not in every element of a slice, %d not: 0 mismatches", safe, unsafeSlice, unsafeFirst)
	if safe == 0 || word == 4 && (unsafeFirst == 0 || unsafeSlice == 0) {
		t.Error("too few of a kind")
	}
}

// refused reports whether sync/atomic refuses the address of any of the integers at the
// path.
func refused(v reflect.Value, path string) bool {
	_, path, _ = strings.Cut(path, "x")
	return follow(v, path)
}

func follow(v reflect.Value, path string) bool {
	switch {
	case path == "":
		return adding(unsafe.Pointer(v.UnsafeAddr()))
	case strings.HasPrefix(path, "[i]"):
		for i := range v.Len() {
			if follow(v.Index(i), path[len("[i]"):]) {
				return true
			}
		}
		return false
	}
	name, rest := path[1:], ""
	if i := strings.IndexAny(name, ".["); i >= 0 {
		name, rest = name[:i], name[i:]
	}
	f := v.FieldByName(name)
	if !f.IsValid() {
		panic(fmt.Sprintf("%v has no %s", v.Type(), name))
	}
	return follow(f, rest)
}

// adding reports whether an atomic addition of 0 at the address panics.
func adding(p unsafe.Pointer) (refused bool) {
	defer func() { refused = recover() != nil }()
	atomic.AddInt64((*int64)(p), 0)
	return false
}

// TestAtomics64Variables does the same with variables of a package and of a function,
// which reflection cannot make.
func TestAtomics64Variables(t *testing.T) {
	model, err := layout.FromReflect(reflect.TypeFor[twelve]())
	if err != nil {
		t.Fatal(err)
	}
	list, err := rules(t, runtime.GOARCH, release.Running).Atomics64(model)
	if err != nil || len(list) != 1 || !list[0].Safe || list[0].SafeInSlice != (word == 8) {
		t.Fatalf("%+v, %v", list, err)
	}
	// Tiny objects between them shift the next possible address.
	for range 100 {
		var local twelve
		atomic.AddUint64(&local.n, 1)
		p := new(twelve)
		atomic.AddUint64(&p.n, 1)
		keep = append(keep, new(byte), &p.m, new(int16), &local.m)
	}
	for i := range variables {
		atomic.AddUint64(&variables[i].n, 0) // an array of 24-byte elements
	}
	atomic.AddUint64(&variable.n, 1)
	atomic.AddUint64(&variable2.n, 1)
}

type twelve struct {
	n uint64
	m int32
}

var (
	keep      []any
	flag1     byte
	variable  twelve
	flag2     byte
	variable2 twelve
	variables [3]struct {
		twelve
		_ [12]byte
	}
)

func init() { flag1, flag2 = 1, flag1 }
