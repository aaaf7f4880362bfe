package ipc_test

import (
	"fmt"
	"testing"

	"github.com/orrery-go/orrery/ipc"
)

// BenchmarkMessage sends a message and receives it, in the model: ipclive has the real
// ones.
func BenchmarkMessage(b *testing.B) {
	for _, n := range []int{64, 4096} {
		for _, dgram := range []bool{false, true} {
			b.Run(fmt.Sprint("unix/", n, "/datagram=", dgram), func(b *testing.B) {
				s, err := ipc.New(ipc.Config{})
				if err != nil {
					b.Fatal(err)
				}
				x, y, _ := s.SocketPair(1, dgram)
				message(b, s, x, y, n)
			})
		}
		b.Run(fmt.Sprint("pipe/", n), func(b *testing.B) {
			s, err := ipc.New(ipc.Config{})
			if err != nil {
				b.Fatal(err)
			}
			r, w, _ := s.Pipe(1)
			message(b, s, w, r, n)
		})
	}
}

func message(b *testing.B, s *ipc.System, from, to ipc.FD, n int) {
	data := make([]byte, n)
	b.SetBytes(int64(n))
	for b.Loop() {
		if _, err := s.Write(1, from, data); err != nil {
			b.Fatal(err)
		}
		if o, err := s.Read(1, to, n); err != nil || o.N != n {
			b.Fatal(o.N, err)
		}
	}
}
