package main

import (
	"sync"
	"unsafe"
)

func init() {
	verbs["words"] = func(c *compiler, x *op) func(*frame) entry {
		l := c.lock(x.On)
		return func(f *frame) entry {
			x.put(f, words(l(f))...)
			return did
		}
	}
}

// words returns a lock's words in memory, which are at the same place since Go 1.2: of an
// RWMutex state, sema, writerSem, readerSem, readerCount, readerWait.
func words(l interface{}) (w []int64) {
	switch m := l.(type) {
	case *sync.Mutex:
		for _, v := range *(*[2]int32)(unsafe.Pointer(m)) {
			w = append(w, int64(v))
		}
	case *sync.RWMutex:
		for _, v := range *(*[6]int32)(unsafe.Pointer(m)) {
			w = append(w, int64(v))
		}
	}
	return w
}

// once performs a Once: it logs the operation before it runs the function, or else when
// another goroutine has run it.
func (f *frame) once(x *op) {
	ran := false
	x.once(f).(*sync.Once).Do(func() {
		ran = true
		f.ended(x, entry{what: 'n', v: 1})
		f.run(x.pc + 1)
	})
	if !ran {
		f.ended(x, entry{what: 'n'})
	}
}
