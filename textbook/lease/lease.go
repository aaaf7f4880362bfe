// Package lease models a lock that expires: the lock of a distributed system,
// whose holder may have stopped, or may only be slow.
//
// A lease bounds how long a dead holder blocks the others. It does not keep two
// apart: who was away for longer than the lease, in a pause of the collector say,
// comes back and still believes that the lock is its own. So each lease has a
// number that grows, a fencing token, and what is protected refuses a token older
// than one that it has seen (M. Kleppmann, How to do distributed locking, 2016).
//
// # Concurrent use
//
// A [Lock] and a [Store] are for one goroutine at a time.
package lease

import (
	"fmt"
	"time"
)

// A Token is the number of a lease: 1, 2, 3, and so on.
type Token uint64

// A Lock is held by at most one at a time, as far as the lock knows. The zero
// Lock is free, and its time is 0.
type Lock struct {
	now     time.Duration
	last    Token
	expires time.Duration // of the last; not after now: the lock is free
}

// Advance lets time pass. A negative duration, and more than time can hold, is an
// error.
func (l *Lock) Advance(d time.Duration) error {
	if d < 0 || l.now+d < l.now {
		return fmt.Errorf("lease: advance by %v out of range [0,%v]", d, 1<<63-1-l.now)
	}
	l.now += d
	return nil
}

// Acquire takes the lock for the duration, if it is free. A duration that is not
// above 0, or ends after all time, is an error.
func (l *Lock) Acquire(d time.Duration) (t Token, ok bool, err error) {
	if d <= 0 || l.now+d < l.now {
		return 0, false, fmt.Errorf("lease: %v out of range (0,%v]", d, 1<<63-1-l.now)
	}
	if l.expires > l.now {
		return 0, false, nil
	}
	l.last++
	l.expires = l.now + d
	return l.last, true, nil
}

// Holds reports whether the lease of that token has neither expired nor been
// given back. The holder cannot know: by the time it reads the answer it may be
// otherwise.
func (l *Lock) Holds(t Token) bool { return t == l.last && l.expires > l.now }

// Release gives the lock back, if the token still holds it.
func (l *Lock) Release(t Token) bool {
	if !l.Holds(t) {
		return false
	}
	l.expires = l.now
	return true
}

// A Store is what the lock protects.
type Store struct {
	Fenced bool // it refuses old tokens

	newest Token
	value  string
	stale  int
}

// Write writes with a token, and reports whether the store took it.
func (s *Store) Write(t Token, value string) bool {
	if t < s.newest {
		if s.Fenced {
			return false
		}
		s.stale++
	}
	s.newest = max(s.newest, t)
	s.value = value
	return true
}

// Value is what was written last.
func (s *Store) Value() string { return s.value }

// Stale counts the writes that came with a token older than one before.
func (s *Store) Stale() int { return s.stale }
