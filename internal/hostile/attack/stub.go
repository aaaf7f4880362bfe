package attack

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"reflect"
)

// theEngine is the only engine, for the types that the generator writes.
var theEngine *engine

// The generator embeds a Stub in a type for each exported interface, so that arguments
// include a user's own implementation. The same question gets the same answer, as most
// interfaces require.
type Stub struct{ Seed uint64 }

// Ask returns the answer of a stub's method. It uses the arguments, and calls those that
// are functions.
func Ask[T any](s Stub, method string, args ...any) (out T) {
	s.do(method, args, func(e *engine) {
		reflect.ValueOf(&out).Elem().Set(e.value(reflect.TypeFor[T](), 4))
	})
	return out
}

// Tell calls a stub's method that returns nothing.
func Tell(s Stub, method string, args ...any) { s.do(method, args, func(*engine) {}) }

func (s Stub) do(method string, args []any, answer func(*engine)) {
	e := theEngine
	defer e.meanwhile()()
	h := fnv.New64a()
	fmt.Fprint(h, s.Seed%16, method)
	for _, a := range args {
		if v := reflect.ValueOf(a); v.IsValid() && v.Kind() != reflect.Func && v.Comparable() {
			fmt.Fprint(h, a)
		}
	}
	rng, pure := e.rng, e.pure
	e.rng, e.pure = rand.New(rand.NewPCG(h.Sum64(), 1)), true
	e.spent = min(e.spent, maxSpent/2)
	for _, a := range args {
		if v := reflect.ValueOf(a); v.IsValid() && v.Kind() == reflect.Func && !v.IsNil() {
			for range e.rng.IntN(4) {
				e.use(v)
			}
		}
	}
	answer(e)
	e.rng, e.pure = rng, pure
}
