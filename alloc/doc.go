// Package alloc models Go's allocator, of every release since 1.2: the size
// classes that it rounds a request up to, and the levels through which it finds the
// memory, from a tiny object to pages of the operating system.
//
// # The mechanism
//
// Go's allocator descends from TCMalloc. It does not hand out blocks of any size. A small
// object goes into a slot of one of some 67 size classes; a span, a run of whole pages,
// is cut into slots of one class. Memory that the caller gets without having asked for it
// is waste. The classes are chosen so that neither kind of waste exceeds an eighth:
//
//   - Sizes grow by an alignment that grows with them, so a request is rounded
//     up by little. ([Rules.Classes] has the table; [Class.MaxWaste] the worst
//     case of each.)
//   - A span has as many pages as it takes for the tail that no slot fills to
//     be at most 12.5% of it.
//
// An object above the small limit gets a span of its own, in whole pages.
//
// # The levels
//
// A [Heap] has all of them, under the runtime's names. A level is asked only if the level
// above it has nothing:
//
//	mcache    Each P has one, so it needs no lock: a span of every class, and the
//	          block that tiny objects share.
//	mcentral  One for each span class: the spans that no mcache has, with and
//	          without free slots, swept and unswept.
//	mheap     Spans of whole pages, from the page cache of the P or from all free
//	          pages; package pages has them.
//	system    Arenas of 64 MiB, into which the heap grows.
//
// A span has two bits for each slot: whether it was taken when the span was last swept,
// and whether the collection found it alive. Slots before freeindex are taken too. So the
// next free slot is the first zero from freeindex on: allocCache holds 64 of them,
// inverted, and counting its trailing zeros finds it. Sweeping a span replaces the first
// bits by the second and sets freeindex to 0.
//
// Only sweeping frees memory: [Heap.GC] asks its caller which objects are live and sweeps
// all spans; after [Heap.Mark] a span is swept when an allocation needs it, or by
// [Heap.Sweep]. Config.Trace receives every step, and [Heap.Snapshot] shows arenas, spans
// and slots.
//
// [Replay] performs a stream of allocations and frees, such as package profile makes from
// a heap profile, and reports where memory is wasted.
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
// [Rules.RoundUp] is the runtime's own roundupsize: the bytes left for the caller after
// the header. append rounds capacities with it, which is why they follow no textbook
// formula; see package slicegrow.
//
// # The steps of an allocation
//
// [Heap.Malloc] takes the way that Place reports, and then:
//
//  1. Tiny: at the next offset in the P's block that suits the size. If there is no
//     room, a new block, which the P keeps if it has more room left than the old one.
//  2. Small: the next free slot of the P's span of the class.
//  3. If that is full: back to the mcentral with it. From there a swept span with
//     room; else an unswept one, swept; else an unswept full one that has room when it
//     is swept, a hundred tries in all; else a fresh one. (Up to Go 1.14 there are two
//     lists, and the span comes first that was put there last.)
//  4. A fresh span, and every large object, takes pages from the mheap. While spans
//     are unswept, some are swept first, until as many pages are free.
//  5. If no free row of pages is long enough, the heap grows.
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
// All four come out of one algorithm here, the runtime's. The malloc header and the small
// limit of 32,760 bytes came with 1.22; before, the limit was 32,768. Tiny objects are
// combined since 1.3.
//
//	1.2      a collection sweeps all spans; since 1.3 those that allocate do
//	1.2      an mcache has lists of free objects, and keeps them over a collection
//	1.5      tiny objects are not combined: a P without a block never kept one
//	1.6-     reading the statistics closes the block of tiny objects
//	1.2-1.6  a span has a list of its free slots: what a sweep frees comes before
//	         what was free
//	1.7-     bits; the lowest free slot comes first
//	1.8-1.14 the span that was allocated or swept last is swept first
//	1.9-     objects with and without pointers have spans apart; the block of tiny
//	         objects that a P is filling survives runtime.GC; the collector's work
//	         buffers lie in the heap
//	1.12-    a P sweeps the spans that it had before a collection
//	1.14-    a P keeps descriptors of spans
//	1.15-    an mcentral has span sets, which need no lock; before two lists with one
//	1.21-    a collection flushes the page caches of idle Ps
//	1.22-    the pointer bitmap of small objects is at the end of their span
//	1.26-    so are the mark bits of objects of 16 to 512 bytes, for Green Tea
//
// Package pages lists the changes below that.
//
// # new and make
//
// [Rules.New], [Rules.MakeSlice], [Rules.MakeMap] and [Rules.MakeChan] report what each
// of them allocates. All memory is zero. A span knows whether it must be cleared for
// that: not if its pages come fresh from the system.
//
// # Sources
//
// runtime/_mkmalloc/mksizeclasses.go (before 1.25 runtime/mksizeclasses.go,
// before 1.8 msize.go and msize.c, where the program computed the table when it
// started), runtime/msize.go, runtime/malloc.go, internal/runtime/gc/malloc.go,
// runtime/mcache.go, runtime/mcentral.go, runtime/mheap.go, runtime/mgcsweep.go,
// runtime/mbitmap.go, runtime/mspanset.go. S. Ghemawat, P. Menage: TCMalloc:
// Thread-Caching Malloc.
//
// # Concurrent use
//
// [Rules] do not change, and several goroutines may use them at once. A [Heap] is
// for one goroutine at a time, and is not to be used from its own Trace.
package alloc
