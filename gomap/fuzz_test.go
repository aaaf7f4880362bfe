package gomap_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/gomap"
)

// FuzzMap performs operations that the bytes choose, with hash functions that collide,
// vary or are constant, and with huge and negative hints: nothing panics, hangs or takes
// much memory, every error is the model's or Go's.
func FuzzMap(f *testing.F) {
	f.Add("go1.26", int64(0), uint8(0), []byte{0, 1, 0, 2, 1, 1, 3, 0, 4, 4})
	f.Add("go1.27", int64(math.MaxInt64), uint8(1), []byte{0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8, 0, 9, 1, 1})
	f.Add("go1.24", int64(math.MinInt64), uint8(2), []byte{0, 200, 2, 2, 5, 5, 0, 1})
	f.Add("", int64(1<<40), uint8(3), []byte{0, 0, 6, 6, 0, 0, 7, 7})
	f.Add("go1.8", int64(-1), uint8(0), []byte{})
	keys := []any{1, "a", nil, math.NaN(), 0.0, math.Copysign(0, -1), []int{1}, struct{ X any }{[]int{1}}, [2]any{1, func() {}}, struct{}{}}
	f.Fuzz(func(t *testing.T, release string, hint int64, kind uint8, script []byte) {
		n := uint64(0)
		mixer := gomap.Hash[any]()
		hash := []func(any, uint64) uint64{
			nil,
			func(any, uint64) uint64 { return 0 },
			func(any, uint64) uint64 { n += 0x9E3779B97F4A7C15; return n },
			func(k any, seed uint64) uint64 { return mixer(k, seed) & 0xFF },
		}[kind%4]
		m, err := gomap.New[any, int](gomap.Config[any]{Release: release, Hint: hint, Hash: hash})
		if err != nil {
			ours(t, err)
			return
		}
		if len(script) > 2000 {
			script = script[:2000]
		}
		var it *gomap.Iter[any, int]
		for ; len(script) >= 2; script = script[2:] {
			k := any(int(script[1]))
			if script[1] < 40 {
				k = keys[int(script[1])%len(keys)]
			}
			switch script[0] % 10 {
			case 0, 1, 2:
				_, err = m.Put(k, 1)
			case 3:
				_, err = m.Delete(k)
			case 4:
				_, _, err = m.Get(k)
			case 5:
				_, err = m.Clear()
			case 6:
				it, err = m.Range()
			case 7:
				for range script[1] {
					if it != nil && it.Next() {
						_ = it.At().String()
					}
				}
			case 8:
				if script[1] < 10 {
					err = m.BeginWrite()
				} else {
					err = m.EndWrite()
				}
			case 9:
				var c *gomap.Map[any, int]
				if c, err = m.Clone(); err == nil {
					m = c
				}
			}
			if err != nil {
				ours(t, err)
			}
		}
		if kind%4 != 2 {
			if err := m.Check(); err != nil {
				t.Fatal(err)
			}
		}
		m.Snapshot()
	})
}

func ours(t *testing.T, err error) {
	t.Helper()
	if !strings.HasPrefix(err.Error(), "gomap: ") && !errors.As(err, new(*crash.Error)) {
		t.Fatal(err)
	}
}
