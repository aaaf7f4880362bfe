// Package gomap models Go's maps slot by slot: where an entry lies, when a map grows,
// what a deletion leaves, and in which order a range yields entries. Given the hashes of
// the keys and the random numbers that the runtime draws, the model predicts every word
// of a map's memory.
//
// # The mechanism
//
// A [Map] has a header. Since Go 1.24, whose maps are Swiss tables, it leads to
// one of three:
//
//   - nothing, before the first assignment;
//   - one group of eight slots, for up to eight entries;
//   - a directory of 2^globalDepth places, each with a table of 8 to 1024 slots in
//     groups of eight. A table may have several places, next to each other.
//
// A group begins with a control word, a byte for each slot: 0x80 for empty, 0xFE for a
// tombstone, else the low seven bits of the entry's hash (H2). All eight are compared at
// once. The other bits (H1) choose the table and the first group:
//
//	hash   t t t ... h h h h h h h h  l l l l l l l
//	       table     first group      control byte
//
// # The steps
//
// An assignment ([Map.Put]):
//
//  1. The top globalDepth bits choose the place in the directory, H1 modulo the
//     number of groups the first group.
//  2. In each group: compare keys where the control byte is H2. If the group has an empty
//     slot the search is over; else go on to the group 1 further on, then 2, then 3.
//  3. A new entry takes the first tombstone that the search has passed, else the
//     empty slot, which costs one of the table's growthLeft: 7/8 of its slots.
//  4. If there is none left, tombstones that no search needs are made empty (since Go
//     1.25, and only where the compiler could choose a fast path); if that does not
//     give a tenth of the table back, it is replaced by one of twice the size, and one
//     of 1024 slots by two, by the next bit of the hash. Only if the table had one
//     place in the directory, that doubles. Then the search begins again.
//
// A deletion ([Map.Delete]) makes the slot empty if its group has another empty slot, at
// which searches end in any case; else it leaves a tombstone. Deleting the last entry
// draws a new seed for the hash, and so does [Map.Clear], which keeps all tables.
//
// # Buckets
//
// Up to Go 1.23 a map was an array of 2^B buckets of eight entries, each with a chain of
// overflow buckets. The low B bits of a hash choose the bucket; the high eight, the
// tophash, are stored beside the entry.
//
//  1. When a new entry would make more than 6.5 entries a bucket, an array of twice as
//     many buckets is made; when there are as many overflow buckets as buckets, one of as
//     many. Nothing moves yet.
//  2. Each assignment and deletion from now on moves two old buckets: the one in use, and
//     the next that is left. An entry stays in the bucket of its number, X, or moves to
//     Y, 2^B further, by the next bit of its hash.
//  3. A lookup looks into the old bucket as long as that has not moved.
//
// [Snapshot] shows either form.
//
// # Ranges
//
// [Map.Range] draws two numbers: the place in the directory where it begins, and the slot
// where it begins in each table. So the order is a rotation of one fixed order, not a
// shuffle. The loop's body may change the map ([Iter.Next]): a table that was replaced is
// walked to its end, so that nothing is yielded twice, and each key is looked up in the
// tables that replaced it.
//
// # Memory
//
// Blocks come from package alloc's size classes, groups from package layout. An [Outcome]
// counts what an operation allocated. Keys and elements of over 128 bytes lie in blocks
// of their own.
//
// # sync.Map
//
// Package gomap/syncmap models it.
//
// # Hashes and random numbers
//
// Go's hash function has a key of its own in each process, and a seed in each map. Here
// the hash function and the random numbers come from the caller: Config.Hash and
// Config.Rand. By default they are a mixer and a generator with the same results on every
// machine.
//
// # Releases
//
//	1.3-    tophash says what has moved; a range starts at a random slot, in 1.4 at a random bucket, too
//	1.4-    the overflow pointer is last
//	1.5-    buckets without pointers are not scanned: a list keeps overflow buckets
//	1.6-    use at once is detected, since 1.8 in ranges
//	1.8-    a map of constant length reorganises itself
//	1.9-    overflow buckets are allocated with the array
//	1.10-   a delete leaves keys without pointers
//	1.11-   deleting in a loop is one clear
//	1.12-   empty slots say whether entries follow
//	1.16-   a map that was emptied gets a new seed
//	1.21    the load is 6.0, not 6.5
//	1.24-   Swiss tables
//	1.25-   tombstones are pruned; clear skips tables that are clean, and groups; maps.Clone copies memory
//	1.26-   clear tests groups only if few are in use
//	1.27-   assigning to a key that is there does not grow a full small map; pointer keys prune, too
//
// # Sources
//
// runtime/map.go, map_fast*.go of Go 1.23 (before 1.10 hashmap.go, before 1.4
// hashmap.c), and since 1.24 internal/runtime/maps: map.go, table.go, group.go, runtime.go;
// cmd/compile/internal/walk/walk.go:mapfast, cmd/compile/internal/reflectdata/map.go.
//
// # Concurrent use
//
// A [Map] is for one goroutine at a time. Its methods return an error if its own Trace,
// Hash or Rand calls them in the middle of a change.
package gomap
