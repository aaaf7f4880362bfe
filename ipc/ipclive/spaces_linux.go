package ipclive

import (
	"context"
	"os"
	"path/filepath"
	"runtime"

	"golang.org/x/sys/unix"

	"github.com/orrery-go/orrery/internal/child"
)

// private is a variable that parent and child have at the same address, each its own.
var private = 1

// StoreBoth performs the child's part: it stores 77 in its own variable, and in the
// memory that it shares through the file.
func StoreBoth(file string) (int, error) {
	memory, err := share(file)
	if err != nil {
		return 0, err
	}
	defer unix.Munmap(memory)
	private, memory[0] = 77, 77
	return private, nil
}

// share maps the first byte of a file, which must exist, so that all processes that call
// it share that memory.
func share(file string) ([]byte, error) {
	f, err := os.OpenFile(file, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return unix.Mmap(int(f.Fd()), 0, 1, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
}

// AddressSpaces starts a child that stores 77 in its own variable and in memory that it
// shares with its parent, and returns the values that the parent then sees in the two.
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

// OwnMasks reports whether a signal that one thread blocks stays unblocked in another
// thread of the process.
func OwnMasks() (bool, error) {
	const usr1 = unix.SIGUSR1
	blocked := func(set unix.Sigset_t) bool { return set.Val[0]>>(usr1-1)&1 != 0 }
	var set, mine unix.Sigset_t
	set.Val[0] = 1 << (usr1 - 1)
	hold, held := make(chan bool), make(chan error)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
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
