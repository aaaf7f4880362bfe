// Package syncmap models sync.Map, in its two designs, an operation at a time.
//
// # Two maps
//
// From Go 1.9 to 1.23 a sync.Map had two maps: read, which nobody changes and which
// needs no lock, and dirty, which is under a mutex. Both lead to the same entries.
//
//  1. An operation looks into read first. A hit changes the entry alone, by
//     compare-and-swap, and needs no lock.
//  2. If dirty has more keys (read is amended), a miss takes the lock and looks there.
//     It is counted. When misses are as many as dirty has keys, dirty becomes read:
//     it is promoted, and there is no dirty map any more.
//  3. The first new key after that makes a dirty map again, a copy of read without
//     what was deleted. A deleted entry is then expunged: dirty does not have its key,
//     and to store there again takes the lock.
//  4. A range promotes first.
//
// So reading is quick if keys come to stay, and each wave of new keys costs a copy.
//
// # A trie
//
// Since Go 1.24 it is a trie of hashes: a node has 16 places, and each level takes
// four bits of the hash, from the top. A place has nothing, a node, or an entry.
//
//  1. A lookup goes down by the hash, without a lock.
//  2. A new key that comes to an entry's place puts nodes there, one for each four bits
//     that the two hashes share. Entries whose hashes are equal are a list.
//  3. To store to a key that is there makes a new entry. Writers lock the node alone.
//  4. A delete takes away nodes that have become empty, but for the root.
//  5. A range comes in the order of the hashes, the same each time.
//
// # What is not modelled
//
// An operation is one step here: what several goroutines see in the middle of each
// other's is left out. [Outcome] says whether an operation took a lock.
//
// # Sources
//
// sync/map.go up to Go 1.23, internal/sync/hashtriemap.go since 1.24. LoadAndDelete
// came with 1.15, Swap, CompareAndSwap and CompareAndDelete with 1.20, Clear with 1.23.
//
// # Concurrent use
//
// A [Map] is for one goroutine.
package syncmap
