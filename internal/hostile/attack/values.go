package attack

import (
	"bytes"
	"context"
	"errors"
	"go/types"
	"math"
	"math/rand/v2"
	"reflect"
	"regexp"
	"strings"
	"time"
)

var (
	errorType   = reflect.TypeFor[error]()
	anyType     = reflect.TypeFor[any]()
	contextType = reflect.TypeFor[context.Context]()
	reflectType = reflect.TypeFor[reflect.Type]()
	goType      = reflect.TypeFor[types.Type]()
	randType    = reflect.TypeFor[*rand.Rand]()
)

// texts are given to functions of every package.
var texts = []string{
	"", " ", "x", "go1.2", "go1.4.3", "go1.9.1", "go1.13", "go1.17.13", "go1.22", "go1.26", "go1.27.4", "go1.99", "go1", "go0.9", "running", "devel go1.28-abc",
	"go1.26rc1", "go1.18446744073709551616", "amd64", "386", "-1", "0", "1", "9223372036854775807", "1e309", "NaN", "\x00", "\xff\xfe", "é", "\n", "----\n", "{}", "[]", "null",
	`{"a":1}`, `[1,[2,[3]]]`, `"text"`, strings.Repeat("9", 400), strings.Repeat("(", 5000), strings.Repeat("[]", 3000) + "int",
}

var (
	smallInts = []int64{0, 0, 1, 1, 1, 2, 2, 3, 4, 5, 7, 8, 16, 24, 32, 64, 100}
	largeInts = []int64{-1, -1, -2, 255, 256, 1000, 1023, 4096, 1 << 16, 1<<16 + 1, 1 << 20, 1 << 24, math.MaxInt32, math.MinInt32, math.MaxUint32, 1 << 40, 1 << 48, math.MaxInt64 - 1, math.MaxInt64, math.MinInt64, math.MinInt64 + 1}
	floats    = []float64{0, math.Copysign(0, -1), 1, 0.5, -1, 1e-300, 1e300, math.Inf(1), math.Inf(-1), math.NaN(), math.MaxFloat64, 1 << 53}
)

// maxSpent bounds the number of values in the arguments of one call.
const maxSpent = 3000

// one reports true once in n times.
func (e *engine) one(n int) bool { return e.rng.IntN(n) == 0 }

func pick[T any](e *engine, list []T) T { return list[e.rng.IntN(len(list))] }

// value makes a value of a type. depth is its depth in an argument. A budget of events
// in it is small: a model may take as long as the caller's budget allows, and the
// default is some seconds.
func (e *engine) value(t reflect.Type, depth int) reflect.Value {
	v := e.anyValue(t, depth)
	if t.Kind() != reflect.Struct {
		return v
	}
	const most = 20_000
	for _, budget := range []string{"MaxEvents", "MaxSteps"} {
		f, ok := t.FieldByName(budget)
		if !ok || len(f.Index) > 1 {
			continue
		}
		c := reflect.New(t).Elem()
		c.Set(v)
		v = c
		switch f := c.FieldByIndex(f.Index); {
		case f.CanUint() && (f.Uint() == 0 || f.Uint() > most):
			f.SetUint(1 + e.rng.Uint64N(most))
		case f.CanInt() && (f.Int() == 0 || f.Int() > most):
			f.SetInt(1 + e.rng.Int64N(most))
		}
	}
	return v
}

func (e *engine) anyValue(t reflect.Type, depth int) reflect.Value {
	if e.spent++; e.spent > maxSpent || depth > 8 {
		return reflect.Zero(t)
	}
	if len(e.consts[t]) > 0 && (e.mild && !e.one(4) || e.one(2)) {
		return pick(e, e.consts[t])
	}
	if !e.pure && e.one(2) {
		if v := e.pool.take(e.rng, t); v.IsValid() {
			if e.one(6) {
				return e.altered(v)
			}
			return v
		}
	}
	if makers := e.makers[t]; len(makers) > 0 && e.nesting < 3 && !e.pure && e.one(2) {
		if v := e.made(t, pick(e, makers)); v.IsValid() {
			return v
		}
	}
	switch t {
	case contextType:
		if ctx := e.context(); ctx != nil {
			return reflect.ValueOf(ctx).Convert(t)
		}
		return reflect.Zero(t)
	case reflectType:
		if e.one(10) {
			return reflect.Zero(t)
		}
		return reflect.ValueOf(pick(e, e.types)).Convert(t)
	case goType:
		return reflect.ValueOf(types.Type(types.Typ[e.rng.IntN(len(types.Typ))])).Convert(t)
	case randType:
		return reflect.ValueOf(rand.New(rand.NewPCG(1, 2)))
	case errorType:
		if e.one(2) {
			return reflect.Zero(t)
		}
		return reflect.ValueOf(errors.New("hostile")).Convert(t)
	}
	if t.Kind() >= reflect.Array && t.Kind() != reflect.Func && !e.pure && e.one(6) {
		if v := e.fromText(t); v.IsValid() {
			return v
		}
	}
	return e.plain(t, depth)
}

// plain makes a value of the kind of its type.
func (e *engine) plain(t reflect.Type, depth int) reflect.Value {
	v := reflect.New(t).Elem()
	switch t.Kind() {
	case reflect.Bool:
		v.SetBool(e.one(2))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(e.integer())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		v.SetUint(uint64(e.integer()))
	case reflect.Float32, reflect.Float64:
		v.SetFloat(pick(e, floats))
	case reflect.Complex64, reflect.Complex128:
		v.SetComplex(complex(pick(e, floats), pick(e, floats)))
	case reflect.String:
		v.SetString(e.text())
	case reflect.Array:
		for i := range min(t.Len(), 64) {
			v.Index(i).Set(e.value(t.Elem(), depth+1))
		}
	case reflect.Slice:
		n := e.length()
		if n < 0 {
			break
		}
		v.Set(reflect.MakeSlice(t, n, n))
		for i := range n {
			v.Index(i).Set(e.value(t.Elem(), depth+1))
		}
	case reflect.Map:
		n := e.length()
		if n < 0 {
			break
		}
		v.Set(reflect.MakeMap(t))
		for range min(n, 50) {
			if key := e.value(t.Key(), depth+1); key.Comparable() {
				v.SetMapIndex(key, e.value(t.Elem(), depth+1))
			}
		}
	case reflect.Chan:
		if t.ChanDir() == reflect.BothDir && e.one(2) {
			v.Set(reflect.MakeChan(t, 1))
		}
	case reflect.Pointer:
		e.pointer(v, depth)
	case reflect.Struct:
		e.structure(v, depth)
	case reflect.Interface:
		e.iface(v, depth)
	case reflect.Func:
		if !e.one(8) {
			v.Set(e.callback(t))
		}
	}
	return v
}

func (e *engine) integer() int64 {
	switch {
	case e.mild && !e.one(20), e.one(2):
		return pick(e, smallInts)
	case e.one(6):
		return int64(e.rng.Uint64())
	}
	return pick(e, largeInts)
}

// length returns the length of a slice or a map; -1 for nil.
func (e *engine) length() int {
	switch {
	case e.one(6):
		return -1
	case !e.mild && e.one(20):
		return 1000
	}
	return e.rng.IntN(5)
}

func (e *engine) text() string {
	s := pick(e, e.texts)
	if e.mild && !e.one(6) {
		return s
	}
	switch e.rng.IntN(8) {
	case 0:
		return strings.Repeat(pick(e, []string{"x", "\n", "[", "9", "é", "a=1 ", "struct{ a "}), 1<<e.rng.IntN(18))
	case 1:
		return s + pick(e, e.texts)
	case 2, 3, 4: // some bytes changed
		b := []byte(s)
		for range e.rng.IntN(4) {
			if len(b) > 0 {
				i, j := e.rng.IntN(len(b)), e.rng.IntN(len(b))
				switch e.rng.IntN(3) {
				case 0:
					b[i] = byte(e.rng.Uint32())
				case 1:
					b[i] = b[j]
				default:
					b = append(b[:min(i, j):min(i, j)], b[max(i, j):]...)
				}
			}
		}
		return string(b)
	case 5:
		return e.longWord(s)
	}
	return s
}

// longWord puts a word of up to 128 KiB in place of one of a text, or between two: what
// an error quotes of it must be cut.
func (e *engine) longWord(s string) string {
	words := wordOrMark.FindAllStringIndex(s, -1)
	at := []int{len(s), len(s)}
	if len(words) > 0 {
		at = pick(e, words)
	}
	from, to := at[0], at[1]
	if e.one(3) {
		from = to
	}
	long := strings.Repeat(pick(e, []string{"x", "é", "9", "0", "-", "x.", "\xff", "%", "\\u0041"}), 1<<(8+e.rng.IntN(10)))
	if quote := pick(e, []string{"", "", "", "\"", "'", "`"}); quote != "" {
		long = quote + long + quote
	}
	return s[:from] + long + s[to:]
}

var wordOrMark = regexp.MustCompile(`[\pL\d_.]+|[^\s]`)

func (e *engine) context() context.Context {
	switch e.rng.IntN(8) {
	case 0:
		return nil
	case 1:
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		return ctx
	}
	// A function that takes a context may run until it is done.
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	_ = cancel
	return ctx
}

// made returns the results of a maker.
func (e *engine) made(t reflect.Type, m *target) reflect.Value {
	e.nesting++
	defer func() { e.nesting-- }()
	mild := e.mild
	e.mild = mild || !e.one(4)
	args := e.arguments(m)
	if e.mild = mild; args == nil {
		return reflect.Value{}
	}
	out, ok := e.call(m, args)
	if !ok || failed(out) {
		return reflect.Value{}
	}
	for _, v := range out {
		if v.Type() == t {
			return v
		}
	}
	return reflect.Value{}
}

func (e *engine) pointer(v reflect.Value, depth int) {
	t := v.Type()
	if e.one(8) {
		return
	}
	if len(e.open) > 0 && e.one(8) {
		if p := pick(e, e.open); p.Type() == t {
			v.Set(p)
			return
		}
	}
	if p := t.Elem().PkgPath(); !strings.Contains(p, "/") && p != "" && t.Elem().Kind() == reflect.Struct {
		return // it belongs to the standard library, so the value would not be the type's own
	}
	p := reflect.New(t.Elem())
	v.Set(p)
	if e.one(10) {
		return
	}
	e.open = append(e.open, p)
	p.Elem().Set(e.value(t.Elem(), depth+1))
	e.open = e.open[:len(e.open)-1]
}

func (e *engine) structure(v reflect.Value, depth int) {
	if depth > 0 && e.one(10) {
		return
	}
	for i := range v.NumField() {
		// Most fields of a configuration keep their zero values.
		if !v.Type().Field(i).IsExported() || e.mild && e.one(3) || !e.mild && e.one(4) {
			continue
		}
		v.Field(i).Set(e.value(v.Type().Field(i).Type, depth+1))
	}
}

func (e *engine) iface(v reflect.Value, depth int) {
	t := v.Type()
	if e.one(10) {
		return
	}
	if t == anyType {
		v.Set(e.value(pick(e, []reflect.Type{reflect.TypeFor[int](), reflect.TypeFor[string](), reflect.TypeFor[[]int](), reflect.TypeFor[func()](), pick(e, e.types)}), depth+1))
		return
	}
	if e.one(4) {
		for _, p := range e.open {
			if p.Type().Implements(t) && e.one(2) {
				v.Set(p)
				return
			}
		}
	}
	list, ok := e.impls[t]
	if !ok {
		for _, c := range append([]reflect.Type{reflect.TypeFor[*bytes.Reader](), reflect.TypeFor[*bytes.Buffer](), reflect.TypeFor[*rand.PCG]()}, e.types...) {
			if c.Implements(t) {
				list = append(list, c)
			} else if c.Kind() != reflect.Interface && reflect.PointerTo(c).Implements(t) {
				list = append(list, reflect.PointerTo(c))
			}
		}
		e.impls[t] = list
	}
	if len(list) == 0 {
		return
	}
	switch c := pick(e, list); c {
	case reflect.TypeFor[*bytes.Reader]():
		v.Set(reflect.ValueOf(bytes.NewReader([]byte(e.text()))))
	case reflect.TypeFor[*bytes.Buffer]():
		v.Set(reflect.ValueOf(bytes.NewBufferString(e.text())))
	case reflect.TypeFor[*rand.PCG]():
		v.Set(reflect.ValueOf(rand.NewPCG(e.rng.Uint64(), 1)))
	default:
		if x := e.value(c, depth+1); x.Kind() != reflect.Pointer || !x.IsNil() {
			v.Set(x)
		}
	}
}

// callback makes a function that returns random values, and sometimes calls the package
// under attack.
func (e *engine) callback(t reflect.Type) reflect.Value {
	return reflect.MakeFunc(t, func(args []reflect.Value) []reflect.Value {
		defer e.meanwhile()()
		e.spent -= 20 // each may make some values
		if e.nesting < 2 && e.one(10) && len(e.targets) > 0 {
			e.nesting++
			if t := pick(e, e.targets); t.Method {
				if args := e.arguments(t); args != nil {
					e.call(t, args)
				}
			}
			e.nesting--
		}
		for _, a := range args {
			if a.Kind() == reflect.Func && !a.IsNil() && e.nesting < 2 {
				e.nesting++
				e.use(a)
				e.nesting--
			}
		}
		out := make([]reflect.Value, t.NumOut())
		for i := range out {
			out[i] = e.answer(t.Out(i), args)
		}
		return out
	})
}

// answer returns the result of a callback. If it is given a number n, as a function that
// chooses is, the result is mostly below n.
func (e *engine) answer(t reflect.Type, args []reflect.Value) reflect.Value {
	if len(args) > 0 && args[0].CanInt() && t.Kind() == reflect.Int && !e.one(10) {
		if n := args[0].Int(); n > 0 {
			return reflect.ValueOf(int(e.rng.Int64N(n))).Convert(t)
		}
	}
	return e.value(t, 4)
}
