package note

import (
	"context"
	"reflect"
	"runtime/trace"
	"strconv"
	"sync"
)

// Signal is c.Signal(). A condition whose L is not of package sync has no notes.
func Signal(c *sync.Cond) {
	if trace.IsEnabled() {
		noteCond("signal", c)
	}
	c.Signal()
}

// Broadcast is c.Broadcast().
func Broadcast(c *sync.Cond) {
	if trace.IsEnabled() {
		noteCond("broadcast", c)
	}
	c.Broadcast()
}

// readers is the type of the result of RWMutex.RLocker.
var readers = reflect.TypeOf(new(sync.RWMutex).RLocker())

// noteCond logs an operation on a condition, and its L: 0 for a mutex, 1 for an RWMutex,
// and 2 for one that is locked for reading.
func noteCond(verb string, c *sync.Cond) {
	kind := int64(0)
	switch c.L.(type) {
	case *sync.Mutex:
	case *sync.RWMutex:
		kind = 1
	default:
		if c.L == nil || reflect.TypeOf(c.L) != readers {
			return
		}
		kind = 2 // its address is that of the RWMutex
	}
	var buf [64]byte
	b := append(buf[:0], verb...)
	b = strconv.AppendUint(append(b, ' '), uint64(addressOf(c)), 16)
	b = strconv.AppendInt(append(b, ' '), kind, 10)
	b = strconv.AppendUint(append(b, ' '), uint64(addressOf(c.L)), 16)
	trace.Log(context.Background(), Category, string(b))
}
