package claims

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unsafe"

	"github.com/orrery-go/orrery/slicegrow"
)

// Values that must be on the heap are assigned to these variables.
var (
	intSink     []int
	byteSink    []byte
	pointerSink []*int
	emptySink   *struct{}
)

var slicegrowChecks = map[string]check{
	"12-1": {
		model: views(func(nilSlice, empty slicegrow.Views) string { return nilSlice.JSON + " " + empty.JSON }),
		live:  func() (string, error) { return marshal([]int(nil)) + " " + marshal([]int{}), nil },
	},
	"12-2": {
		model: views(func(_, empty slicegrow.Views) string { return fmt.Sprint(empty.Nil, empty.Len) }),
		live:  func() (string, error) { s := make([]int, 0); return fmt.Sprint(s == nil, len(s)), nil },
	},
	"12-3": {
		model: func(string) (string, error) {
			s, err := slicegrow.Make(0, 0, 8, true)
			return s.Ptr.String(), err
		},
		live: zerobase,
	},
	"12-4": {
		model: views(func(_, empty slicegrow.Views) string { return fmt.Sprint(empty.Nil) }),
		live:  func() (string, error) { s := []int{}; return fmt.Sprint(s == nil), nil },
	},
	"12-5": {
		model: views(func(nilSlice, empty slicegrow.Views) string { return fmt.Sprint(empty.Nil, nilSlice.Nil) }),
		live: func() (string, error) {
			empty, nilSlice := []int{}, []int(nil)
			return fmt.Sprint(empty == nil, nilSlice == nil), nil
		},
	},
	"17-1": {
		model: caps(
			slicegrow.Append{Len: 5, Cap: 5, Count: 6, Size: 8, Verb: slicegrow.Spread},
			slicegrow.Append{Len: 5, Cap: 5, Count: 6, Size: 1, Verb: slicegrow.Spread}),
		live: func() (string, error) {
			intSink = append(make([]int, 5), make([]int, 6)...)
			byteSink = append(make([]byte, 5), make([]byte, 6)...)
			return fmt.Sprint(cap(intSink), cap(byteSink)), nil
		},
	},
	"17-2": {
		model: caps(slicegrow.Append{Len: 1000, Cap: 1024, Count: 25, Size: 8, Verb: slicegrow.Spread}),
		live: func() (string, error) {
			intSink = append(make([]int, 1000, 1024), make([]int, 25)...)
			return fmt.Sprint(cap(intSink)), nil
		},
	},
	"17-3": {
		model: caps(slicegrow.Append{Len: 1024, Cap: 1024, Count: 1, Size: 8}),
		live: func() (string, error) {
			intSink = append(make([]int, 1024), 1)
			return fmt.Sprint(cap(intSink)), nil
		},
	},
	"17-4": {
		model: caps(slicegrow.Append{Len: 5, Cap: 5, Count: 2, Size: 0, Verb: slicegrow.Spread}),
		live: func() (string, error) {
			return fmt.Sprint(cap(append(make([]struct{}, 5), make([]struct{}, 2)...))), nil
		},
	},
	"17-5": {
		model: passes(slicegrow.Append{Count: 1, Size: 8, Pointers: true}, 600, func(step slicegrow.Step) bool { return step.Cap > 60 }),
		live:  pointerCaps,
	},
	"17-6": {
		quiet: true,
		model: firstFour(passes(slicegrow.Append{Count: 1, Size: 8, Dest: slicegrow.Local}, 20, nil)),
		live:  func() (string, error) { return firstCaps(), nil },
	},
	"29-6": {
		quiet: true,
		model: func(rel string) (string, error) {
			g, err := grow(rel, slicegrow.Append{Count: 1, Size: 8, Dest: slicegrow.Local})
			if g.Ptr == slicegrow.Stack {
				return "0", err
			}
			return "1", err
		},
		live: func() (string, error) {
			total := 0
			allocs := testing.AllocsPerRun(100, func() { total += appendOne(1) })
			if total == 0 {
				return "", errors.New("nothing was appended")
			}
			return fmt.Sprint(allocs), nil
		},
	},
}

// views returns a check whose answer is derived from the header model's nil and empty
// slice, which are the same in every release.
func views(answer func(nilSlice, empty slicegrow.Views) string) func(string) (string, error) {
	return func(string) (string, error) {
		literal, err := slicegrow.Literal(0, 8, true)
		if err != nil {
			return "", err
		}
		nilSlice, err := slicegrow.Var().Views("int")
		if err != nil {
			return "", err
		}
		empty, err := literal.Views("int")
		return answer(nilSlice, empty), err
	}
}

func grow(rel string, a slicegrow.Append) (slicegrow.Growth, error) {
	r, err := slicegrow.ForRelease(rel)
	if err != nil {
		return slicegrow.Growth{}, err
	}
	return r.Grow(a)
}

func caps(appends ...slicegrow.Append) func(string) (string, error) {
	return func(rel string) (string, error) {
		var out []any
		for _, a := range appends {
			g, err := grow(rel, a)
			if err != nil {
				return "", err
			}
			out = append(out, g.Cap)
		}
		return strings.TrimSuffix(fmt.Sprintln(out...), "\n"), nil
	}
}

// passes returns the capacities of n appends, or those of them for which want returns
// true.
func passes(a slicegrow.Append, n int64, want func(slicegrow.Step) bool) func(string) (string, error) {
	return func(rel string) (string, error) {
		r, err := slicegrow.ForRelease(rel)
		if err != nil {
			return "", err
		}
		var out []string
		for step, err := range r.Sequence(a, n) {
			if err != nil {
				return "", err
			}
			if want == nil || want(step) {
				out = append(out, fmt.Sprint(step.Cap))
			}
		}
		return strings.Join(out, " "), nil
	}
}

func firstFour(answer func(string) (string, error)) func(string) (string, error) {
	return func(rel string) (string, error) {
		text, err := answer(rel)
		words := strings.Fields(text)
		return strings.Join(words[:min(4, len(words))], " "), err
	}
}

func marshal(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(data)
}

func zerobase() (string, error) {
	n := 0
	intSink = make([]int, n)
	emptySink = new(struct{}) // its address is zerobase
	if unsafe.Pointer(unsafe.SliceData(intSink)) == unsafe.Pointer(emptySink) {
		return "zerobase", nil
	}
	return "elsewhere", nil
}

func pointerCaps() (string, error) {
	var out []string
	pointerSink = nil
	for len(pointerSink) < 600 {
		old := cap(pointerSink)
		if pointerSink = append(pointerSink, nil); cap(pointerSink) != old && cap(pointerSink) > 60 {
			out = append(out, fmt.Sprint(cap(pointerSink)))
		}
	}
	return strings.Join(out, " "), nil
}

func firstCaps() string {
	var caps [4]int
	n := 0
	var s []int // does not escape
	for n < len(caps) {
		if s = append(s, 1); n == 0 || cap(s) != caps[n-1] {
			caps[n] = cap(s)
			n++
		}
	}
	return strings.Trim(fmt.Sprint(caps), "[]")
}

//go:noinline
func appendOne(i int) int {
	var s []int
	s = append(s, i)
	return s[0] + cap(s)
}
