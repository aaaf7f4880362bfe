//go:build !linux
// +build !linux

package main

import "time"

func call(d time.Duration) { panic("the child does not syscall but in Linux") }

func spin(d time.Duration) {
	for start := time.Now(); time.Since(start) < d; {
	}
}

func netRead(d time.Duration) { panic("the child does not netread but in Linux") }

func stopped() int { return 0 }

func thread() (id, n int) { return 0, 0 }
