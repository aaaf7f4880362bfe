//go:build unix

package main

import "syscall"

// inCall stays in a system call forever.
func inCall() {
	var fds [2]int
	if err := syscall.Pipe(fds[:]); err != nil {
		panic(err)
	}
	syscall.Read(fds[0], make([]byte, 1))
}
