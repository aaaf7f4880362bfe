// Package attack calls functions with hostile arguments: zero values, structs
// built by hand or from altered JSON, huge, negative and unknown numbers,
// malformed and very long text, callbacks that call back. It is the part of
// internal/hostile that runs in the child, beside the functions.
//
// Arguments come from a seeded generator, from what earlier calls returned and
// from what functions make, so that a method of a heap is called on heaps in all
// kinds of states, on one that New never saw, and with the objects of another.
package attack

import (
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"reflect"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/orrery-go/orrery/internal/cputime"
)

// A Package holds what can be called in a package, and values to call it with.
type Package struct {
	Name   string // from the module's root: "gc/marking"
	Funcs  []Func
	Types  []reflect.Type
	Values []any    // exported constants and variables
	Texts  []string // the strings of its tests and its scenarios
}

// A Func is a function, or a method as a function of its receiver.
type Func struct {
	Name   string // "gc.(*Heap).Run"
	F      any
	Method bool
	Panics bool // its documentation says when it panics
	Shares bool // its documentation says how long its result is valid
}

// Limits of one call.
const (
	maxCPU    = time.Second
	maxHang   = 30 * time.Second // of a call that may just be waiting for the machine
	maxGrowth = 1 << 30          // growth of the heap in bytes
	maxStack  = 128 << 20
)

// Main is the main function of the child.
func Main(packages []Package) {
	name := flag.String("package", "", "attack this `package` with the help of the others")
	seed := flag.Uint64("seed", 1, "of the generator")
	calls := flag.Int("calls", 1<<30, "end after this number")
	last := flag.Duration("time", time.Second, "end after it")
	skip := flag.String("skip", "", "leave these functions out, separated by commas")
	verbose := flag.Bool("v", false, "print every call before it is made")
	flag.Parse()

	debug.SetMaxStack(maxStack)
	runtime.LockOSThread() // the engine's thread, whose time is measured
	e := newEngine(packages, *name, *seed, strings.Split(*skip, ","))
	if *verbose {
		e.log = os.Stderr
	}
	if len(e.targets) == 0 {
		fmt.Println("nothing to call")
		return
	}
	go e.watch()
	for deadline := time.Now().Add(*last); e.calls < *calls && time.Now().Before(deadline); {
		e.attack()
	}
	fmt.Printf("%d calls of %d functions of %d, %d of them returned without an error; the longest took %v: %s\n",
		e.calls, e.called(), len(e.targets), e.good, e.longest.Round(time.Millisecond), e.longestName)
	if len(e.failures) > 0 {
		os.Exit(1)
	}
}

// A target is a function as the engine sees it.
type target struct {
	Func
	value  reflect.Value
	typ    reflect.Type
	own    bool // belongs to the package under attack
	called bool
}

// An engine makes calls.
type engine struct {
	rng     *rand.Rand
	targets []*target                  // to attack
	makers  map[reflect.Type][]*target // functions that return a type
	consts  map[reflect.Type][]reflect.Value
	types   []reflect.Type // types of which there may be values
	texts   []string
	pool    pool

	mild    bool // the arguments of this call are those of a reasonable user
	pure    bool // values depend on the generator alone
	impls   map[reflect.Type][]reflect.Type
	open    []reflect.Value // pointers to the values that are being made, for cycles
	spent   int             // number of values made for this call
	nesting int             // of calls of makers and callbacks

	spentOutside time.Duration // of the processor, in callbacks that this package made
	outside      int           // depth of such callbacks

	calls, good int
	byHand      bool
	longest     time.Duration // of the processor, of a call
	longestName string
	failures    map[string]bool
	log, out    io.Writer
	now         running
}

func newEngine(packages []Package, name string, seed uint64, skip []string) *engine {
	e := &engine{
		rng:      rand.New(rand.NewPCG(seed, 25)),
		makers:   map[reflect.Type][]*target{},
		consts:   map[reflect.Type][]reflect.Value{},
		pool:     pool{byType: map[reflect.Type][]reflect.Value{}},
		failures: map[string]bool{},
		out:      os.Stdout,
		impls:    map[reflect.Type][]reflect.Type{},
	}
	for _, p := range packages {
		for _, f := range p.Funcs {
			t := &target{Func: f, value: reflect.ValueOf(f.F)}
			t.typ = t.value.Type()
			if slices.Contains(skip, f.Name) || !callable(t.typ) {
				continue
			}
			if t.own = p.Name == name; t.own {
				e.targets = append(e.targets, t)
			}
			for i := range t.typ.NumOut() {
				if out := t.typ.Out(i); out != errorType && (out.PkgPath() != "" || out.Kind() >= reflect.Array && out.Kind() != reflect.String) {
					e.makers[out] = append(e.makers[out], t)
				}
			}
		}
		e.types = append(e.types, p.Types...)
		for _, v := range p.Values {
			if v := reflect.ValueOf(v); v.IsValid() {
				e.consts[v.Type()] = append(e.consts[v.Type()], v)
			}
		}
		if p.Name == name {
			e.texts = append(e.texts, p.Texts...)
		}
	}
	e.texts = append(e.texts, texts...)
	theEngine = e
	return e
}

// callable reports whether the engine can make arguments of the type: it cannot make a
// testing.TB.
func callable(t reflect.Type) bool {
	for i := range t.NumIn() {
		if strings.HasPrefix(t.In(i).String(), "testing.") {
			return false
		}
	}
	return true
}

func (e *engine) called() (n int) {
	for _, t := range e.targets {
		if t.called {
			n++
		}
	}
	return n
}

// attack makes one call.
func (e *engine) attack() {
	e.mild = e.rng.IntN(3) > 0
	e.open, e.spent, e.nesting = nil, 0, 0
	t := e.targets[e.rng.IntN(len(e.targets))]
	args := e.arguments(t)
	if args == nil {
		return
	}
	e.calls++
	t.called = true
	out, ok := e.call(t, args)
	if ok && !failed(out) {
		e.good++
		if (len(args) == 0 || t.Method && len(args) == 1) && !t.Shares && e.one(3) {
			e.owned(t, args)
		}
	}
	if e.calls%256 == 0 {
		e.purge()
	}
}

// arguments makes arguments; it returns nil if it cannot.
func (e *engine) arguments(t *target) []reflect.Value {
	n := t.typ.NumIn()
	args := make([]reflect.Value, n)
	for i := range n {
		in := t.typ.In(i)
		if i == 0 && t.Method {
			if args[i] = e.receiver(in); !args[i].IsValid() {
				return nil
			}
			continue
		}
		args[i] = e.value(in, 0)
	}
	return args
}

// receiver makes a receiver, which is never a nil pointer: a method may panic for one,
// as methods in Go do.
func (e *engine) receiver(t reflect.Type) reflect.Value {
	if e.rng.IntN(8) == 0 { // the zero value
		if t.Kind() == reflect.Pointer {
			return reflect.New(t.Elem())
		}
		return reflect.Zero(t)
	}
	v := e.value(t, 0)
	if v.Kind() == reflect.Pointer && v.IsNil() {
		v = reflect.New(t.Elem())
	}
	return v
}

// call makes a call and keeps its results. It returns false if the call panicked.
func (e *engine) call(t *target, args []reflect.Value) (out []reflect.Value, ok bool) {
	if e.log != nil {
		fmt.Fprintln(e.log, e.nesting, describe(t, args))
	}
	outer := e.now.begin(t, args)
	if outer.target == nil {
		e.spentOutside = 0
	}
	defer func() {
		if p := recover(); p != nil {
			if !t.Panics {
				e.fail("panic", t, args, fmt.Sprint(p), string(debug.Stack()))
			}
			out, ok = nil, false
		}
		cpu := e.now.end(outer) - e.spentOutside
		if e.nesting == 0 {
			e.spentOutside = 0
		}
		if cpu > e.longest {
			e.longest, e.longestName = cpu, t.Name
		}
		if cpu > maxCPU {
			e.fail("slow", t, args, fmt.Sprintf("%v of processor time", cpu), "")
		}
	}()
	if t.typ.IsVariadic() {
		out = t.value.CallSlice(args)
	} else {
		out = t.value.Call(args)
	}
	// The text of an error that a user has built is the user's choice.
	e.byHand = t.Method && t.typ.In(0).Implements(errorType)
	for _, v := range out {
		e.look(v, 0)
	}
	return out, true
}

// meanwhile notes that a callback begins, whose time does not count for the function
// that calls it. The result notes its end.
func (e *engine) meanwhile() func() {
	if e.outside++; e.outside > 1 {
		return func() { e.outside-- }
	}
	began := cputime.Thread()
	return func() {
		e.outside--
		e.spentOutside += cputime.Thread() - began
	}
}

func failed(out []reflect.Value) bool {
	for _, v := range out {
		if v.Type() == errorType && !v.IsNil() {
			return true
		}
	}
	return false
}

// maxError bounds the text of an error in bytes: it may quote its argument, but not
// repeat a megabyte of it.
const maxError = 16 << 10

// look inspects a result as a user would, and keeps it for later calls.
func (e *engine) look(v reflect.Value, depth int) {
	if !v.IsValid() {
		return
	}
	switch v.Kind() {
	case reflect.Interface:
		if v.IsNil() {
			return
		}
		if v.Type() == errorType {
			if text := v.Interface().(error).Error(); len(text) > maxError && !e.byHand {
				panic(fmt.Sprintf("an error of %d bytes: %.200s", len(text), text))
			}
		}
		e.look(v.Elem(), depth)
		return
	case reflect.Func:
		if !v.IsNil() {
			e.use(v)
		}
		return
	case reflect.Pointer, reflect.Map:
		if v.IsNil() {
			return
		}
	case reflect.Slice:
		if depth < 2 && v.Len() > 0 {
			e.look(v.Index(e.rng.IntN(v.Len())), depth+1)
		}
	case reflect.Struct:
		if depth < 2 {
			if i := e.rng.IntN(max(1, v.NumField())); i < v.NumField() && v.Type().Field(i).IsExported() {
				e.look(v.Field(i), depth+1)
			}
		}
	case reflect.Bool, reflect.Int, reflect.String, reflect.Float64:
		if v.Type().PkgPath() == "" {
			return
		}
	}
	e.pool.add(e.rng, v)
}

// use calls a function that was returned or is a callback: it runs an iterator for a
// while, and calls others once.
func (e *engine) use(f reflect.Value) {
	t := f.Type()
	if t.NumIn() == 1 && t.NumOut() == 0 && t.In(0).Kind() == reflect.Func && t.In(0).NumOut() == 1 && t.In(0).Out(0).Kind() == reflect.Bool {
		left := []int{0, 1, 3, 200}[e.rng.IntN(4)]
		f.Call([]reflect.Value{reflect.MakeFunc(t.In(0), func(args []reflect.Value) []reflect.Value {
			for _, v := range args {
				e.look(v, 1)
			}
			left--
			return []reflect.Value{reflect.ValueOf(left > 0)}
		})})
		return
	}
	args := make([]reflect.Value, t.NumIn())
	for i := range args {
		args[i] = e.value(t.In(i), 3)
	}
	call := f.Call
	if t.IsVariadic() {
		call = f.CallSlice
	}
	for _, v := range call(args) {
		if v.Kind() != reflect.Func {
			e.look(v, 1)
		}
	}
}

// fail reports a failure, each place once.
func (e *engine) fail(kind string, t *target, args []reflect.Value, why, stack string) {
	if !t.own {
		return // the attack on its own package will find it
	}
	where := place(stack)
	key := kind + where
	if where == "" {
		key += t.Name
	}
	if e.failures[key] {
		return
	}
	e.failures[key] = true
	fmt.Fprintf(e.out, "%s: %s\n\t%s\n", strings.ToUpper(kind), describe(t, args), why)
	for line := range strings.SplitSeq(strings.TrimSuffix(where, "\n"), "\n") {
		if line != "" {
			fmt.Fprintln(e.out, "\t"+line)
		}
	}
}

// place returns the part of a stack between the panic and the call: files and lines.
func place(stack string) string {
	var out strings.Builder
	lines := strings.Split(stack, "\n")
	at := len(lines)
	for i, line := range lines {
		if strings.HasPrefix(line, "panic(") {
			at = i + 2
		}
	}
	n := 0
	for ; at+1 < len(lines) && n < 6; at += 2 {
		if strings.HasPrefix(lines[at], "reflect.") || strings.Contains(lines[at], "internal/hostile/") {
			if n > 0 {
				break
			}
			continue
		}
		file, _, _ := strings.Cut(strings.TrimSpace(lines[at+1]), " +0x")
		out.WriteString(file + "\n")
		n++
	}
	return out.String()
}
