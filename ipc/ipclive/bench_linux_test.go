package ipclive

import (
	"fmt"
	"sync/atomic"
	"testing"

	"golang.org/x/sys/unix"
)

// BenchmarkReal sends a message and receives it, in one thread: the cost of the copies
// and the calls, without the scheduler. Shared memory is a ring with two counters.
func BenchmarkReal(b *testing.B) {
	for _, n := range []int{64, 4096} {
		for _, way := range []string{"pipe", "stream", "datagram"} {
			b.Run(fmt.Sprint(way, "/", n), func(b *testing.B) {
				var p [2]int
				var err error
				switch way {
				case "pipe":
					err = unix.Pipe2(p[:], unix.O_CLOEXEC)
				case "stream":
					p, err = unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
				default:
					p, err = unix.Socketpair(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
				}
				if err != nil {
					b.Fatal(err)
				}
				defer unix.Close(p[0])
				defer unix.Close(p[1])
				data, buf := make([]byte, n), make([]byte, n)
				b.SetBytes(int64(n))
				for b.Loop() {
					if _, err := unix.Write(p[1], data); err != nil {
						b.Fatal(err)
					}
					if m, err := unix.Read(p[0], buf); err != nil || m != n {
						b.Fatal(m, err)
					}
				}
			})
		}
		b.Run(fmt.Sprint("shared/", n), func(b *testing.B) {
			memory, err := unix.Mmap(-1, 0, 1<<16, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED|unix.MAP_ANON)
			if err != nil {
				b.Fatal(err)
			}
			defer unix.Munmap(memory)
			var head, tail atomic.Int64
			data, buf := make([]byte, n), make([]byte, n)
			b.SetBytes(int64(n))
			for b.Loop() {
				at := int(head.Load()) % (1<<16 - n)
				copy(memory[at:], data)
				head.Add(int64(n))
				at = int(tail.Load()) % (1<<16 - n)
				copy(buf, memory[at:])
				tail.Add(int64(n))
			}
		})
	}
}
