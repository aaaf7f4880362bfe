package epollsimlive

import (
	"os"
	"regexp"
	"strconv"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/orrery-go/orrery/epollsim"
)

// TestTable checks that select ignores descriptors beyond the process's table, where it
// does not even return EBADF, and that the table doubles when it is full.
func TestTable(t *testing.T) {
	var fd int
	for fd < 128 { // at 64 one cannot tell doubling from another 64
		status, err := os.ReadFile("/proc/self/status")
		if err != nil {
			t.Skip(err)
		}
		m := regexp.MustCompile(`FDSize:\s*(\d+)`).FindSubmatch(status)
		if m == nil {
			t.Skip("no FDSize")
		}
		size, _ := strconv.Atoi(string(m[1]))
		if fd, err = unix.FcntlInt(0, unix.F_DUPFD_CLOEXEC, size); err == unix.EINVAL {
			t.Skip("too few descriptors are allowed")
		} else if err != nil {
			t.Fatal(err)
		}
		defer unix.Close(fd)
	}
	// fd is the first descriptor for which the table had no room.
	k, err := epollsim.New(epollsim.Config{})
	if err != nil {
		t.Fatal(err)
	}
	for last := epollsim.FD(2); int(last) < fd; {
		if last, err = k.Dup(0); err != nil {
			t.Fatal(err)
		}
	}
	for _, at := range []int{fd * 3 / 2, fd*2 - 1, fd * 2, fd * 3} {
		set := make([]uint64, at/64+1)
		set[at/64] = 1 << (at % 64)
		n, _, errno := unix.Syscall6(unix.SYS_PSELECT6, uintptr(at+1), uintptr(unsafe.Pointer(&set[0])), 0, 0, uintptr(unsafe.Pointer(&unix.Timespec{})), 0)
		_, got, _, modelErr := k.Select(at+1, epollsim.Sets{In: []epollsim.FD{epollsim.FD(at)}})
		if want := errno == unix.EBADF; want != (modelErr == epollsim.EBADF) || !want && n != 0 || got != 0 || want != (at < fd*2) {
			t.Errorf("a table of %d, select of %d: model %d, %v; real %d, %v", fd*2, at, got, modelErr, n, errno)
		}
	}
}
