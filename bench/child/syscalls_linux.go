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
