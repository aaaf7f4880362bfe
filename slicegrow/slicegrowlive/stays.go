package slicegrowlive

import (
	"runtime/debug"
	"strings"

	"github.com/orrery-go/orrery/internal/underrace"
	"github.com/orrery-go/orrery/slicegrow"
)

// Stays returns the capacities of a slice of ints that stays in its function, append by
// append, when n elements are appended one by one. n is limited to 0 to 10,000.
// [StaysDest] is its Dest.
func Stays(n int) []int64 {
	n = min(max(n, 0), 10_000)
	caps := make([]int64, 0, n)
	var s []int
	for i := range n {
		s = append(s, i)
		caps = append(caps, int64(cap(s)))
	}
	return caps
}

// StaysDest returns the Dest of the slice of [Stays] in this program: Local, but
// Escapes if it was built with -race or -gcflags=-N, whose code has no buffers on
// the stack.
func StaysDest() slicegrow.Dest {
	if optimized {
		return slicegrow.Local
	}
	return slicegrow.Escapes
}

// optimized reports whether the compiler optimizes appends: with buffers on the stack,
// and without an array for make in append(s, make([]T, n)...).
var optimized = !underrace.On && !builtWith("-gcflags", "-N")

// builtWith reports whether this program was built with the setting.
func builtWith(key, value string) bool {
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
