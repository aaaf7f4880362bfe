package claims

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/gomap"
	"github.com/orrery-go/orrery/gomap/gomaplive"
	"github.com/orrery-go/orrery/iface"
	"github.com/orrery-go/orrery/iface/source"
	"github.com/orrery-go/orrery/runes"
)

// mapKeyChecks are the checks of keys and their hashes.
var mapKeyChecks = map[string]check{
	"map-11": {
		model: func(rel string) (string, error) {
			p, err := source.New(iface.Config{Release: rel})
			if err != nil {
				return "", err
			}
			if _, err := p.Do("var m map[string]int"); err != nil {
				return "", err
			}
			_, err = p.Do(`var p = &m["a"]`)
			return yes(err == nil), nil
		},
		live: func() (string, error) {
			if !typeChecks(`&[]int{1}[0]`) {
				return "", errors.New("&s[0] does not compile")
			}
			return yes(typeChecks(`&map[string]int{}["a"]`)), nil
		},
	},
	"map-14": {
		model: func(rel string) (string, error) {
			m, err := gomap.New[float64, int](gomap.Config[float64]{Release: rel})
			if err != nil {
				return "", err
			}
			for range 5 {
				if _, err := m.Put(math.NaN(), 1); err != nil {
					return "", err
				}
			}
			n := m.Len()
			for k := range m.All() {
				if _, err := m.Delete(k); err != nil {
					return "", err
				}
			}
			return fmt.Sprint(n, m.Len()), nil
		},
		live: asked("map-14"),
	},
	"map-15": {
		model: func(rel string) (string, error) {
			m, err := gomap.New[float64, int](gomap.Config[float64]{Release: rel})
			if err != nil {
				return "", err
			}
			for _, k := range []float64{0, math.Copysign(0, -1)} {
				if _, err := m.Put(k, 1); err != nil {
					return "", err
				}
			}
			for k := range m.All() {
				return fmt.Sprint(m.Len(), math.Signbit(k)), nil
			}
			return "", errors.New("it is empty")
		},
		live: asked("map-15"),
	},
	"map-20": {
		model: func(rel string) (string, error) {
			m, err := gomap.New[any, int](gomap.Config[any]{Release: rel})
			if err != nil {
				return "", err
			}
			_, _, err = m.Get([]int{1})
			if err == nil {
				return "nothing", nil
			}
			return crashText(err)
		},
		live: asked("map-20"),
	},
	"map-21": {
		model: func(rel string) (string, error) {
			m, err := gomap.New[any, int](gomap.Config[any]{Release: rel})
			if err != nil {
				return "", err
			}
			_, err = m.Put(1, 1)
			if _, bad := m.Put([]int{1}, 1); !errors.Is(bad, gomap.Unhashable) || err != nil {
				return "", fmt.Errorf("%v, %v", err, bad)
			}
			var c *crash.Error
			if _, _, err = m.Get(1); errors.As(err, &c) {
				return c.Line(), nil
			}
			return "reads", err
		},
		live: func() (string, error) {
			m := map[any]int{1: 1}
			if panicText(func() { m[[]int{1}] = 1 }) == "nothing" || m[1] != 1 {
				return "", errors.New("no panic")
			}
			return "reads", nil
		},
	},
	"map-22": {
		model: func(rel string) (string, error) {
			m, err := gomap.New[struct{}, int](gomap.Config[struct{}]{Release: rel})
			for range 2 {
				if err == nil {
					_, err = m.Put(struct{}{}, 1)
				}
			}
			if err != nil {
				return "", err
			}
			return fmt.Sprint(m.Len()), nil
		},
		live: asked("map-22"),
	},
	"map-27": {
		model: onMap(func(m *mapModel[int]) string {
			m.fill(1)
			before := m.Snapshot().Seed
			m.note(m.Delete(0))
			return yes(m.Snapshot().Seed != before)
		}),
		live: func() (string, error) {
			m := filled(1)
			before := gomaplive.Look(m).Seed
			delete(m, 0)
			return yes(gomaplive.Look(m).Seed != before), nil
		},
	},
	"map-35": {
		quiet: true,
		model: func(rel string) (string, error) {
			const key = "a key of some forty bytes, which is long"
			m, err := gomap.New[string, int](gomap.Config[string]{Release: rel})
			if err != nil {
				return "", err
			}
			if _, err := m.Put(key, 1); err != nil {
				return "", err
			}
			o, err := m.Find(key)
			if err != nil || since(rel, "go1.3") { // the lookup uses the bytes themselves
				return fmt.Sprint(o.Mallocs), err
			}
			c, err := runes.Convert(runes.StringOfBytes, key, true)
			if c.Heap > 0 {
				o.Mallocs++
			}
			return fmt.Sprint(o.Mallocs), err
		},
		live: asked("map-35"),
	},
	"map-36": {
		slow: true,
		model: func(rel string) (string, error) {
			var first [2]gomap.Place
			for i := range first { // the hash function has a key, which each process draws when it starts
				processKey := rand.NewPCG(uint64(i), 0).Uint64()
				mixer := gomap.Hash[int]()
				m, err := gomap.New[int, int](gomap.Config[int]{Release: rel, Hint: 500, Hash: func(k int, seed uint64) uint64 { return mixer(k, seed^processKey) }})
				if err != nil {
					return "", err
				}
				o, err := m.Put(1, 1)
				if err != nil {
					return "", err
				}
				first[i] = o.Place
			}
			return yes(first[0] == first[1]), nil
		},
		live: func() (string, error) {
			same, err := gomaplive.SameHash("a key")
			return yes(same), err
		},
	},
}

func crashText(err error) (string, error) {
	var c *crash.Error
	if errors.As(err, &c) {
		return c.Text, nil
	}
	return "", fmt.Errorf("no crash: %v", err)
}

func panicText(f func()) (text string) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case runtime.Error:
			text = r.Error()
		default:
			text = fmt.Sprint(r)
		}
	}()
	f()
	return "nothing"
}
