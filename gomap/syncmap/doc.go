// Package syncmap models sync.Map, in its two designs, an operation at a time.
//
// # Two maps
//
// From Go 1.9 to 1.23 a sync.Map had two maps: read, which never changes and needs no
// lock, and dirty, which a mutex protects. Both point to the same entries.
//
//  1. An operation looks into read first. If the key is there, it changes only the entry,
//     by compare-and-swap, without a lock.
//  2. If dirty has more keys (read is amended), a miss takes the lock, looks there, and
//     is counted. After as many misses as dirty has keys, dirty becomes read: it is
//     promoted, and there is no dirty map any more.
//  3. The first new key after that makes a dirty map again, a copy of read without the
//     deleted entries. These are then expunged: dirty does not have their keys, and
//     storing one again takes the lock.
//  4. A range promotes first.
//
// So reading is fast if keys stay, and each wave of new keys costs a copy.
//
// # A trie
//
// Since Go 1.24 it is a trie of hashes: a node has 16 places, and each level takes four
// bits of the hash, from the top. A place holds nothing, a node, or an entry.
//
//  1. A lookup goes down by the hash, without a lock.
//  2. A new key that reaches the place of another entry puts nodes there, one for each
//     four bits that the two hashes share. Entries with equal hashes form a list.
//  3. Storing to a key that is there makes a new entry. Writers lock only the node.
//  4. A deletion removes nodes that have become empty, except for the root.
//  5. A range yields entries in the order of the hashes, the same each time.
//
// # What is not modelled
//
// An operation is one step here: what a goroutine sees in the middle of another's
// operation is left out. [Outcome] says whether an operation took a lock.
//
// # Sources
//
// sync/map.go up to Go 1.23, internal/sync/hashtriemap.go since 1.24. LoadAndDelete
// came with 1.15, Swap, CompareAndSwap and CompareAndDelete with 1.20, Clear with 1.23.
//
// # Concurrent use
//
// A [Map] is for one goroutine at a time.
package syncmap
