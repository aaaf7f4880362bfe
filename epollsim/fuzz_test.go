package epollsim_test

import (
	"strings"
	"testing"
	"time"

	"github.com/orrery-go/orrery/epollsim"
)

// FuzzKernel performs calls that the bytes choose, sensible or not: nothing panics,
// every error is an errno or the model's, and the invariants hold.
func FuzzKernel(f *testing.F) {
	f.Add([]byte{4, 0, 0, 0, 1, 0, 0, 0, 11, 3, 4, 1, 8, 5, 9, 0, 15, 3, 0, 3})
	f.Add([]byte{4, 0, 0, 0, 4, 0, 0, 0, 11, 3, 4, 1, 11, 4, 3, 1, 16, 3, 1, 255})
	f.Add([]byte{0, 0, 0, 1, 4, 0, 0, 0, 11, 4, 3, 1, 19, 4, 1, 1, 9, 3, 0, 1, 20, 0, 0, 1})
	f.Fuzz(func(t *testing.T, script []byte) {
		k, err := epollsim.New(epollsim.Config{Record: len(script)%2 == 0, MaxFD: 64})
		if err != nil {
			t.Fatal(err)
		}
		if len(script) > 4000 {
			script = script[:4000]
		}
		for ; len(script) >= 4; script = script[4:] {
			a, b, c := int64(int8(script[1])), int64(int8(script[2])), int64(int8(script[3]))
			if script[3]%32 == 31 {
				c <<= 56
			}
			op := epollsim.Op{
				Verb: verbs[int(script[0])%len(verbs)], FD: epollsim.FD(a), Target: epollsim.FD(b), Ctl: epollsim.CtlOp(c), N: int(c),
				Events: epollsim.Events(uint32(b)*2654435761) & epollsim.Events(uint32(c)*40503<<16|0xff), Value: uint64(c), Timeout: time.Duration(c),
				How: epollsim.How(c), Semaphore: c%2 == 0, Polls: []epollsim.PollFD{{FD: epollsim.FD(b), Events: epollsim.Events(c)}},
				Sets: epollsim.Sets{In: []epollsim.FD{epollsim.FD(a), epollsim.FD(b)}, Ex: []epollsim.FD{epollsim.FD(c)}},
			}
			_, err := k.Do(op)
			if _, ok := err.(epollsim.Errno); err != nil && !ok && !strings.HasPrefix(err.Error(), "epollsim: ") {
				t.Fatalf("%v: %v", op, err)
			}
			_ = op.String()
		}
		if err := k.Check(); err != nil {
			t.Fatal(err)
		}
		_ = k.Snapshot()
	})
}
