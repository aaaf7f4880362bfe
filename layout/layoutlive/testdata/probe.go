// The probe of package layoutlive reports the layout of types in the Go that builds it.
// It is in the Go of 1.2, so that every release runs it.
package main

import (
	"encoding/json"
	"os"
	"reflect"
	"runtime"
	"strings"
	"unsafe"
)

// Fields are exported, since releases differ in how they print unexported ones.
var values = []interface{}{
	false, int(0), int8(0), int16(0), int32(0), int64(0), uint(0), uint8(0), uint16(0), uint32(0), uint64(0), uintptr(0),
	float32(0), float64(0), complex64(0), complex128(0), "", unsafe.Pointer(nil),
	(*int)(nil), []byte(nil), map[string]int(nil), chan int(nil), (<-chan bool)(nil), (func(int) string)(nil),
	[3]uint16{}, [0]int64{}, [2]*int{}, [2]string{}, [3]interface{}{}, [4][]int{}, [2][3]int32{}, [0]*int{},
	struct{}{},
	struct{ A struct{} }{},
	struct{ A [0]int64 }{},
	struct{ A, B byte }{},
	struct {
		A bool
		B int64
		C bool
	}{},
	struct {
		B    int64
		A, C bool
	}{},
	struct {
		A bool
		B complex64
		C bool
	}{},
	struct {
		A bool
		B complex128
	}{},
	struct {
		A bool
		B [2]complex64
		C int16
	}{},
	struct {
		A int64
		Z struct{}
	}{},
	struct {
		Z struct{}
		A int64
	}{},
	struct {
		A int32
		Z struct{}
	}{},
	struct {
		A byte
		Z [0]int64
	}{},
	struct {
		A *int
		Y struct{}
		Z [0]int32
	}{},
	struct {
		A int16
		Z struct{ Y struct{} }
	}{},
	struct {
		A struct {
			B int64
			Z struct{}
		}
		C byte
	}{},
	struct {
		A byte
		B struct {
			C int16
			D byte
		}
		E byte
	}{},
	struct {
		A byte
		S string
		T [16]byte
		B int32
	}{},
	struct {
		A byte
		S []int
		B interface{}
		C int64
	}{},
	struct {
		A int32
		B *int
		C int32
		D map[int]int
		E [3]int32
	}{},
	struct {
		A [3]byte
		B [5]int16
		C [7]struct {
			P *int
			Q byte
		}
		D bool
	}{},
	struct {
		A interface{}
		B func()
		C chan int
		D float32
	}{},
	struct {
		A string
		B string
	}{},
	struct {
		A [4]struct {
			S string
			N int32
		}
		B uint16
	}{},
	struct {
		A uint8
		B uint16
		C uint8
		D uint32
		E uint8
		F uint64
		G uint8
	}{},
}

var maps = []interface{}{
	map[int64]struct{}{}, map[int64]bool{}, map[int64]int64{}, map[int32]struct{}{}, map[int32]byte{},
	map[string]struct{}{}, map[string]bool{}, map[string]int{}, map[string]string{}, map[byte]bool{},
	map[byte]struct{}{}, map[struct{}]struct{}{}, map[struct{}]int16{}, map[[16]byte]struct{}{}, map[[3]byte]struct{}{},
	map[interface{}]interface{}{}, map[*int]struct{}{}, map[complex64]struct{}{}, map[float32][3]byte{},
	map[[128]byte]bool{}, map[[129]byte]bool{}, map[int64][128]byte{}, map[int64][129]byte{}, map[[200]byte][200]byte{},
}

type tagged struct {
	A int `json:"a"`
}

type untagged struct{ A int }

// words reads the words of a type's description in the runtime.
func words(t *reflect.Type) *[40]uintptr {
	return *(**[40]uintptr)(unsafe.Pointer(uintptr(unsafe.Pointer(t)) + unsafe.Sizeof(uintptr(0))))
}

// ptrBytes returns the second word since Go 1.5; older runtimes have no such field, and
// the answer is -1.
func ptrBytes(w *[40]uintptr) int {
	v := runtime.Version()
	for _, old := range []string{"go1.2", "go1.3", "go1.4"} {
		if v == old || strings.HasPrefix(v, old+".") {
			return -1
		}
	}
	return int(w[1])
}

// unit returns the size and pointer bytes of a map's bucket or group. Its type follows
// those of key and element in the description of the map type.
func unit(t reflect.Type) []int {
	key, elem := t.Key(), t.Elem()
	k := uintptr(unsafe.Pointer(words(&key)))
	e := uintptr(unsafe.Pointer(words(&elem)))
	w := words(&t)
	for i := 0; i < len(w)-2; i++ {
		if w[i] == k && w[i+1] == e {
			u := *(**[40]uintptr)(unsafe.Pointer(&w[i+2]))
			return []int{int(u[0]), ptrBytes(u)}
		}
	}
	return nil
}

// growth returns the numbers of entries at which a map of ints grows, for the first six
// times: when more memory is allocated at once than an overflow bucket and the first
// allocation of its bookkeeping take, and less than a new array.
func growth() (at []int) {
	const each = 26 // bytes for each entry
	var before, after runtime.MemStats
	m := make(map[int]int)
	for n := 1; len(at) < 6; n++ {
		runtime.ReadMemStats(&before)
		m[n] = n
		runtime.ReadMemStats(&after)
		if n > 8 && after.TotalAlloc-before.TotalAlloc > uint64(n*each) {
			at = append(at, n)
		}
	}
	return at
}

func main() {
	growth() // growth() allocates what is allocated only once
	var out struct {
		Types       map[string][]int
		Maps        map[string][]int
		Conversions map[string]bool
		Growth      []int
	}
	out.Growth = growth()
	out.Types = make(map[string][]int)
	for _, v := range values {
		t := reflect.TypeOf(v)
		row := []int{int(t.Size()), t.Align(), ptrBytes(words(&t))}
		if t.Kind() == reflect.Struct {
			for i := 0; i < t.NumField(); i++ {
				row = append(row, int(t.Field(i).Offset))
			}
		}
		out.Types[t.String()] = row
	}
	out.Maps = make(map[string][]int)
	for _, v := range maps {
		t := reflect.TypeOf(v)
		out.Maps[t.String()] = unit(t)
	}
	bytes := reflect.TypeOf([]byte(nil))
	out.Conversions = map[string]bool{
		"tags":          reflect.TypeOf(tagged{}).ConvertibleTo(reflect.TypeOf(untagged{})),
		"array pointer": bytes.ConvertibleTo(reflect.TypeOf((*[4]byte)(nil))),
		"array":         bytes.ConvertibleTo(reflect.TypeOf([4]byte{})),
	}
	json.NewEncoder(os.Stdout).Encode(out)
}
