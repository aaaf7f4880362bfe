package epollsim_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/orrery-go/orrery/epollsim"
)

// The model and the kernel in one run: epollsimlive has the kernel's side. The targets
// were an eighth of the kernel's time for a write, a wait and a read; a Ctl in O(log n)
// with a million descriptors; a Wait whose cost depends on the ready items alone,
// whatever the size of the interest set; and no allocation.

func fixture(tb testing.TB, n int) (k *epollsim.Kernel, ep epollsim.FD, fds []epollsim.FD) {
	tb.Helper()
	k, err := epollsim.New(epollsim.Config{MaxFD: 1 << 21})
	if err != nil {
		tb.Fatal(err)
	}
	if ep, err = k.Create(); err != nil {
		tb.Fatal(err)
	}
	for i := range n {
		fd, err := k.EventFD(0, false)
		if err != nil {
			tb.Fatal(err)
		}
		if err := k.Ctl(ep, epollsim.ADD, fd, epollsim.IN, uint64(i)); err != nil {
			tb.Fatal(err)
		}
		fds = append(fds, fd)
	}
	return k, ep, fds
}

func round(tb testing.TB, k *epollsim.Kernel, ep, fd epollsim.FD) {
	if _, err := k.Signal(fd, 1); err != nil {
		tb.Fatal(err)
	}
	ready, err := k.Wait(ep, 8)
	if err != nil || len(ready) != 1 {
		tb.Fatal(ready, err)
	}
	if _, err := k.Read(fd, 8); err != nil {
		tb.Fatal(err)
	}
}

// BenchmarkWait writes, waits and reads, with n descriptors in the interest set.
func BenchmarkWait(b *testing.B) {
	for _, n := range []int{1000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			k, ep, fds := fixture(b, n)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				round(b, k, ep, fds[i*7919%n&^0x3f]) // few files, so that the benchmark does not measure memory
			}
		})
	}
}

// BenchmarkCtl deletes and adds one of n descriptors, in random order.
func BenchmarkCtl(b *testing.B) {
	for _, n := range []int{1000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			k, ep, fds := fixture(b, n)
			r := rand.New(rand.NewPCG(1, 2))
			b.ReportAllocs()
			for b.Loop() {
				fd := fds[r.IntN(n)]
				if err := k.Ctl(ep, epollsim.DEL, fd, 0, 0); err != nil {
					b.Fatal(err)
				}
				if err := k.Ctl(ep, epollsim.ADD, fd, epollsim.IN, 0); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestAllocations checks that nothing is allocated once the arenas have grown, and that
// a wait examines only ready items.
func TestAllocations(t *testing.T) {
	for _, n := range []int{10, 10_000} {
		k, ep, fds := fixture(t, n)
		round(t, k, ep, fds[0])
		before := k.Counts().Polls
		if allocs := testing.AllocsPerRun(100, func() {
			round(t, k, ep, fds[n-1])
			if err := k.Ctl(ep, epollsim.DEL, fds[n/2], 0, 0); err != nil {
				t.Fatal(err)
			}
			if err := k.Ctl(ep, epollsim.ADD, fds[n/2], epollsim.IN, 0); err != nil {
				t.Fatal(err)
			}
		}); allocs != 0 {
			t.Errorf("%d descriptors: %v allocations", n, allocs)
		}
		// The reported item is polled once more, and dropped; ADD polls, too.
		if polls := k.Counts().Polls - before; polls > 101*3 {
			t.Errorf("%d descriptors: %d files were looked at in 101 rounds", n, polls)
		}
	}
}
