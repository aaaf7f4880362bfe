//go:build !unix

package main

import "time"

// inCall stands for a system call that does not return, where there is no pipe for it.
func inCall() { time.Sleep(time.Hour) }
