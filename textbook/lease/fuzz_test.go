package lease_test

import (
	"strings"
	"testing"
	"time"

	"github.com/orrery-go/orrery/textbook/lease"
)

// FuzzLock has clients that acquire, write and release at any time: at most one holds
// the lock, tokens grow, and a fenced store accepts no write with an older token than
// before.
func FuzzLock(f *testing.F) {
	f.Add([]byte{0, 10, 1, 1, 2, 20, 0, 5, 1, 1, 1, 2, 3, 2})
	f.Fuzz(func(t *testing.T, data []byte) {
		var l lease.Lock
		store := lease.Store{Fenced: true}
		last := lease.Token(0)
		for ; len(data) >= 2; data = data[2:] {
			arg := int64(int8(data[1]))
			var err error
			switch data[0] % 4 {
			case 0:
				var token lease.Token
				var ok bool
				held := l.Holds(last)
				token, ok, err = l.Acquire(time.Duration(arg << (data[0] % 57)))
				if ok {
					if held || token <= last || !l.Holds(token) {
						t.Fatalf("token %d after %d, which was held: %v", token, last, held)
					}
					last = token
				}
			case 1:
				store.Write(lease.Token(arg), "")
			case 2:
				err = l.Advance(time.Duration(arg << (data[0] % 57)))
			case 3:
				if l.Release(lease.Token(arg)) && l.Holds(lease.Token(arg)) {
					t.Fatal("it was given back and is held")
				}
			}
			if err != nil && !strings.HasPrefix(err.Error(), "lease: ") {
				t.Fatal(err)
			}
		}
		if store.Stale() != 0 {
			t.Fatalf("a fenced store took %d old writes", store.Stale())
		}
	})
}

// BenchmarkLease acquires, writes and releases.
func BenchmarkLease(b *testing.B) {
	var l lease.Lock
	store := lease.Store{Fenced: true}
	b.ReportAllocs()
	for b.Loop() {
		token, ok, err := l.Acquire(time.Second)
		if !ok || err != nil || !store.Write(token, "new") || !l.Release(token) {
			b.Fatal(ok, err)
		}
	}
}
