//go:build !unix

package main

import "time"

// inCall stands for a system call that does not return, on systems without the pipe that
// it needs.
func inCall() { time.Sleep(time.Hour) }
