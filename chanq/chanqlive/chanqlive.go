// Package chanqlive has real channels do what package chanq predicts, in the process of
// the caller: operations that do not wait, the memory of a channel, timers. Goroutines
// that wait for each other are package bench's.
package chanqlive
