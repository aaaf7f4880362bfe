// Package gomaplive does the operations of package gomap on real maps, and compares
// the memory of the two after each.
//
// The hash function is the map type's own, and random numbers are read from the
// runtime's generator before it draws them. So nothing is fitted: from the same
// operations the model tells every word of the map beforehand, and what a range
// yields.
//
// # Concurrent use
//
// A program locks its goroutine to a thread. Several may run at once.
package gomaplive

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"runtime"
	"unsafe"

	"github.com/orrery-go/orrery/gomap"
)

// Counts counts the operations of programs.
type Counts struct {
	Programs, Operations, Comparisons, Slots int
	Ranges, Steps                            int
	Grew, Splits, Doubled, Pruned, Reseeded  int
	SameSize                                 int // growths to the same size
	Mid                                      int // steps of ranges through tables that had grown
}

// Add adds the counts of other programs.
func (c *Counts) Add(o Counts) {
	a, b := reflect.ValueOf(c).Elem(), reflect.ValueOf(o)
	for i := range a.NumField() {
		a.Field(i).SetInt(a.Field(i).Int() + b.Field(i).Int())
	}
}

// A Kind is a kind of map, by its type.
type Kind struct {
	Name string
	Path gomap.Path
	run  func(seed uint64, operations int) (Counts, error)
}

// Run performs a program of n operations, which come from the seed, and returns the first
// difference.
func (k Kind) Run(seed uint64, operations int) (Counts, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	c, err := k.run(seed, operations)
	if err != nil {
		err = fmt.Errorf("%s, seed %d, operation %d: %w", k.Name, seed, c.Operations, err)
	}
	return c, err
}

// Kinds returns the kinds of maps that programs use: every path of the runtime, and
// every layout of keys and elements in memory.
func Kinds() []Kind {
	number := func(n int) []*int {
		out := make([]*int, n)
		for i := range out {
			out[i] = new(int)
		}
		return out
	}
	pointers := number(20000)
	texts := make([]string, 20000)
	boxes := make([]any, 20000)
	for i := range texts {
		texts[i] = fmt.Sprint("key ", i)
		switch boxes[i] = i; i % 6 {
		case 1:
			boxes[i] = float64(i)
		case 2:
			boxes[i] = texts[i]
		case 3:
			boxes[i] = [2]any{i, "x"}
		case 4:
			boxes[i] = pointers[i]
		}
	}
	boxes[0], boxes[1], boxes[2] = nil, 0.0, negativeZero
	return []Kind{
		kind("map[uint64]uint64", gomap.Fast64, func(i int) uint64 { return uint64(i) * 3 }, func(i int) uint64 { return uint64(i) }),
		kind("map[uint32]uint64", gomap.Fast32, func(i int) uint32 { return uint32(i) }, func(i int) uint64 { return uint64(i) }),
		kind("map[string]int", gomap.FastString, func(i int) string { return string([]byte(texts[i%len(texts)])) }, func(i int) int { return i }),
		kind("map[*int]int", gomap.Fast64Ptr, func(i int) *int { return pointers[i%len(pointers)] }, func(i int) int { return i }),
		kind("map[[2]uint64]int32", gomap.Generic, func(i int) [2]uint64 { return [2]uint64{uint64(i), 7} }, func(i int) int32 { return int32(i) }),
		kind("map[float64]int", gomap.Generic, func(i int) float64 {
			switch i % 40 {
			case 0:
				return 0
			case 1:
				return negativeZero
			case 2:
				return nan
			}
			return float64(i)
		}, func(i int) int { return i }),
		kind("map[any]int", gomap.Generic, func(i int) any {
			if i%50 == 9 {
				return nan
			}
			return boxes[i%len(boxes)]
		}, func(i int) int { return i }),
		kind("map[[17]uint64][20]uint64", gomap.Generic, func(i int) (k [17]uint64) { k[3] = uint64(i); return k }, func(i int) (v [20]uint64) { v[9] = uint64(i); return v }),
		kind("map[int64]struct{}", gomap.Fast64, func(i int) int64 { return int64(i) }, func(int) struct{} { return struct{}{} }),
		kind("map[uint64][129]byte", gomap.Generic, func(i int) uint64 { return uint64(i) }, func(i int) (v [129]byte) { v[5] = byte(i); return v }),
		kind("map[struct{float64; [16]uint64}]string", gomap.Generic, func(i int) (k big) {
			k.a = float64(i / 2)
			if i%2 == 1 && k.a == 0 {
				k.a = negativeZero
			}
			return k
		}, func(i int) string { return texts[i%len(texts)] }),
		kind("map[[8]byte]*int", gomap.Fast64, func(i int) [8]byte { return [8]byte{byte(i), byte(i >> 8), 2: 1} }, func(i int) *int { return pointers[i%len(pointers)] }),
	}
}

type big struct {
	a float64
	_ [16]uint64
}

var (
	negativeZero = 1 / negativeInfinity
	nan          = negativeInfinity - negativeInfinity
)

var negativeInfinity = func() float64 { x := 0.0; return -1 / x }()

// The hash of a NaN has a random number in it: runtime/alg.go:f64hash.
const (
	c0 = 33054211828000289
	c1 = 23344194077549503
)

// A twin is a real map and its model.
type twin[K comparable, V any] struct {
	reader[K, V]
	key    func(int) K
	elem   func(int) V
	real   map[K]V
	model  *gomap.Map[K, V]
	random *Random
	choose *rand.Rand
	hasher func(unsafe.Pointer, uintptr) uintptr
	probe  K // argument of the hash function
	keys   int
	depth  int // of ranges
	Counts
}

func kind[K comparable, V any](name string, path gomap.Path, key func(int) K, elem func(int) V) Kind {
	return Kind{name, path, func(seed uint64, operations int) (Counts, error) {
		t := &twin[K, V]{key: key, elem: elem, choose: rand.New(rand.NewPCG(seed, 9))}
		t.indirectKey, t.indirectElem = unsafe.Sizeof(*new(K)) > 128, unsafe.Sizeof(*new(V)) > 128
		err := t.program(operations)
		if err == nil && t.model.Path() != path {
			err = fmt.Errorf("the path is %s, want %s", t.model.Path(), path)
		}
		t.Counts.Slots = t.reader.Slots
		t.Programs = 1
		return t.Counts, err
	}}
}

// size returns the size of an entry in bytes.
func (t *twin[K, V]) size() uintptr { return unsafe.Sizeof(*new(K)) + unsafe.Sizeof(*new(V)) }

// program makes a map with a hint and performs operations.
func (t *twin[K, V]) program(operations int) (err error) {
	if t.random, err = NewRandom(); err != nil {
		return err
	}
	t.keys = []int{12, 40, 300, 300, 1200, 3000}[t.choose.IntN(6)]
	if t.size() > 64 && t.choose.IntN(20) > 0 { // these take long to compare
		t.keys = min(t.keys, 300)
	}
	hint := []int{0, 0, 0, 8, 9, 14, 15, 200, 900, 2500}[t.choose.IntN(10)]
	if err := t.begin(hint); err != nil {
		return err
	}
	for range operations {
		if err := t.step(); err != nil {
			return err
		}
	}
	return t.model.Check()
}

// begin makes a map with a hint, and continues the program with it.
func (t *twin[K, V]) begin(hint int) (err error) {
	t.random.Sync()
	t.real = make(map[K]V, hint)
	t.random.Mark()
	t.hasher = hasherOf(t.real)
	t.model, err = gomap.New[K, V](gomap.Config[K]{Release: "running", Hint: int64(hint), Rand: t.random.Uint64, Hash: t.hash, Trace: t.trace})
	if err != nil {
		return err
	}
	t.tables = map[int]*table{}
	return t.agree("make")
}

func (t *twin[K, V]) trace(e gomap.Event) {
	switch e.Kind {
	case gomap.Grew:
		t.Grew++
	case gomap.Split:
		t.Splits++
	case gomap.Doubled:
		t.Doubled++
	case gomap.Pruned:
		t.Pruned++
	case gomap.Reseeded:
		t.Reseeded++
	}
}

// hash returns the runtime's hash, with the random numbers for NaNs from the copy of the
// generator.
func (t *twin[K, V]) hash(key K, seed uint64) uint64 {
	if key != key {
		switch any(key).(type) {
		case float64:
			if _, boxed := any(&key).(*any); boxed {
				return c1 * (c1 * (c0 ^ (seed ^ c0) ^ t.random.Uint64()))
			}
			return c1 * (c0 ^ seed ^ t.random.Uint64())
		}
	}
	t.probe = key
	return uint64(t.hasher(unsafe.Pointer(&t.probe), uintptr(seed)))
}

// step performs one operation, or several of one kind.
func (t *twin[K, V]) step() error {
	i := t.choose.IntN(t.keys)
	switch p := t.choose.IntN(100); {
	case p < 38:
		return t.put(i)
	case p < 42:
		return t.setByReflect(i)
	case p < 52:
		return t.get(i)
	case p < 72:
		return t.delete(i)
	case p < 76 && t.depth == 0:
		return t.rangeByReflect()
	case p < 80 && t.depth == 0:
		return t.rangeStatement()
	case p < 81:
		return t.clear()
	case p < 82 && t.depth == 0:
		return t.clone()
	case p < 90:
		return t.burst()
	case p < 94:
		return t.press()
	case p < 95 && t.depth == 0:
		return t.tombstones()
	}
	return t.delete(i)
}

func (t *twin[K, V]) assign(i int) error {
	key, elem := t.key(i), t.elem(t.choose.Int())
	t.random.Sync()
	t.real[key] = elem
	_, err := t.model.Put(key, elem)
	return err
}

func (t *twin[K, V]) put(i int) error {
	if err := t.assign(i); err != nil {
		return err
	}
	t.Operations++
	return t.agree("put")
}

func (t *twin[K, V]) setByReflect(i int) error {
	key, elem := t.key(i), t.elem(t.choose.Int())
	m, k, v := reflect.ValueOf(t.real), reflect.ValueOf(&key).Elem(), reflect.ValueOf(&elem).Elem()
	t.random.Sync()
	m.SetMapIndex(k, v)
	if _, err := t.model.SetMapIndex(key, elem); err != nil {
		return err
	}
	t.Operations++
	return t.agree("SetMapIndex")
}

func (t *twin[K, V]) get(i int) error {
	key := t.key(i)
	t.random.Sync()
	elem, ok := t.real[key]
	got, there, err := t.model.Get(key)
	if err != nil || there != ok || !same(&elem, &got) {
		return fmt.Errorf("get: real %v, %t, model %v, %t, %v", elem, ok, got, there, err)
	}
	t.Operations++
	return t.agree("get")
}

func (t *twin[K, V]) delete(i int) error {
	key := t.key(i)
	t.random.Sync()
	delete(t.real, key)
	if _, err := t.model.Delete(key); err != nil {
		return err
	}
	t.Operations++
	return t.agree("delete")
}

func (t *twin[K, V]) clear() error {
	t.random.Sync()
	clear(t.real)
	if _, err := t.model.Clear(); err != nil {
		return err
	}
	t.Operations++
	return t.agree("clear")
}

func (t *twin[K, V]) clone() error {
	t.random.Sync()
	real := maps.Clone(t.real)
	t.random.Mark()
	model, err := t.model.Clone()
	if err != nil {
		return err
	}
	t.Operations++
	if err := t.agree("clone"); err != nil {
		return err
	}
	t.real, t.model = real, model // continue with the copy
	t.tables = map[int]*table{}
	return t.agree("cloned")
}

// agree compares random numbers and memory.
func (t *twin[K, V]) agree(after string) error {
	if err := t.drawn(after); err != nil {
		return err
	}
	t.Comparisons++
	if err := t.compare(t.real, t.model.Snapshot()); err != nil {
		return fmt.Errorf("%s: %w", after, err)
	}
	return nil
}

// drawn compares random numbers. A disturbed run is rejected here, before anything is
// compared.
func (t *twin[K, V]) drawn(after string) error {
	if t.random.Disturbed() {
		return ErrDisturbed
	}
	if !t.random.Agrees() {
		return fmt.Errorf("%s: real and model have drawn other random numbers", after)
	}
	return nil
}
