package epollsimlive

import (
	"fmt"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/epollsim"
)

const (
	in  = epollsim.IN
	out = epollsim.OUT
	et  = epollsim.ET
)

// A both performs each call on the model and on the kernel, which must give the same
// answers.
type both struct {
	t *testing.T
	k *epollsim.Kernel
	l *Live
}

func newBoth(t *testing.T) *both {
	t.Helper()
	l := live(t)
	sndbuf, err := SndBuf()
	if err != nil {
		t.Fatal(err)
	}
	k, err := epollsim.New(epollsim.Config{SndBuf: sndbuf})
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Begin(); err != nil {
		t.Fatal(err)
	}
	return &both{t, k, l}
}

// end closes all descriptors, for the next case of a test.
func (b *both) end() { b.l.Close() }

// do performs an operation on both.
func (b *both) do(op epollsim.Op) (epollsim.Outcome, error) {
	b.t.Helper()
	want, wantErr := b.k.Do(op)
	got, gotErr := b.l.Do(op)
	want.Cost = epollsim.Cost{}
	if !same(want, got) || wantErr != gotErr {
		b.t.Fatalf("%v: model %+v, %v; real %+v, %v", op, want, wantErr, got, gotErr)
	}
	return want, wantErr
}

func (b *both) must(op epollsim.Op) epollsim.Outcome {
	b.t.Helper()
	o, err := b.do(op)
	if err != nil {
		b.t.Fatalf("%v: %v", op, err)
	}
	return o
}

func (b *both) epoll() epollsim.FD { return b.must(epollsim.Op{Verb: epollsim.CreateVerb}).FD }

func (b *both) pair(v epollsim.Verb) (x, y epollsim.FD) {
	o := b.must(epollsim.Op{Verb: v})
	return o.FD, o.Other
}

func (b *both) add(ep, fd epollsim.FD, e epollsim.Events) { b.ctl(ep, epollsim.ADD, fd, e) }

func (b *both) ctl(ep epollsim.FD, op epollsim.CtlOp, fd epollsim.FD, e epollsim.Events) {
	b.t.Helper()
	b.must(epollsim.Op{Verb: epollsim.CtlVerb, FD: ep, Ctl: op, Target: fd, Events: e, Value: uint64(fd)})
}

func (b *both) write(fd epollsim.FD, n int) {
	b.t.Helper()
	b.must(epollsim.Op{Verb: epollsim.WriteVerb, FD: fd, N: n})
}

func (b *both) read(fd epollsim.FD, n int) {
	b.t.Helper()
	b.must(epollsim.Op{Verb: epollsim.ReadVerb, FD: fd, N: n})
}

func (b *both) close(fd epollsim.FD) {
	b.t.Helper()
	b.must(epollsim.Op{Verb: epollsim.CloseVerb, FD: fd})
}

// wait returns the events that a wait reports: "5 IN, 7 IN|HUP".
func (b *both) wait(ep epollsim.FD, max int) string {
	b.t.Helper()
	var parts []string
	for _, r := range b.must(epollsim.Op{Verb: epollsim.WaitVerb, FD: ep, N: max}).Ready {
		parts = append(parts, fmt.Sprint(r.Data, " ", r.Events))
	}
	return strings.Join(parts, ", ")
}

func (b *both) want(got, want string) {
	b.t.Helper()
	if got != want {
		b.t.Errorf("got %q, want %q", got, want)
	}
}

// TestPublished has cases that people asked about or reported, with the answers that the
// kernel gives.
func TestPublished(t *testing.T) {
	t.Run("epoll(7): 2 kB, of which 1 kB is read", func(t *testing.T) {
		for mode, want := range map[epollsim.Events]string{0: "4 IN", et: ""} {
			b := newBoth(t)
			ep := b.epoll()
			r, w := b.pair(epollsim.PipeVerb)
			b.add(ep, r, in|mode)
			b.write(w, 2048)
			b.want(b.wait(ep, 8), "4 IN")
			b.read(r, 1024)
			b.want(b.wait(ep, 8), want)
			b.end()
		}
	})
	t.Run("netty#9348, mio#45: a byte more is an edge though the rest is there", func(t *testing.T) {
		for _, v := range []epollsim.Verb{epollsim.PipeVerb, epollsim.SocketPairVerb, epollsim.TCPVerb} {
			b := newBoth(t)
			ep := b.epoll()
			r, w := b.pair(v)
			b.add(ep, r, in|et)
			b.write(w, 2048)
			b.want(b.wait(ep, 8), "4 IN")
			b.read(r, 1)
			b.want(b.wait(ep, 8), "")
			b.write(w, 1)
			b.want(b.wait(ep, 8), "4 IN")
			b.end()
		}
	})
	t.Run("shadow#343: MOD arms again", func(t *testing.T) {
		b := newBoth(t)
		ep := b.epoll()
		x, _ := b.pair(epollsim.SocketPairVerb)
		b.add(ep, x, out|et)
		b.want(b.wait(ep, 8), "4 OUT")
		b.want(b.wait(ep, 8), "")
		b.ctl(ep, epollsim.MOD, x, out|et)
		b.want(b.wait(ep, 8), "4 OUT")
		b.write(x, 100)
		b.want(b.wait(ep, 8), "")
	})
	t.Run("TLPI 63: a writer is gone while there is data", func(t *testing.T) {
		b := newBoth(t)
		ep := b.epoll()
		r1, w1 := b.pair(epollsim.PipeVerb)
		r2, w2 := b.pair(epollsim.PipeVerb)
		b.add(ep, r1, in)
		b.add(ep, r2, in)
		b.write(w1, 10)
		b.write(w2, 10)
		b.close(w2)
		b.want(b.wait(ep, 8), "4 IN, 6 IN|HUP")
		b.read(r1, 1000)
		b.read(r2, 1000)
		b.want(b.wait(ep, 8), "6 HUP")
		b.close(w1)
		b.want(b.wait(ep, 8), "6 HUP, 4 HUP")
	})
	t.Run("lkml 2006-07: HUP though it was not asked for", func(t *testing.T) {
		b := newBoth(t)
		ep := b.epoll()
		x, y := b.pair(epollsim.SocketPairVerb)
		b.add(ep, x, out)
		b.close(y)
		b.want(b.wait(ep, 8), "4 OUT|HUP")
		c, d := b.pair(epollsim.TCPVerb)
		b.add(ep, c, out|epollsim.RDHUP)
		b.close(d)
		b.want(b.wait(ep, 8), "4 OUT|HUP, 5 OUT|RDHUP")
		b.write(c, 1)
		b.want(b.wait(ep, 8), "4 OUT|HUP, 5 OUT|ERR|HUP|RDHUP")
	})
	t.Run("cockpit#12461: a fresh connection is writable once", func(t *testing.T) {
		b := newBoth(t)
		ep := b.epoll()
		x, _ := b.pair(epollsim.TCPVerb)
		b.add(ep, x, out|et)
		b.want(b.wait(ep, 8), "4 OUT")
		b.want(b.wait(ep, 8), "")
	})
	t.Run("epoll(7) Q6: closing one of two descriptors", func(t *testing.T) {
		b := newBoth(t)
		ep := b.epoll()
		r, w := b.pair(epollsim.PipeVerb)
		d := b.must(epollsim.Op{Verb: epollsim.DupVerb, FD: r}).FD
		b.add(ep, r, in)
		b.close(r)
		b.write(w, 1)
		b.want(b.wait(ep, 8), "4 IN") // although the descriptor is closed
		if _, err := b.do(epollsim.Op{Verb: epollsim.CtlVerb, FD: ep, Ctl: epollsim.DEL, Target: r}); err != epollsim.EBADF {
			t.Errorf("DEL of it: %v", err)
		}
		if _, err := b.do(epollsim.Op{Verb: epollsim.CtlVerb, FD: ep, Ctl: epollsim.DEL, Target: d}); err != epollsim.ENOENT {
			t.Errorf("DEL of the other one: %v", err)
		}
		b.close(d)
		b.want(b.wait(ep, 8), "")
	})
	t.Run("epoll(7) Q1: a descriptor twice, and a duplicate", func(t *testing.T) {
		b := newBoth(t)
		ep := b.epoll()
		r, w := b.pair(epollsim.PipeVerb)
		b.add(ep, r, in)
		if _, err := b.do(epollsim.Op{Verb: epollsim.CtlVerb, FD: ep, Ctl: epollsim.ADD, Target: r, Events: in}); err != epollsim.EEXIST {
			t.Errorf("twice: %v", err)
		}
		d := b.must(epollsim.Op{Verb: epollsim.DupVerb, FD: r}).FD
		b.add(ep, d, in)
		b.write(w, 1)
		b.want(b.wait(ep, 8), "6 IN, 4 IN") // the newest is first in the wait queue
	})
	t.Run("epoll(7): two epolls watch one file", func(t *testing.T) {
		b := newBoth(t)
		e1, e2 := b.epoll(), b.epoll()
		r, w := b.pair(epollsim.PipeVerb)
		b.add(e1, r, in|et)
		b.add(e2, r, in|et)
		b.write(w, 1)
		b.want(b.wait(e1, 8), "5 IN")
		b.want(b.wait(e2, 8), "5 IN")
	})
	t.Run("idea of epoll is fundamentally broken: an epoll in an epoll, level in edge", func(t *testing.T) {
		b := newBoth(t)
		outer, inner := b.epoll(), b.epoll()
		r, w := b.pair(epollsim.PipeVerb)
		b.add(inner, r, in)
		b.add(outer, inner, in|et)
		b.write(w, 1)
		b.want(b.wait(outer, 8), "4 IN")
		b.want(b.wait(outer, 8), "")
		b.want(b.wait(inner, 8), "5 IN") // level: on the list again
		b.want(b.wait(outer, 8), "")
		b.write(w, 1)
		b.want(b.wait(outer, 8), "4 IN") // although the inner item was listed
	})
	t.Run("starvation: max 1 goes round", func(t *testing.T) {
		b := newBoth(t)
		ep := b.epoll()
		var order []string
		for range 3 {
			r, w := b.pair(epollsim.PipeVerb)
			b.add(ep, r, in)
			b.write(w, 1)
		}
		for range 6 {
			order = append(order, b.wait(ep, 1))
		}
		b.want(strings.Join(order, ", "), "4 IN, 6 IN, 8 IN, 4 IN, 6 IN, 8 IN")
	})
	t.Run("libuv: read drained between wake and wait", func(t *testing.T) {
		b := newBoth(t)
		ep := b.epoll()
		r, w := b.pair(epollsim.PipeVerb)
		b.add(ep, r, in|et)
		b.write(w, 5)
		b.read(r, 5)
		b.want(b.wait(ep, 8), "")
	})
	t.Run("nginx: EPOLLONESHOT loses the hang-up, too", func(t *testing.T) {
		b := newBoth(t)
		ep := b.epoll()
		x, y := b.pair(epollsim.SocketPairVerb)
		b.add(ep, x, in|epollsim.ONESHOT)
		b.write(y, 1)
		b.want(b.wait(ep, 8), "4 IN")
		b.close(y)
		b.want(b.wait(ep, 8), "")
		b.ctl(ep, epollsim.MOD, x, in|epollsim.ONESHOT)
		b.want(b.wait(ep, 8), "4 IN|HUP")
	})
	t.Run("pipe: ET and OUT, no edge before a page is free", func(t *testing.T) {
		b := newBoth(t)
		ep := b.epoll()
		r, w := b.pair(epollsim.PipeVerb)
		b.write(w, 65536)
		b.add(ep, w, out|et)
		b.want(b.wait(ep, 8), "")
		b.read(r, 4095)
		b.want(b.wait(ep, 8), "")
		b.read(r, 1)
		b.want(b.wait(ep, 8), "5 OUT")
	})
	t.Run("unix: close with unread data resets", func(t *testing.T) {
		b := newBoth(t)
		ep := b.epoll()
		x, y := b.pair(epollsim.SocketPairVerb)
		b.add(ep, x, in|epollsim.RDHUP)
		b.write(x, 10)
		b.close(y)
		b.want(b.wait(ep, 8), "4 IN|ERR|HUP|RDHUP")
		if _, err := b.do(epollsim.Op{Verb: epollsim.ReadVerb, FD: x, N: 1}); err != epollsim.ECONNRESET {
			t.Errorf("read: %v", err)
		}
		b.want(b.wait(ep, 8), "4 IN|HUP|RDHUP")
	})
}

// TestNesting checks the limit on nested epolls: a chain may have up to four below one
// another, counted from top to bottom whichever edge is added last, and a cycle is
// refused. (Before 6.17, and the stable kernels of its time, only the part below the new
// edge was counted.)
func TestNesting(t *testing.T) {
	t.Logf("kernel %s", Kernel())
	for last := range 5 {
		b := newBoth(t)
		var eps []epollsim.FD
		for range 6 {
			eps = append(eps, b.epoll())
		}
		var errs []string
		link := func(i int) {
			_, err := b.do(epollsim.Op{Verb: epollsim.CtlVerb, FD: eps[i], Ctl: epollsim.ADD, Target: eps[i+1], Events: in})
			errs = append(errs, fmt.Sprint(err))
		}
		for i := range 5 {
			if i != last {
				link(i)
			}
		}
		link(last)
		b.want(strings.Join(errs, " "), "<nil> <nil> <nil> <nil> ELOOP")
		if _, err := b.do(epollsim.Op{Verb: epollsim.CtlVerb, FD: eps[2], Ctl: epollsim.ADD, Target: eps[1], Events: in}); last != 1 && err != epollsim.ELOOP {
			t.Errorf("a cycle: %v", err)
		}
		b.end()
	}
}

// TestPathLimits checks that a file can be reached from at most 500 epolls through one
// other.
func TestPathLimits(t *testing.T) {
	b := newBoth(t)
	inner := b.epoll()
	r, _ := b.pair(epollsim.PipeVerb)
	b.add(inner, r, in)
	for i := range 502 {
		ep := b.epoll()
		_, err := b.do(epollsim.Op{Verb: epollsim.CtlVerb, FD: ep, Ctl: epollsim.ADD, Target: inner, Events: in})
		if want := i >= 500; (err == epollsim.EINVAL) != want || err != nil && !want {
			t.Fatalf("epoll %d: %v", i, err)
		}
	}
}

// TestFill fills unix sockets and pipes with writes of many sizes, and reads them empty.
func TestFill(t *testing.T) {
	sizes := []int{1, 63, 64, 65, 100, 128, 192, 193, 383, 700, 704, 705, 1000, 1727, 1729, 2000, 3776, 3777, 4096, 5000, 7871, 8192, 12000, 20000, 36544, 36545, 60000, 300000}
	b := newBoth(t)
	for _, v := range []epollsim.Verb{epollsim.SocketPairVerb, epollsim.PipeVerb} {
		for _, n := range sizes {
			ep := b.epoll()
			x, y := b.pair(v)
			if v == epollsim.PipeVerb {
				x, y = y, x
			}
			b.add(ep, x, out|et)
			for {
				if _, err := b.do(epollsim.Op{Verb: epollsim.WriteVerb, FD: x, N: n}); err != nil {
					break
				}
				b.wait(ep, 1)
			}
			for {
				if _, err := b.do(epollsim.Op{Verb: epollsim.ReadVerb, FD: y, N: n/2 + 1000}); err != nil {
					break
				}
				b.wait(ep, 1)
			}
			b.close(x)
			b.close(y)
			b.close(ep)
		}
	}
}
