package iface_test

import (
	"fmt"
	"math"

	"github.com/orrery-go/orrery/iface"
	"github.com/orrery-go/orrery/iface/source"
)

// do performs statements, and prints those that have a value or panic.
func do(c iface.Config, statements ...string) {
	p, err := source.New(c)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range statements {
		if out, err := p.Do(s); err != nil {
			fmt.Println(s, "panics:", err)
		} else if out.Text != "" {
			fmt.Println(s, "is", out)
		}
	}
}

// A nil pointer in an interface: the interface has a type, so it is not nil.
func Example() {
	do(iface.Config{},
		"type MyError struct{}",
		"func (*MyError) Error() string",
		"var p *MyError",
		"var err error = p",
		"p == nil",
		"err == nil",
		"err == p",
		"err.Error()",
	)
	// Output:
	// p == nil is true
	// err == nil is false
	// err == p is true
	// err.Error() is main.(*MyError).Error
}

func ExampleRuntime_Equal() {
	m, err := iface.New(iface.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	type T struct {
		N int
		F func()
	}
	for _, pair := range [][2]any{{1, 1}, {1, int64(1)}, {math.NaN(), math.NaN()}, {T{N: 1}, T{N: 2}}} {
		v, err := m.ValuesOf(pair[0], pair[1])
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(m.Equal(v[0], v[1]))
	}
	// Output:
	// true <nil>
	// false <nil>
	// false <nil>
	// false runtime error: comparing uncomparable type iface_test.T
}

func ExampleRuntime_DeepEqual() {
	nan := math.NaN()
	for _, release := range []string{"go1.5", "go1.6"} {
		m, err := iface.New(iface.Config{Release: release})
		if err != nil {
			fmt.Println(err)
			return
		}
		v, err := m.ValuesOf(&nan, &nan)
		if err != nil {
			fmt.Println(err)
			return
		}
		equal, _ := m.Equal(v[0], v[1])
		deep, _ := m.DeepEqual(v[0], v[1])
		fmt.Println(release, equal, deep)
	}
	// Output:
	// go1.5 true false
	// go1.6 true true
}

func ExampleRuntime_Convert() {
	for _, release := range []string{"go1.3", "go1.14", "go1.15"} {
		m, err := iface.New(iface.Config{Release: release})
		if err != nil {
			fmt.Println(err)
			return
		}
		held, err := m.ValueOf(200)
		if err != nil {
			fmt.Println(err)
			return
		}
		n, err := held.Elem()
		if err != nil {
			fmt.Println(err)
			return
		}
		_, box, err := m.Convert(n, held.Type(), iface.Use{Escapes: true})
		fmt.Printf("%s: %d bytes, %s %v\n", release, box.Heap, box.Why, err)
	}
	// Output:
	// go1.3: 0 bytes, a value of up to 8 bytes is the data word <nil>
	// go1.14: 8 bytes, the value is copied into a new object <nil>
	// go1.15: 0 bytes, there is a word for each number below 256 in the program <nil>
}

// An assertion to an interface, step by step.
func ExampleRuntime_Assertion() {
	do(iface.Config{Trace: func(e iface.Event) { fmt.Println(" ", e) }},
		"type T struct{}",
		"func (T) String() string",
		"type Stringer interface { String() string }",
		"type Closer interface { Close() error }",
		"x := any(T{})",
		"x.(Stringer)",
		"x.(Closer)",
	)
	// Output:
	//   boxed: main.T: zerobase, 0 bytes
	//   cache miss: main.T
	//   matched: String of main.T
	//   itab made: main.T for main.Stringer: good
	// x.(Stringer) is main.T{}
	//   cache miss: main.T
	//   missing: Close of main.T
	//   itab made: main.T for main.Closer: a method is missing
	//   panicked: interface conversion: main.T is not main.Closer: missing method Close
	// x.(Closer) panics: interface conversion: main.T is not main.Closer: missing method Close
}

func ExampleRuntime_Switch() {
	do(iface.Config{Trace: func(e iface.Event) { fmt.Println(" ", e) }},
		"x := any([]int{1})",
		"switch x.(type) { case int: ; case string: ; case bool: ; case []int: ; case error: ; }",
	)
	// Output:
	//   boxed: []int: heap, 24 bytes
	//   halved: the hash of []int is at most that of bool: no
	//   hash tried: []int against []int: yes
	//   case tried: []int against []int: yes
	// switch x.(type) { case int: ; case string: ; case bool: ; case []int: ; case error: ; } is case []int
}
