package attack

import (
	"math/rand/v2"
	"reflect"
)

// A pool holds the results of calls, by type.
type pool struct {
	byType map[reflect.Type][]reflect.Value
	types  []reflect.Type // in the order in which they came, so that choices can be repeated
}

const perType = 16

func (p *pool) add(rng *rand.Rand, v reflect.Value) {
	t := v.Type()
	list := p.byType[t]
	switch {
	case len(list) == 0:
		p.types = append(p.types, t)
		fallthrough
	case len(list) < perType:
		p.byType[t] = append(list, v)
	default:
		list[rng.IntN(perType)] = v
	}
}

// take returns a value of the type, or an invalid one.
func (p *pool) take(rng *rand.Rand, t reflect.Type) reflect.Value {
	if list := p.byType[t]; len(list) > 0 {
		return list[rng.IntN(len(list))]
	}
	return reflect.Value{}
}
