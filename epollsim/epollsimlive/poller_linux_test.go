package epollsimlive

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/epollsim"
	"github.com/orrery-go/orrery/epollsim/netpoll"
)

// TestGoPoller reads the interest list of the Go runtime that runs the test: it checks
// with which events a pipe is registered.
func TestGoPoller(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	conn, err := r.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var fd int
	if err := conn.Control(func(x uintptr) { fd = int(x) }); err != nil {
		t.Fatal(err)
	}
	fds, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	var found []epollsim.Events
	for _, d := range fds {
		if link, _ := os.Readlink("/proc/self/fd/" + d.Name()); link != "anon_inode:[eventpoll]" {
			continue
		}
		text, _ := os.ReadFile("/proc/self/fdinfo/" + d.Name())
		for line := range strings.Lines(string(text)) {
			var tfd int
			var events uint32
			if n, _ := fmt.Sscanf(line, "tfd: %d events: %x", &tfd, &events); n == 2 && tfd == fd {
				found = append(found, epollsim.Events(events))
			}
		}
	}
	k, err := epollsim.New(epollsim.Config{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := netpoll.New(k)
	if err != nil {
		t.Fatal(err)
	}
	mr, _, _ := k.Pipe()
	if _, err := p.Open(mr); err != nil {
		t.Fatal(err)
	}
	var want epollsim.Events
	for _, i := range k.Snapshot().Epolls[0].Tree {
		if i.FD == mr {
			want = i.Events
		}
	}
	if len(found) != 1 || found[0] != want {
		t.Errorf("Go has added it with %v, the model with %v", found, want)
	}
}
