package ipclive

import (
	"context"
	"os"
	"path/filepath"
	"runtime"

	"golang.org/x/sys/unix"

	"github.com/orrery-go/orrery/internal/child"
)

// private is a variable that parent and child have at the same place, each its own.
var private = 1

// StoreBoth returns what the child does: it stores 77 in its own variable, and in the
// memory that the file stands for.
func StoreBoth(file string) (int, error) {
	memory, err := share(file)
	if err != nil {
		return 0, err
	}
	defer unix.Munmap(memory)
	private, memory[0] = 77, 77
	return private, nil
}

// share maps a file's first byte, which must exist, so that all processes that do so have
// the same memory.
func share(file string) ([]byte, error) {
	f, err := os.OpenFile(file, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return unix.Mmap(int(f.Fd()), 0, 1, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
}

// AddressSpaces has a child store 77 in its own variable and in memory that it shares with
// its parent, and reports what the parent then sees in the two.
func AddressSpaces(ctx context.Context) (own, shared int, err error) {
	dir, err := os.MkdirTemp("", "orrery-ipc-")
	if err != nil {
		return 0, 0, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "shared")
	if err := os.WriteFile(file, []byte{1}, 0o600); err != nil {
		return 0, 0, err
	}
	memory, err := share(file)
	if err != nil {
		return 0, 0, err
	}
	defer unix.Munmap(memory)
	c, err := child.Start(ctx, "github.com/orrery-go/orrery/ipc/ipclive/child", child.Options{})
	if err != nil {
		return 0, 0, err
	}
	defer c.Close()
	if _, err := child.Call[int](c, file); err != nil {
		return 0, 0, err
	}
	return private, int(memory[0]), nil
}

// OwnMasks reports whether a thread that blocks a signal leaves it open in another one of
// the process.
func OwnMasks() (bool, error) {
	const usr1 = unix.SIGUSR1
	blocked := func(set unix.Sigset_t) bool { return set.Val[0]>>(usr1-1)&1 != 0 }
	var set, mine unix.Sigset_t
	set.Val[0] = 1 << (usr1 - 1)
	hold, held := make(chan bool), make(chan error)
	go func() {
		runtime.LockOSThread() // for good: the thread ends with the goroutine
		held <- unix.PthreadSigmask(unix.SIG_BLOCK, &set, nil)
		<-hold
	}()
	err := <-held
	defer close(hold)
	if err != nil {
		return false, err
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := unix.PthreadSigmask(unix.SIG_BLOCK, nil, &mine); err != nil {
		return false, err
	}
	return !blocked(mine), nil
}
