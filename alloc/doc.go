// Package alloc models how Go's allocator rounds a request up to what it hands
// out: the size classes of every release since 1.2.
//
// # The mechanism
//
// Go's allocator descends from TCMalloc. It does not hand out blocks of any
// size. A small object goes into a slot of one of some 67 size classes; a span,
// a run of whole pages, is cut into slots of one class. What the caller did not
// ask for and gets all the same is waste, and the classes are chosen so that
// neither kind of it grows past an eighth:
//
//   - Sizes grow by an alignment that grows with them, so a request is rounded
//     up by little. ([Rules.Classes] has the table; [Class.MaxWaste] the worst
//     case of each.)
//   - A span has as many pages as it takes for the tail that no slot fills to
//     be at most 12.5% of it.
//
// An object above the small limit gets a span of its own, in whole pages.
//
// # The steps of a request
//
// [Rules.Place] walks them and says where a request ends:
//
//  1. Under 16 bytes and without pointers: [Tiny], combined with others into
//     one 16-byte block. (Not in Go 1.2.)
//  2. Up to the small limit: [Small], the smallest class that holds it. Since
//     Go 1.22 an object with pointers above 512 bytes (128 on 32-bit words)
//     carries 8 bytes of malloc header that points at its type, so it needs the
//     class that holds both.
//  3. Beyond: [Large], rounded up to whole pages.
//
// [Rules.RoundUp] is the runtime's own roundupsize: what is left for the caller
// after the header. Growing slices ask it for their capacity, and that is why
// append gives capacities that no textbook formula predicts; see package
// slicegrow.
//
// # Releases
//
// There were four tables. They differ in the page size, the step from 16 to 32
// bytes, and whether a class takes the room its own span leaves over:
//
//	1.2        4 KiB pages, 60 classes
//	1.3-1.7    8 KiB pages, 66 classes
//	1.8-1.15   8 KiB pages, 66 classes, grown to fill their span
//	1.16-      the same with 24 bytes, 67 classes
//
// All four come out of one algorithm here, the runtime's. The malloc header and
// the small limit of 32,760 bytes came with 1.22; before it was 32,768. Tiny
// objects are combined since 1.3.
//
// # Sources
//
// runtime/_mkmalloc/mksizeclasses.go (before 1.25 runtime/mksizeclasses.go,
// before 1.8 msize.go and msize.c, where the program computed the table when it
// started), runtime/msize.go, runtime/malloc.go, internal/runtime/gc/malloc.go.
package alloc
