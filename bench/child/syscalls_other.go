//go:build !linux
// +build !linux

package main

import (
	"os"
	"time"
)

func call(d time.Duration) { panic("the child does not syscall but in Linux") }

func spin(d time.Duration) {
	for start := time.Now(); time.Since(start) < d; {
	}
}

func keep(d time.Duration, before, after []byte) { panic("the child does not keep a P but in Linux") }

func write(text []byte) { os.Stderr.Write(text) }

func netRead(d time.Duration) { panic("the child does not netread but in Linux") }

func stopped() int { return 0 }

func waits() int { return 0 }

func thread() (id, n int) { return 0, 0 }
