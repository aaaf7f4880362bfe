package crash_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/orrery-go/orrery/crash"
)

var sendOnClosed = crash.Panic("send on closed channel")

func Example() {
	err := sendOnClosed.In("runtime error: send on closed channel") // up to Go 1.3
	fmt.Println(err.Line())
	fmt.Println(errors.Is(err, sendOnClosed))
	// Output:
	// panic: runtime error: send on closed channel
	// true
}

func TestIs(t *testing.T) {
	fatal := crash.Fatal("sync: unlock of unlocked mutex")
	for _, tt := range []struct {
		err    error
		target error
		want   bool
	}{
		{sendOnClosed, sendOnClosed, true},
		{fmt.Errorf("goroutine 3: %w", sendOnClosed), sendOnClosed, true},
		{fatal.OfKind(crash.KindPanic), fatal, true},
		{sendOnClosed, crash.Panic("send on closed channel"), true},
		{sendOnClosed, fatal, false},
		{sendOnClosed, errors.New("send on closed channel"), false},
		{sendOnClosed.Textf("index %d", 3), sendOnClosed, true},
	} {
		if got := errors.Is(tt.err, tt.target); got != tt.want {
			t.Errorf("errors.Is(%v, %v) = %v", tt.err, tt.target, got)
		}
	}
}
