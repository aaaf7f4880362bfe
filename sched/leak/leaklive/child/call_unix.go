//go:build unix

package main

import "syscall"

// inCall is in a system call for ever.
func inCall() {
	var fds [2]int
	if err := syscall.Pipe(fds[:]); err != nil {
		panic(err)
	}
	syscall.Read(fds[0], make([]byte, 1))
}
