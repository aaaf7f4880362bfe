package rtmutex_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/locks/rtmutex"
)

// FuzzStep takes any steps with any thread: nothing may panic or hang, a refused step
// returns an error of this package or the runtime's fatal error, and Check holds after
// each step.
func FuzzStep(f *testing.F) {
	f.Add("", 3, []byte{0, 1, 2, 1, 0, 2, 2, 2, 2, 2, 1, 1, 2, 1})
	f.Add("go1.23", 2, []byte{0, 1, 3, 1, 0, 2, 3, 2, 1, 1, 3, 1, 3, 2})
	f.Add("go1.2", 0, []byte{})
	f.Fuzz(func(t *testing.T, release string, threads int, data []byte) {
		l, err := rtmutex.New(rtmutex.Config{Release: release, Threads: min(threads, 9), Choose: func(n int) int { return len(data) % (n + 1) }})
		if err != nil {
			if !strings.HasPrefix(err.Error(), "rtmutex: ") {
				t.Fatal(err)
			}
			return
		}
		for ; len(data) >= 2; data = data[2:] {
			m := rtmutex.M(int8(data[1]))
			switch data[0] % 4 {
			case 0:
				err = l.Lock(m)
			case 1:
				err = l.Unlock(m)
			case 2:
				_, err = l.Step(m)
			case 3:
				_, err = l.Run(m)
			}
			if _, fatal := errors.AsType[*crash.Error](err); err != nil && !fatal && !strings.HasPrefix(err.Error(), "rtmutex: ") {
				t.Fatal(err)
			}
			if err := l.Check(); err != nil {
				t.Fatal(err)
			}
		}
	})
}
