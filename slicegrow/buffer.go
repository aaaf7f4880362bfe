package slicegrow

import "github.com/orrery-go/orrery/crash"

// The panics of the library's buffers.
var (
	BufferTooLarge   = crash.Panic("bytes.Buffer: too large")
	BufferNegative   = crash.Panic("bytes.Buffer.Grow: negative count")
	BufferTruncation = crash.Panic("bytes.Buffer: truncation out of range")
	BuilderNegative  = crash.Panic("strings.Builder.Grow: negative count")
)

// smallBuffer is the first capacity of a bytes.Buffer: up to Go 1.10 an array
// inside it, since then memory of its own.
const smallBuffer = 64

// A Buffer is a bytes.Buffer without its bytes: the growth of its capacity, whose rules
// are not those of append. It makes room by reusing the bytes that were read, by a first
// 64 bytes, and then by twice the capacity plus the needed bytes. It is not for use by
// several goroutines.
type Buffer struct {
	rules *Rules
	s     BufferState
	some  bool // there is an array: b.buf != nil
}

// A BufferState is the state of a Buffer, in bytes.
type BufferState struct {
	Len int64 `json:"len,string"` // unread
	Cap int64 `json:"cap,string"` // of the array, read bytes included: Buffer.Cap
	Off int64 `json:"off,string"` // read, and before the unread
}

// NewBuffer returns the model of a zero bytes.Buffer.
func (r *Rules) NewBuffer() *Buffer { return &Buffer{rules: r} }

// Snapshot returns the state.
func (b *Buffer) Snapshot() BufferState { return b.s }

// Write is Write, WriteString, WriteByte and WriteRune of n bytes. It returns
// [BufferTooLarge] as Go does, and an error if n is negative or the Buffer is not
// from NewBuffer.
func (b *Buffer) Write(n int64) (Growth, error) {
	g, err := b.grow(n, b.rules != nil && b.rules.bufferTries)
	if err == nil {
		b.s.Len += n
	}
	return g, err
}

// Grow is Buffer.Grow: room for n more bytes. It returns [BufferNegative] and
// [BufferTooLarge] as Go does.
func (b *Buffer) Grow(n int64) (Growth, error) {
	if n < 0 {
		return Growth{}, BufferNegative
	}
	return b.grow(n, false)
}

// Read is Read of n bytes, or of all if there are fewer. It returns the number of bytes
// read.
func (b *Buffer) Read(n int64) int64 {
	if b.s.Len == 0 { // it is emptied when that is noticed
		b.s.Off = 0
		return 0
	}
	n = min(max(n, 0), b.s.Len)
	b.s.Off += n
	b.s.Len -= n
	return n
}

// Reset empties the buffer and keeps its array.
func (b *Buffer) Reset() { b.s.Off, b.s.Len = 0, 0 }

// Truncate keeps the first n unread bytes. It returns [BufferTruncation] as Go does.
func (b *Buffer) Truncate(n int64) error {
	switch {
	case n < 0 || n > b.s.Len:
		return BufferTruncation
	case n == 0:
		b.s.Off = 0
	}
	b.s.Len = n
	return nil
}

// grow is bytes/buffer.go:grow. tries enables tryGrowByReslice: bytes that fit after the
// last written one go there, even if all were read.
func (b *Buffer) grow(n int64, tries bool) (Growth, error) {
	if b.rules == nil {
		return Growth{}, errNoRules
	}
	r := b.rules
	if n < 0 || n > r.maxInt {
		return Growth{}, outOfRange("count", n, r.maxInt)
	}
	if b.s.Len == 0 && !(tries && n <= b.s.Cap-b.s.Off) {
		b.s.Off = 0
	}
	g := Growth{Append: Append{Len: b.s.Len, Cap: b.s.Cap, Count: n, Size: 1, Verb: Spread}, Ptr: Same, Len: b.s.Len + n, Ideal: b.s.Cap, Cap: b.s.Cap}
	used := b.s.Off + b.s.Len // of the array
	switch {
	case n <= b.s.Cap-used:
		g.Rule = Fits
		return g, nil
	case !b.some && n <= smallBuffer:
		g.Rule, g.Ideal, g.Cap, g.Ptr = BufferSmall, smallBuffer, smallBuffer, Heap
		if r.bootstrap {
			g.Ptr = Same // the array is inside the Buffer, wherever that is
		} else {
			r.place(&g, smallBuffer, true)
		}
	case n <= b.s.Cap/2-b.s.Len:
		g.Rule, g.Copied = BufferSlide, b.s.Len
	case b.s.Cap > r.maxInt-b.s.Cap-n:
		return Growth{}, BufferTooLarge
	default:
		g.Rule, g.Copied, g.Ptr, g.Ideal = BufferDouble, b.s.Len, Heap, 2*b.s.Cap+n
		if r.bufferRounds {
			// growSlice(b.buf[b.off:], b.off+n) appends to nil.
			g.Ideal = max(used+n, 2*(b.s.Cap-b.s.Off))
		}
		if g.Ideal > r.maxAlloc {
			return Growth{}, BufferTooLarge
		}
		room, err := r.alloc.RoundUp(g.Ideal, true)
		if err != nil {
			return Growth{}, err
		}
		if g.Cap = g.Ideal; r.bufferRounds {
			g.Cap = room
		}
		r.place(&g, room, true)
	}
	b.s.Off, b.s.Cap, b.some = 0, g.Cap, true
	return g, nil
}

// A Builder is a strings.Builder without its bytes. Its writes are appends; only Grow has
// a rule of its own. It is not for use by several goroutines.
type Builder struct {
	rules    *Rules
	len, cap int64
}

// NewBuilder returns the model of a zero strings.Builder. It returns an error before Go
// 1.10, where there is none.
func (r *Rules) NewBuilder() (*Builder, error) {
	if !r.release.AtLeast("go1.10") {
		return nil, errNoBuilder(r)
	}
	return &Builder{rules: r}, nil
}

// Len and Cap report the bytes written and the capacity.
func (b *Builder) Len() int64 { return b.len }
func (b *Builder) Cap() int64 { return b.cap }

// Write is Write, WriteString, WriteByte and WriteRune of n bytes, an append: errors
// are those of [Rules.Grow].
func (b *Builder) Write(n int64) (Growth, error) {
	if b.rules == nil {
		return Growth{}, errNoRules
	}
	g, err := b.rules.Grow(Append{Len: b.len, Cap: b.cap, Count: n, Size: 1, Verb: Spread})
	if err == nil {
		b.len, b.cap = g.Len, g.Cap
	}
	return g, err
}

// Grow is Builder.Grow: if n more bytes do not fit, twice the capacity and n. It
// returns [BuilderNegative] as Go does, and the panic of make.
func (b *Builder) Grow(n int64) (Growth, error) {
	r := b.rules
	switch {
	case r == nil:
		return Growth{}, errNoRules
	case n < 0:
		return Growth{}, BuilderNegative
	case n > r.maxInt:
		return Growth{}, outOfRange("count", n, r.maxInt)
	}
	g := Growth{Rule: Fits, Append: Append{Len: b.len, Cap: b.cap, Count: n, Size: 1, Verb: Spread}, Ptr: Same, Len: b.len, Ideal: b.cap, Cap: b.cap}
	if b.cap-b.len >= n {
		return g, nil
	}
	if n > r.maxAlloc-2*b.cap {
		return Growth{}, r.makeTooLarge
	}
	g.Rule, g.Ptr, g.Copied, g.Ideal = BuilderDouble, Heap, b.len, 2*b.cap+n
	room, err := r.alloc.RoundUp(g.Ideal, true)
	if err != nil {
		return Growth{}, err
	}
	if g.Cap = g.Ideal; r.builderRounds {
		g.Cap = room
	}
	r.place(&g, room, !r.builderRounds)
	b.cap = g.Cap
	return g, nil
}
