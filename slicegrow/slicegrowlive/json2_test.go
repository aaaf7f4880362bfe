//go:build go1.27 && goexperiment.jsonv2

package slicegrowlive

import (
	jsonv2 "encoding/json/v2"
	"testing"
)

// TestJSON2 checks the output of encoding/json/v2 for empty slices. That package is
// enabled by default since Go 1.27.
func TestJSON2(t *testing.T) {
	for i, s := range [][]int{nil, {}, make([]int, 0)} {
		live, err := jsonv2.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		v, err := emptySlices(t)[i].Views("int")
		if err != nil {
			t.Fatal(err)
		}
		compare(t, "JSON2", v.JSON2, string(live))
	}
}
