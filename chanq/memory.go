package chanq

import "math"

// A Memory is what a channel takes from the heap, on 8-byte words, before the
// allocator rounds it up.
type Memory struct {
	Hchan  int64 `json:"hchan"`  // bytes of the runtime's hchan
	Buffer int64 `json:"buffer"` // bytes of the buffer
	Blocks int   `json:"blocks"` // 1 if the buffer is behind the hchan, 2 if it has a block of its own
}

// Memory reports what the channel takes (runtime/chan.go:makechan): a buffer of
// elements without pointers shares its hchan's block. [Nil] takes nothing. An
// unknown channel is an error.
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

// maxSize is the largest buffer, in elements of that many bytes, that makechan
// does not refuse.
func (u *rules) maxSize(elemSize int64) int64 {
	if elemSize == 0 {
		return math.MaxInt64
	}
	if u.uncounted {
		return u.maxAlloc / elemSize
	}
	return (u.maxAlloc - u.hchanSize) / elemSize
}
