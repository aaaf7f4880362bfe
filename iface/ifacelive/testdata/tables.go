// Tables prints the runtime's table of itabs, before and after the cases, and the caches
// of assertions and switches. It is built with -ldflags=-checklinkname=0.
package main

import (
	"debug/elf"
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"unsafe"
)

type itab struct {
	inter, typ *header
	hash       uint32
	fun        [1]uintptr
}

// A header is the beginning of a type's description.
type header struct {
	size, ptrBytes uintptr
	hash           uint32
}

type itabTable struct {
	size, count uintptr
	entries     [1 << 16]*itab
}

//go:linkname runtimeTable runtime.itabTable
var runtimeTable *itabTable

type entry struct {
	Slot        int
	Inter, Type string // of package main; "" of others
	Home        uint32 // the combined hashes
	Bad         bool
}

type table struct {
	Size, Count int
	Entries     []entry
}

func name(h *header) string {
	var t reflect.Type
	x := any(0)
	*(*unsafe.Pointer)(unsafe.Pointer(&x)) = unsafe.Pointer(h)
	(*[2]unsafe.Pointer)(unsafe.Pointer(&x))[1] = nil
	t = reflect.TypeOf(x)
	return t.String()
}

func dump() (out table) {
	out.Size, out.Count = int(runtimeTable.size), int(runtimeTable.count)
	for i := range out.Size {
		if m := runtimeTable.entries[i]; m != nil {
			out.Entries = append(out.Entries, entry{i, name(m.inter), name(m.typ), m.inter.hash ^ m.typ.hash, m.fun[0] == 0})
		}
	}
	return out
}

// A cache is the cache of an assertion.
type cache struct {
	mask    uintptr
	entries [1 << 10]struct {
		typ  *header
		itab *itab
	}
}

type caching struct {
	Mask  int
	Slots []int // slot of each asserted type, in order; -1: it is not there
	Miss  int   // number of assertions of a new type until the cache was replaced
}

// A descriptor is the descriptor of an assertion (internal/abi/switch.go:TypeAssert).
type descriptor struct {
	cache *cache
	inter *header
}

// place finds the descriptor of the assertion to an interface, by the symbols of the
// executable.
func place(inter string) *descriptor {
	f, err := elf.Open("/proc/self/exe")
	if err != nil {
		panic(err)
	}
	defer f.Close()
	symbols, err := f.Symbols()
	if err != nil {
		panic(err)
	}
	for _, s := range symbols {
		if strings.HasPrefix(s.Name, "main..typeAssert.") {
			if d := *(**descriptor)(unsafe.Pointer(&s.Value)); name(d.inter) == inter {
				return d
			}
		}
	}
	return nil
}

//go:noinline
func assertTarget(x any) bool {
	_, ok := x.(Target)
	return ok
}

// Target is the interface that the place asserts.
type Target interface{ M0() }

func caches() (out []caching, found bool) {
	d := place("main.Target")
	if d == nil {
		return nil, false
	}
	p := &d.cache
	var seen []*header
	for _, x := range values {
		h := *(**header)(unsafe.Pointer(&x))
		c := caching{}
		old := *p
		for *p == old && c.Miss < 1<<22 {
			assertTarget(x)
			c.Miss++
		}
		seen = append(seen, h)
		c.Mask = int((*p).mask)
		for _, h := range seen {
			slot := -1
			for i := range c.Mask + 1 {
				if (*p).entries[i].typ == h {
					slot = i
				}
			}
			c.Slots = append(c.Slots, slot)
		}
		out = append(out, c)
	}
	return out, true
}

var result struct {
	Before, After table
	Caches        []caching
	Found         bool
}

func main() {
	result.Before = dump()
	result.Caches, result.Found = caches()
	ask()
	result.After = dump()
	json.NewEncoder(os.Stdout).Encode(result)
}
