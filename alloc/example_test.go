package alloc_test

import (
	"fmt"

	"github.com/orrery-go/orrery/alloc"
)

// A request, and the size to which the allocator rounds it up.
func Example() {
	rules, err := alloc.ForRelease("go1.26")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, size := range []int64{5, 33, 1025, 32761} {
		up, err := rules.RoundUp(size, true)
		fmt.Println(size, "->", up, err)
	}
	// Output:
	// 5 -> 8 <nil>
	// 33 -> 48 <nil>
	// 1025 -> 1152 <nil>
	// 32761 -> 32768 <nil>
}

// The same request takes another way with pointers in it, and in another
// release: since Go 1.22 it pays for a malloc header.
func ExampleRules_Place() {
	for _, release := range []string{"go1.21", "go1.22"} {
		rules, err := alloc.ForRelease(release)
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, noscan := range []bool{true, false} {
			p, err := rules.Place(1024, noscan)
			if err != nil {
				fmt.Println(err)
				return
			}
			fmt.Printf("%s, noscan %-5v: %s object of class %d, %d bytes, %d of them header, %d wasted\n",
				release, noscan, p.Way, p.Class, p.Bytes, p.Header, p.Waste)
		}
	}
	// Output:
	// go1.21, noscan true : small object of class 32, 1024 bytes, 0 of them header, 0 wasted
	// go1.21, noscan false: small object of class 32, 1024 bytes, 0 of them header, 0 wasted
	// go1.22, noscan true : small object of class 32, 1024 bytes, 0 of them header, 0 wasted
	// go1.22, noscan false: small object of class 33, 1152 bytes, 8 of them header, 120 wasted
}

// The head of the table in internal/runtime/gc/sizeclasses.go, computed.
func ExampleRules_Classes() {
	rules, err := alloc.ForRelease("go1.26")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("class  bytes/obj  bytes/span  objects  tail waste  max waste  min align")
	for _, c := range rules.Classes()[:5] {
		fmt.Printf("%5d  %9d  %10d  %7d  %10d  %8.2f%%  %9d\n",
			c.Index, c.Size, c.SpanBytes, c.Objects, c.TailWaste, 100*c.MaxWaste, c.MinAlign)
	}
	// Output:
	// class  bytes/obj  bytes/span  objects  tail waste  max waste  min align
	//     1          8        8192     1024           0     87.50%          8
	//     2         16        8192      512           0     43.75%         16
	//     3         24        8192      341           8     29.24%          8
	//     4         32        8192      256           0     21.88%         32
	//     5         48        8192      170          32     31.52%         16
}
