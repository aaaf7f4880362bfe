package main

import (
	"fmt"
	"sync"
	"unsafe"
)

func init() {
	verbs["do"] = func(c *compiler, x *op) func(*frame) entry {
		l := c.lock(x.On)
		return func(f *frame) entry {
			l(f).(*sync.Once).Do(func() { f.run(x.pc + 1) })
			return did
		}
	}
	verbs["words"] = func(c *compiler, x *op) func(*frame) entry {
		l := c.lock(x.On)
		return func(f *frame) entry {
			w := words(l(f))
			x.put(f, w...)
			text := ""
			for i, v := range w {
				if i > 0 {
					text += ","
				}
				text += fmt.Sprint(v)
			}
			return entry{what: 't', text: text}
		}
	}
}

// words are a lock's words in memory, where they have been since Go 1.2: of an
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
