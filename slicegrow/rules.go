package slicegrow

import (
	"errors"
	"fmt"

	"github.com/orrery-go/orrery/alloc"
	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/release"
)

// Rules are the rules of growth of one release, on linux with words of 4 or 8 bytes. They
// do not change, and may be used from several goroutines.
type Rules struct {
	release  release.Release
	alloc    *alloc.Rules
	word     int64
	maxInt   int64
	maxAlloc int64

	// Values of package alloc, copied here because Grow takes only a few nanoseconds.
	maxSmall   int64
	tinySize   int64               // arrays below it without pointers share a block of it
	headerOver int64               // the largest array with pointers and without a malloc header
	header     int64               // its bytes, 0 if there is none
	classes    [32<<10/8 + 1]uint8 // by size/8: index of the class of that size

	// The differences between releases.
	small     int64 // a slice below it doubles
	byLen     bool  // the length is compared with small, not the capacity
	extra     int64 // a large slice grows by (cap + extra) / 4
	rounds    bool  // the capacity is rounded up to the block that the allocator gives
	zeroSize  bool  // elements of size 0 take no memory: the capacity is the new length
	keepsZero bool  // for elements of size 0 the old pointer stays, even nil
	grow      bool  // there is a slices.Grow
	fromCap   bool  // a fixed count is added to the capacity, not to the length
	exact     bool  // the allocator is asked for the bytes of the capacity, not for all of the room
	limits    limits
	tooLong   *crash.Error // LenOutOfRange in the words of the release
	stack     bool         // first appends get a buffer on the stack
	moves     bool         // returned slices do, too

	bootstrap     bool         // the first 64 bytes of a bytes.Buffer are inside it
	bufferTries   bool         // a write to a bytes.Buffer that is read to the end may go on after that
	bufferRounds  bool         // a bytes.Buffer's capacity is the whole block of the allocator
	builderRounds bool         // strings.Builder.Grow, too
	makeTooLarge  *crash.Error // of strings.Builder.Grow
}

// limits are the checks that stop growth in a release. They differ little, and only for
// lengths that few programs reach.
type limits int

const (
	limitAlloc    limits = iota // 1.2: the needed length here, the new capacity in the allocator
	limitCap                    // 1.3: the new capacity as well
	limitCapBelow               // 1.4-1.6: the new capacity must be less than the largest
	limitRounded                // 1.7-1.9: the capacity after rounding, though its bytes may have wrapped around
	limitBytes                  // 1.10-: the bytes before and after rounding
)

// The panics. Their texts are without the "runtime error: " that the runtime
// prints before those of growslice; up to Go 1.19 the first is "growslice: cap out
// of range".
var (
	LenOutOfRange = crash.Panic("growslice: len out of range")
	AllocSize     = crash.Panic("runtime: allocation size out of range")
	NegativeGrow  = crash.Panic("cannot be negative") // of slices.Grow

	MakeOutOfRange = crash.Panic("makeslice: len out of range")
)

var errNoRules = errors.New("slicegrow: a Buffer or Builder without rules: use NewBuffer or NewBuilder")

func errNoBuilder(r *Rules) error {
	return fmt.Errorf("slicegrow: %s has no strings.Builder, which came with go1.10", r.release)
}

// ForRelease returns the rules of a release for 8-byte words: "go1.17", "" for the newest
// known, "running" for that of the calling program. It returns an error if the release is
// malformed. Releases before 1.2 have the rules of 1.2.
func ForRelease(name string) (*Rules, error) {
	rel, err := release.Parse(name)
	if err != nil {
		return nil, fmt.Errorf("slicegrow: %w", err)
	}
	a, err := alloc.ForRelease(name)
	if err != nil {
		return nil, fmt.Errorf("slicegrow: %w", err)
	}
	return newRules(rel, a), nil
}

// Word returns the rules of the same release for words of the given number of bytes. It
// returns an error if that is not 4 or 8.
func (r *Rules) Word(bytes int) (*Rules, error) {
	if r.alloc == nil {
		return nil, fmt.Errorf("slicegrow: rules that are not from ForRelease: use ForRelease")
	}
	a, err := r.alloc.WithWordSize(bytes)
	if err != nil {
		return nil, fmt.Errorf("slicegrow: word of %d bytes (want 4 or 8)", bytes)
	}
	return newRules(r.release, a), nil
}

func newRules(rel release.Release, a *alloc.Rules) *Rules {
	r := &Rules{
		release:   rel,
		alloc:     a,
		word:      a.WordSize(),
		maxInt:    1<<(8*a.WordSize()-1) - 1,
		maxAlloc:  a.MaxAlloc(),
		small:     1024,
		byLen:     !rel.AtLeast("go1.16"),
		rounds:    rel.AtLeast("go1.3"),
		zeroSize:  rel.AtLeast("go1.3"),
		keepsZero: rel.AtLeast("go1.3") && !rel.AtLeast("go1.4.3"),
		grow:      rel.AtLeast("go1.21"),
		fromCap:   !rel.AtLeast("go1.5"),
		exact:     rel.AtLeast("go1.20") || !rel.AtLeast("go1.3"),
		tooLong:   LenOutOfRange.In("growslice: cap out of range"),
		stack:     rel.AtLeast("go1.25"),
		moves:     rel.AtLeast("go1.26"),

		bootstrap:     !rel.AtLeast("go1.11"),
		bufferTries:   rel.AtLeast("go1.9"),
		bufferRounds:  rel.AtLeast("go1.19"),
		builderRounds: rel.AtLeast("go1.23"),
		makeTooLarge:  MakeOutOfRange,
	}
	for _, c := range a.Classes() {
		r.classes[c.Size/8] = uint8(c.Index)
	}
	r.maxSmall, r.tinySize, r.headerOver = a.MaxSmall(), a.TinySize(), a.MaxSmall()
	for size := r.word; size <= r.maxSmall; size += r.word {
		if p, err := a.Place(size, false); err == nil && p.Header > 0 {
			r.headerOver, r.header = size-r.word, p.Header
			break
		}
	}
	if rel.AtLeast("go1.18") {
		r.small, r.extra = 256, 3*256
	}
	if !rel.AtLeast("go1.21") {
		r.makeTooLarge = MakeOutOfRange.In("makeslice: cap out of range")
	}
	if rel.AtLeast("go1.20") {
		r.tooLong = LenOutOfRange
	}
	switch {
	case rel.AtLeast("go1.10"):
		r.limits = limitBytes
	case rel.AtLeast("go1.7"):
		r.limits = limitRounded
	case rel.AtLeast("go1.4"):
		r.limits = limitCapBelow
	case rel.AtLeast("go1.3"):
		r.limits = limitCap
	}
	return r
}

// Release returns the release whose rules these are.
func (r *Rules) Release() string { return r.release.String() }

// WordSize returns the size of a pointer in bytes, 4 or 8.
func (r *Rules) WordSize() int64 { return r.word }
