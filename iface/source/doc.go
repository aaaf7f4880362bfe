// Package source performs Go statements on the Runtime of package iface: declarations of
// types, methods and variables, conversions, comparisons, assertions and switches.
//
//	p, _ := source.New(iface.Config{})
//	p.Do("var p *int")
//	p.Do("var i any = p")
//	p.Do("i == nil") // false
//
// # What it reads
//
// Declarations of types and methods come before all else, since package go/types checks
// them together; the bodies of methods are ignored. Then, one at a time:
//
//	var x T = e    var x T    x := e    x = e    x.f = e    *x = e    x[i] = e
//	v, ok := x.(T)
//	switch x.(type) { case int, string: case error: case nil: default: }
//	for range 5000 { ... }        // the last statement's outcome
//	e                             // any expression: its value
//
// Expressions are literals of all kinds, constants, conversions, ==, !=, !, && and ||,
// &x, *x, x.f, x[i], x[i:j], x.(T), calls of methods through an interface (the outcome is
// the function that is reached), new, make, len, reflect.DeepEqual, math.NaN, math.Inf,
// math.Copysign and errors.New, whose result is an *errors.errorString. An array of
// constants, or of nothing that is computed, is a constant literal. Arithmetic is for
// constants only.
//
// Variables are those of the package, so a value that is converted and kept escapes to
// the heap. A statement is a place in the program: performed again, it finds the caches
// that it left.
//
// # Concurrent use
//
// A [Program] is for one goroutine at a time.
package source
