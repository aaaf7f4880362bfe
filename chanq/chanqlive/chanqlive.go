// Package chanqlive performs operations on real channels in the process of the caller,
// for comparison with package chanq: operations that do not wait, the memory of a
// channel, timers. Package bench has goroutines that wait for each other.
package chanqlive
