package chanq

import "fmt"

// hchan is the runtime's channel (runtime/chan.go:hchan).
type hchan struct {
	number   Chan
	qcount   int64   // values in the buffer
	dataqsiz int64   // size of the buffer
	buf      []int64 // the part of it that was ever used
	elem     Elem
	sendx    int64 // where the next value is put
	recvx    int64 // where the next value is taken
	recvq    waitq
	sendq    waitq
	closed   bool
	lock     bool // held; between operations it is free
	timer    *timer
}

// id returns the channel's number, or Nil for a nil channel.
func (c *hchan) id() Chan {
	if c == nil {
		return Nil
	}
	return c.number
}

// An Elem is the type of a channel's elements.
type Elem struct {
	Size     int64 `json:"size"`     // in bytes, 0 to 65,535
	Pointers bool  `json:"pointers"` // whether it holds pointers
}

// Make makes a channel with a buffer of size elements, 0 for none. It returns
// [SizeOutOfRange] if the size is negative or the buffer has more bytes than the
// runtime would ask for. It returns another error if the compiler would refuse the
// element size, or if there are [MaxChans] channels already.
func (m *Chans) Make(elem Elem, size int64) (Chan, error) {
	if err := m.busy(); err != nil {
		return Nil, err
	}
	if elem.Size < 0 || elem.Size >= 1<<16 {
		return Nil, fmt.Errorf("chanq: element size %d out of range [0,%d]", elem.Size, 1<<16-1)
	}
	if size < 0 || elem.Size > 0 && size > m.rules.maxSize(elem.Size) {
		return Nil, m.panics(SizeOutOfRange)
	}
	return m.add(&hchan{elem: elem, dataqsiz: size})
}

func (m *Chans) add(c *hchan) (Chan, error) {
	if len(m.chans) > MaxChans {
		return Nil, fmt.Errorf("chanq: %d channels are the most there can be", MaxChans)
	}
	c.number = Chan(len(m.chans))
	m.chans = append(m.chans, c)
	if m.trace != nil {
		m.event(Event{Kind: Made, Chan: c.number})
	}
	return c.number, nil
}

// full reports whether a send would have to wait. It is read without the lock.
func (c *hchan) full() bool {
	if c.dataqsiz == 0 {
		return c.recvq.first == nil
	}
	return c.qcount == c.dataqsiz
}

// empty reports whether a receive would have to wait. It is read without the
// lock.
func (c *hchan) empty() bool {
	if c.dataqsiz == 0 {
		return c.sendq.first == nil
	}
	return c.qcount == 0
}

// put puts a value into the buffer, which has room.
func (c *hchan) put(v int64) {
	if c.sendx == int64(len(c.buf)) {
		c.buf = append(c.buf, v)
	} else {
		c.buf[c.sendx] = v
	}
	c.sendx = c.after(c.sendx)
	c.qcount++
}

// take takes the oldest value from the buffer, which has one.
func (c *hchan) take() int64 {
	v := c.buf[c.recvx]
	c.recvx = c.after(c.recvx)
	c.qcount--
	return v
}

// after returns the index that follows i around the ring.
func (c *hchan) after(i int64) int64 {
	if i++; i == c.dataqsiz {
		return 0
	}
	return i
}

func (m *Chans) acquire(c *hchan) {
	c.lock = true
	if m.trace != nil {
		m.locked(c)
	}
}

func (m *Chans) releaseLock(c *hchan) {
	c.lock = false
	if m.trace != nil {
		m.unlocked(c)
	}
}
