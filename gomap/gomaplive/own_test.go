package gomaplive_test

import (
	"testing"

	"github.com/orrery-go/orrery/gomap/gomaplive"
	"github.com/orrery-go/orrery/internal/child"
)

// TestOwnAllocations checks that the model allocates only tables, one block for each
// block of the real map. A child does the counting, since nothing else runs in it.
func TestOwnAllocations(t *testing.T) {
	c := start(t)
	defer c.Close()
	for _, k := range []struct {
		what string
		n    int
	}{{"fill", 5000}, {"get", 2000}, {"find", 2000}, {"put", 2000}, {"delete", 2000}, {"range", 20}, {"clear", 5}} {
		got, err := child.Call[gomaplive.Reply](c, gomaplive.Question{Own: k.what, N: k.n})
		if err != nil {
			t.Fatal(err)
		}
		if int64(got.Mallocs) != got.Bytes || k.what != "fill" && got.Mallocs != 0 {
			t.Errorf("%s: the model allocates %d blocks, of the map's %d", k.what, got.Mallocs, got.Bytes)
		}
		t.Logf("%s: %d blocks", k.what, got.Mallocs)
	}
}
