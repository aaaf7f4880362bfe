// The probe of package slicegrowlive reports the results of append in the Go that builds
// it. It is in the Go of 1.2, so that every release runs it.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"reflect"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unsafe"
)

type steps [][2]int

func (s *steps) add(x, y int) {
	if n := len(*s); n > 0 && (*s)[n-1][1] == y {
		return
	}
	*s = append(*s, [2]int{x, y})
}

// An element is an element type of slices. append returns the capacity when n elements
// are added to a slice of length l and capacity c.
type element struct {
	size   int
	scan   bool
	record bool // the breakpoints
	append func(l, c, n int) int
}

// elements returns the table. Go had no type parameters, so each type has its row.
func elements() (table []element) {
	a0 := make([]byte, 1048576)
	a1 := make([][2]byte, 524288)
	a2 := make([][3]byte, 349525)
	a3 := make([]int32, 262144)
	a4 := make([][5]byte, 209715)
	a5 := make([]int, 131072)
	a6 := make([][12]byte, 87381)
	a7 := make([][2]int, 65536)
	a8 := make([][3]int, 43690)
	a9 := make([][5]int, 26214)
	a10 := make([][100]byte, 10485)
	a11 := make([][64]int, 2048)
	a12 := make([][1000]byte, 1048)
	a13 := make([][128]int, 1024)
	a14 := make([][4096]byte, 256)
	a15 := make([]*int, 131072)
	a16 := make([]string, 65536)
	a17 := make([][]int, 43690)
	a18 := make([][6]*int, 21845)
	a19 := make([][64]*int, 2048)
	a20 := make([][65]*int, 2016)
	a21 := make([][100]*int, 1310)
	a22 := make([][256]*int, 512)
	table = append(table, element{1, false, true, func(l, c, n int) int { return cap(append(a0[:l:c], a0[:n]...)) }})
	table = append(table, element{2, false, false, func(l, c, n int) int { return cap(append(a1[:l:c], a1[:n]...)) }})
	table = append(table, element{3, false, true, func(l, c, n int) int { return cap(append(a2[:l:c], a2[:n]...)) }})
	table = append(table, element{4, false, false, func(l, c, n int) int { return cap(append(a3[:l:c], a3[:n]...)) }})
	table = append(table, element{5, false, false, func(l, c, n int) int { return cap(append(a4[:l:c], a4[:n]...)) }})
	table = append(table, element{8, false, true, func(l, c, n int) int { return cap(append(a5[:l:c], a5[:n]...)) }})
	table = append(table, element{12, false, false, func(l, c, n int) int { return cap(append(a6[:l:c], a6[:n]...)) }})
	table = append(table, element{16, false, false, func(l, c, n int) int { return cap(append(a7[:l:c], a7[:n]...)) }})
	table = append(table, element{24, false, false, func(l, c, n int) int { return cap(append(a8[:l:c], a8[:n]...)) }})
	table = append(table, element{40, false, false, func(l, c, n int) int { return cap(append(a9[:l:c], a9[:n]...)) }})
	table = append(table, element{100, false, true, func(l, c, n int) int { return cap(append(a10[:l:c], a10[:n]...)) }})
	table = append(table, element{512, false, false, func(l, c, n int) int { return cap(append(a11[:l:c], a11[:n]...)) }})
	table = append(table, element{1000, false, false, func(l, c, n int) int { return cap(append(a12[:l:c], a12[:n]...)) }})
	table = append(table, element{1024, false, false, func(l, c, n int) int { return cap(append(a13[:l:c], a13[:n]...)) }})
	table = append(table, element{4096, false, false, func(l, c, n int) int { return cap(append(a14[:l:c], a14[:n]...)) }})
	table = append(table, element{8, true, true, func(l, c, n int) int { return cap(append(a15[:l:c], a15[:n]...)) }})
	table = append(table, element{16, true, true, func(l, c, n int) int { return cap(append(a16[:l:c], a16[:n]...)) }})
	table = append(table, element{24, true, false, func(l, c, n int) int { return cap(append(a17[:l:c], a17[:n]...)) }})
	table = append(table, element{48, true, false, func(l, c, n int) int { return cap(append(a18[:l:c], a18[:n]...)) }})
	table = append(table, element{512, true, false, func(l, c, n int) int { return cap(append(a19[:l:c], a19[:n]...)) }})
	table = append(table, element{520, true, true, func(l, c, n int) int { return cap(append(a20[:l:c], a20[:n]...)) }})
	table = append(table, element{800, true, false, func(l, c, n int) int { return cap(append(a21[:l:c], a21[:n]...)) }})
	table = append(table, element{2048, true, false, func(l, c, n int) int { return cap(append(a22[:l:c], a22[:n]...)) }})
	return table
}

// Growth has the capacities for elements of one type, by the old capacity or the count.
type Growth struct {
	Size  int
	Scan  bool
	Full  steps // one element appended to a full slice
	Empty steps // one element more than fits, appended to an empty slice
	Once  steps // by count: appended to a nil slice
}

func growth(e element) Growth {
	g := Growth{Size: e.size, Scan: e.scan}
	for c := 0; c <= 2100 && c*e.size <= 40000; c++ {
		g.Full.add(c, e.append(c, c, 1))
		g.Empty.add(c, e.append(0, c, c+1))
		g.Once.add(c, e.append(0, 0, c))
	}
	return g
}

// values returns the capacities after appending three values to slices with room for
// one, by the old capacity.
func values() (s steps) {
	ints := make([]int, 300)
	for c := 1; c <= 300; c++ {
		sink = append(ints[:c-1:c], 1, 2, 3)
		s.add(c, cap(sink))
	}
	return s
}

// A generator of numbers that the model can repeat.
type generator uint64

func (g *generator) below(n int) int {
	*g = *g*6364136223846793005 + 1442695040888963407
	return int(uint64(*g)>>33) % n
}

const (
	chunks    = 100
	chunkSize = 1000
)

// random performs random appends in chunks, and returns a hash of the capacities of each
// chunk.
func random(table []element) (hashes []uint32) {
	g := generator(1)
	for i := 0; i < chunks; i++ {
		h := uint32(2166136261)
		for j := 0; j < chunkSize; j++ {
			e := table[g.below(len(table))]
			c := g.below(100000/e.size + 2)
			if g.below(4) > 0 {
				c = g.below(2400)
				for c*e.size > 100000 {
					c /= 2
				}
			}
			l := c
			if g.below(2) == 0 {
				l = g.below(c + 1)
			}
			n := c - l + 1
			switch g.below(3) {
			case 0:
				n += g.below(c + 1)
			case 1:
				n += g.below(2*c + 8)
			}
			h = (h ^ uint32(e.append(l, c, n))) * 16777619
		}
		hashes = append(hashes, h)
	}
	return hashes
}

// A Case is an append of n elements to a slice, with lengths that are out of reach, and
// its result: the text of a panic, a capacity, or neither if the program could not
// report one.
type Case struct {
	Len    int    `json:",omitempty"`
	Cap    int    `json:",omitempty"`
	N      int    `json:",omitempty"`
	Size   int    `json:",omitempty"`
	Scan   bool   `json:",omitempty"`
	Panic  string `json:",omitempty"`
	NewCap int    `json:",omitempty"`
}

// cases are lengths around the largest that the release allocates, and around the
// largest int.
func cases() (all []Case) {
	most := 1 << 48
	for _, minor := range []string{"2", "3", "4", "5", "6", "7", "8", "9", "10"} {
		if v := runtime.Version(); v == "go1."+minor || strings.HasPrefix(v, "go1."+minor+".") {
			most = 1 << 39
			if minor < "5" && minor != "10" {
				most = 1 << 37
			}
		}
	}
	for _, e := range []struct {
		size int
		scan bool
	}{{1, false}, {3, false}, {8, true}, {24, true}} {
		n := most / e.size
		for d := -2; d <= 1; d++ {
			all = append(all, Case{N: n + d, Size: e.size, Scan: e.scan})
		}
		for _, old := range []int{n/5*4 + 2, n - 1} {
			all = append(all, Case{Len: old, Cap: old, N: 1, Size: e.size, Scan: e.scan})
		}
		all = append(all, Case{Cap: n/2 + 1, N: n/2 + 2, Size: e.size, Scan: e.scan})
		all = append(all, Case{Len: 1, Cap: n / 2, N: n/2 + 3, Size: e.size, Scan: e.scan})
		for _, more := range []int{1<<48/e.size + 1, 1 << 62, 1<<63 - 1} {
			all = append(all, Case{N: more, Size: e.size, Scan: e.scan})
			all = append(all, Case{Len: 1, Cap: 1, N: more, Size: e.size, Scan: e.scan})
		}
	}
	for _, old := range []int{0, 1000, 1024, 1<<61 + 1, 1<<62 - 1, 1 << 62, 1<<63 - 1} {
		for _, n := range []int{1, 1 << 61, 1<<63 - 1} {
			all = append(all, Case{Len: old, Cap: old, N: n})
			all = append(all, Case{Cap: old, N: n})
		}
	}
	return all
}

type header struct{ ptr, len, cap uintptr }

var memory [64]uintptr

// run appends in this process. Slices that cannot exist are made from headers; a release
// that copies them crashes.
func (c *Case) run() {
	defer func() {
		if p := recover(); p != nil {
			c.Panic = strings.TrimPrefix(fmt.Sprint(p), "runtime error: ")
		}
	}()
	p := uintptr(unsafe.Pointer(&memory))
	old := header{p, uintptr(c.Len), uintptr(c.Cap)}
	more := header{p, uintptr(c.N), uintptr(c.N)}
	switch {
	case c.Size == 0:
		c.NewCap = cap(append(*(*[]struct{})(unsafe.Pointer(&old)), *(*[]struct{})(unsafe.Pointer(&more))...))
	case c.Size == 1:
		c.NewCap = cap(append(*(*[]byte)(unsafe.Pointer(&old)), *(*[]byte)(unsafe.Pointer(&more))...))
	case c.Size == 3:
		c.NewCap = cap(append(*(*[][3]byte)(unsafe.Pointer(&old)), *(*[][3]byte)(unsafe.Pointer(&more))...))
	case c.Size == 8:
		c.NewCap = cap(append(*(*[]*int)(unsafe.Pointer(&old)), *(*[]*int)(unsafe.Pointer(&more))...))
	case c.Size == 24:
		c.NewCap = cap(append(*(*[][]int)(unsafe.Pointer(&old)), *(*[][]int)(unsafe.Pointer(&more))...))
	}
}

// ask runs the cases from the first on in a process of its own, which prints each answer
// at once, until it ends or its time is over.
func ask(all []Case) {
	for first := 0; first < len(all); {
		cmd := exec.Command(os.Args[0], strconv.Itoa(first))
		out, err := cmd.StdoutPipe()
		if err == nil {
			err = cmd.Start()
		}
		if err != nil {
			panic(err)
		}
		timer := time.AfterFunc(20*time.Second, func() { cmd.Process.Kill() })
		for dec := json.NewDecoder(out); first < len(all); first++ {
			if dec.Decode(&all[first]) != nil {
				first++ // it died of this one
				break
			}
		}
		timer.Stop()
		cmd.Process.Kill()
		cmd.Wait()
	}
}

// A Header holds the results of operations on a slice without elements.
type Header struct {
	Nil, ZeroNil                 bool // s == nil; and the same after an append of a struct{} to such a slice of struct{}
	Len, Cap                     int
	JSON, JSONBytes, V, GoSyntax string
	DeepEqual                    []bool // to a nil slice, a literal, and a slice from make
	One                          int    // capacity after an append of one element
}

func headers() (hs []Header) {
	var nilInts []int
	var nilBytes []byte
	var nilEmpty []struct{}
	ints := [][]int{nilInts, []int{}, make([]int, 0)}
	bytes := [][]byte{nilBytes, []byte{}, make([]byte, 0)}
	empty := [][]struct{}{nilEmpty, []struct{}{}, make([]struct{}, 0)}
	for i, s := range ints {
		j, _ := json.Marshal(s)
		jb, _ := json.Marshal(bytes[i])
		h := Header{
			Nil: s == nil, ZeroNil: append(empty[i], struct{}{}) == nil,
			Len: len(s), Cap: cap(s),
			JSON: string(j), JSONBytes: string(jb), V: fmt.Sprint(s), GoSyntax: fmt.Sprintf("%#v", s),
		}
		sink = append(s, 1)
		h.One = cap(sink)
		for _, other := range ints {
			h.DeepEqual = append(h.DeepEqual, reflect.DeepEqual(s, other))
		}
		hs = append(hs, h)
	}
	return hs
}

var sink []int

// caps are the capacities that the functions below read.
var caps []int

func local0(n int) {
	var s []byte
	for i := 0; i < n; i++ {
		s = append(s, byte(1))
		caps = append(caps, cap(s))
	}
}

func locals0(n int) {
	var s []byte
	for i := 0; i < n; i++ {
		s = append(s, byte(1), byte(1), byte(1))
		caps = append(caps, cap(s))
	}
}

//go:noinline
func returned0(n int) []byte {
	var s []byte
	for i := 0; i < n; i++ {
		s = append(s, byte(1))
	}
	return s
}

//go:noinline
func returnedCap0(n int) []byte {
	var s []byte
	for i := 0; i < n; i++ {
		s = append(s, byte(1))
		caps = append(caps, cap(s))
	}
	return s
}

func local1(n int) {
	var s [][3]byte
	for i := 0; i < n; i++ {
		s = append(s, [3]byte{})
		caps = append(caps, cap(s))
	}
}

func locals1(n int) {
	var s [][3]byte
	for i := 0; i < n; i++ {
		s = append(s, [3]byte{}, [3]byte{}, [3]byte{})
		caps = append(caps, cap(s))
	}
}

//go:noinline
func returned1(n int) [][3]byte {
	var s [][3]byte
	for i := 0; i < n; i++ {
		s = append(s, [3]byte{})
	}
	return s
}

//go:noinline
func returnedCap1(n int) [][3]byte {
	var s [][3]byte
	for i := 0; i < n; i++ {
		s = append(s, [3]byte{})
		caps = append(caps, cap(s))
	}
	return s
}

func local2(n int) {
	var s []int
	for i := 0; i < n; i++ {
		s = append(s, 1)
		caps = append(caps, cap(s))
	}
}

func locals2(n int) {
	var s []int
	for i := 0; i < n; i++ {
		s = append(s, 1, 1, 1)
		caps = append(caps, cap(s))
	}
}

//go:noinline
func returned2(n int) []int {
	var s []int
	for i := 0; i < n; i++ {
		s = append(s, 1)
	}
	return s
}

//go:noinline
func returnedCap2(n int) []int {
	var s []int
	for i := 0; i < n; i++ {
		s = append(s, 1)
		caps = append(caps, cap(s))
	}
	return s
}

func local3(n int) {
	var s []*int
	for i := 0; i < n; i++ {
		s = append(s, nil)
		caps = append(caps, cap(s))
	}
}

func locals3(n int) {
	var s []*int
	for i := 0; i < n; i++ {
		s = append(s, nil, nil, nil)
		caps = append(caps, cap(s))
	}
}

//go:noinline
func returned3(n int) []*int {
	var s []*int
	for i := 0; i < n; i++ {
		s = append(s, nil)
	}
	return s
}

//go:noinline
func returnedCap3(n int) []*int {
	var s []*int
	for i := 0; i < n; i++ {
		s = append(s, nil)
		caps = append(caps, cap(s))
	}
	return s
}

func local4(n int) {
	var s []string
	for i := 0; i < n; i++ {
		s = append(s, "")
		caps = append(caps, cap(s))
	}
}

func locals4(n int) {
	var s []string
	for i := 0; i < n; i++ {
		s = append(s, "", "", "")
		caps = append(caps, cap(s))
	}
}

//go:noinline
func returned4(n int) []string {
	var s []string
	for i := 0; i < n; i++ {
		s = append(s, "")
	}
	return s
}

//go:noinline
func returnedCap4(n int) []string {
	var s []string
	for i := 0; i < n; i++ {
		s = append(s, "")
		caps = append(caps, cap(s))
	}
	return s
}

func local5(n int) {
	var s [][3]*int
	for i := 0; i < n; i++ {
		s = append(s, [3]*int{})
		caps = append(caps, cap(s))
	}
}

func locals5(n int) {
	var s [][3]*int
	for i := 0; i < n; i++ {
		s = append(s, [3]*int{}, [3]*int{}, [3]*int{})
		caps = append(caps, cap(s))
	}
}

//go:noinline
func returned5(n int) [][3]*int {
	var s [][3]*int
	for i := 0; i < n; i++ {
		s = append(s, [3]*int{})
	}
	return s
}

//go:noinline
func returnedCap5(n int) [][3]*int {
	var s [][3]*int
	for i := 0; i < n; i++ {
		s = append(s, [3]*int{})
		caps = append(caps, cap(s))
	}
	return s
}

// A Stack holds the capacities of a slice that stays in its function or is returned from
// it, after each append and after the return.
type Stack struct {
	Size                         int
	Scan                         bool
	Local, Locals                steps // of one and of three elements, by number of appends
	Returned, ReturnedCap, Inner steps
}

const stackAppends = 40

func stacks() (all []Stack) {
	for _, e := range []struct {
		size                  int
		scan                  bool
		local, locals         func(int)
		returned, returnedCap func(int) int
	}{
		{1, false, local0, locals0, func(n int) int { return cap(returned0(n)) }, func(n int) int { return cap(returnedCap0(n)) }},
		{3, false, local1, locals1, func(n int) int { return cap(returned1(n)) }, func(n int) int { return cap(returnedCap1(n)) }},
		{8, false, local2, locals2, func(n int) int { return cap(returned2(n)) }, func(n int) int { return cap(returnedCap2(n)) }},
		{8, true, local3, locals3, func(n int) int { return cap(returned3(n)) }, func(n int) int { return cap(returnedCap3(n)) }},
		{16, true, local4, locals4, func(n int) int { return cap(returned4(n)) }, func(n int) int { return cap(returnedCap4(n)) }},
		{24, true, local5, locals5, func(n int) int { return cap(returned5(n)) }, func(n int) int { return cap(returnedCap5(n)) }},
	} {
		s := Stack{Size: e.size, Scan: e.scan}
		seen := func(f func(int)) (st steps) {
			caps = caps[:0]
			f(stackAppends)
			for i, c := range caps {
				st.add(i+1, c)
			}
			return st
		}
		s.Local, s.Locals = seen(e.local), seen(e.locals)
		s.Inner = seen(func(n int) { e.returnedCap(n) })
		for n := 0; n <= stackAppends; n++ {
			s.Returned.add(n, e.returned(n))
			s.ReturnedCap.add(n, e.returnedCap(n))
		}
		all = append(all, s)
	}
	return all
}

func main() {
	all := cases()
	enc := json.NewEncoder(os.Stdout)
	if len(os.Args) > 1 {
		// An append that does not panic must not get the memory that it asks for,
		// either. And Go 1.5 to 1.10 touch each page when they do not get it.
		for resource, most := range map[int]uint64{syscall.RLIMIT_DATA: 1 << 30, syscall.RLIMIT_CPU: 1} {
			if err := syscall.Setrlimit(resource, &syscall.Rlimit{Cur: most, Max: most}); err != nil {
				panic(err)
			}
		}
		first, _ := strconv.Atoi(os.Args[1])
		for _, c := range all[first:] {
			c.run()
			enc.Encode(c)
		}
		return
	}

	var out struct {
		Growths []Growth
		Values  steps
		Random  []uint32
		Cases   []Case
		Headers []Header
		Stacks  []Stack
	}
	caps = make([]int, 0, 2*stackAppends*stackAppends)
	out.Stacks = stacks()
	out.Headers = headers()
	table := elements()
	rounds := cap(append([]byte(nil), make([]byte, 33)...)) != 33 // false in Go 1.2, where every capacity differs
	for _, e := range table {
		if e.record && rounds {
			out.Growths = append(out.Growths, growth(e))
		}
	}
	out.Values = values()
	out.Random = random(table)
	ask(all)
	out.Cases = all
	enc.Encode(out)
}
