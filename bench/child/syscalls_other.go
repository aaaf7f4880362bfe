//go:build !linux
// +build !linux

package main

import "time"

func nanosleep(d time.Duration) { panic("the child does not syscall but in Linux") }

func stopped() int { return 0 }
