package gomaplive

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/orrery-go/orrery/gomap"
	"github.com/orrery-go/orrery/release"
)

type (
	lookPair   struct{ a, b any }
	lookSlice  []int
	lookNested struct {
		x int
		v [2]any
	}
	lookMethod interface{ M() }
)

func (lookSlice) M() {}

// TestSecondLook runs programs on ordinary Go maps and on the model, and compares all
// that a program can see: lengths, elements, the keys that a range yields, panics.
func TestSecondLook(t *testing.T) {
	nan := math.NaN()
	floats := []float64{0, math.Copysign(0, -1), nan, nan, math.Inf(1), math.Inf(-1), 1, 1.5, math.MaxFloat64, math.SmallestNonzeroFloat64, math.Float64frombits(0x7FF0000000000001)}
	p, q := new(int), new(int)
	c := make(chan int)
	values := []any{nil, 0, int8(0), uint(0), 0.0, math.Copysign(0, -1), nan, float32(nan), complex(nan, 0), complex(0, math.Copysign(0, -1)), "", "a", 'a', true, p, q, c, (*int)(nil), struct{}{}, [0]func(){},
		[2]any{1, "a"}, [2]any{1, nil}, lookPair{1, nan}, lookPair{1, 2.0}, lookNested{x: 3}, reflect.TypeFor[int](), error(nil), fmt.Errorf("x"),
		[]int{1}, map[int]int{}, func() {}, lookSlice{}, lookPair{1, []int{}}, lookPair{[]string{}, func() {}}, [1]any{map[string]any{}}, lookNested{v: [2]any{1, [1][]int{}}}, struct{ f func() }{}, [0]map[int]int{}, [0][]int{}, struct {
			_ int
			a any
		}{a: []byte{}}}
	seen := 0
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 1))
		n := []int{6, 20, 300, 3000}[r.IntN(4)]
		seen += lookAt(t, seed, func(r *rand.Rand) int { return r.IntN(n) - n/2 })
		seen += lookAt(t, seed, func(r *rand.Rand) string { return fmt.Sprint(r.IntN(n)) })
		seen += lookAt(t, seed, func(r *rand.Rand) float64 {
			if r.IntN(2) == 0 {
				return float64(r.IntN(n))
			}
			return floats[r.IntN(len(floats))]
		})
		seen += lookAt(t, seed, func(r *rand.Rand) any {
			if r.IntN(2) == 0 {
				return r.IntN(n)
			}
			return values[r.IntN(len(values))]
		})
		seen += lookAt(t, seed, func(r *rand.Rand) lookMethod {
			if r.IntN(2) == 0 {
				return nil
			}
			return lookSlice{}
		})
		seen += lookAt(t, seed, func(r *rand.Rand) lookPair { return lookPair{r.IntN(4), values[r.IntN(len(values))]} })
		seen += lookAt(t, seed, func(r *rand.Rand) [2]any { return [2]any{r.IntN(4), values[r.IntN(len(values))]} })
		if t.Failed() {
			return
		}
	}
	t.Logf("%d comparisons", seen)
}

func panics(f func()) (text string) {
	defer func() {
		if e := recover(); e != nil {
			text = fmt.Sprint(e)
		}
	}()
	f()
	return ""
}

// lookAt runs one program.
func lookAt[K comparable](t *testing.T, seed uint64, key func(*rand.Rand) K) (seen int) {
	r := rand.New(rand.NewPCG(seed, 2))
	var real map[K]int
	config := gomap.Config[K]{Release: release.Running, Seed: seed, Nil: r.IntN(10) == 0}
	if !config.Nil {
		hint := r.IntN(40)
		config.Hint = int64(hint)
		real = make(map[K]int, hint)
	}
	model, err := gomap.New[K, int](config)
	if err != nil {
		t.Fatal(err)
	}
	log := func(what string, k any, want, got any) {
		seen++
		if want != got {
			t.Errorf("seed %d, map[%T]int: %s %#v: %v, and %v in the model", seed, *new(K), what, k, want, got)
		}
	}
	fail := func(err error) string {
		if err == nil {
			return ""
		}
		return err.Error()
	}
	same := func(what string, a, b []string) {
		slices.Sort(a)
		slices.Sort(b)
		log(what, len(a), fmt.Sprint(a), fmt.Sprint(b))
	}
	entries := func(m *gomap.Map[K, int]) (all []string) {
		for k, v := range m.All() {
			all = append(all, fmt.Sprintf("%#v=%d", k, v))
		}
		return all
	}
	realEntries := func(m map[K]int) (all []string) {
		for k, v := range m {
			all = append(all, fmt.Sprintf("%#v=%d", k, v))
		}
		return all
	}
	for i := range 150 {
		k := key(r)
		switch r.IntN(14) {
		default:
			want := panics(func() { real[k] = i })
			_, err := model.Put(k, i)
			log("put", k, want, fail(err))
		case 0, 1, 2:
			want := panics(func() { delete(real, k) })
			_, err := model.Delete(k)
			log("delete", k, want, fail(err))
		case 3, 4:
			var v, w int
			var ok, ok2 bool
			want := panics(func() { v, ok = real[k] })
			w, ok2, err := model.Get(k)
			log("get", k, want, fail(err))
			log("get", k, fmt.Sprint(v, ok), fmt.Sprint(w, ok2))
		case 5:
			if r.IntN(8) == 0 {
				clear(real)
				_, err := model.Clear()
				log("clear", nil, "", fail(err))
			}
		case 6:
			m, err := model.Clone()
			log("clone", nil, "", fail(err))
			if err != nil {
				continue
			}
			c := maps.Clone(real)
			if r.IntN(2) == 0 { // continue with the copy
				real, model = c, m
			}
			same("clone", realEntries(c), entries(m))
		case 7: // a range that deletes each entry that it yields, and all entries with some remainder
			mod := r.IntN(3) + 1
			for k, v := range real {
				if v%mod == 0 {
					delete(real, k)
				}
			}
			it, err := model.Range()
			log("range", nil, "", fail(err))
			for it.Next() {
				if it.Elem()%mod == 0 {
					_, err := model.Delete(it.Key())
					log("delete in a range", it.Key(), "", fail(err))
				}
			}
			log("range", nil, "", fail(it.Err()))
		case 8: // one that clears at its first entry
			n, n2 := 0, 0
			for range real {
				clear(real)
				n++
			}
			it, err := model.Range()
			log("range", nil, "", fail(err))
			for it.Next() {
				n2++
				_, err := model.Clear()
				log("clear in a range", nil, "", fail(err))
			}
			log("entries of a range that clears", nil, n, n2)
		}
		log("len", nil, len(real), model.Len())
		if err := model.Check(); err != nil {
			t.Error(err)
		}
		if i%10 == 0 {
			same("entries", realEntries(real), entries(model))
		}
		if t.Failed() {
			return seen
		}
	}
	return seen
}
