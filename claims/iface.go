package claims

import (
	_ "embed"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"

	"github.com/orrery-go/orrery/claims/interfaces"
	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/iface"
)

//go:embed interfaces/questions.go
var interfaceQuestions string

// interfaceProbe returns the file of the probe that asks about interfaces.
func interfaceProbe() string {
	return strings.Replace(interfaceQuestions, "package interfaces", "package main", 1)
}

// Two types of one kind.
type (
	recordA struct{ N int }
	recordB struct{ N int }
)

var ifaceChecks = interfaceChecks(map[string]func(m *iface.Runtime) (string, error){
	"19-1": func(m *iface.Runtime) (string, error) {
		return printed(nilPointer(m, func(i, p iface.Value) (bool, error) { return m.Equal(i, p) }))
	},
	"19-2": func(m *iface.Runtime) (string, error) {
		return printed(nilPointer(m, func(_, p iface.Value) (bool, error) { return p.IsNil() }))
	},
	"19-3": func(m *iface.Runtime) (string, error) {
		return printed(nilPointer(m, func(i, _ iface.Value) (bool, error) { return i.IsNil() }))
	},
	"19-4": func(m *iface.Runtime) (string, error) {
		isNil, err := nilPointer(m, func(i, _ iface.Value) (bool, error) { return i.IsNil() })
		return yesNo(isNil), err
	},
	"21a-1": func(m *iface.Runtime) (string, error) {
		a, err := m.RealType(reflect.TypeFor[recordA]())
		if err != nil {
			return "", err
		}
		b, err := m.RealType(reflect.TypeFor[recordB]())
		if err != nil {
			return "", err
		}
		if a.Kind() != b.Kind() {
			return "of two kinds", nil
		}
		same, err := m.Identical(a, b)
		return yesNo(same), err
	},
	"21a-2": func(m *iface.Runtime) (string, error) {
		nan := math.NaN()
		var out []string
		for _, pair := range [][2]any{{&recordA{1}, &recordA{1}}, {[]int{1}, []int{1}}, {&nan, &nan}} {
			v, err := m.ValuesOf(pair[0], pair[1])
			if err != nil {
				return "", err
			}
			equal, err := orPanic(m.Equal(v[0], v[1]))
			if err != nil {
				return "", err
			}
			deep, err := orPanic(m.DeepEqual(v[0], v[1]))
			if err != nil {
				return "", err
			}
			out = append(out, equal+" "+deep)
		}
		return strings.Join(out, "; "), nil
	},
	"21a-3": func(m *iface.Runtime) (string, error) {
		n, other := 1, "x"
		var out []string
		for _, a := range []any{1, &n, &other} {
			text, err := assigned(m, a, 2)
			if err != nil {
				return "", err
			}
			out = append(out, text)
		}
		return strings.Join(out, "; "), nil
	},
})

// interfaceChecks returns checks that a Runtime of each release answers; the Go at hand
// answers by its own questions.
func interfaceChecks(questions map[string]func(m *iface.Runtime) (string, error)) map[string]check {
	out := map[string]check{}
	for id, ask := range questions {
		out[id] = check{
			model: func(rel string) (string, error) {
				m, err := iface.New(iface.Config{Release: rel})
				if err != nil {
					return "", err
				}
				return ask(m)
			},
			live: func() (string, error) { return interfaces.InterfaceQuestions[id](), nil },
		}
	}
	return out
}

// nilPointer asks about a nil *int, p, and an interface{} that holds it, i.
func nilPointer(m *iface.Runtime, ask func(i, p iface.Value) (bool, error)) (bool, error) {
	i, err := m.ValueOf((*int)(nil))
	if err != nil {
		return false, err
	}
	p, err := i.Elem()
	if err != nil {
		return false, err
	}
	return ask(i, p)
}

func printed(b bool, err error) (string, error) { return fmt.Sprint(b), err }

// orPanic returns an answer, or reports that there was a panic.
func orPanic(b bool, err error) (string, error) {
	var c *crash.Error
	if errors.As(err, &c) {
		return "panic", nil
	}
	return fmt.Sprint(b), err
}

// assigned performs reflect.ValueOf(a).Elem().Set(reflect.ValueOf(b)): it sets the
// variable that a points to, if a is a pointer and b is assignable to it.
func assigned(m *iface.Runtime, a, b any) (string, error) {
	v, err := m.ValuesOf(a, b)
	if err != nil {
		return "", err
	}
	to, err := v[0].Elem()
	if err != nil {
		return "", err
	}
	from, err := v[1].Elem()
	if err != nil {
		return "", err
	}
	if to.Type().Kind() != reflect.Pointer {
		return "panic", nil
	}
	if to, err = to.Elem(); err != nil {
		return "", err
	}
	ok, err := m.Assignable(from.Type(), to.Type())
	if err != nil {
		return "", err
	}
	if !ok.OK {
		return "panic", nil
	}
	return "*a is " + from.String(), to.Set(from)
}
