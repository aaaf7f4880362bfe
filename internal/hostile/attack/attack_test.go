package attack

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// A victim resembles a model.
type victim struct {
	list  []int
	trace func(int)
	busy  bool
}

type config struct {
	N     int
	Trace func(int)
}

func newVictim(c config) (*victim, error) {
	if c.N < 0 || c.N > 10 {
		return nil, errors.New("out of range")
	}
	return &victim{list: make([]int, c.N), trace: c.Trace}, nil
}

func (v *victim) first() int { return v.list[0] }

func (v *victim) all() []int { return v.list }

func (v *victim) copied() []int { return append([]int{}, v.list...) }

func (v *victim) size() int { return len(v.list) }

func (v *victim) run() {
	if v.busy {
		panic("called from its own trace")
	}
	v.busy = true
	if v.trace != nil {
		v.trace(1)
	}
	v.busy = false
}

// TestFinds attacks functions, each of which has a fault that some arguments reveal, or
// none.
func TestFinds(t *testing.T) {
	for name, test := range map[string]struct {
		f     any
		finds string
	}{
		"fine":                       {func(n int, s string, b []byte) error { return nil }, ""},
		"the index is not looked at": {func(list []int, i int) { _ = list[i] }, "index out of range"},
		"nil function":               {func(f func(int) int) { f(1) }, "nil pointer"},
		"nil interface":              {func(w fmt.Stringer) { _ = w.String() }, "nil pointer"},
		"negative length":            {func(n int64) { _ = make([]byte, n&(1<<20-1)|n&(-1<<63)) }, "len out of range"},
		"the zero value":             {(*victim).first, "index out of range"},
		"as documented":              {(*victim).size, ""},
		"called from its trace":      {(*victim).run, "called from its own trace"},
		"a choice out of range":      {func(choose func(n int) int) { _ = make([]int, 3)[max(choose3(choose), 0)] }, "index out of range"},
		"its argument in the error":  {func(s string) error { return errors.New(s) }, "an error of"},
		"a stack that never ends":    {func(p *node) int { return depth(p, 0) }, "endless"},
		"what it returns is its own": {(*victim).all, "shares memory"},
		"what it returns is a copy":  {(*victim).copied, ""},
		"an iterator that goes on": {func() func(func(int) bool) {
			return func(yield func(int) bool) {
				for yield(1) {
				}
				yield(2)
				panic("went on")
			}
		}, "went on"},
	} {
		v := reflect.TypeOf(test.f)
		target := Func{Name: name, F: test.f, Method: v.NumIn() > 0 && v.In(0) == reflect.TypeFor[*victim]()}
		p := Package{Name: "p", Funcs: []Func{target}, Types: []reflect.Type{reflect.TypeFor[config]()}}
		maker := Package{Name: "q", Funcs: []Func{{Name: "newVictim", F: newVictim}}}
		e := newEngine([]Package{p, maker}, "p", 1, nil)
		var out bytes.Buffer
		e.out = &out
		for e.calls < 5000 && out.Len() == 0 {
			e.attack()
		}
		if test.finds == "" && out.Len() > 0 || !strings.Contains(out.String(), test.finds) {
			t.Errorf("%s: after %d calls found %q, want %q", name, e.calls, out.String(), test.finds)
		}
	}
}

func choose3(choose func(int) int) int {
	if choose == nil {
		return 0
	}
	return choose(3)
}

type node struct{ Next *node }

func depth(p *node, n int) int {
	if n > 1000 {
		panic("endless")
	}
	if p == nil {
		return n
	}
	return depth(p.Next, n+1)
}

// TestSame checks that the same seed makes the same calls.
func TestSame(t *testing.T) {
	p := Package{Name: "p", Funcs: []Func{
		{Name: "f", F: func(config, []string, map[string]int, any) {}},
		{Name: "new", F: newVictim},
		{Name: "size", F: (*victim).size, Method: true},
	}, Types: []reflect.Type{reflect.TypeFor[config]()}}
	calls := func(seed uint64) []string {
		e := newEngine([]Package{p}, "p", seed, nil)
		var log bytes.Buffer
		e.log = &log
		for e.calls < 500 {
			e.attack()
		}
		return strings.Split(log.String(), "\n")
	}
	if !slices.Equal(calls(7), calls(7)) {
		t.Error("two runs of one seed differ")
	}
	if slices.Equal(calls(7), calls(8)) {
		t.Error("runs of two seeds do not differ")
	}
}
