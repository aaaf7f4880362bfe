package chanq

import "math"

// A Memory is the memory of a channel on the heap, with 8-byte words, before the
// allocator rounds it up.
type Memory struct {
	Hchan  int64 `json:"hchan"`  // bytes of the runtime's hchan
	Buffer int64 `json:"buffer"` // bytes of the buffer
	Blocks int   `json:"blocks"` // 1 if the buffer follows the hchan in its block, 2 if it has a block of its own
}

// Memory returns the memory of the channel (runtime/chan.go:makechan): a buffer of
// elements without pointers shares its hchan's block. [Nil] takes none. It returns
// an error if the channel is unknown.
func (m *Chans) Memory(c Chan) (Memory, error) {
	h, err := m.channel(c)
	if h == nil {
		return Memory{}, err
	}
	mem := Memory{Hchan: m.rules.hchanSize, Buffer: h.elem.Size * h.dataqsiz, Blocks: 1}
	if mem.Buffer > 0 && h.elem.Pointers && !m.rules.oneBlock {
		mem.Blocks = 2
	}
	return mem, nil
}

// maxSize returns the largest buffer that makechan accepts, in elements of the given
// number of bytes.
func (u *rules) maxSize(elemSize int64) int64 {
	if elemSize == 0 {
		return math.MaxInt64
	}
	if u.uncounted {
		return u.maxAlloc / elemSize
	}
	return (u.maxAlloc - u.hchanSize) / elemSize
}
