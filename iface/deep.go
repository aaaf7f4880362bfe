package iface

import (
	"fmt"
	"reflect"

	"github.com/orrery-go/orrery/crash"
)

// StackOverflow ends a program whose DeepEqual follows a cycle that it does not notice,
// such as one of maps that hold interfaces until Go 1.13.
var StackOverflow = crash.Fatal("stack overflow")

// maxDeep bounds how deep DeepEqual goes: the frames of a goroutine's stack of 1 GB
// would take some two million.
const maxDeep = 100_000

// DeepEqual is reflect.DeepEqual. x and y are converted to interface{} first, as its
// arguments are: an interface stands for what it holds. It returns [StackOverflow], which
// ends the program in Go, for a cycle that the release does not notice. It returns
// another error if a value is not the Runtime's, or nested more than 100,000 levels deep.
func (m *Runtime) DeepEqual(x, y Value) (bool, error) {
	if err := m.enter(); err != nil {
		return false, err
	}
	defer m.leave()
	for _, v := range []Value{x, y} {
		if err := m.has(v); err != nil {
			return false, err
		}
	}
	a, aNil := m.argument(x)
	b, bNil := m.argument(y)
	switch {
	case aNil || bNil:
		m.deepEvent(DeepNil, x, y, aNil && bNil)
		return aNil && bNil, nil
	case a.v.t != b.v.t:
		m.deepEvent(DeepTypes, a.v, b.v, false)
		return false, nil
	}
	d := deep{m: m, visited: map[visit]bool{}}
	return d.equal(a, b)
}

// A deepValue is a reflect.Value on the way.
type deepValue struct {
	v     Value
	addr  bool // it can be addressed
	fresh bool // it is a copy that package reflect has just made
	alone bool // it is no copy in memory but a word, as an interface holds it
}

// argument is reflect.ValueOf(any(v)).
func (m *Runtime) argument(v Value) (deepValue, bool) {
	if v.t.kind != reflect.Interface {
		return deepValue{v: v, fresh: true, alone: v.t.direct}, false // in a box that nothing else knows
	}
	if load(v.bytes(), 0) == 0 {
		return deepValue{}, true
	}
	v = v.held()
	return deepValue{v: v, alone: v.t.direct}, false
}

// A visit is what DeepEqual remembers: the same two places, seen as the same type, are
// not compared again (reflect/deepequal.go:visit).
type visit struct {
	a, b uint64
	typ  *Type
}

// A deep is one call of DeepEqual.
type deep struct {
	m       *Runtime
	visited map[visit]bool
	depth   int
	path    map[step]int // what is being compared, by how many visits there were
}

// A step is a pair of values on the way.
type step struct {
	a, b       *object
	offA, offB int64
	typ        *Type
}

// equal is reflect/deepequal.go:deepValueEqual.
func (d *deep) equal(a, b deepValue) (eq bool, err error) {
	if d.depth++; d.depth > 100 {
		if d.depth > maxDeep {
			return false, fmt.Errorf("iface: DeepEqual of values more than %d levels deep", maxDeep)
		}
		leave, err := d.enter(a, b)
		if err != nil {
			return false, err
		}
		defer leave()
	}
	defer func() { d.depth-- }()
	if done, eq := d.remembers(a, b); done {
		return eq, nil
	}
	return d.compare(a, b)
}

// enter notices a cycle: the same two values again, with nothing remembered since.
func (d *deep) enter(a, b deepValue) (leave func(), err error) {
	if d.path == nil {
		d.path = map[step]int{}
	}
	s := step{a.v.o, b.v.o, a.v.off, b.v.off, a.v.t}
	before, on := d.path[s]
	if on && before == len(d.visited) {
		d.m.panics("deep-cycle", a.v.t.name, StackOverflow.Text)
		return nil, StackOverflow
	}
	d.path[s] = len(d.visited)
	return func() {
		if on {
			d.path[s] = before
		} else {
			delete(d.path, s)
		}
	}, nil
}

// remembers reports whether two values need no comparison, since they are at one
// place, or being compared already.
func (d *deep) remembers(a, b deepValue) (done, eq bool) {
	rules, k := d.m.rules.deep, a.v.t.kind
	hard := k == reflect.Map || k == reflect.Slice
	switch {
	case rules.hardStructs:
		hard = hard || k == reflect.Array || k == reflect.Struct
	default:
		hard = hard || k == reflect.Pointer || k == reflect.Interface
	}
	var x, y uint64
	switch {
	case !hard:
		return false, false
	case !rules.unaddressable:
		if !a.addr || !b.addr {
			return false, false
		}
		x, y = a.v.Addr(), b.v.Addr()
	default:
		word := [2]uint64{load(a.v.bytes(), 0), load(b.v.bytes(), 0)}
		if word[0] == 0 || word[1] == 0 {
			return false, false
		}
		switch {
		case (k == reflect.Pointer || k == reflect.Map) && (!rules.places || a.alone && b.alone):
			x, y = word[0], word[1]
		case a.fresh || b.fresh:
			return false, false // such a place never comes again
		default:
			x, y = a.v.Addr(), b.v.Addr()
		}
	}
	if rules.sameAddress && x == y {
		d.m.deepEvent(DeepSame, a.v, b.v, true)
		return true, true
	}
	v := visit{min(x, y), max(x, y), a.v.t}
	if d.visited[v] {
		d.m.deepEvent(DeepSeen, a.v, b.v, true)
		return true, true
	}
	d.visited[v] = true
	return false, false
}

// compare compares two values of one type by what they are made of.
func (d *deep) compare(a, b deepValue) (bool, error) {
	t, x, y := a.v.t, a.v.bytes(), b.v.bytes()
	switch t.kind {
	case reflect.Array:
		for i := range int(t.count) {
			if eq, err := d.equal(a.part(a.v.index(i)), b.part(b.v.index(i))); !eq || err != nil {
				return false, err
			}
		}
		return true, nil
	case reflect.Struct:
		for _, f := range t.fields {
			p, q := Value{f.typ, a.v.o, a.v.off + f.offset}, Value{f.typ, b.v.o, b.v.off + f.offset}
			if eq, err := d.equal(a.part(p), b.part(q)); !eq || err != nil {
				return false, err
			}
		}
		return true, nil
	case reflect.Slice:
		if load(x, word) != load(y, word) || (load(x, 0) == 0) != (load(y, 0) == 0) {
			return d.end(DeepLength, a, b, false)
		}
		if load(x, 0) == load(y, 0) {
			return d.end(DeepSame, a, b, true)
		}
		for i := range int(load(x, word)) {
			if eq, err := d.equal(variable(a.v.index(i)), variable(b.v.index(i))); !eq || err != nil {
				return false, err
			}
		}
		return true, nil
	case reflect.Interface:
		p, pNil := d.m.argument(a.v)
		q, qNil := d.m.argument(b.v)
		switch {
		case pNil || qNil:
			return d.end(DeepNil, a, b, pNil && qNil)
		case p.v.t != q.v.t:
			return d.end(DeepTypes, p, q, false)
		}
		return d.equal(p, q)
	case reflect.Pointer:
		return d.pointers(a, b)
	case reflect.Map:
		return d.maps(a, b)
	case reflect.Func:
		return d.end(DeepFunc, a, b, load(x, 0) == 0 && load(y, 0) == 0)
	}
	eq, err := d.m.equalMemory(t, x, y)
	return eq, err
}

func (d *deep) end(k Kind, a, b deepValue, eq bool) (bool, error) {
	d.m.deepEvent(k, a.v, b.v, eq)
	return eq, nil
}

// part returns a field or an element of an array: it lies where the whole lies.
func (a deepValue) part(v Value) deepValue { return deepValue{v, a.addr, a.fresh, a.alone} }

// copied returns what MapIndex returns.
func copied(v Value) deepValue { return deepValue{v: v, fresh: true, alone: v.t.direct} }

func variable(v Value) deepValue { return deepValue{v: v, addr: true} }

func (d *deep) pointers(a, b deepValue) (bool, error) {
	x, y := load(a.v.bytes(), 0), load(b.v.bytes(), 0)
	if d.m.rules.deep.samePointer && x == y {
		return d.end(DeepSame, a, b, true)
	}
	if x == 0 || y == 0 {
		return d.end(DeepNil, a, b, x == y)
	}
	return d.equal(variable(d.m.at(a.v.t.elem, x)), variable(d.m.at(b.v.t.elem, y)))
}

func (d *deep) maps(a, b deepValue) (bool, error) {
	x, y := load(a.v.bytes(), 0), load(b.v.bytes(), 0)
	p, q := a.v.dict(), b.v.dict()
	switch {
	case (x == 0) != (y == 0) || len(p.list()) != len(q.list()):
		return d.end(DeepLength, a, b, false)
	case x == y:
		return d.end(DeepSame, a, b, true)
	}
	for _, e := range p.list() {
		// By MapIndex in both, in which a NaN is no key. Since 1.22 the first map's
		// element is the iteration's, and the second has none all the same.
		other := q.find(e.key)
		found, err := d.m.equalMemory(e.key.t, e.key.bytes(), e.key.bytes())
		switch {
		case err != nil:
			return false, err
		case !found && !other.Valid() && d.m.rules.deep.missingKeys:
			continue
		case !found || !other.Valid():
			return d.end(DeepKey, deepValue{v: e.key}, deepValue{v: e.key}, false)
		}
		if eq, err := d.equal(copied(e.elem), copied(other)); !eq || err != nil {
			return false, err
		}
	}
	return true, nil
}
