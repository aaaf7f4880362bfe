package syncmaplive_test

import (
	"errors"
	"os"
	"reflect"
	"testing"

	"github.com/orrery-go/orrery/gomap/syncmap/syncmaplive"
	"github.com/orrery-go/orrery/internal/child"
)

func full() bool { return os.Getenv("ORRERY_FULL") != "" }

// TestMaps compares the memory of sync.Maps after each operation of random programs.
func TestMaps(t *testing.T) {
	programs := 40
	if full() {
		programs = 500
	}
	var all syncmaplive.Counts
	for _, hash := range syncmaplive.Hashes() {
		for seed := range uint64(programs) {
			c, err := syncmaplive.Run(seed, 200, hash)
			if errors.Is(err, syncmaplive.ErrLayout) {
				t.Skip(err)
			}
			if err != nil {
				t.Fatal(err)
			}
			v, sum := reflect.ValueOf(c), reflect.ValueOf(&all).Elem()
			for i := range v.NumField() {
				sum.Field(i).SetInt(sum.Field(i).Int() + v.Field(i).Int())
			}
		}
	}
	t.Logf("%+v", all)
	if all.Chained == 0 || all.Deep == 0 || all.Ranges == 0 {
		t.Errorf("something was never there: %+v", all)
	}
}

// TestLeftLocked checks that CompareAndDelete with a value that cannot be compared
// panics while it holds the lock of a node, which nothing unlocks: later writers there
// wait forever.
func TestLeftLocked(t *testing.T) {
	left, err := syncmaplive.LeftLocked()
	if errors.Is(err, syncmaplive.ErrLayout) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	if left == "" {
		t.Error("nothing was locked")
	}
}

// TestMemory compares the blocks that maps allocate.
func TestMemory(t *testing.T) {
	c, err := child.Start(t.Context(), "github.com/orrery-go/orrery/gomap/syncmap/syncmaplive/child", child.Options{Env: []string{"GOGC=off"}})
	if errors.Is(err, child.ErrCannotBuild) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, n := range []int{0, 1, 2, 17, 100, 2000, 2000} {
		a, err := child.Call[syncmaplive.Allocation](c, n)
		if err != nil {
			t.Fatal(err)
		}
		if a.Real != a.Model {
			t.Errorf("%d keys: real %v, model %v", n, a.Real, a.Model)
		}
	}
}
