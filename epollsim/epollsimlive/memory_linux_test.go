package epollsimlive

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/orrery-go/orrery/epollsim"
)

// slab reads a file of a slab cache. It skips the test if it cannot, since only root
// can.
func slab(t *testing.T, name, file string) int {
	t.Helper()
	data, err := os.ReadFile("/sys/kernel/slab/" + name + "/" + file)
	if err != nil {
		t.Skip(err)
	}
	word, _, _ := strings.Cut(strings.TrimSpace(string(data)), " ")
	n, err := strconv.Atoi(word)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestSlabs checks that items are objects of slab caches, which get pages as they need
// them.
func TestSlabs(t *testing.T) {
	live(t).End()
	if runtime.GOARCH != "amd64" {
		t.Skip("sizes of amd64")
	}
	if got := slab(t, "eventpoll_epi", "object_size"); got != epollsim.EpitemSize {
		t.Errorf("an item takes %d bytes, the model says %d", got, epollsim.EpitemSize)
	}
	if got := slab(t, "eventpoll_pwq", "object_size"); got != epollsim.PwqSize {
		t.Errorf("a place in a wait queue takes %d bytes, the model says %d", got, epollsim.PwqSize)
	}
	if per := slab(t, "eventpoll_epi", "objs_per_slab"); per != epollsim.SlabSize/epollsim.EpitemSize {
		t.Errorf("%d items in a slab, the model says %d", per, epollsim.SlabSize/epollsim.EpitemSize)
	}
	before := slab(t, "eventpoll_epi", "slabs")
	ep, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(ep)
	file, err := unix.Eventfd(0, unix.EFD_CLOEXEC)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(file)
	const n = 3000
	for range n {
		fd, err := unix.Dup(file)
		if err != nil {
			t.Fatal(err)
		}
		defer unix.Close(fd)
		if err := unix.EpollCtl(ep, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: unix.EPOLLIN}); err != nil {
			t.Fatal(err)
		}
	}
	after := slab(t, "eventpoll_epi", "slabs")
	k, err := epollsim.New(epollsim.Config{})
	if err != nil {
		t.Fatal(err)
	}
	kep, _ := k.Create()
	kfile, _ := k.EventFD(0, false)
	for range n {
		fd, _ := k.Dup(kfile)
		if err := k.Ctl(kep, epollsim.ADD, fd, epollsim.IN, 0); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("kernel %s: %d slabs before, %d after %d items; the model says at least %d in all", Kernel(), before, after, n, k.Memory().Slabs)
	if after < k.Memory().Slabs || after-before > k.Memory().Slabs+50 {
		t.Errorf("%d slabs became %d, the model takes %d", before, after, k.Memory().Slabs)
	}
}

// TestTimeout checks that a call sleeps for its timeout and returns nothing.
func TestTimeout(t *testing.T) {
	live(t).End()
	ep, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(ep)
	k, err := epollsim.New(epollsim.Config{})
	if err != nil {
		t.Fatal(err)
	}
	kep, _ := k.Create()
	for _, ms := range []int{1, 20} {
		start := time.Now()
		n, err := unix.EpollWait(ep, make([]unix.EpollEvent, 1), ms)
		slept := time.Since(start)
		if err == unix.EINTR {
			continue
		}
		timeout := time.Duration(ms) * time.Millisecond
		if n != 0 || err != nil || slept < timeout {
			t.Errorf("%v: %d events, %v, after %v", timeout, n, err, slept)
		}
		o, err := k.Block(kep, 1, timeout)
		if err != nil {
			t.Fatal(err)
		}
		if k.Advance(timeout - 1); len(k.Awake()) != 0 {
			t.Errorf("the model is awake before %v", timeout)
		}
		k.Advance(1)
		if got := fmt.Sprint(k.Awake()); got != fmt.Sprint([]int{o.Waiter}) {
			t.Errorf("awake: %s", got)
		}
		if r, err := k.Resume(o.Waiter); err != nil || r.N != 0 || r.Waiter != 0 {
			t.Errorf("%+v, %v", r, err)
		}
	}
}
