// Package ifacelive runs on the Go at hand the interface operations that package iface
// predicts, and records the answers of older releases.
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

// Try calls f. It returns the result of f, or the text of its panic.
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

// Told returns the answer of a model, or the text of its panic.
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
