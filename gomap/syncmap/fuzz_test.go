package syncmap_test

import (
	"encoding/binary"
	"testing"

	"github.com/orrery-go/orrery/gomap/syncmap"
)

// FuzzMap performs any operations with any hashes, including hashes that differ from
// call to call.
func FuzzMap(f *testing.F) {
	f.Add("go1.23", []byte("abcdefgh01234567"), true)
	f.Add("", []byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, false)
	f.Fuzz(func(t *testing.T, rel string, program []byte, steady bool) {
		calls := uint64(0)
		m, err := syncmap.New[any, any](syncmap.Config[any]{Release: rel, Hash: func(key any, seed uint64) uint64 {
			n, _ := key.(int)
			if steady {
				return uint64(n) << 60
			}
			calls++
			return calls * uint64(n)
		}})
		if err != nil {
			return
		}
		keys := []any{1, 2, "x", []int{1}, nil, 3.5, [1]any{2}, func() {}}
		for len(program) > 1 && len(program) < 4000 {
			op, k := program[0], keys[program[1]%8]
			v := keys[binary.BigEndian.Uint16(program)%8]
			switch program = program[2:]; op % 10 {
			case 0, 1:
				m.Store(k, v)
			case 2:
				m.Load(k)
			case 3:
				m.LoadOrStore(k, v)
			case 4:
				m.Delete(k)
			case 5:
				m.Swap(k, v)
			case 6:
				m.CompareAndSwap(k, v, k)
			case 7:
				m.CompareAndDelete(k, v)
			case 8:
				m.Range(func(k, v any) bool { m.Delete(k); return true })
			case 9:
				m.Clear()
			}
		}
		_ = m.Snapshot().String()
		if err := m.Check(); err != nil && steady {
			t.Fatal(err)
		}
	})
}
