// Package profile turns what Go programs record of their heaps into operations for
// [alloc.Replay]: heap profiles of runtime/pprof, and the text that
// GODEBUG=allocfreetrace=1 printed from Go 1.3 to 1.20.
//
// # What they contain
//
// A heap profile has samples: the number and bytes of the live objects that one stack
// allocated, scaled up from the sampled ones. The size of an object is that of its slot,
// since the runtime profiles objects after rounding them up, and the profile does not say
// which objects have pointers. So the operations have Rounded set and are without
// pointers, except for slots of 8 bytes, which only objects with pointers have.
//
// An allocation trace has every object with its address, its rounded size, and its type
// if new or make allocated it.
//
// # Sources
//
// runtime/mprof.go, runtime/malloc.go:profilealloc, runtime/pprof/protomem.go,
// runtime/pprof/proto.go; go1.20.14 runtime/mprof.go:tracealloc. The format of a profile
// is that of github.com/google/pprof/proto/profile.proto; only the fields that a heap
// profile needs are read.
//
// # Concurrent use
//
// A [Profile] does not change, and several goroutines may use it at once. The sequence
// that [ReadTrace] returns is for one goroutine at a time.
package profile
