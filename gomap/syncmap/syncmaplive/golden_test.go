package syncmaplive_test

import (
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/gomap/syncmap"
	"github.com/orrery-go/orrery/gomap/syncmap/syncmaplive"
	"github.com/orrery-go/orrery/release"
)

// TestGolden checks the model of each release against what its sync.Map did.
func TestGolden(t *testing.T) {
	syncmaplive.Golden.Test(t, func(t *testing.T, rel string, a syncmaplive.Answers) {
		r, err := release.Parse(rel)
		if err != nil {
			t.Fatal(err)
		}
		if !r.AtLeast("go1.9") {
			if _, err := syncmap.New[int, int](syncmap.Config[int]{Release: rel}); err == nil || !reflect.DeepEqual(a, syncmaplive.Answers{}) {
				t.Errorf("the model has a map: %v; the release answers %+v", err, a)
			}
			return
		}
		got, err := syncmaplive.Predict(rel)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(got, a); diff != "" {
			t.Errorf("(-model +real):\n%s", diff)
		}
	})
}
