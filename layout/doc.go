// Package layout models how Go lays types out in memory: sizes, alignments,
// offsets and pads, on every architecture and in every release since 1.2. With
// them come the questions that have the same answer wherever a type is known:
// what can be compared, assigned and converted, how a map holds its entries, and
// which order of fields is best.
//
// # The mechanism
//
// A processor reads memory in cache lines of 64 bytes, and a load that lies in
// two of them costs more. So the compiler gives every type an alignment, a power
// of two, and puts its values only at multiples of it. The alignment of a basic
// type is its size, but at most that of a register (4 bytes on 386), and half of
// it for the complex types, which are pairs. All else follows:
//
//   - An array is aligned as its element is, a struct as the field that is aligned most.
//     The length of a type does not matter: [16]byte may lie anywhere.
//   - Strings, slices, interfaces, maps, channels and functions are one to three
//     words, and aligned as words.
//
// # The steps of a struct
//
// [Rules.Of] walks them; [Layout.Pads] says of each pad why it is there.
//
//  1. Each field begins at the next multiple of its alignment. What is skipped
//     is a pad.
//  2. If the last field has size 0 and the struct has not, a byte is added: otherwise a
//     pointer to that field would point at the next object in memory, and keep it alive.
//     (Since Go 1.5.)
//  3. The size is rounded up to the struct's alignment, so that in an array the
//     next one is aligned too.
//
// Besides, PtrBytes says where the last pointer ends. The collector looks no
// further, so fields with pointers are best put first; [Rules.Optimal] finds the
// order with the least size and, of these, the fewest pointer bytes, and
// [Order.Why] says why each field comes where it does.
//
// On 4-byte words an int64 is aligned to 4, and sync/atomic refuses an address
// that is no multiple of 8. [Rules.Atomics64] says which of a type's integers are
// safe.
//
// # Types
//
// [Parse] reads them in Go's syntax, [FromReflect] converts those of the running program,
// package gotypes those of a type-checked program, and they can be built by hand.
// [Layout.Picture] draws them; package draw makes an SVG.
//
// # Comparing
//
// [Comparable] says whether ==, a map's key or a switch accepts a type, and if not, which
// part of it is the reason. Structs of one type are not always comparable, and of
// different types not always incomparable: [Equatable] and [Assignable] have the
// language's rule, by which one of two types with the same underlying type must have no
// name. A comparison that compiles may still panic, at an interface.
//
// # Nothing
//
// A value of size 0, such as a struct{}, takes no memory: on the heap all of them are at
// one address, runtime.zerobase. It serves where only presence matters: a channel that
// signals ([Rules.ChanBuffer] reports no bytes), a type with methods and no state, a set.
// But it is not always free: as a last field it costs step 2, and a map's slot is a
// struct with the element last. map[T]struct{} saved memory until Go 1.23, and no longer
// does ([Rules.SetSaving]).
//
// # Areas
//
// Textbooks divide a program's memory into code, data, "global data", heap and
// stack. Package areas, below this one, reads what an executable really has: code,
// constants, data, and variables that begin as zero, the last two once more without
// pointers.
// Heap and stack are in no executable, and a goroutine's stack is a span of the
// same arena that the heap is made of.
//
// # Releases
//
//	1.5-    a last field of size 0 costs a byte
//	1.8-    complex64 is aligned to 4; before as an int64; struct tags do not hinder conversion
//	1.17-   a slice converts to a pointer to an array, since 1.20 to an array
//	1.19-   sync/atomic's 64-bit types are aligned to 8 on all architectures
//	1.21    a map's buckets hold 6 entries on average before it grows, else 6.5
//	1.24-   maps hold their entries in groups; before in buckets
//
// # Sources
//
// cmd/compile/internal/types/size.go (before 1.17 cmd/compile/internal/gc/align.go,
// before 1.5 cmd/gc/align.c), cmd/compile/internal/reflectdata/map.go,
// go/types/predicates.go, operand.go and conversions.go, internal/abi.
//
// # Concurrent use
//
// [Rules] do not change, and several goroutines may use them at once, and types as
// long as none changes them.
package layout
