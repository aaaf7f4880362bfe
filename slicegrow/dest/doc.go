// Package dest reads Go source and makes of each append the question for package
// slicegrow: above all where the result goes, [slicegrow.Dest], in a given release.
//
// Since Go 1.25 the capacity after the first append to an empty slice depends on all
// other uses of the slice in the function. [Read] finds that out as the compiler does,
// from the syntax tree and go/types alone.
//
// # The steps
//
//  1. Escape analysis: a graph of the flow of values in the function, the functions that
//     it calls, and its function literals. An append whose array flows nowhere that
//     outlives the function stays ([slicegrow.Local]), and the first one in the text for
//     a variable gets the buffer.
//  2. Since Go 1.26, for slice variables that do leave: every use is counted. If
//     each is of a known harmless kind (s = append(s, ...), s[i], len(s), a call
//     that leaks and writes nothing), and there is exactly one statement after which
//     someone else may hold the slice (a return, an assignment to anything else),
//     outside of the loops, and two appends or one in a loop, then that statement
//     moves the slice to the heap, and until then it may be on the stack:
//     [slicegrow.Returned], or [slicegrow.ReturnedCap] if a use shows the capacity.
//  3. What cannot be on the stack: a variable whose address is taken or that a
//     literal captures and something assigns to, a field of a large struct.
//
// A range over the slice is a harmless use until Go 1.26.8 and in no release since:
// its hidden copy counts like any other assignment (golang/go#79909). That &s[i].f
// takes an address inside the array is known to 1.26.9 and 1.27.2.
//
// # What cannot be told
//
// Some uses depend on what is not in the source, or on what the compiler counts in its
// own nodes. Read tries both ways. If the answers agree, it returns the answer; else it
// returns an error that names the use ([ErrUnknown]):
//
//   - A call, with the slice, of a function whose body is not at hand, because it is of
//     another package or in assembly: it may leak its argument, write to it, or neither.
//     Config.Body can give more information.
//   - A call of a function that calls itself, directly or through others: the compiler
//     analyzes all of them at once, and Read one after the other.
//   - A call of a function of a middling size: the compiler inlines up to 80 of its own
//     nodes, which are not those of go/ast. Config.Inlined can give more information.
//   - A call of a function literal that uses the slice or is given it, and has
//     parameters, results or a return: if it is inlined, they become assignments. A
//     literal without any is read.
//   - A call of a function that another has returned which may be inlined: the compiler may
//     know it.
//   - A call of a method of an interface that the function itself has given its value:
//     the compiler may know the method (devirtualization).
//   - A range over a function, whose body becomes a literal, and a goto, which may make
//     a loop of the code after its label.
//   - In a generic function, an append whose elements are of a type parameter without a
//     core type, and one to a field of a struct that such a type is in: their size is
//     another in each instance.
//
// # Sources
//
// cmd/compile/internal/slice/slice.go, escape, deadlocals, noder/writer.go,
// ir/reassignment.go, ssagen/ssa.go:append.
//
// # Concurrent use
//
// A [Config] may be used by several goroutines if its functions may.
package dest
