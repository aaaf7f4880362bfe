//go:build !linux

package attack

import "time"

var began = time.Now()

// threadTime returns wall clock time, since the thread's is not available.
func threadTime() time.Duration { return time.Since(began) }
