package pages_test

import (
	"fmt"

	"github.com/orrery-go/orrery/alloc/pages"
)

// Go 1.13 takes the smallest row that is long enough, Go 1.14 the lowest.
func Example() {
	for _, release := range []string{"go1.13", "go1.14"} {
		h, err := pages.New(pages.Config{Release: release})
		if err != nil {
			fmt.Println(err)
			return
		}
		var runs []pages.Run
		for _, n := range []int64{200, 20, 100, 20} {
			r, err := h.Alloc(0, n)
			if err != nil {
				fmt.Println(err)
				return
			}
			runs = append(runs, r)
		}
		for _, i := range []int{0, 2} { // 200 pages and 100
			if err := h.Free(0, runs[i].Page, runs[i].Pages); err != nil {
				fmt.Println(err)
			}
		}
		r, err := h.Alloc(0, 90)
		fmt.Println(release, "takes 90 pages at", r.Page, err)
	}
	// Output:
	// go1.13 takes 90 pages at 220 <nil>
	// go1.14 takes 90 pages at 0 <nil>
}
