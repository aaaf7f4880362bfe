// The probe of package alloclive reports the size that the allocator gives each request
// in the Go that builds it. It is written in the Go of 1.2, so that every release runs
// it.
package main

import (
	"debug/dwarf"
	"debug/elf"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"unsafe"
)

const limit = 140000

type steps [][2]int

func (s *steps) add(x, y int) {
	if n := len(*s); n > 0 && (*s)[n-1][1] == y {
		return
	}
	*s = append(*s, [2]int{x, y})
}

// Globals, so that a measurement allocates nothing but its object.
var (
	bytes         []byte
	pointers      []*byte
	before, after runtime.MemStats
)

// heap reports by how much TotalAlloc grows when one object of n bytes is allocated.
// Something else may allocate in between; then it tries again, and after 100 attempts
// returns -1. (Go 1.3 also allocates a description of the type for an object that fills
// its span.)
func heap(n int, scan bool) int {
	for try := 0; try < 100; try++ {
		runtime.ReadMemStats(&before)
		if scan {
			pointers = make([]*byte, n/8)
		} else {
			bytes = make([]byte, n)
		}
		runtime.ReadMemStats(&after)
		if after.Mallocs-before.Mallocs == 1 {
			return int(after.TotalAlloc - before.TotalAlloc)
		}
	}
	return -1
}

// The objects whose places are examined, by number; nil when dropped.
var (
	roots   [4000]unsafe.Pointer
	fillers [100000]unsafe.Pointer
	filled  int
)

func malloc(n int, scan bool) unsafe.Pointer {
	if scan {
		p := make([]*byte, n/8)
		return unsafe.Pointer(&p[0])
	}
	b := make([]byte, n)
	return unsafe.Pointer(&b[0])
}

// page returns the page size of the allocator. No object of a requested size begins at a
// page boundary except at the beginning of its span.
func page() uintptr {
	if strings.HasPrefix(runtime.Version(), "go1.2.") {
		return 4096
	}
	return 8192
}

// fresh fills spans of the size until it has seen two of the same length, and returns
// that length and the first object of the next one. It returns 0 if it finds none.
func fresh(n int, scan bool) (objects int, first unsafe.Pointer) {
	var last uintptr
	run, before, step, page := 0, -1, 0, page()
	for filled < len(fillers)-1 {
		x := malloc(n, scan)
		fillers[filled] = x
		filled++
		at := uintptr(x)
		if step == 0 && at > last && at-last >= uintptr(n) && at-last < uintptr(2*n+64) && run == 1 {
			step = int(at - last)
		}
		first := at%page == 0 || n > 512 && at%page == 8 // behind a header
		switch {
		case !first && run > 0 && at == last+uintptr(step):
			run++
		case first:
			if run > 1 && run == before {
				return run, x
			}
			before, run, step = run, 1, 0
		default:
			before, run, step = -1, 0, 0
		}
		last = at
	}
	return 0, nil
}

type lcg int64

func (r *lcg) next(n int) int {
	*r = (*r*1103515245 + 12345) % (1 << 31)
	return int(*r>>8) % n
}

// A span holds the number of objects in a span, and a hash of the slots that objects got
// in one while others were dropped and collected.
type span struct {
	Size    int
	Scan    bool
	Objects int
	Slots   int64
}

// slots tries again if something else of the class was allocated meanwhile.
func slots(n int, scan bool) (s span) {
	for try := 0; try < 50; try++ {
		var others int
		if s, others = slotsOnce(n, scan); others == 0 {
			return s
		}
	}
	return span{Size: n, Scan: scan}
}

func slotsOnce(n int, scan bool) (s span, others int) {
	s.Size, s.Scan = n, scan
	for i := range roots {
		roots[i] = nil
	}
	for i := range fillers {
		fillers[i] = nil
	}
	filled = 0
	runtime.GC()
	runtime.GC()
	var first unsafe.Pointer
	s.Objects, first = fresh(n, scan)
	if s.Objects < 4 || s.Objects > len(roots) {
		return s, 1
	}
	if page() == 4096 {
		return s, 0 // Go 1.2 takes numbers that look like pointers for pointers, so that slots differ
	}
	runtime.ReadMemStats(&before)
	r := lcg(n)
	live, step := 0, uintptr(0)
	for round := 0; round < 5; round++ {
		for i := 0; live < s.Objects*(3-round%2)/4-1; i++ {
			if roots[i] != nil {
				continue
			}
			x := malloc(n, scan)
			roots[i] = x
			live++
			others--
			if step == 0 {
				step = uintptr(x) - uintptr(first)
			}
			s.Slots = (s.Slots*31 + int64((uintptr(x)-uintptr(first))/step)) % (1<<31 - 1)
		}
		for i := range roots {
			if roots[i] != nil && r.next(2) == 0 {
				roots[i] = nil
				live--
			}
		}
		runtime.GC()
	}
	runtime.ReadMemStats(&after)
	for i := range after.BySize {
		if int(after.BySize[i].Size) == int(step) {
			others += int(after.BySize[i].Mallocs - before.BySize[i].Mallocs)
		}
	}
	return s, others
}

// tiny returns a hash of which objects share a block, and of their offsets in it.
func tiny() (hash int64) {
	if page() == 4096 {
		return 0
	}
	fresh(16, false)
	r := lcg(7)
	blocks := make(map[uintptr]int64, 4000)
	for i := range roots {
		roots[i] = malloc(1+r.next(15), false)
	}
	for i := range roots {
		at := uintptr(roots[i])
		b, ok := blocks[at&^15]
		if !ok {
			b = int64(len(blocks))
			blocks[at&^15] = b
		}
		hash = (hash*31 + b*16 + int64(at&15)) % (1<<31 - 1)
		roots[i] = nil
	}
	return hash
}

// mapped returns the mapped bytes of the heap, including stacks.
func mapped() int {
	runtime.ReadMemStats(&after)
	return int(after.HeapSys+after.StackInuse) &^ (1<<16 - 1) // the few stacks of Go 1.2 lie elsewhere
}

// growth returns the bytes by which the heap grows when small spans fill it.
func growth() int {
	start, grown := mapped(), 0
	for i := 0; i < len(fillers); i++ {
		fillers[i] = malloc(32000, false)
		if now := mapped(); now != start {
			if grown++; grown == 2 {
				return now - start
			}
			start = now
		}
	}
	return 0
}

// structs returns the fields of some of the runtime's types, as the debugging
// information of this program has them.
func structs() map[string]string {
	f, err := elf.Open("/proc/self/exe")
	if err != nil {
		return nil
	}
	d, err := f.DWARF()
	if err != nil {
		return nil
	}
	out := map[string]string{}
	r := d.Reader()
	for {
		e, err := r.Next()
		if err != nil || e == nil {
			return out
		}
		name, _ := e.Val(dwarf.AttrName).(string)
		if e.Tag == dwarf.TagVariable && strings.HasPrefix(name, "runtime.mheap") {
			out["variable"] = name
		}
		if e.Tag != dwarf.TagStructType {
			continue
		}
		switch name {
		case "runtime.mcentral", "runtime.mheap", "runtime.p", "runtime.m":
			t, err := d.Type(e.Offset)
			if err != nil {
				continue
			}
			var fields []string
			for _, field := range t.(*dwarf.StructType).Field {
				text := field.Name
				if a, ok := field.Type.(*dwarf.ArrayType); ok && text == "central" {
					text += fmt.Sprintf("[%d]", a.Count)
				}
				if name == "runtime.mcentral" || strings.HasPrefix(text, "central") || text == "mcache" {
					fields = append(fields, text)
				}
			}
			out[name] = strings.Join(fields, " ")
		}
	}
}

// Each program begins when all free slots in spans of its sizes have been filled, so
// that the places of its objects depend on its operations alone.
const programs, length = 8, 6000

// All have spans of one page in every release.
var sizes = []int{16, 48, 64, 96, 256, 512}

// plain reports whether the programs leave out tiny objects and objects with pointers:
// Go up to 1.3 does not count tiny ones, and describes the types of others in objects of
// their own.
var plain = strings.HasPrefix(runtime.Version(), "go1.2.") || strings.HasPrefix(runtime.Version(), "go1.3.")

var (
	places    [length]uintptr // of each object, inverted: Go 1.2 takes numbers for pointers
	dropped   [length]bool
	collected [length]bool
	held      [length]unsafe.Pointer
	kept      [200000]unsafe.Pointer // pages that are never freed
	nkept     int
	big       []byte
	done      = make(chan bool)
	read      runtime.MemStats
)

type hashes struct{ Places, Readings, Spans int64 }

// note hashes the growth of the statistics since the program began.
func (h *hashes) note() {
	runtime.ReadMemStats(&read)
	for _, n := range []uint64{
		read.HeapInuse - before.HeapInuse, read.Mallocs - before.Mallocs, read.Frees - before.Frees,
		read.HeapObjects - before.HeapObjects, read.HeapAlloc - before.HeapAlloc, read.TotalAlloc - before.TotalAlloc,
	} {
		h.Readings = (h.Readings*31 + int64(n)%(1<<31-1)) % (1<<31 - 1)
	}
	h.Spans = (h.Spans*31 + int64(read.MSpanInuse-before.MSpanInuse)%(1<<31-1)) % (1<<31 - 1)
}

// keepPages takes pages one by one until only one row of free pages is left.
func keepPages() {
	last, row := uintptr(0), 0
	for i := 0; nkept < len(kept)/2 && i < 3000 && (i < 700 || row < 300); i++ {
		x := malloc(int(page()), false)
		kept[nkept] = x
		nkept++
		if uintptr(x) == last+page() {
			row++
		} else {
			row = 0
		}
		last = uintptr(x)
	}
}

// keepSpans makes spans until the P takes another batch of span descriptors.
func keepSpans() {
	runtime.ReadMemStats(&after)
	for i := 0; i < 200; i++ {
		before.MSpanInuse = after.MSpanInuse
		kept[nkept] = malloc(2*int(page()), false)
		nkept++
		runtime.ReadMemStats(&after)
		if after.MSpanInuse-before.MSpanInuse > 1000 {
			return
		}
	}
}

// deepen overwrites old values on the stack, where Go up to 1.3 takes numbers for
// pointers.
func deepen(n int) int {
	var a [64]uintptr
	for i := range a {
		a[i] = uintptr(n)
	}
	if n > 0 {
		return deepen(n-1) + int(a[n%64])
	}
	return 0
}

func collect() {
	if plain {
		deepen(2)
	}
	runtime.GC()
}

// allocate makes object n, and leaves no pointer to it on the stack of its caller.
func (h *hashes) allocate(n, size int, scan bool) {
	x := malloc(size, scan)
	held[n], places[n] = x, ^uintptr(x)
	first := n
	for j := 0; j < n; j++ {
		if !collected[j] && ^places[j]&^(page()-1) == uintptr(x)&^(page()-1) {
			first = j
			break
		}
	}
	h.Places = (h.Places*31 + int64(uintptr(x)&(page()-1))) % (1<<31 - 1)
	h.Places = (h.Places*31 + int64(first)) % (1<<31 - 1)
}

// runProgram repeats a program until two undisturbed runs agree: on a busy machine the
// runtime's own goroutines may interfere.
func runProgram(seed int) hashes {
	var seen []hashes
	for try := 0; try < 16; try++ {
		h, others := programOnce(seed)
		if others != 0 {
			continue
		}
		for _, s := range seen {
			if h == s {
				return h
			}
		}
		seen = append(seen, h)
	}
	return hashes{}
}

func programOnce(seed int) (h hashes, others int) {
	for i := range held {
		held[i], places[i], dropped[i], collected[i] = nil, 0, false, false
	}
	for i := range fillers {
		fillers[i] = nil
	}
	filled = 0
	go func() { // no stack keeps a pointer to it
		big = make([]byte, 48<<20) // so that the heap need not grow during the program
		big = nil
		done <- true
	}()
	<-done
	collect()
	collect()
	collect()
	keepPages()
	for _, n := range sizes {
		for _, scan := range []bool{false, true} {
			if plain && scan {
				continue
			}
			objects, _ := fresh(n, scan)
			if objects == 0 {
				return h, 1
			}
			for ; objects > 1; objects-- { // the span that it began
				fillers[filled] = malloc(n, scan)
				filled++
			}
		}
	}
	keepSpans()
	runtime.ReadMemStats(&before)
	h.note()
	g := lcg(seed)
	var few [3]int
	for i := range few {
		few[i] = sizes[g.next(len(sizes))]
	}
	n := 0
	for i := 0; i < length; i++ {
		switch g.next(400) {
		case 0:
			keep := g.next(100)
			for j := 0; j < n; j++ {
				if !dropped[j] && g.next(100) >= keep {
					held[j], dropped[j] = nil, true
				}
			}
			collect()
			for j := 0; j < n; j++ {
				collected[j] = dropped[j]
			}
			h.note()
		case 1:
			h.note()
		default:
			size, scan := few[g.next(3)], g.next(2) == 0
			if !scan && g.next(4) == 0 {
				size = 1 + g.next(15)
				if plain {
					size = 16
				}
			}
			h.allocate(n, size, scan && !plain)
			n++
		}
	}
	runtime.ReadMemStats(&after)
	others = int(after.Mallocs-before.Mallocs) - n
	if plain {
		others = -n
		for i := range after.BySize {
			for _, size := range sizes {
				if size == int(after.BySize[i].Size) {
					others += int(after.BySize[i].Mallocs - before.BySize[i].Mallocs)
				}
			}
		}
	}
	return h, others
}

// refusals returns the texts of the panics of make.
func refusals() (out []string) {
	none := -1
	for _, f := range []func(){
		func() { _ = make([]int64, none) },
		func() { _ = make([]int64, 0, none) },
		func() { _ = make(chan int64, none) },
	} {
		func() {
			defer func() { out = append(out, fmt.Sprint(recover())) }()
			f()
		}()
	}
	return out
}

// spanSize returns the size of a span's descriptor: from the debugging information, or
// in Go 1.2, which has none, as the common divisor of all growth of their memory.
func spanSize() int64 {
	f, err := elf.Open("/proc/self/exe")
	if err != nil {
		return 0
	}
	d, err := f.DWARF()
	if err != nil {
		return 0
	}
	for r := d.Reader(); ; {
		e, err := r.Next()
		if err != nil || e == nil {
			break
		}
		if name, _ := e.Val(dwarf.AttrName).(string); e.Tag == dwarf.TagStructType && name == "runtime.mspan" {
			n, _ := e.Val(dwarf.AttrByteSize).(int64)
			return n
		}
	}
	runtime.ReadMemStats(&read)
	n := read.MSpanInuse
	for i := 0; i < 300; i++ {
		kept[nkept] = malloc(8192*(1+i%7), false)
		nkept++
		runtime.ReadMemStats(&read)
		for b := read.MSpanInuse; b != 0; {
			n, b = b, n%b
		}
	}
	return int64(n)
}

func main() {
	var out struct {
		Programs             []hashes
		Refusals             []string
		MSpan, MCache        int64
		BySize               []int
		Noscan, Scan         steps
		HeapNoscan, HeapScan steps
		Base                 uint64
		Mapped, Growth       int
		Spans                []span
		Tiny                 int64
		Structs              map[string]string
	}
	// Since Go 1.26 the heap begins at a random address, not on a chunk boundary.
	if at := uint64(uintptr(malloc(100, true))); at>>32 == 0xc2 || at>>32 == 0xc8 || at>>32 == 0xc4 || at>>32 == 0xc0 {
		out.Base = at &^ (1<<24 - 1)
		out.Mapped = mapped()
	}

	runtime.ReadMemStats(&before)
	for _, c := range before.BySize {
		if c.Size != 0 {
			out.BySize = append(out.BySize, int(c.Size))
		}
	}

	// The append of Go 1.2 does not round up.
	if cap(append([]byte(nil), make([]byte, 33)...)) != 33 {
		zero := make([]byte, limit)
		for n := 0; n <= limit; n++ {
			bytes = append([]byte(nil), zero[:n]...)
			out.Noscan.add(n, cap(bytes))
		}
		nils := make([]*byte, limit/8)
		for n := 0; n <= limit/8; n++ {
			pointers = append([]*byte(nil), nils[:n]...)
			out.Scan.add(n*8, cap(pointers)*8)
		}
	}

	step := 8
	for n := 16; n < limit-8; n += step {
		out.HeapNoscan.add(n, heap(n, false))
		out.HeapNoscan.add(n+1, heap(n+1, false))
		out.HeapScan.add(n, heap(n, true))
		if step > 8 {
			out.HeapScan.add(n+8, heap(n+8, true))
		}
		if n == 33280 {
			step = 512 // above this only the number of pages matters
		}
	}
	for _, s := range out.HeapScan {
		if s[1] < 0 {
			out.HeapScan = nil
			break
		}
	}

	debug.SetGCPercent(1 << 20) // up to Go 1.4 nothing is collected without a percentage
	bytes, pointers = nil, nil
	for _, n := range []int{8, 16, 24, 32, 48, 64, 96, 112, 128, 256, 288, 512, 568, 1016, 1408, 2040} {
		if n >= 16 {
			out.Spans = append(out.Spans, slots(n, false))
		}
		out.Spans = append(out.Spans, slots(n, true))
	}
	out.Tiny = tiny()
	out.Growth = growth()
	for i := range fillers {
		fillers[i] = nil
	}
	out.Programs = make([]hashes, 0, programs)
	runProgram(1) // does what the first collections do once
	for seed := 1; seed <= programs; seed++ {
		out.Programs = append(out.Programs, runProgram(seed))
	}
	out.Refusals = refusals()
	runtime.ReadMemStats(&read)
	out.MSpan, out.MCache = spanSize(), int64(read.MCacheInuse)
	out.Structs = structs()
	json.NewEncoder(os.Stdout).Encode(out)
}
