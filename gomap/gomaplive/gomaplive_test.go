package gomaplive_test

import (
	"errors"
	"runtime/debug"
	"testing"

	"github.com/orrery-go/orrery/gomap/gomaplive"
)

// TestMaps compares the memory of maps after each operation of random programs.
func TestMaps(t *testing.T) {
	if raceEnabled {
		t.Skip("in a build with -race the thread draws a random number for something else once in some thousand operations: the run without it asks")
	}
	programs, operations := 25, 200
	if full() {
		programs = 300
	}
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	var all gomaplive.Counts
	rejected := 0
	for _, k := range gomaplive.Kinds() {
		for seed := range uint64(programs) {
			c, err := k.Run(seed, operations)
			if errors.Is(err, gomaplive.ErrNoRandom) {
				t.Skip(err)
			}
			if errors.Is(err, gomaplive.ErrDisturbed) {
				rejected++
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			all.Add(c)
		}
	}
	t.Logf("%+v, rejected %d", all, rejected)
}
