package chanqlive

import (
	"fmt"
	"runtime"
	"sync/atomic"
	"unsafe"

	"github.com/orrery-go/orrery/chanq"
)

// hchan has the beginning of the runtime's hchan since Go 1.23, up to the last field
// that is read here.
type hchan struct {
	qcount   uint
	dataqsiz uint
	buf      unsafe.Pointer
	elemsize uint16
	closed   uint32
	_        unsafe.Pointer // timer
	_        unsafe.Pointer // elemtype
	sendx    uint
	recvx    uint
	recvq    [2]unsafe.Pointer
}

func overlay(c *chan int64) *hchan { return *(**hchan)(unsafe.Pointer(c)) }

// State reads the memory of a channel other than [chanq.Nil] that no other goroutine
// uses.
func (l *Live) State(c chanq.Chan) chanq.ChanState {
	h := overlay(&l.chans[c])
	s := chanq.ChanState{
		Chan: c, Qcount: int64(h.qcount), Dataqsiz: int64(h.dataqsiz), Elem: chanq.Elem{Size: int64(h.elemsize)},
		Closed: h.closed != 0, Sendx: int64(h.sendx), Recvx: int64(h.recvx),
		Buf: chanq.Values{}, Recvq: []chanq.Waiter{}, Sendq: []chanq.Waiter{},
	}
	if h.dataqsiz > 0 {
		s.Buf = append(s.Buf, unsafe.Slice((*int64)(h.buf), h.dataqsiz)...)
	}
	return s
}

// ThroughRing reports whether a value goes through the ring of an empty channel with
// this buffer, while a receiver waits or none does: whether the value is left in the
// first slot. It returns an error for a buffer of 1, and for a channel without a buffer
// and without a receiver, which would wait.
func ThroughRing(size int, receiver bool) (bool, error) {
	if size < 0 || size == 1 || size == 0 && !receiver {
		return false, fmt.Errorf("chanqlive: a buffer of %d (want 2 and more, or 0 with a receiver)", size)
	}
	c := make(chan int64, size)
	h := overlay(&c)
	done := make(chan struct{})
	if receiver {
		go func() { <-c; close(done) }()
		for atomic.LoadPointer(&h.recvq[0]) == nil {
			runtime.Gosched()
		}
	}
	c <- 1
	if receiver {
		<-done
	}
	// sendx does not tell: under the race detector it moves in a direct hand-off, too.
	return size > 0 && *(*int64)(h.buf) == 1, nil
}

// HchanBytes returns the size of the running Go's hchan, a multiple of 8: 128 bytes less
// the largest buffer that fits into a block of that size with it.
func HchanBytes() (int64, error) {
	for n := int64(64); n >= 0; n -= 8 {
		if _, bytes, err := allocated(func() any { return make(chan byte, n) }); err != nil || bytes <= 128 {
			return 128 - n, err
		}
	}
	return 0, fmt.Errorf("chanqlive: an hchan has over 128 bytes")
}

// Blocks returns the number of heap blocks of a channel of 8 bytes, and of one of 8
// pointers.
func Blocks() (bytes, pointers int64, err error) {
	eight := 8
	if bytes, _, err = allocated(func() any { return make(chan byte, eight) }); err != nil {
		return 0, 0, err
	}
	pointers, _, err = allocated(func() any { return make(chan *int, eight) })
	return bytes, pointers, err
}

// allocated returns the blocks and bytes that f allocates for its result. The rest of
// the process can only add to them, so the least of several measurements is f's own.
func allocated(f func() any) (blocks, bytes int64, err error) {
	var before, after runtime.MemStats
	for try := range 10 {
		runtime.ReadMemStats(&before)
		made := f()
		runtime.ReadMemStats(&after)
		runtime.KeepAlive(made)
		n, b := int64(after.Mallocs-before.Mallocs), int64(after.TotalAlloc-before.TotalAlloc)
		if try == 0 || b < bytes {
			blocks, bytes = n, b
		}
	}
	if blocks < 1 {
		return 0, 0, fmt.Errorf("chanqlive: a channel took no memory")
	}
	return blocks, bytes, nil
}

// Torn makes one goroutine send values of many equal words while another receives them,
// and returns the number of values that arrive with unequal words.
func Torn(values int) int {
	type wide [64]int
	c := make(chan wide, 1)
	go func() {
		for i := range values {
			var w wide
			for j := range w {
				w[j] = i
			}
			c <- w
		}
		close(c)
	}()
	torn := 0
	for w := range c {
		for _, x := range w {
			if x != w[0] {
				torn++
				break
			}
		}
	}
	return torn
}

// Ends returns the result of an operation in a state of a channel, in the words of
// [chanq.Row]; row.Ends is not used.
func Ends(r chanq.Row) (text string, err error) {
	var c chan int64
	if r.State != chanq.NilState {
		c = make(chan int64, min(r.Holds+1, 1))
	}
	if r.Holds > 0 {
		c <- 7
	}
	if r.State == chanq.ClosedState {
		close(c)
	}
	defer func() {
		if err != nil {
			text, err = "panic: "+err.Error(), nil
		}
	}()
	defer recovered(&err)
	switch r.Op {
	case "send":
		select {
		case c <- 8:
			return "proceeds", nil
		default:
			return "waits", nil
		}
	case "receive":
		select {
		case v, ok := <-c:
			return fmt.Sprintf("%d, %v", v, ok), nil
		default:
			return "waits", nil
		}
	case "close":
		close(c)
		return "proceeds", nil
	case "len":
		return fmt.Sprint(len(c)), nil
	}
	return fmt.Sprint(cap(c)), nil
}
