package epollsim

import (
	"strings"
	"testing"
)

// TestReuse: the memory of a file of each type is used again after it is closed.
func TestReuse(t *testing.T) {
	k, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	two := func(a, b FD, err error) []FD {
		if err != nil {
			t.Fatal(err)
		}
		return []FD{a, b}
	}
	one := func(a FD, err error) []FD { return two(a, -1, err)[:1] }
	for range 100 {
		fds := [][]FD{one(k.RegularFile()), one(k.EventFD(1, false)), one(k.Create()), two(k.Pipe()), two(k.SocketPair()), two(k.TCPPair())}
		for i, list := range fds {
			if i != 0 && i != 2 {
				if err := k.Ctl(fds[2][0], ADD, list[0], IN, 0); err != nil {
					t.Fatal(err)
				}
			}
		}
		for _, list := range fds {
			for _, fd := range list {
				if err := k.Close(fd); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	for what, n := range map[string]int{
		"regular files": len(k.regulars.all) - 3, "eventfds": len(k.eventfds.all), "epolls": len(k.epolls.all), "pipes": len(k.pipes.all),
		"unix sockets": len(k.unixes.all) - 1, "TCP sockets": len(k.tcps.all) - 1, "files": len(k.files.all) - 11, "items": len(k.items.all) - 3,
	} {
		if n != 2 { // the first has none
			t.Errorf("there is room for %d %s more than are ever open", n-2, what)
		}
	}
}

// TestCheck: a broken state is found.
func TestCheck(t *testing.T) {
	for _, tt := range []struct {
		want   string
		breaks func(k *Kernel, ep *epoll)
	}{
		{"linked both ways", func(k *Kernel, ep *epoll) { k.items.at(ep.ready.head).linked = false }},
		{"linked both ways", func(k *Kernel, ep *epoll) { k.items.at(k.items.at(ep.ready.head).next).prev = 0 }},
		{"end of a list", func(k *Kernel, ep *epoll) { ep.ready.tail = ep.ready.head }},
		{"on a list", func(k *Kernel, ep *epoll) {
			i := k.items.at(ep.ready.head)
			k.unlink(&ep.ready, ep.ready.head)
			i.linked = true
		}},
		{"out of order", func(k *Kernel, ep *epoll) { k.items.at(ep.root).id = 99 }},
		{"items in the tree", func(k *Kernel, ep *epoll) { ep.size++ }},
		{"root is red", func(k *Kernel, ep *epoll) { k.items.at(ep.root).red = true }},
		{"lost parent", func(k *Kernel, ep *epoll) { k.items.at(k.items.at(ep.root).right).up = 0 }},
		{"two red", func(k *Kernel, ep *epoll) {
			i := k.items.at(k.first(ep.root))
			i.red, k.items.at(i.up).red = true, true
		}},
		{"black nodes", func(k *Kernel, ep *epoll) {
			i := k.items.at(k.first(ep.root))
			i.red = !i.red
			if i.red {
				k.items.at(i.up).red = false
			}
		}},
		{"overflows", func(k *Kernel, ep *epoll) { k.items.at(ep.root).overflowed = true }},
		{"a scan", func(k *Kernel, ep *epoll) { ep.scanner = 1 }},
		{"items, counted", func(k *Kernel, ep *epoll) { k.watches-- }},
		{"references", func(k *Kernel, ep *epoll) { k.files.at(ep.file).refs++ }},
		{"descriptors are open", func(k *Kernel, ep *epoll) { k.open_++ }},
		{"is used", func(k *Kernel, ep *epoll) { k.used[0] &^= 1 << 4 }},
		{"is used", func(k *Kernel, ep *epoll) { k.used[0] |= 1 << 20 }},
		{"wait queue", func(k *Kernel, ep *epoll) { k.items.at(ep.root).file = ep.file }},
		{"watch it", func(k *Kernel, ep *epoll) {
			f := k.files.at(k.items.at(ep.root).file)
			f.queue, f.queueEnd = 0, 0
		}},
	} {
		k, err := New(Config{})
		if err != nil {
			t.Fatal(err)
		}
		fd, err := k.Create()
		if err != nil {
			t.Fatal(err)
		}
		for len(k.fds) < 30 {
			other, err := k.EventFD(1, false)
			if err != nil {
				t.Fatal(err)
			}
			if len(k.fds) < 15 {
				if err := k.Ctl(fd, ADD, other, IN, 0); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := k.Close(20); err != nil {
			t.Fatal(err)
		}
		if err := k.Check(); err != nil {
			t.Fatal(err)
		}
		tt.breaks(k, k.epolls.at(k.files.at(k.lookup(fd)).obj))
		if err := k.Check(); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: %v", tt.want, err)
		}
	}
}
