// Package profile turns what Go programs say of their heaps into operations that
// [alloc.Replay] does: heap profiles of runtime/pprof, and the text that
// GODEBUG=allocfreetrace=1 printed from Go 1.3 to 1.20.
//
// # What they tell
//
// A heap profile has samples: so many objects and bytes that live, by the stack that
// allocated them, scaled up from those that were sampled. The bytes of an object are
// those of its slot, for the runtime profiles objects after it has rounded them up; and
// nothing says which have pointers. So the operations have Rounded set, and are without
// pointers, but for slots of 8 bytes, which only objects with pointers have.
//
// An allocation trace has every object by its address, with its type if it was made by
// new or make, and the rounded size as well.
//
// # Sources
//
// runtime/mprof.go, runtime/malloc.go:profilealloc, runtime/pprof/protomem.go,
// runtime/pprof/proto.go; go1.20.14 runtime/mprof.go:tracealloc. The format of a profile
// is that of github.com/google/pprof/proto/profile.proto; of it only what a heap profile
// needs is read.
//
// # Concurrent use
//
// A [Profile] does not change, and several goroutines may use it at once. What
// [ReadTrace] returns is for one goroutine at a time.
package profile
