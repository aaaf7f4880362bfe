package chanqlive

import (
	"errors"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/chanq"
	"github.com/orrery-go/orrery/internal/again"
)

// boundKinds has the element types, and how to make a channel of them.
var boundKinds = map[string]struct {
	elem chanq.Elem
	make func(n int) any
}{
	"byte":    {chanq.Elem{Size: 1}, func(n int) any { return make(chan byte, n) }},
	"int":     {chanq.Elem{Size: 8}, func(n int) any { return make(chan int, n) }},
	"*int":    {chanq.Elem{Size: 8, Pointers: true}, func(n int) any { return make(chan *int, n) }},
	"[3]byte": {chanq.Elem{Size: 3}, func(n int) any { return make(chan [3]byte, n) }},
	"64K-1":   {chanq.Elem{Size: 1<<16 - 1}, func(n int) any { return make(chan [1<<16 - 1]byte, n) }},
}

const boundEnv = "ORRERY_MAKECHAN"

// TestBound compares the largest buffer that makechan does not refuse: a process that asks
// for it ends for lack of memory, and one more element is a panic.
func TestBound(t *testing.T) {
	if kind, n, ok := strings.Cut(os.Getenv(boundEnv), " "); ok {
		size, err := strconv.Atoi(n)
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			fmt.Println(boundEnv, recover())
			os.Exit(0)
		}()
		_ = boundKinds[kind].make(size)
		return
	}
	if strconv.IntSize != 64 {
		t.Skip("a modelled channel has words of 8 bytes")
	}
	ask := func(kind string, n int64) string {
		out, _ := again.Run(t, fmt.Sprintf("%s=%s %d", boundEnv, kind, n))
		return out
	}
	for kind, k := range boundKinds {
		n := largestBuffer(t, k.elem)
		if text := ask(kind, n); !again.NoMemory(text) {
			t.Errorf("make(chan %s, %d): %.300s", kind, n, text)
		}
		if text := ask(kind, n+1); !strings.Contains(text, boundEnv+" "+chanq.SizeOutOfRange.Text) {
			t.Errorf("make(chan %s, %d): %.300s", kind, n+1, text)
		}
	}
	if c := make(chan struct{}, math.MaxInt); cap(c) != math.MaxInt {
		t.Error("a buffer of elements without bytes has a limit")
	}
	if _, err := newChans(t).Make(chanq.Elem{}, math.MaxInt64); err != nil {
		t.Error(err)
	}
}

func newChans(t *testing.T) *chanq.Chans {
	t.Helper()
	m, err := chanq.New(chanq.Config{Release: "running"})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// largestBuffer finds the largest buffer that the model does not refuse.
func largestBuffer(t *testing.T, e chanq.Elem) int64 {
	t.Helper()
	m := newChans(t)
	most, refused := int64(0), int64(1<<62)
	for most+1 < refused {
		n := most + (refused-most)/2
		if _, err := m.Make(e, n); errors.Is(err, chanq.SizeOutOfRange) {
			refused = n
		} else if err != nil {
			t.Fatal(err)
		} else {
			most = n
		}
	}
	return most
}
