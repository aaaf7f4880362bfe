package main

import (
	"syscall"
	"time"
	"unsafe"
)

// nanosleep is a system call that takes so long.
func nanosleep(d time.Duration) {
	ts := syscall.NsecToTimespec(int64(d))
	syscall.Syscall(syscall.SYS_NANOSLEEP, uintptr(unsafe.Pointer(&ts)), 0, 0)
}

// stopped is how often the kernel has stopped a thread of this process that could have
// gone on.
func stopped() int {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return int(u.Nivcsw)
}
