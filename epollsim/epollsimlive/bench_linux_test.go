package epollsimlive

import (
	"fmt"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/orrery-go/orrery/epollsim"
)

// BenchmarkRound writes to an eventfd, waits and reads, with n descriptors in the
// interest set, in the model and in the kernel.
func BenchmarkRound(b *testing.B) {
	for _, n := range []int{1, 1000} {
		b.Run(fmt.Sprint(n, "/model"), func(b *testing.B) {
			k, err := epollsim.New(epollsim.Config{})
			if err != nil {
				b.Fatal(err)
			}
			ep, _ := k.Create()
			var fd epollsim.FD
			for range n {
				fd, _ = k.EventFD(0, false)
				if err := k.Ctl(ep, epollsim.ADD, fd, epollsim.IN, 0); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := k.Signal(fd, 1); err != nil {
					b.Fatal(err)
				}
				if ready, err := k.Wait(ep, 8); err != nil || len(ready) != 1 {
					b.Fatal(ready, err)
				}
				if _, err := k.Read(fd, 8); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprint(n, "/kernel"), func(b *testing.B) {
			ep, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
			if err != nil {
				b.Fatal(err)
			}
			defer unix.Close(ep)
			var fd int
			for range n {
				if fd, err = unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK); err != nil {
					b.Fatal(err)
				}
				defer unix.Close(fd)
				if err := unix.EpollCtl(ep, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: unix.EPOLLIN}); err != nil {
					b.Fatal(err)
				}
			}
			one, buf, events := []byte{1, 0, 0, 0, 0, 0, 0, 0}, make([]byte, 8), make([]unix.EpollEvent, 8)
			for b.Loop() {
				if _, err := unix.Write(fd, one); err != nil {
					b.Fatal(err)
				}
				if got, err := unix.EpollWait(ep, events, 0); err != nil || got != 1 {
					b.Fatal(got, err)
				}
				if _, err := unix.Read(fd, buf); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
