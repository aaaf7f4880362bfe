package golden

import (
	"fmt"
	"sort"
)

// Steps is a function on the integers that changes seldom, kept as its
// breakpoints: pairs (x, y) in ascending x, where y holds from x up to the next
// pair. It keeps goldens small: the 140,000 capacities of a release are some 80
// pairs.
type Steps [][2]int64

// Add sets the function to y at x. Calls must come in ascending x.
func (s *Steps) Add(x, y int64) {
	if n := len(*s); n > 0 && (*s)[n-1][1] == y {
		return
	}
	*s = append(*s, [2]int64{x, y})
}

// At returns the function's value at x. It returns an error below the first pair.
func (s Steps) At(x int64) (int64, error) {
	i := sort.Search(len(s), func(i int) bool { return s[i][0] > x })
	if i == 0 {
		return 0, fmt.Errorf("golden: nothing recorded at %d", x)
	}
	return s[i-1][1], nil
}
