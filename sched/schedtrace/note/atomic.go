package note

import (
	"context"
	"reflect"
	"runtime/trace"
	"strconv"
)

// The types of sync/atomic have these methods: Int32, Int64, Uint32, Uint64 and Uintptr
// all of them, Bool all but Add. The operations on others, such as Pointer, have no notes.
// A log comes after its operation, with the result.

// AtomicLoad is a.Load().
func AtomicLoad[T any](a interface{ Load() T }) T {
	v := a.Load()
	if trace.IsEnabled() {
		noteAtomic("atomicload", a, v)
	}
	return v
}

// AtomicStore is a.Store(v).
func AtomicStore[T any](a interface{ Store(T) }, v T) {
	a.Store(v)
	if trace.IsEnabled() {
		noteAtomic("atomicstore", a, v)
	}
}

// AtomicAdd is a.Add(delta): it returns the new value.
func AtomicAdd[T any](a interface{ Add(T) T }, delta T) T {
	v := a.Add(delta)
	if trace.IsEnabled() {
		x, known := number(delta)
		y, _ := number(v)
		if _, short := any(v).(uint32); short {
			x = int64(int32(x)) // ^uint32(0) is one less
		}
		if known {
			noteAtomic("atomicadd", a, x, y)
		}
	}
	return v
}

// AtomicSwap is a.Swap(v): it returns the old value.
func AtomicSwap[T any](a interface{ Swap(T) T }, v T) T {
	old := a.Swap(v)
	if trace.IsEnabled() {
		noteAtomic("atomicswap", a, v, old)
	}
	return old
}

// AtomicCompareAndSwap is a.CompareAndSwap(old, new).
func AtomicCompareAndSwap[T any](a interface{ CompareAndSwap(old, new T) bool }, old, new T) bool {
	ok := a.CompareAndSwap(old, new)
	if trace.IsEnabled() {
		x, known := number(old)
		y, _ := number(new)
		done, _ := number(ok)
		if known {
			noteAtomic("atomiccas", a, x, y, done)
		}
	}
	return ok
}

// noteAtomic logs an operation on a variable, and numbers.
func noteAtomic[T any](verb string, a any, values ...T) {
	on := reflect.ValueOf(a)
	if on.Kind() != reflect.Pointer {
		return
	}
	var buf [128]byte
	b := append(buf[:0], verb...)
	b = strconv.AppendUint(append(b, ' '), uint64(on.Pointer()), 16)
	for _, v := range values {
		n, ok := number(v)
		if !ok {
			return
		}
		b = strconv.AppendInt(append(b, ' '), n, 10)
	}
	trace.Log(context.Background(), Category, string(b))
}

// number returns a value of a type of sync/atomic as a number.
func number(v any) (n int64, ok bool) {
	switch v := v.(type) {
	case bool:
		if v {
			return 1, true
		}
		return 0, true
	case int32:
		return int64(v), true
	case int64:
		return v, true
	case uint32:
		return int64(v), true
	case uint64:
		return int64(v), true
	case uintptr:
		return int64(v), true
	}
	return 0, false
}
