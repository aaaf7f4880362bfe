//go:build !linux

package main

import "time"

func others() (kept time.Duration, steals int) { return 0, 0 }

func blocks(d time.Duration) { time.Sleep(d) }
