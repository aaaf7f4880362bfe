package epollsim

import "testing"

// TestReuse: what a file of each type took is used again when it is closed.
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
		if n != 2 { // the first is none
			t.Errorf("there is room for %d %s more than are ever open", n-2, what)
		}
	}
}
