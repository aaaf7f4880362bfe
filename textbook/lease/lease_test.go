package lease_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/orrery-go/orrery/textbook/lease"
)

// A client pauses for longer than its lease. When it continues it overwrites the value
// of its successor, unless the store checks the token.
func Example() {
	for _, fenced := range []bool{false, true} {
		var l lease.Lock
		s := lease.Store{Fenced: fenced}
		first, _, _ := l.Acquire(10 * time.Second)
		l.Advance(11 * time.Second) // the first client is paused
		second, ok, _ := l.Acquire(10 * time.Second)
		fmt.Println("fenced:", fenced, "- second client:", ok, s.Write(second, "new"))
		fmt.Println("first client:", s.Write(first, "old"), "- the store has", s.Value())
	}
	// Output:
	// fenced: false - second client: true true
	// first client: true - the store has old
	// fenced: true - second client: true true
	// first client: false - the store has new
}

func TestLease(t *testing.T) {
	var l lease.Lock
	a, ok, err := l.Acquire(time.Second)
	if !ok || err != nil || !l.Holds(a) {
		t.Fatal(a, ok, err)
	}
	if _, ok, _ := l.Acquire(time.Second); ok {
		t.Error("two hold it")
	}
	if !l.Release(a) || l.Release(a) || l.Holds(a) {
		t.Error("not given back, or twice")
	}
	if b, ok, _ := l.Acquire(time.Second); !ok || b <= a {
		t.Errorf("token %d after %d, %v", b, a, ok)
	}
	if _, _, err := l.Acquire(0); err == nil {
		t.Error("a lease of no time")
	}
	if l.Advance(-1) == nil || l.Advance(1<<63-1) != nil || l.Advance(1) == nil {
		t.Error("an Advance out of range is accepted, or one in range is not")
	}
}
