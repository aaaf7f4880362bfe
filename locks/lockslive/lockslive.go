// Package lockslive has real mutexes do what package locks predicts, in the process of
// the caller: operations that do not wait, and the words that they leave in memory.
// Goroutines that wait for each other, and what ends a program, are package bench's.
package lockslive
