package claims

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/gomap"
	"github.com/orrery-go/orrery/gomap/gomaplive"
	"github.com/orrery-go/orrery/layout"
)

// mapMemoryChecks are the checks of the memory of maps.
var mapMemoryChecks = map[string]check{
	"map-12": {
		slow: true,
		model: func(rel string) (string, error) {
			bytes := 0
			m, err := gomap.New[int, [129]byte](gomap.Config[int]{Release: rel, Trace: func(e gomap.Event) {
				if e.Kind == gomap.Allocated && e.What == "element" {
					bytes += e.N
				}
			}})
			for i := 0; i < 10_000 && err == nil; i++ {
				_, err = m.Put(i, [129]byte{})
			}
			for i := 0; i < 10_000 && err == nil; i++ {
				_, err = m.Delete(i)
			}
			return kilobytes(bytes), err
		},
		live: func() (string, error) {
			freed, err := gomaplive.Freed(10_000)
			return kilobytes(int(freed.Bytes)), err
		},
	},
	"map-13": {
		model: onMap(func(m *mapModel[int]) string {
			m.fill(100)
			before := m.Snapshot()
			m.note(m.Clear())
			after := m.Snapshot()
			return yes(len(before.Tables) == len(after.Tables) && len(before.Buckets) == len(after.Buckets))
		}),
		live: func() (string, error) {
			m := filled(100)
			before := gomaplive.Look(m)
			clear(m)
			return yes(gomaplive.Look(m).Tables[0].At == before.Tables[0].At), nil
		},
	},
	"map-24": {
		quiet: true,
		model: func(rel string) (string, error) {
			var out []string
			for _, hint := range []int64{8, 9} {
				m, err := gomap.New[int, int](gomap.Config[int]{Release: rel, Hint: hint})
				if err != nil {
					return "", err
				}
				out = append(out, fmt.Sprint(m.Allocated().Mallocs))
			}
			return strings.Join(out, " "), nil
		},
		live: func() (string, error) {
			blocks := func(n int) float64 {
				return testing.AllocsPerRun(100, func() { mapSink = make(map[int]int, n) })
			}
			return fmt.Sprint(blocks(8), blocks(9)), nil
		},
	},
	"map-25": {
		quiet: true,
		model: func(rel string) (string, error) {
			a, err := twoElems[[128]byte](rel)
			if err != nil {
				return "", err
			}
			b, err := twoElems[[129]byte](rel)
			return fmt.Sprint(a, b), err
		},
		live: func() (string, error) {
			small := testing.AllocsPerRun(100, func() { m := map[int][128]byte{}; mapSink = m; m[1], m[2] = [128]byte{}, [128]byte{} })
			large := testing.AllocsPerRun(100, func() { m := map[int][129]byte{}; mapSink = m; m[1], m[2] = [129]byte{}, [129]byte{} })
			return fmt.Sprint(small, large), nil
		},
	},
	"map-26": {
		model: func(rel string) (string, error) {
			r, err := layout.ForRelease(rel)
			if err != nil {
				return "", err
			}
			m, err := r.Map(layout.Int, layout.Int)
			return fmt.Sprint(m.Unit.PtrBytes), err
		},
	},
	"map-34": {
		quiet: true,
		model: func(rel string) (string, error) {
			blocks := 0
			m, err := gomap.New[int, int](gomap.Config[int]{Release: rel, Trace: func(e gomap.Event) {
				if e.Kind == gomap.Allocated {
					blocks++
				}
			}})
			for i := 0; i < 8 && err == nil; i++ {
				_, err = m.Put(i, i)
			}
			if err != nil {
				return "", err
			}
			// The compiler allocates the header and the first bucket or group on the
			// stack: cmd/compile walk/builtin.go:walkMakeMap.
			made, literal := blocks, blocks
			if since(rel, "go1.5") {
				made -= 2
			}
			if since(rel, "go1.10") {
				literal -= 2
			}
			return fmt.Sprint(made, literal), nil
		},
		live: asked("map-34"),
	},
	"map-37": {
		quiet: true, // the compiler does not turn the loop into a clear
		model: func(rel string) (string, error) {
			m, err := gomap.New[int, int](gomap.Config[int]{Release: rel, Hash: func(k int, _ uint64) uint64 { return uint64(k % 2) }})
			if err != nil {
				return "", err
			}
			for i := range 100 {
				if _, err := m.Put(i, i); err != nil {
					return "", err
				}
			}
			if _, err := m.Clear(); err != nil {
				return "", err
			}
			for _, chain := range m.Snapshot().Buckets {
				if len(chain) > 1 {
					return "no", nil
				}
			}
			return "yes", nil
		},
		live: func() (string, error) {
			m := filled(100)
			for k := range m {
				delete(m, k)
			}
			for _, t := range gomaplive.Look(m).Tables { // one clear leaves not even a tombstone
				if t.GrowthLeft != t.Capacity*7/8 {
					return "no", nil
				}
			}
			return "yes", nil
		},
	},
}

func twoElems[V any](rel string) (int, error) {
	m, err := gomap.New[int, V](gomap.Config[int]{Release: rel})
	for i := 0; i < 2 && err == nil; i++ {
		_, err = m.Put(i, *new(V))
	}
	if err != nil {
		return 0, err
	}
	return m.Allocated().Mallocs, nil
}

// kilobytes rounds to hundreds.
func kilobytes(bytes int) string { return fmt.Sprint(100 * math.Round(float64(bytes)/1024/100)) }
