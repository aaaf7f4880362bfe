//go:build !linux

package attack

import "time"

var began = time.Now()

// threadTime returns the time on the wall, for want of a better one.
func threadTime() time.Duration { return time.Since(began) }
