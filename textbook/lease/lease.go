// Package lease models a lock that expires: the lock of a distributed system,
// whose holder may have stopped, or may only be slow.
//
// A lease bounds how long a dead holder blocks the others. It does not exclude two
// holders at once: a process that was stopped for longer than the lease, say by a
// pause of the collector, goes on and still believes that it holds the lock. So each
// lease has a number that grows, a fencing token, and the protected store refuses a
// token older than one that it has seen (M. Kleppmann, How to do distributed locking,
// 2016).
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

// Advance lets time pass. It returns an error if the duration is negative or the time
// overflows.
func (l *Lock) Advance(d time.Duration) error {
	if d < 0 || l.now+d < l.now {
		return fmt.Errorf("lease: advance by %v out of range [0,%v]", d, 1<<63-1-l.now)
	}
	l.now += d
	return nil
}

// Acquire takes the lock for the duration, if it is free. It returns an error if the
// duration is not above 0, or if the time of its end overflows.
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
// given back. A real holder cannot rely on the answer: it may be out of date by the
// time it is read.
func (l *Lock) Holds(t Token) bool { return t == l.last && l.expires > l.now }

// Release returns the lock back, if the token still holds it.
func (l *Lock) Release(t Token) bool {
	if !l.Holds(t) {
		return false
	}
	l.expires = l.now
	return true
}

// A Store is the storage that the lock protects.
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

// Value returns the value that was written last.
func (s *Store) Value() string { return s.value }

// Stale counts the writes whose token was older than an earlier one.
func (s *Store) Stale() int { return s.stale }
