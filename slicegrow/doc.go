// Package slicegrow models append to a full slice: the capacity that every Go release
// since 1.2 gives, and why.
//
// # The mechanism
//
// A slice is a header of three words: a pointer, a length, a capacity. Append writes
// after the length as long as the capacity allows it. When it does not, runtime.growslice
// makes a larger array, copies the old elements, and the header that append returns
// points to the new one. The old header still points to the old array, so append's result
// must be kept.
//
// To copy everything each time would cost n*n/2 copies for n elements. So the
// array grows by a factor, and the copies stay below a constant number an
// element. The factor is a trade: 2 copies little and wastes up to half of the
// memory; 1.25 wastes less and copies more.
//
// # The steps of a growth
//
// [Rules.Grow] takes them; the [Rule] in its result is the step that decided.
//
//  1. The new length fits into the capacity: nothing grows. ([Fits])
//  2. Elements of size 0 take no memory: the capacity is the new length. ([ZeroSize])
//  3. More than twice the old capacity is needed: the new length. ([Needed])
//  4. The slice is small: twice the old capacity. ([Double])
//  5. The slice is large: a quarter more, again and again until it is enough
//     ([Quarter]); since Go 1.18 a quarter and 192 elements more, which is 2 at
//     the threshold and falls slowly to 1.25. ([Smooth])
//  6. The size of that many elements is rounded up to the block that the allocator
//     would give out anyway: a size class less its malloc header, or whole pages. The
//     capacity is the number of elements that the block holds. See package alloc.
//
// The last step makes the capacities that no formula predicts: one more int
// after five in a full slice gives ten, but six more give 12, not 11.
//
// # On the stack
//
// Since Go 1.25 the compiler gives an append whose result does not leave the function a
// buffer of 32 bytes in the function's frame, and the first append to an empty slice
// takes all of it ([StackBuffer]). Since 1.26 it does so for slices that leave by one
// statement at the end, too, and has that statement move them to the heap ([Rules.Move]);
// when the function looks at the capacity, the slice grows inside the buffer by size
// classes ([StackStep]). That is a property of the program's text, so it is part of the
// question: [Append.Dest]. Package dest determines it from Go source.
//
// # Releases
//
//	1.3-1.4.2  elements of size 0 leave the pointer as it was, even nil
//	1.2        small is LEN < 1024; nothing is rounded up; size 0 is not special
//	1.3-1.15   small is LEN < 1024
//	1.2-1.4    a fixed count that does not fit is added to the capacity
//	1.16-1.17  small is CAP < 1024
//	1.18-      small is CAP < 256, and the smooth formula
//	1.22-      arrays with pointers above 512 bytes pay 8 for a malloc header
//	1.25-      a first append that stays in its function gets a stack buffer
//	1.26-      one that is returned does, too
//	1.26.9-    but none that is ranged over: see package dest
//
// The size classes changed with 1.3, 1.8 and 1.16. A length out of range is
// "growslice: cap out of range" up to 1.19 and "growslice: len out of range"
// since.
//
// # Buffers of the library
//
// A bytes.Buffer does not append: [Buffer] has its rules. The writes of a strings.Builder
// are appends, and only its Grow is not: [Builder].
//
// # The header
//
// [Slice] is the header alone. It distinguishes slices that programs print alike: nil,
// []T{} and make([]T, 0). [Memory] has the elements too: variables that share backing
// arrays, a statement at a time.
//
// # Sources
//
// runtime/slice.go (slice.c in 1.2, slice.goc in 1.3), slices/slices.go;
// cmd/compile/internal/walk, ssagen and slice for the buffers on the stack;
// encoding/json/encode.go and reflect/deepequal.go for the header.
//
// # Concurrent use
//
// [Rules] do not change, and several goroutines may use them at once. A [Header] is
// data.
package slicegrow
