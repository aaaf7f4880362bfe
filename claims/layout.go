package claims

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"runtime"
	"strings"
	"unsafe"

	"github.com/orrery-go/orrery/alloc"
	"github.com/orrery-go/orrery/layout"
	"github.com/orrery-go/orrery/layout/areas"
)

// layoutTypes are the types that rows ask about; the last is the one to look at.
var layoutTypes = map[string][]string{
	"20-2": {structOf(basics)},
	"20-3": {"int64"},
	"20-4": {"struct{ a bool; b int64 }"},
	"20-5": {"struct{ a bool; s [16]byte; t string }"},
	"20-6": {"struct{ a bool; b int64; c bool }", "struct{ b int64; a, c bool }", "struct{ a bool; s [16]byte }"},
	"20-7": {"struct{ a, b byte }"},
	"20-8": {"struct{ a int64; b struct{} }"},
	"22-1": {"struct{}", "struct{ a struct{}; b int64 }", "struct{ b int64; a struct{} }"},
	"22-4": {"struct{}"},
}

// layoutArchs are the architectures that are not amd64.
var layoutArchs = map[string]string{"20-3": "386"}

var basics = []string{"bool", "int8", "int16", "int32", "int64", "int", "uintptr", "float32", "float64", "complex64", "complex128", "string"}

var layoutChecks = map[string]check{
	"1.0-1": {
		model: func(string) (string, error) { return areaNames(areas.All()), nil },
		live:  ownAreas,
	},
	"16-1": {
		model: func(string) (string, error) {
			return compared("struct{ X int }", "struct{ F func() }", "struct{ I any }")
		},
		live: liveCompared,
	},
	"16-2": {
		model: func(string) (string, error) { return mixed(equatable) },
		live:  func() (string, error) { return mixed(compiles) },
	},
	"20-1": {
		model: func(string) (string, error) { return cacheLines("amd64", "arm", "arm64", "s390x") },
	},
	"20-2": {
		model: func(rel string) (string, error) { return alignments(modelAlign(rel)) },
		live:  func() (string, error) { return alignments(liveAlign) },
	},
	"20-3": {
		model: func(rel string) (string, error) {
			return each(rel, "amd64 386", func(l layout.Layout) any { return l.Align }, layoutTypes["20-3"]...)
		},
		live: func() (string, error) {
			return fmt.Sprint(unsafe.Alignof(int64(0)), types.SizesFor("gc", "386").Alignof(types.Typ[types.Int64])), nil
		},
	},
	"20-4": {
		model: func(rel string) (string, error) {
			return each(rel, "amd64", func(l layout.Layout) any { return l.Fields[0].Offset }, layoutTypes["20-4"]...)
		},
		live: func() (string, error) {
			var x struct {
				a bool
				b int64
			}
			return fmt.Sprint(unsafe.Offsetof(x.a)), nil
		},
	},
	"20-5": {
		model: func(rel string) (string, error) {
			return each(rel, "amd64", func(l layout.Layout) any {
				return fmt.Sprint(l.Fields[1].Offset, l.Fields[2].Offset)
			}, layoutTypes["20-5"]...)
		},
		live: func() (string, error) {
			var x struct {
				a bool
				s [16]byte
				t string
			}
			return fmt.Sprint(unsafe.Offsetof(x.s), unsafe.Offsetof(x.t)), nil
		},
	},
	"20-6": {
		model: func(rel string) (string, error) {
			return each(rel, "amd64", size, layoutTypes["20-6"]...)
		},
		live: func() (string, error) {
			type wide struct {
				_ bool
				_ int64
				_ bool
			}
			type narrow struct {
				_    int64
				_, _ bool
			}
			type array struct {
				_ bool
				_ [16]byte
			}
			return fmt.Sprint(unsafe.Sizeof(wide{}), unsafe.Sizeof(narrow{}), unsafe.Sizeof(array{})), nil
		},
	},
	"20-7": {
		model: sizes("20-7"),
		live:  func() (string, error) { return fmt.Sprint(unsafe.Sizeof(struct{ a, b byte }{})), nil },
	},
	"20-8": {
		model: sizes("20-8"),
		live:  func() (string, error) { return fmt.Sprint(unsafe.Sizeof(trailing{})), nil },
	},
	"22-1": {
		model: sizes("22-1"),
		live: func() (string, error) {
			return fmt.Sprint(unsafe.Sizeof(struct{}{}), unsafe.Sizeof(leading{}), unsafe.Sizeof(trailing{})), nil
		},
	},
	"22-2": {model: setModel, live: setLive},
	"22-3": {model: channelModel, live: channelLive},
	"22-4": {
		model: sizes("22-4"),
		live:  func() (string, error) { return fmt.Sprint(unsafe.Sizeof(stateless{})), nil },
	},
}

type (
	leading struct {
		_ struct{}
		_ int64
	}
	trailing struct {
		_ int64
		_ struct{}
	}
	stateless struct{} // with methods only
)

func (stateless) Area() int { return 0 }

var _ interface{ Area() int } = stateless{}

// structOf has a field of each type.
func structOf(types []string) string {
	text := "struct {\n"
	for i, t := range types {
		text += fmt.Sprintf("\tf%d %s\n", i+1, t)
	}
	return text + "}\n"
}

func size(l layout.Layout) any { return l.Size }

// sizes tells the sizes of the row's types.
func sizes(row string) func(rel string) (string, error) {
	return func(rel string) (string, error) { return each(rel, "amd64", size, layoutTypes[row]...) }
}

// each returns an answer derived from the layout of each type on each architecture.
func each(rel, archs string, answer func(layout.Layout) any, sources ...string) (string, error) {
	var out []string
	for arch := range strings.FieldsSeq(archs) {
		r, err := layout.New(layout.Config{Arch: arch, Release: rel})
		if err != nil {
			return "", err
		}
		for _, src := range sources {
			t, err := layout.Parse(src)
			if err != nil {
				return "", err
			}
			l, err := r.Of(t)
			if err != nil {
				return "", err
			}
			out = append(out, fmt.Sprint(answer(l)))
		}
	}
	return strings.Join(out, " "), nil
}

// areaNames returns the areas in which the program has sections.
func areaNames(list []areas.Area) string {
	var out []string
	for _, a := range list {
		if a != areas.Other {
			out = append(out, string(a))
		}
	}
	return strings.Join(out, " ")
}

// ownAreas reads the executable of this program.
func ownAreas() (string, error) {
	name, err := os.Executable()
	if err != nil {
		return "", err
	}
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	sections, err := areas.Sections(f)
	if err != nil {
		return "", err
	}
	sizes := areas.Sizes(sections)
	var found []areas.Area
	for _, a := range areas.All() {
		if sizes[a] > 0 {
			found = append(found, a)
		}
	}
	return areaNames(found), nil
}

// compared returns the result of a == b for each type: true, a compile error, or a
// panic.
func compared(sources ...string) (string, error) {
	var out []string
	for _, src := range sources {
		t, err := layout.Parse(src)
		if err != nil {
			return "", err
		}
		c, err := layout.Comparable(t)
		switch {
		case err != nil:
			return "", err
		case !c.Comparable:
			out = append(out, "error")
		case c.MayPanic():
			out = append(out, "panic")
		default:
			out = append(out, "true")
		}
	}
	return strings.Join(out, " "), nil
}

func liveCompared() (string, error) {
	first := fmt.Sprint(struct{ X int }{1} == struct{ X int }{X: one()})
	second, err := compiles("", "struct{ F func() }", "struct{ F func() }")
	third := func() (s string) {
		defer func() {
			if recover() != nil {
				s = "panic"
			}
		}()
		a := struct{ I any }{[]int{1}}
		b := a
		return fmt.Sprint(a == b)
	}()
	return first + " " + second + " " + third, err
}

//go:noinline
func one() int { return 1 }

// mixed compares structs of different types: two named types, a named and an unnamed
// one, and two of which one is converted.
func mixed(compare func(declarations, x, y string) (string, error)) (string, error) {
	const declarations = "type A struct{ X int }\ntype B struct{ X int }\n"
	var out []string
	for _, pair := range [][2]string{{"A", "B"}, {"A", "struct{ X int }"}, {"A", "A"}} {
		answer, err := compare(declarations, pair[0], pair[1])
		if err != nil {
			return "", err
		}
		out = append(out, answer)
	}
	return strings.Join(out, " "), nil
}

// equatable reports whether values of two types can be compared, by the model.
func equatable(declarations, x, y string) (string, error) {
	t, err := layout.Parse("type Pair struct { x " + x + "; y " + y + " }\n" + declarations)
	if err != nil {
		return "", err
	}
	named, ok := t.(*layout.Named)
	if !ok {
		return "", fmt.Errorf("%s is no declared type", t)
	}
	pair, ok := named.Underlying.(*layout.Struct)
	if !ok {
		return "", fmt.Errorf("%s is no struct", t)
	}
	v, err := layout.Equatable(pair.Fields[0].Type, pair.Fields[1].Type)
	if v.OK {
		return "ok", err
	}
	return "error", err
}

// compiles reports the same by the type checker of the Go that runs the program.
func compiles(declarations, x, y string) (string, error) {
	fset := token.NewFileSet()
	src := "package p\n" + declarations + "var x " + x + "\nvar y " + y + "\nvar _ = x == y\n"
	f, err := parser.ParseFile(fset, "p.go", src, 0)
	if err != nil {
		return "", err
	}
	if _, err := new(types.Config).Check("p", fset, []*ast.File{f}, nil); err != nil {
		return "error", nil
	}
	return "ok", nil
}

func cacheLines(archs ...string) (string, error) {
	var out []string
	for _, arch := range archs {
		n, err := layout.CacheLine(arch)
		if err != nil {
			return "", err
		}
		out = append(out, fmt.Sprint(n))
	}
	return strings.Join(out, " "), nil
}

// alignments lists the distinct alignments of the basic types.
func alignments(align func(name string) (int64, error)) (string, error) {
	seen := map[int64]bool{}
	for _, name := range basics {
		n, err := align(name)
		if err != nil {
			return "", err
		}
		seen[n] = true
	}
	var out []string
	for n := range int64(64) {
		if seen[n] {
			out = append(out, fmt.Sprint(n))
		}
	}
	return strings.Join(out, " "), nil
}

func modelAlign(rel string) func(string) (int64, error) {
	return func(name string) (n int64, err error) {
		_, err = each(rel, "amd64", func(l layout.Layout) any { n = l.Align; return n }, name)
		return n, err
	}
}

func liveAlign(name string) (int64, error) {
	return map[string]int64{
		"bool": int64(unsafe.Alignof(false)), "int8": int64(unsafe.Alignof(int8(0))), "int16": int64(unsafe.Alignof(int16(0))),
		"int32": int64(unsafe.Alignof(int32(0))), "int64": int64(unsafe.Alignof(int64(0))), "int": int64(unsafe.Alignof(0)),
		"uintptr": int64(unsafe.Alignof(uintptr(0))), "float32": int64(unsafe.Alignof(float32(0))), "float64": int64(unsafe.Alignof(0.0)),
		"complex64": int64(unsafe.Alignof(complex64(0))), "complex128": int64(unsafe.Alignof(complex128(0))), "string": int64(unsafe.Alignof("")),
	}[name], nil
}

// setModel compares the size of a slot in either map.
func setModel(rel string) (string, error) {
	r, err := layout.ForRelease(rel)
	if err != nil {
		return "", err
	}
	s, err := r.SetSaving(layout.Int64)
	if err != nil {
		return "", err
	}
	if s.Unit > 0 {
		return "smaller", nil
	}
	return "the same", nil
}

// Values that must be on the heap are assigned to these variables.
var (
	setSink    map[int64]struct{}
	boolSink   map[int64]bool
	signalSink chan struct{}
	flagSink   chan bool
)

func setLive() (string, error) {
	const n = 100_000
	set := heapGrowth(func() {
		setSink = make(map[int64]struct{})
		for i := range int64(n) {
			setSink[i] = struct{}{}
		}
	})
	full := heapGrowth(func() {
		boolSink = make(map[int64]bool)
		for i := range int64(n) {
			boolSink[i] = true
		}
	})
	setSink, boolSink = nil, nil
	// A bad hash leads to a few more overflow buckets, but not to 3% more memory.
	if float64(set) < 0.97*float64(full) {
		return "smaller", nil
	}
	return "the same", nil
}

// heapGrowth returns the growth of the live heap in bytes.
func heapGrowth(fill func()) int64 {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.GC() // the content of a sync.Pool is freed now rather than by the next collection
	runtime.ReadMemStats(&before)
	fill()
	runtime.GC()
	runtime.ReadMemStats(&after)
	return int64(after.HeapAlloc) - int64(before.HeapAlloc)
}

// hchan has the size of runtime/chan.go:hchan: Go 1.23 added the timer, 1.25 the bubble.
const hchan = `struct {
	qcount, dataqsiz uint
	buf              unsafe.Pointer
	elemsize         uint16
	closed           uint32
	%s
	elemtype         unsafe.Pointer
	sendx, recvx     uint
	recvq, sendq     struct{ first, last unsafe.Pointer }
	%s
	lock             uintptr
}`

// channelModel lays out a channel's header and rounds its size up with the allocator's
// rules, together with the buffer, which is in the same object if elements have no
// pointers (runtime/chan.go:makechan).
func channelModel(rel string) (string, error) {
	rules, err := layout.ForRelease(rel)
	if err != nil {
		return "", err
	}
	sizes, err := alloc.ForRelease(rel)
	if err != nil {
		return "", err
	}
	timer, bubble := "", ""
	if since(rel, "go1.23") {
		timer = "timer unsafe.Pointer"
	}
	if since(rel, "go1.25") {
		bubble = "bubble unsafe.Pointer"
	}
	t, err := layout.Parse(fmt.Sprintf(hchan, timer, bubble))
	if err != nil {
		return "", err
	}
	header, err := rules.Of(t)
	if err != nil {
		return "", err
	}
	var out []string
	for _, elem := range []layout.Type{&layout.Struct{}, layout.Bool} {
		buffer, err := rules.ChanBuffer(elem, 1e6)
		if err != nil {
			return "", err
		}
		p, err := sizes.Place(header.Size+buffer, true) // the pointers in it keep nothing alive
		if err != nil {
			return "", err
		}
		out = append(out, fmt.Sprint(p.Bytes))
	}
	return strings.Join(out, " "), nil
}

func channelLive() (string, error) {
	return fmt.Sprint(
		leastAllocated(func() { signalSink = make(chan struct{}, 1e6) }),
		leastAllocated(func() { flagSink = make(chan bool, 1e6) })), nil
}

// leastAllocated returns the bytes that f allocates: the least of several measurements,
// since other goroutines can only add to it.
func leastAllocated(f func()) uint64 {
	var before, after runtime.MemStats
	least := ^uint64(0)
	for range 5 {
		runtime.ReadMemStats(&before)
		f()
		runtime.ReadMemStats(&after)
		runtime.KeepAlive(signalSink)
		runtime.KeepAlive(flagSink)
		least = min(least, after.TotalAlloc-before.TotalAlloc)
	}
	return least
}
