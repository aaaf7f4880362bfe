package draw_test

import (
	"os"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/draw"
	"github.com/orrery-go/orrery/epollsim"
)

// epollStory returns the states of an epoll with level-triggered items while two are
// written and one is reported.
func epollStory(t *testing.T) (states []epollsim.Snapshot) {
	t.Helper()
	k, err := epollsim.New(epollsim.Config{})
	if err != nil {
		t.Fatal(err)
	}
	ep, err := k.Create()
	if err != nil {
		t.Fatal(err)
	}
	var fds []epollsim.FD
	for range 7 {
		fd, err := k.EventFD(0, false)
		if err != nil {
			t.Fatal(err)
		}
		if err := k.Ctl(ep, epollsim.ADD, fd, epollsim.IN, uint64(fd)); err != nil {
			t.Fatal(err)
		}
		fds = append(fds, fd)
	}
	states = append(states, k.Snapshot())
	for _, i := range []int{4, 1} {
		if _, err := k.Signal(fds[i], 1); err != nil {
			t.Fatal(err)
		}
	}
	states = append(states, k.Snapshot())
	if _, err := k.Wait(ep, 1); err != nil {
		t.Fatal(err)
	}
	return append(states, k.Snapshot())
}

func TestEpollsimTree(t *testing.T) {
	picture := draw.EpollsimTree(epollStory(t)...)
	wellFormed(t, picture)
	for _, want := range []string{`id="epollsim-0-4-item-0"`, "state 3", ">empty<", "red item"} {
		if !strings.Contains(picture, want) {
			t.Errorf("the picture has no %s", want)
		}
	}
	if again := draw.EpollsimTree(epollStory(t)...); again != picture {
		t.Error("the same states give two pictures")
	}
	// A snapshot from elsewhere may not be a tree.
	wellFormed(t, draw.EpollsimTree(epollsim.Snapshot{Epolls: []epollsim.EpollState{{Root: 0, Tree: []epollsim.ItemState{{Left: 0, Right: 0, Up: 0}, {Left: 9}}}}}))
	wellFormed(t, draw.EpollsimTree())
	if name := os.Getenv("ORRERY_DRAW_EPOLL"); name != "" {
		if err := os.WriteFile(name, []byte(picture), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}
