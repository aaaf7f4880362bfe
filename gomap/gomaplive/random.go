package gomaplive

import (
	"errors"
	"math/rand/v2"
	"runtime"
	"unsafe"
)

// A Random predicts the random numbers of the runtime. Those of a thread come from a
// generator in its m (runtime/rand.go:rand). Package math/rand/v2 has the same
// generator, so a copy of the state predicts the next numbers.
type Random struct {
	state *generator // in the m of the thread
	next  rand.ChaCha8
	after *generator // the state when Mark was called

	threads int // number of threads of the process when the generator was found
}

// A generator is internal/chacha8rand.State.
type generator struct {
	buf     [32]uint64
	seed    [4]uint64
	i, n, c uint32
}

// ErrNoRandom says that the generator was not found: another release, or another
// processor.
var ErrNoRandom = errors.New("gomaplive: the runtime's random numbers are not where they were")

// ErrDisturbed says that the thread has drawn a random number for another purpose: it
// has started another thread (runtime/rand.go:mrandinit).
var ErrDisturbed = errors.New("gomaplive: a thread was started")

const offsetM = 48 // of g.m

// NewRandom finds the generator of the calling goroutine's thread, which must be
// locked to it.
//
//go:nocheckptr
func NewRandom() (*Random, error) {
	g := getg()
	if g == nil || runtime.GOOS != "linux" {
		return nil, ErrNoRandom
	}
	m := *(*unsafe.Pointer)(unsafe.Add(g, offsetM))
	for range 3 { // the buffer may be refilled between two numbers
		first, second := rand.Uint64(), rand.Uint64()
		for at := uintptr(0); at < 2000; at += 8 {
			s := (*generator)(unsafe.Add(m, at))
			if s.n <= 32 && s.i >= 2 && s.i <= s.n && s.buf[s.i-1] == second && s.buf[s.i-2] == first {
				return &Random{state: s, threads: threads()}, nil
			}
		}
	}
	return nil, ErrNoRandom
}

// Sync copies the state of the generator.
func (r *Random) Sync() { *(*generator)(unsafe.Pointer(&r.next)), r.after = *r.state, nil }

// Mark says that the runtime has now drawn all numbers of the operation. It serves a
// model whose own code makes maps.
func (r *Random) Mark() { s := *r.state; r.after = &s }

// Uint64 returns the number that the runtime would draw next.
func (r *Random) Uint64() uint64 { return r.next.Uint64() }

// Agrees reports whether the runtime has drawn as many numbers between Sync and Mark, or
// else now, as were drawn from the copy.
func (r *Random) Agrees() bool {
	drawn := r.state
	if r.after != nil {
		drawn = r.after
	}
	return *(*generator)(unsafe.Pointer(&r.next)) == *drawn
}

// Disturbed reports whether the process has more threads than when the generator was
// found.
func (r *Random) Disturbed() bool { return threads() != r.threads }

func threads() int {
	n, _ := runtime.ThreadCreateProfile(nil)
	return n
}
