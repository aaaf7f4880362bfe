package cputime

import (
	"syscall"
	"time"
)

// Thread returns the processor time of the calling thread: the goroutine has to be locked
// to it.
func Thread() time.Duration {
	const thread = 1 // RUSAGE_THREAD
	return used(thread)
}

// used returns the time that getrusage reports, by the program and by the kernel for it.
func used(of int) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(of, &u); err != nil {
		return wall()
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// Process returns the processor time of the process, with all of its threads: what one
// test takes, if no other runs meanwhile.
func Process() time.Duration { return used(syscall.RUSAGE_SELF) }
