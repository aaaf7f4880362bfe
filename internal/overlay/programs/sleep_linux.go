package main

import "syscall"

// nanosleep waits in a system call.
func nanosleep(ns int64) {
	ts := syscall.NsecToTimespec(ns)
	syscall.Nanosleep(&ts, nil)
}
