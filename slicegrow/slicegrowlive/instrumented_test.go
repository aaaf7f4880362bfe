package slicegrowlive

import (
	"runtime/debug"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/slicegrow"
)

// TestInstrumented holds a slice of this very program that stays in its function:
// it gets no buffer on the stack when the program is built with -race or -N.
func TestInstrumented(t *testing.T) {
	a := slicegrow.Append{Size: word, Dest: slicegrow.Local}
	if !optimized {
		a.Dest = slicegrow.Escapes
	}
	var model []int64
	r := rules(t)
	for n := int64(1); n <= 12; n++ {
		inner, _ := capsOf(t, r, a, n)
		model = append(model, inner)
	}
	if diff := cmp.Diff(model, stays(12)); diff != "" {
		t.Errorf("(-model +live):\n%s", diff)
	}
}

//go:noinline
func stays(n int) (caps []int64) {
	var s []int
	for i := range n {
		s = append(s, i)
		caps = append(caps, int64(cap(s)))
	}
	return caps
}

// flag reports whether this program was built with the setting.
func flag(key, value string) bool {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return false
	}
	for _, s := range info.Settings {
		if s.Key == key && strings.Contains(s.Value, value) {
			return true
		}
	}
	return false
}
