package gomaplive_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/gomap/gomaplive"
	"github.com/orrery-go/orrery/release"
)

// TestGolden checks the model of each release against what its maps did.
func TestGolden(t *testing.T) {
	programs := 4
	if full() {
		programs = 100
	}
	gomaplive.Golden.Test(t, func(t *testing.T, rel string, a gomaplive.Answers) {
		got, counts, err := gomaplive.Predict(rel, programs)
		if err != nil {
			t.Fatal(err)
		}
		for kind, sums := range got.Sums {
			if diff := cmp.Diff(sums, a.Sums[kind][:len(sums)]); diff != "" {
				t.Errorf("%s (-model +real):\n%s", kind, diff)
			}
		}
		t.Logf("%+v", counts)
		r, err := release.Parse(rel)
		if err != nil {
			t.Fatal(err)
		}
		if r.AtLeast("go1.4") { // older allocators keep the descriptors of blocks in other blocks
			blocks, err := gomaplive.PredictBlocks(rel)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(blocks, a.Blocks); diff != "" {
				t.Errorf("blocks (-model +real):\n%s", diff)
			}
		}
		texts, marked, err := gomaplive.PredictTexts(rel)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(texts, a.Texts); diff != "" || marked != a.Marked {
			t.Errorf("the map is marked: %t, real %t; panics (-model +real):\n%s", marked, a.Marked, diff)
		}
	})
}
