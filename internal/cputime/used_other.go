//go:build !linux

package cputime

import "time"

// Thread returns wall clock time, since the thread's is not available.
func Thread() time.Duration { return wall() }

// Process returns wall clock time.
func Process() time.Duration { return wall() }
