// Package interfaces asks the Go that builds it the ledger's questions about
// interfaces, in the Go of 1.2, so that every release can.
//
// # Concurrent use
//
// The questions may be asked by several goroutines at once.
package interfaces

import (
	"fmt"
	"math"
	"reflect"
	"strings"
)

type recordA struct{ N int }
type recordB struct{ N int }

var nilPointer *int

// InterfaceQuestions are the questions, by row.
var InterfaceQuestions = map[string]func() string{
	"19-1": func() string { return fmt.Sprint(kept(nilPointer) == nilPointer) },
	"19-2": func() string { return fmt.Sprint(nilPointer == nil) },
	"19-3": func() string { return fmt.Sprint(kept(nilPointer) == nil) },
	"19-4": func() string { return yes(kept(nilPointer) == nil) },
	"21a-1": func() string {
		a, b := reflect.TypeOf(recordA{}), reflect.TypeOf(recordB{})
		if a.Kind() != b.Kind() {
			return "of two kinds"
		}
		return yes(a == b)
	},
	"21a-2": func() string {
		nan := math.NaN()
		return twoWays(&recordA{1}, &recordA{1}) + "; " + twoWays([]int{1}, []int{1}) + "; " + twoWays(&nan, &nan)
	},
	"21a-3": func() string {
		n, other := 1, "x"
		return sets(1, 2) + "; " + sets(&n, 2) + "; " + sets(&other, 2)
	},
}

// kept hides the content of an interface from the compiler.
//
//go:noinline
func kept(x interface{}) interface{} { return x }

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// guarded returns the result of f, or its panic.
func guarded(f func() string) (out string) {
	defer func() {
		if recover() != nil {
			out = "panic"
		}
	}()
	return f()
}

func twoWays(x, y interface{}) string {
	return guarded(func() string { return fmt.Sprint(x == y) }) + " " + fmt.Sprint(reflect.DeepEqual(x, y))
}

func sets(a, b interface{}) string {
	return guarded(func() string {
		reflect.ValueOf(a).Elem().Set(reflect.ValueOf(b))
		return strings.Replace(fmt.Sprint("*a is ", reflect.ValueOf(a).Elem().Interface()), "  ", " ", -1)
	})
}
