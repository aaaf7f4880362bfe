// Package lockslive performs operations on real mutexes in the process of the caller, for
// comparison with package locks: operations that do not wait, and the words that they
// leave in memory. Package bench has goroutines that wait for each other, and errors that
// end a program.
package lockslive
