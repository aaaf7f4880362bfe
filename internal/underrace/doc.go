// Package underrace says whether a program was built with -race. The detector makes a
// program slower and its allocations other ones, so that some tests do less with it, or
// run in a child built without it.
package underrace
