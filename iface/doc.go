// Package iface models Go's interface values: their two words, conversions and what they
// allocate, method tables, comparison with == and reflect.DeepEqual, and assertions and
// type switches with their tables and caches, in every release since 1.2.
//
// # The mechanism
//
// An interface is two words. The second leads to the value; the first identifies its
// type. In an interface{} (eface) it is the dynamic type; in an interface with methods
// (iface) it is an itab, which has the type and, for each method of the interface, the
// function to call. nil is two zero words. A nil pointer in an interface has a type, so
// the interface is not nil: that is the most asked question about Go.
//
// # Steps of a conversion
//
// [Runtime.Convert] makes the first word from the static type, and the second by the
// first of these rules that applies:
//
//  1. A value of size 0 is at zerobase.
//  2. A value that is one pointer is the data word itself. (Until 1.3, any of up to 8
//     bytes.)
//  3. A bool or a byte is one of 256 words in the program. (1.9-)
//  4. A constant is in the program. (1.9-; composite literals and variables that are
//     only ever set to a constant 1.25-)
//  5. A value whose interface does not outlive the function is on its stack, up to 1024
//     bytes. (1.5-)
//  6. An integer below 256 (1.15-), a zero of 2, 4 or 8 bytes, an empty string and a nil
//     slice (1.9-) share boxes.
//  7. Any other value is copied to the heap.
//
// # Steps of a comparison
//
// [Runtime.Equal] compares the type words; if they differ the interfaces are unequal. If
// they are the same the type must be comparable, or == panics, whatever the values are:
// two of a struct with a func panic even if their first fields differ. Then values are
// compared: pointers by the data word, plain memory byte by byte, all else part by part,
// in the order of the source as far as a panic in a later part can show it.
//
// reflect.DeepEqual, [Runtime.DeepEqual], is another relation. It follows pointers,
// slices and maps, calls functions unequal, tells nil from empty, and remembers what it
// is comparing, so that cycles end. It can be true where == panics, and where == is
// false; until 1.5 it was false for two equal pointers to a NaN.
//
// # Steps of an assertion
//
// x.(T) of a concrete T compares a word. Of an interface T it needs an itab: from the
// cache of its place in the program (1.22-), else from the runtime's table, else by a
// walk along the methods of T and of the dynamic type, side by side, since both are in
// order. The table keeps failures, too. The cache of a place is replaced by one with
// another entry after one miss in about 1,024. A type switch ([Runtime.Switch]) finds
// concrete cases by the hash of the type, halving or by a table, and interfaces one by
// one.
//
// # Text
//
// Package source, below this one, performs Go statements on a Runtime.
//
// # Releases
//
//	1.3     an array of no elements is comparable only if its elements were
//	1.4     an interface holds pointers alone: integers get boxes
//	1.5     boxes on the stack; assertions to pointers say of which interface
//	1.6     DeepEqual: equal pointers are equal; NaN keys are never
//	1.8     DeepEqual remembers pointers; assertions say of which interface
//	1.9     constants, zeros, bytes without a box
//	1.10    the table of itabs grows
//	1.11    a failed assertion between two types of one name says why
//	1.13    a struct of one string is as a string
//	1.14    DeepEqual ends in cycles of maps and of interfaces in slices
//	1.15    integers below 256 without a box
//	1.19    a struct of one byte is as a byte; jump tables for switches
//	1.22    caches for assertions and switches
//	1.25    constant literals without a box
//	1.26    a struct of one pointer, and of nothing else that has a size, is the data word
//
// # Sources
//
// runtime/iface.go, alg.go, error.go, runtime2.go; reflect/deepequal.go;
// cmd/compile/internal/walk/convert.go, compare.go, switch.go; internal/abi/switch.go.
//
// # Concurrent use
//
// A [Runtime] and its values are for one goroutine at a time.
package iface
