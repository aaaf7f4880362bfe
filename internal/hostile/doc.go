// Package hostile attacks every exported function and method of every public
// package: it finds them with go/types, so that nobody has to remember a new one,
// writes a program that calls them, and runs it, a child for each package.
//
// The child (package attack) calls them with hostile arguments from a seeded
// generator. No call may panic unless the function's documentation says when it
// does, take more than a second of processor time, hang, or make the heap grow by
// more than a gigabyte.
package hostile
