// Package escape models escape analysis: which variables and allocations of Go source
// the compiler puts on the heap, and where each parameter leaks to, in its words.
//
// The answers are those of go build -gcflags='-m -l', without inlining. A build without
// -l inlines small functions first, and then less can be on the heap: what new(T) in an
// inlined constructor allocates, for one.
//
// # The mechanism
//
// A variable can live in its function's frame only if nothing that outlives it has
// its address. The compiler finds out without running the program, and without
// looking at conditions or at the order of statements:
//
//  1. Each variable, and each expression that allocates, is a location.
//  2. Each assignment is an edge between locations, with a count of dereferences: 0
//     for p = q, 1 for p = *q, -1 for p = &q. Fields and elements count as the whole
//     variable; what is stored through a pointer goes to the heap, which is a location,
//     too.
//  3. Functions are analysed from the bottom of the call graph up; functions that refer
//     to each other are analysed together. The tag of a parameter says where its value
//     goes, and by how many dereferences: a call uses the tags of the function that it
//     calls. To a function that is not known when compiling, everything leaks.
//  4. From every location the analysis walks to all whose value or address reaches it. If
//     the address of l reaches a location that outlives l, then l is on the heap: the
//     heap, a result, what is declared outside of the loop or the closure in which l is.
//     Since l then outlives everything, the walk from it begins again.
//  5. A value that is too large is on the heap in any case.
//
// # What it reads
//
// [Analyze] takes a package that go/parser and go/types have read, and the source of
// those that it imports, from a function that the caller supplies: the model does no I/O.
// It first turns the source into what the compiler has when escape analysis starts: with
// conversions, addresses and dereferences that the source leaves out, without statements
// that are never reached, with loops over functions as calls, with generic functions once
// for each shape of type arguments, with calls of interface methods made direct where the
// type is known, and without variables' initialisers that are written into the binary.
// Then it does what the compiler does.
//
// [Result] has the compiler's messages (go build -gcflags='-m -l'), with line and column.
// Config.Explain adds the way by which an address reaches the heap, and
// [Diagnostic.Words] describes it; Config.Graph adds the graph; Config.Trace receives
// every step.
//
// # Releases
//
// From 1.14 on. Since 1.15 method values leak no more than the method does, since 1.16
// calls of interface methods are direct where the type is known, since 1.22 each
// iteration of a loop has its own variables and what is never reached is left out,
// since 1.24 a variable of more than 128 KiB is on the heap (10 MiB before), since 1.25
// make of a size that is not constant and append can use the stack, and since 1.26 a
// type is known from all assignments of a variable. fidelity.md has the rest.
//
// # What is left out
//
// Inlining, as said above. The tags of other packages' functions are those of their
// source without inlining, too, although the go command compiles them with it.
// fidelity.md lists the rest.
//
// # Sources
//
// cmd/compile/internal/escape, ir, devirtualize, deadlocals, loopvar, rangefunc,
// staticinit and noder of Go 1.26; cmd/compile/internal/gc/escape.go of Go 1.14.
//
// # Concurrent use
//
// Analyze may be called by several goroutines at once, with different packages or the
// same: it changes none of its arguments. The Import function must allow it. Results
// are plain data.
package escape
