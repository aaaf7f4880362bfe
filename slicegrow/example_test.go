package slicegrow_test

import (
	"encoding/json"
	"fmt"

	"github.com/orrery-go/orrery/slicegrow"
)

// The reason why the capacity of a full slice of five ints is 12 after six more.
func Example() {
	rules, err := slicegrow.ForRelease("go1.26")
	if err != nil {
		fmt.Println(err)
		return
	}
	g, err := rules.Grow(slicegrow.Append{Len: 5, Cap: 5, Count: 6, Size: 8})
	fmt.Println(g, err)
	g, err = rules.Grow(slicegrow.Append{Len: 512, Cap: 512, Count: 1, Size: 8, Pointers: true})
	fmt.Println(g, err)
	// Output:
	// len 5, cap 5, 6 more of 8 bytes: 11 are needed, more than twice the capacity of 5; 88 bytes take class 8 of 96: cap 12, 40 bytes copied, 0 wasted <nil>
	// len 512, cap 512, 1 more of 8 bytes: a quarter and 192 more until it is enough is 832; 6656 bytes take class 49 of 6784, 8 of them header: cap 847, 4096 bytes copied, 0 wasted <nil>
}

// The same append in four releases. It distinguishes the three rules for large slices:
// 1,000 elements in a capacity of 1,024, and 25 more.
func ExampleRules_Grow() {
	for _, release := range []string{"go1.2", "go1.15", "go1.17", "go1.18"} {
		rules, err := slicegrow.ForRelease(release)
		if err != nil {
			fmt.Println(err)
			return
		}
		g, err := rules.Grow(slicegrow.Append{Len: 1000, Cap: 1024, Count: 25, Size: 8})
		fmt.Printf("%-6s %-7s %d %v\n", release, g.Rule, g.Cap, err)
	}
	// Output:
	// go1.2  double  2048 <nil>
	// go1.15 double  2048 <nil>
	// go1.17 quarter 1280 <nil>
	// go1.18 smooth  1536 <nil>
}

// The cost of a hundred one-by-one appends of strings.
func ExampleRules_Sequence() {
	rules, err := slicegrow.ForRelease("go1.26")
	if err != nil {
		fmt.Println(err)
		return
	}
	strings := slicegrow.Append{Size: 16, Pointers: true}
	for s, err := range rules.Sequence(strings, 100) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("append %2d: cap %3d, %4d bytes copied and %4d allocated so far\n", s.Appends, s.Cap, s.TotalCopied, s.TotalAllocated)
	}
	// Output:
	// append  1: cap   1,    0 bytes copied and   16 allocated so far
	// append  2: cap   2,   16 bytes copied and   48 allocated so far
	// append  3: cap   4,   48 bytes copied and  112 allocated so far
	// append  5: cap   8,  112 bytes copied and  240 allocated so far
	// append  9: cap  16,  240 bytes copied and  496 allocated so far
	// append 17: cap  32,  496 bytes copied and 1008 allocated so far
	// append 33: cap  71, 1008 bytes copied and 2160 allocated so far
	// append 72: cap 143, 2144 bytes copied and 4464 allocated so far
}

// A slice of ints that stays in its function, and one that a return moves to the heap.
func ExampleRules_Sequence_stack() {
	rules, err := slicegrow.ForRelease("go1.26")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, dest := range []slicegrow.Dest{slicegrow.Escapes, slicegrow.Local, slicegrow.Returned, slicegrow.ReturnedCap} {
		fmt.Printf("%s:", dest)
		for s, err := range rules.Sequence(slicegrow.Append{Size: 8, Dest: dest}, 3) {
			if err != nil {
				fmt.Println(err)
				return
			}
			fmt.Printf(" %d on the %s (%s)", s.Cap, s.Ptr, s.Rule)
		}
		fmt.Println()
	}
	// Output:
	// escapes: 1 on the heap (needed) 2 on the heap (double) 4 on the heap (double)
	// local: 4 on the stack (stack-buffer)
	// returned: 4 on the stack (stack-buffer) 3 on the heap (moved)
	// returned-cap: 1 on the stack (stack-step) 2 on the stack (stack-step) 3 on the stack (stack-step) 3 on the heap (moved)
}

// A bytes.Buffer grows in its own way: first 64 bytes, then twice the capacity and the
// needed bytes.
func ExampleBuffer() {
	for _, release := range []string{"go1.18", "go1.19"} {
		rules, err := slicegrow.ForRelease(release)
		if err != nil {
			fmt.Println(err)
			return
		}
		b := rules.NewBuffer()
		fmt.Print(release, ":")
		for _, n := range []int64{10, 60, 200, 500} {
			g, err := b.Write(n)
			if err != nil {
				fmt.Println(err)
				return
			}
			fmt.Printf(" %d (%s)", g.Cap, g.Rule)
		}
		fmt.Println()
	}
	// Output:
	// go1.18: 64 (buffer-small) 188 (buffer-double) 576 (buffer-double) 1652 (buffer-double)
	// go1.19: 64 (buffer-small) 128 (buffer-double) 288 (buffer-double) 896 (buffer-double)
}

// Two slices of one array, and an append to each.
func ExampleMemory() {
	rules, err := slicegrow.ForRelease("")
	if err != nil {
		fmt.Println(err)
		return
	}
	m := rules.NewMemory()
	for _, s := range []string{
		"a := []int{1, 2, 3, 4}", "x := a[:1]", "y := a[2:]", "x = append(x, 10)", "y = append(y, 20)", "y[0] = 30", "x = append(x, 40)",
	} {
		e, err := m.Do(s)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%-22s array %d, new: %-5v seen by %v\n", s, e.Array, e.Fresh, e.Seen)
	}
	for _, v := range m.Snapshot().Vars {
		fmt.Println(v.Name, v.Elements, v.Cap)
	}
	// Output:
	// a := []int{1, 2, 3, 4} array 1, new: true  seen by []
	// x := a[:1]             array 1, new: false seen by []
	// y := a[2:]             array 1, new: false seen by []
	// x = append(x, 10)      array 1, new: false seen by [a]
	// y = append(y, 20)      array 2, new: true  seen by []
	// y[0] = 30              array 2, new: false seen by []
	// x = append(x, 40)      array 1, new: false seen by [a]
	// a [1 10 40 4] 4
	// x [1 10 40] 4
	// y [30 4 20] 4
}

// The first append whose result differs between Go 1.17 and 1.18.
func ExampleDiff() {
	a, err := slicegrow.ForRelease("go1.17")
	if err != nil {
		fmt.Println(err)
		return
	}
	b, err := slicegrow.ForRelease("go1.18")
	if err != nil {
		fmt.Println(err)
		return
	}
	if d, ok := slicegrow.Diff(a, b); ok {
		fmt.Println(d.A)
		fmt.Println(d.B)
	}
	b, err = slicegrow.ForRelease("go1.16")
	if err != nil {
		fmt.Println(err)
		return
	}
	_, ok := slicegrow.Diff(a, b)
	fmt.Println("1.16 and 1.17 differ:", ok)
	// Output:
	// len 257, cap 257, 257 more of 8 bytes: twice the capacity is 514; 4112 bytes take class 45 of 4864: cap 608, 2056 bytes copied, 0 wasted
	// len 257, cap 257, 257 more of 8 bytes: a quarter and 192 more until it is enough is 833; 6664 bytes take class 49 of 6784: cap 848, 2056 bytes copied, 0 wasted
	// 1.16 and 1.17 differ: false
}

// An append that panics in Go is an error with the text of the panic.
func ExampleRules_Grow_panic() {
	for _, release := range []string{"go1.19", "go1.20"} {
		rules, err := slicegrow.ForRelease(release)
		if err != nil {
			fmt.Println(err)
			return
		}
		_, err = rules.Grow(slicegrow.Append{Count: 1 << 60, Size: 8, Verb: slicegrow.Spread})
		fmt.Println(release, err)
	}
	// Output:
	// go1.19 growslice: cap out of range
	// go1.20 growslice: len out of range
}

// Slices that print alike but differ.
func ExampleSlice_Views() {
	literal, err := slicegrow.Literal(0, 8, true)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range []slicegrow.Slice{slicegrow.Var(), literal} {
		v, err := s.Views("int")
		if err != nil {
			fmt.Println(err)
			return
		}
		j, err := json.Marshal(v)
		fmt.Println(string(j), err)
	}
	fmt.Println(slicegrow.DeepEqual(slicegrow.Var(), literal))
	// Output:
	// {"nil":true,"len":"0","cap":"0","json":"null","jsonBytes":"null","json2":"[]","v":"[]","goSyntax":"[]int(nil)"} <nil>
	// {"nil":false,"len":"0","cap":"0","json":"[]","jsonBytes":"\"\"","json2":"[]","v":"[]","goSyntax":"[]int{}"} <nil>
	// false
}
