//go:build go1.9
// +build go1.9

package main

import (
	"fmt"
	"hash/fnv"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"sync"
	"unsafe"
)

// Methods of later releases.
var (
	loadAndDelete    func(m *sync.Map, k interface{}) (interface{}, bool)
	swap             func(m *sync.Map, k, v interface{}) (interface{}, bool)
	compareAndSwap   func(m *sync.Map, k, old, v interface{}) bool
	compareAndDelete func(m *sync.Map, k, old interface{}) bool
	clearAll         func(m *sync.Map)
)

func init() { run = runAll }

var minor int

func runAll() (a answers) {
	fmt.Sscanf(strings.TrimPrefix(runtime.Version(), "go1."), "%d", &minor)
	for seed := 1; seed <= PROGRAMS; seed++ {
		a.Sums = append(a.Sums, program(uint64(seed)))
	}
	a.Texts = map[string]string{}
	for _, before := range strings.Split("empty stored loaded deleted cleared", " ") {
		for _, do := range strings.Split("load store loadOrStore delete", " ") {
			a.Texts[before+" "+do] = unhashable(before, do)
		}
	}
	return a
}

// program performs operations that come from the seed.
func program(seed uint64) string {
	x := seed
	pick := func(n int) int {
		x = x*6364136223846793005 + 1442695040888963407
		return int(x >> 33 % uint64(n))
	}
	keys := []int{3, 10, 40}[pick(3)]
	m := new(sync.Map)
	own(m)
	sum := fnv.New32a()
	for i := 0; i < OPERATIONS; i++ {
		op, k, v, old := pick(20), pick(keys), pick(3), pick(3)
		fmt.Fprintln(sum, op, do(m, op, k, v, old), state(m))
	}
	return strconv.FormatUint(uint64(sum.Sum32()), 36)
}

func do(m *sync.Map, op, k, v, old int) string {
	switch op {
	case 0, 1, 2, 3:
		m.Store(k, v)
	case 4, 5, 6:
		return fmt.Sprint(m.Load(k))
	case 7, 8, 9:
		return fmt.Sprint(m.LoadOrStore(k, v))
	case 10, 11, 12:
		m.Delete(k)
	case 13:
		if loadAndDelete != nil {
			return fmt.Sprint(loadAndDelete(m, k))
		}
	case 14:
		if swap != nil {
			return fmt.Sprint(swap(m, k, v))
		}
	case 15, 16:
		if compareAndSwap != nil {
			return fmt.Sprint(compareAndSwap(m, k, old, v))
		}
	case 17:
		if compareAndDelete != nil {
			return fmt.Sprint(compareAndDelete(m, k, old))
		}
	case 18:
		if clearAll != nil && v == 0 {
			clearAll(m)
		}
	case 19:
		var all []string
		m.Range(func(k, v interface{}) bool {
			all = append(all, fmt.Sprint(k, "=", v))
			return true
		})
		if minor < 24 {
			sort.Strings(all)
		}
		return fmt.Sprint(all)
	}
	return ""
}

// unhashable gives a map a key that cannot be hashed, and returns the panic and whether
// the lock stays locked.
func unhashable(before, what string) (text string) {
	m := new(sync.Map)
	if before != "empty" {
		m.Store(1, 1)
	}
	switch before {
	case "loaded":
		m.Load(2)
	case "deleted":
		m.Load(2)
		m.Delete(1)
	case "cleared":
		m.Delete(1)
		m.Load(2)
	}
	defer func() {
		if r := recover(); r != nil {
			text = fmt.Sprint(r)
		}
		if minor < 24 && *(*int32)(unsafe.Pointer(m))&1 != 0 {
			text += ", locked"
		}
	}()
	switch what {
	case "load":
		m.Load([]int{1})
	case "store":
		m.Store([]int{1}, 1)
	case "loadOrStore":
		m.LoadOrStore([]int{1}, 1)
	case "delete":
		m.Delete([]int{1})
	}
	return ""
}

type entry struct{ p unsafe.Pointer }

// state returns the whole state of a map: two maps, or a trie.
func state(m *sync.Map) string {
	if minor >= 24 {
		root := *(*unsafe.Pointer)(unsafe.Pointer(uintptr(unsafe.Pointer(m)) + 16))
		return trie(root, "")
	}
	at := func(offset uintptr) unsafe.Pointer { return unsafe.Pointer(uintptr(unsafe.Pointer(m)) + offset) }
	read, dirty, misses := *(*unsafe.Pointer)(at(8)), at(16), at(24)
	if minor < 20 { // an atomic.Value
		read, dirty, misses = *(*unsafe.Pointer)(at(16)), at(24), at(32)
	}
	text := ""
	if read != nil {
		r := (*struct {
			m       map[interface{}]*entry
			amended bool
		})(read)
		text = list(r.m) + fmt.Sprint(r.amended)
	} else {
		text = list(nil) + "false"
	}
	d := *(*map[interface{}]*entry)(dirty)
	return text + list(d) + fmt.Sprint(d != nil, *(*int)(misses))
}

func list(m map[interface{}]*entry) string {
	var all []string
	for k, e := range m {
		v := "-"
		if e.p != nil {
			if v = "x"; *(*interface{})(e.p) != nil {
				v = fmt.Sprint(*(*interface{})(e.p))
			}
		}
		all = append(all, fmt.Sprint(k, "=", v))
	}
	sort.Strings(all)
	return fmt.Sprint(all)
}

// own gives a trie a hash function of the program's own.
func own(m *sync.Map) {
	if minor >= 24 {
		m.Load(0)
		*(*func(unsafe.Pointer, uintptr) uintptr)(unsafe.Pointer(uintptr(unsafe.Pointer(m)) + 24)) = func(p unsafe.Pointer, seed uintptr) uintptr {
			return uintptr(uint64((*(*interface{})(p)).(int)/2) * 0x9E3779B97F4A7C15 >> 50 << 20)
		}
	}
}

// trie returns a node and all its descendants.
func trie(n unsafe.Pointer, path string) string {
	text := "{"
	for i := uintptr(0); i < 16; i++ {
		c := *(*unsafe.Pointer)(unsafe.Pointer(uintptr(n) + 24 + 8*i))
		if c == nil {
			continue
		}
		if !*(*bool)(c) {
			text += trie(c, path+strconv.FormatUint(uint64(i), 16))
			continue
		}
		for ; c != nil; c = *(*unsafe.Pointer)(unsafe.Pointer(uintptr(c) + 8)) {
			text += fmt.Sprint(" ", path, i, ":", *(*interface{})(unsafe.Pointer(uintptr(c) + 16)), "=", *(*interface{})(unsafe.Pointer(uintptr(c) + 32)))
		}
	}
	return text + "}"
}
