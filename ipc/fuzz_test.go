package ipc_test

import (
	"math/bits"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/ipc"
)

// FuzzSystem performs calls that the bytes choose, sensible or not: nothing panics,
// every error is an errno or the model's, and the invariants hold.
func FuzzSystem(f *testing.F) {
	f.Add([]byte{0, 1, 0, 0, 9, 1, 1, 5, 7, 1, 0, 5, 6, 1, 0, 0})
	f.Add([]byte{3, 1, 0, 1, 11, 1, 0, 1, 11, 1, 1, 0, 6, 1, 0, 0, 6, 1, 1, 0})
	f.Add([]byte{1, 1, 0, 0, 2, 1, 1, 1, 2, 2, 1, 2, 18, 1, 0, 1, 16, 1, 1, 34, 17, 1, 0, 0})
	f.Fuzz(func(t *testing.T, script []byte) {
		s, err := ipc.New(ipc.Config{Nonblock: len(script)%2 == 0})
		if err != nil {
			t.Fatal(err)
		}
		if len(script) > 2000 {
			script = script[:2000]
		}
		for ; len(script) >= 4; script = script[4:] {
			a, b, c := int(int8(script[1])), int(int8(script[2])), int(int8(script[3]))
			op := ipc.Op{
				Verb: verbs[int(script[0])%len(verbs)], Proc: ipc.Proc(a), FD: ipc.FD(b), To: ipc.Proc(c), N: c, Most: c, Set: uint64(c),
				Mode: []ipc.Mode{ipc.ReadOnly, ipc.WriteOnly, ipc.ReadWrite, "x"}[script[3]%4], Data: make([]byte, int(script[3])*300),
				FDs: []ipc.FD{ipc.FD(b), ipc.FD(c)}[:script[3]%3], Datagram: c%2 == 0, Nonblock: b%2 == 0,
			}
			if script[3]%64 == 63 {
				op.N <<= bits.UintSize * 5 / 8
			}
			_, err := s.Do(op)
			if _, ok := err.(ipc.Errno); err != nil && !ok && !strings.HasPrefix(err.Error(), "ipc: ") {
				t.Fatalf("%v: %v", op, err)
			}
			_ = op.String()
		}
		if err := s.Check(); err != nil {
			t.Fatal(err)
		}
		_ = s.Snapshot()
	})
}
