// Package pages models the lower half of Go's allocator: which pages of the heap are in
// use, and where more pages come from.
//
// # The mechanism
//
// The heap is a row of pages of 8 KiB (4 KiB in Go 1.2). A request is for a number of
// consecutive pages. Which free row it gets depends on the release:
//
//	1.2-1.13  best fit: the smallest free row that is large enough, and of those
//	          the lowest. Rows that touch each other grow together when they
//	          become free. Up to 1.11 there is a list for each short length, in
//	          which the row that became free last comes first. (Longer rows were
//	          in one list up to 1.8, and in a treap since; since 1.12 all are.)
//	1.14-     first fit: the lowest row that is large enough. A bit for each page
//	          says whether it is taken; a tree of summaries over the bits says
//	          where it is worth looking.
//
// Since 1.14 each P also has a page cache: 64 pages that it took at once, from
// which requests of less than 16 pages are served without the heap's lock.
//
// # The summaries
//
// 512 pages, 4 MiB, are a chunk. Its summary is three numbers: how many pages are free at
// its start, at its end, and in the longest row within it. Eight summaries have a summary
// of the same form, and so on. A search goes down from the top: at each level it adds up
// the free pages across neighbours, and descends where a row within one summary is long
// enough.
//
// # Growth
//
// When no row is long enough the heap grows: since 1.17 by whole chunks, which it
// takes from an arena of 64 MiB that the operating system reserved for it, and when
// that is used up from the next; from 1.11 to 1.16 by whole arenas. Up to 1.10 there
// was one reservation, of 512 GiB (128 GiB up to 1.4), made when the program
// started, and the heap grew into it by 1 MiB at least.
//
// # Scavenging
//
// Free pages are given back to the operating system, the highest first: all by
// debug.FreeOSMemory, as many as a memory limit demands by an allocation, and in the
// background, 64 KiB at once, until no more are retained than a goal allows: [Goal] for
// 110% of what the collector aims at, [LimitGoal] for a memory limit. A huge page of 2 MiB
// that is free is given back as a whole. Since 1.21 the background scavenger gives back
// only what was free when a collection ended, and of no chunk that is nearly full. Pages
// given back still belong to the heap. They are zero when they are used again, which the
// allocator makes use of since 1.26.
//
// # Sources
//
// runtime/mpagealloc.go, runtime/mpagecache.go, runtime/mpallocbits.go,
// runtime/mgcscavenge.go, runtime/mheap.go; runtime/mgclarge.go in 1.9 to 1.13,
// runtime/mheap.c in 1.2 to 1.4.
//
// # Concurrent use
//
// A [Heap] is for one goroutine at a time.
package pages
