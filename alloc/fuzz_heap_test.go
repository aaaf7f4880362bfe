package alloc_test

import (
	"testing"

	"github.com/orrery-go/orrery/alloc"
)

// FuzzHeap performs any operations: nothing may panic, hang or break an invariant.
func FuzzHeap(f *testing.F) {
	f.Add("", []byte{0, 1, 1, 8, 2, 200, 5, 0, 3, 0, 4, 0, 0, 3})
	f.Add("go1.5", []byte{0, 1, 1, 8, 2, 200, 3, 1, 0, 9, 6, 3, 7, 0, 2, 255})
	f.Add("go1.12", []byte{8, 60, 0, 1, 4, 0, 8, 61, 9, 0, 9, 1})
	f.Fuzz(func(t *testing.T, release string, data []byte) {
		h, err := alloc.New(alloc.Config{Release: release, Procs: 2, Limit: 96 << 20})
		if err != nil {
			return
		}
		var at []alloc.Addr
		malloc := func(p int, size int64, noscan bool) {
			a, err := h.Malloc(p, size, noscan)
			if err == nil && (p < 0 || p > 1 || size < 0) {
				t.Fatalf("P %d, %d bytes: no error", p, size)
			}
			at = append(at, a)
		}
		for len(data) >= 2 && len(data) < 300 {
			verb, arg := data[0], int64(data[1])
			data = data[2:]
			p := int(verb/10)%4 - 1
			switch verb % 10 {
			case 0, 1:
				malloc(p, arg-3, verb%10 == 0)
			case 2:
				malloc(p, arg*arg, arg%2 == 0)
			case 3:
				for range 300 {
					malloc(0, arg, false)
				}
			case 4:
				_ = h.GC(func(a alloc.Addr) bool { return uint64(a)>>4%3 != uint64(arg)%3 })
			case 5:
				_ = h.Mark(func(a alloc.Addr) bool { return uint64(a)>>4%7 == uint64(arg)%7 })
			case 6:
				h.Sweep(int(arg) - 3)
			case 7:
				h.ReadMemStats()
			case 8:
				malloc(p, 1<<(arg%64), arg%2 == 0)
			case 9:
				if len(at) > 0 {
					a := at[int(arg)%len(at)] + alloc.Addr(arg%3)
					if err := h.Free(p, a); err == nil && h.Free(p, a) == nil {
						t.Fatalf("%v is freed twice", a)
					}
				}
			}
			if err := h.Check(); err != nil {
				t.Fatal(err)
			}
		}
	})
}
