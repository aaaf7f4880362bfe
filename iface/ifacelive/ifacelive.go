// Package ifacelive asks the Go at hand what package iface predicts of interfaces, and
// keeps what older releases answered.
package ifacelive

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/iface"
)

// An Answer is the result of a comparison of two values: true, false, or the text of a
// panic.
type Answer struct {
	Equal string // x == y
	Deep  string // reflect.DeepEqual(x, y)
}

// Real compares two interfaces for real.
func Real(x, y any) (a Answer) {
	return Answer{
		Equal: Try(func() string { return fmt.Sprint(x == y) }),
		Deep:  Try(func() string { return fmt.Sprint(reflect.DeepEqual(x, y)) }),
	}
}

// Try runs f. The result is that of f, or the text of the panic.
func Try(f func() string) (out string) {
	defer func() {
		if r := recover(); r != nil {
			out = fmt.Sprint(r)
		}
	}()
	return f()
}

// Model compares them in a Runtime.
func Model(m *iface.Runtime, x, y iface.Value) (Answer, error) {
	equal, err := Told(m.Equal(x, y))
	if err != nil {
		return Answer{}, err
	}
	deep, err := Told(m.DeepEqual(x, y))
	return Answer{equal, deep}, err
}

// Told is a model's answer: a panic is its text.
func Told[T any](answer T, err error) (string, error) {
	var c *crash.Error
	switch {
	case errors.As(err, &c):
		return c.Text, nil
	case err != nil:
		return "", err
	}
	return fmt.Sprint(answer), nil
}
