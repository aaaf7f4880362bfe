package epollsim_test

import (
	"testing"

	"github.com/orrery-go/orrery/epollsim"
)

// TestLeast checks the smallest values of a configuration, and the last descriptors of a
// process.
func TestLeast(t *testing.T) {
	k := newKernel(t, epollsim.Config{MaxFD: 16, MaxWatches: 1, SndBuf: 4608})
	fd := must(t)
	ep := fd(k.Create())
	event := fd(k.EventFD(0, false))
	add(t, k, ep, event, epollsim.IN)
	if err := k.Ctl(ep, epollsim.ADD, fd(k.Dup(event)), epollsim.IN, 0); err != epollsim.ENOSPC {
		t.Errorf("a second watch: %v", err)
	}
	for k.Open() < 14 {
		fd(k.Dup(event))
	}
	for what, pair := range map[string]func(k *epollsim.Kernel) (a, b epollsim.FD, err error){
		"pipe": (*epollsim.Kernel).Pipe, "unix": (*epollsim.Kernel).SocketPair, "TCP": (*epollsim.Kernel).TCPPair,
	} {
		a, b, err := pair(k)
		if a != 14 || b != 15 || err != nil {
			t.Fatalf("the last two as %s: %d, %d, %v", what, a, b, err)
		}
		if _, err := k.Dup(event); err != epollsim.EMFILE {
			t.Errorf("one more: %v", err)
		}
		if err := k.Close(b); err != nil {
			t.Fatal(err)
		}
		if _, _, err := pair(k); err != epollsim.EMFILE {
			t.Errorf("two more, with room for one: %v", err)
		}
		if err := k.Close(a); err != nil {
			t.Fatal(err)
		}
	}
}

// TestBlockLeast: a timeout of one nanosecond waits.
func TestBlockLeast(t *testing.T) {
	k := newKernel(t, epollsim.Config{})
	ep := must(t)(k.Create())
	o, err := k.Block(ep, 1, 1)
	if err != nil || o.Waiter == 0 {
		t.Fatal(o, err)
	}
	if err := k.Advance(1); err != nil {
		t.Fatal(err)
	}
	if o, err = k.Resume(o.Waiter); err != nil || o.Waiter != 0 || len(o.Ready) != 0 {
		t.Errorf("after its time: %+v, %v", o, err)
	}
}

// TestUnixSizes counts the writes that a unix socket takes until its send buffer is full.
// Each write is charged for its data plus 320 bytes, rounded up to a size class, and 256
// bytes for the buffer's head (net/core/skbuff.c:alloc_skb_with_frags, SKB_TRUESIZE).
func TestUnixSizes(t *testing.T) {
	for size, want := range map[int]int{
		1: 6, 192: 6, // 512 + 256
		193: 4, 704: 4, // 1,024 + 256
		705: 2, 1728: 2, // 2,048 + 256
		1729: 2, 2240: 2, // 4,096 + 256
	} {
		k := newKernel(t, epollsim.Config{SndBuf: 4608})
		_, w, err := k.SocketPair()
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for ; n < 100; n++ {
			if _, err := k.Write(w, size); err != nil {
				break
			}
		}
		if n != want {
			t.Errorf("%d writes of %d bytes, want %d", n, size, want)
		}
	}
}

// TestNewPairIsEmpty: a new pair holds nothing of the data of one that was closed.
func TestNewPairIsEmpty(t *testing.T) {
	for what, pair := range map[string]func(k *epollsim.Kernel) (a, b epollsim.FD, err error){
		"pipe": (*epollsim.Kernel).Pipe, "unix": (*epollsim.Kernel).SocketPair, "TCP": (*epollsim.Kernel).TCPPair,
	} {
		k := newKernel(t, epollsim.Config{})
		for i := range 3 {
			r, w, err := pair(k)
			if err != nil {
				t.Fatal(err)
			}
			if o, err := k.Read(r, 10); err != epollsim.EAGAIN {
				t.Errorf("%s %d: a new one: %+v, %v", what, i, o, err)
			}
			if o, err := k.Write(w, 7); o.N != 7 || err != nil {
				t.Errorf("%s %d: %+v, %v", what, i, o, err)
			}
			if o, err := k.Read(r, 3); o.N != 3 || err != nil {
				t.Errorf("%s %d: %+v, %v", what, i, o, err)
			}
			if o, err := k.Read(r, 10); o.N != 4 || err != nil {
				t.Errorf("%s %d: %+v, %v", what, i, o, err)
			}
			if _, err := k.Write(w, 9); err != nil {
				t.Fatal(err)
			}
			for _, f := range []epollsim.FD{w, r} {
				if err := k.Close(f); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}
