// Package cache models caches. An [LRU] is one level, which evicts the least recently
// used entry, and entries that are too old; a [Flight] makes all callers that want the
// same key wait for one load; [Levels] are caches in front of a slow origin, on a virtual
// clock, which show the stampede at the end of an entry's life, and its cure.
//
// # Concurrent use
//
// Each value is for one goroutine at a time.
package cache

import (
	"errors"
	"fmt"
	"time"
)

// MaxSize is the largest number of entries of a level.
const MaxSize = 1 << 20

// An LRU is a cache of bounded size that evicts the least recently used entry, as
// github.com/hashicorp/golang-lru/v2 does. Get one from [NewLRU]. A method panics if its
// key is an interface that holds what cannot be compared, as a map does.
type LRU[K comparable, V any] struct {
	size  int
	ttl   time.Duration
	now   time.Duration
	index map[K]int32
	nodes []node[K, V] // 0 is the ring's sentinel: next is the newest, prev the oldest
	free  []int32
}

type node[K comparable, V any] struct {
	key        K
	value      V
	since      time.Duration
	next, prev int32
}

var errUseNew = errors.New("cache: the zero value holds nothing: use its New")

// NewLRU makes an empty cache. An entry expires at the age ttl, or never if that is 0. It
// returns an error if the size is out of [1,MaxSize], or ttl is negative.
func NewLRU[K comparable, V any](size int, ttl time.Duration) (*LRU[K, V], error) {
	if size < 1 || size > MaxSize {
		return nil, fmt.Errorf("cache: size %d out of range [1,%d]", size, MaxSize)
	}
	if ttl < 0 {
		return nil, fmt.Errorf("cache: a time to live of %v", ttl)
	}
	return &LRU[K, V]{size: size, ttl: ttl, index: map[K]int32{}, nodes: make([]node[K, V], 1)}, nil
}

// to lets time pass.
func (c *LRU[K, V]) to(now time.Duration) error {
	if c.index == nil {
		return errUseNew
	}
	if now < c.now {
		return fmt.Errorf("cache: the time goes back from %v to %v", c.now, now)
	}
	c.now = now
	return nil
}

// Add adds a value as the newest, and returns the key that it evicted, if any. It returns
// an error if the time goes back.
func (c *LRU[K, V]) Add(now time.Duration, key K, value V) (gone K, evicted bool, err error) {
	if err := c.to(now); err != nil {
		return gone, false, err
	}
	if !same(key, key) {
		return gone, false, errors.New("cache: a key that is not equal to itself cannot be found again")
	}
	if i, ok := c.index[key]; ok {
		c.unlink(i)
		c.nodes[i].value, c.nodes[i].since = value, now
		c.link(i)
		return gone, false, nil
	}
	if len(c.index) == c.size {
		gone, evicted = c.nodes[c.nodes[0].prev].key, true
		c.drop(c.nodes[0].prev)
	}
	var i int32
	if n := len(c.free); n > 0 {
		i, c.free = c.free[n-1], c.free[:n-1]
	} else {
		c.nodes = append(c.nodes, node[K, V]{})
		i = int32(len(c.nodes) - 1)
	}
	c.nodes[i] = node[K, V]{key: key, value: value, since: now}
	c.link(i)
	c.index[key] = i
	return gone, evicted, nil
}

// Get returns the value of a key, and makes it the newest. It removes an expired one. It
// returns an error if the time goes back.
func (c *LRU[K, V]) Get(now time.Duration, key K) (value V, ok bool, err error) {
	if err := c.to(now); err != nil {
		return value, false, err
	}
	i, ok := c.index[key]
	if !ok {
		return value, false, nil
	}
	if c.old(i) {
		c.drop(i)
		return value, false, nil
	}
	c.unlink(i)
	c.link(i)
	return c.nodes[i].value, true, nil
}

// Peek returns the value of a key without making it the newest. It returns an error if
// the time goes back.
func (c *LRU[K, V]) Peek(now time.Duration, key K) (value V, ok bool, err error) {
	if err := c.to(now); err != nil {
		return value, false, err
	}
	if i, ok := c.index[key]; ok && !c.old(i) {
		return c.nodes[i].value, true, nil
	}
	return value, false, nil
}

// Remove removes a key, and reports whether it was there.
func (c *LRU[K, V]) Remove(key K) bool {
	i, ok := c.index[key]
	if ok {
		c.drop(i)
	}
	return ok
}

// Len returns the number of entries, including expired ones that nobody has asked for.
func (c *LRU[K, V]) Len() int { return len(c.index) }

// Keys lists the keys, the oldest first.
func (c *LRU[K, V]) Keys() []K {
	out := make([]K, 0, len(c.index))
	if len(c.nodes) == 0 {
		return out
	}
	for i := c.nodes[0].prev; i != 0; i = c.nodes[i].prev {
		out = append(out, c.nodes[i].key)
	}
	return out
}

// Check returns an error if an invariant is broken. The invariants: the ring has every
// key once, and no more of them than the size; a place that is not in the ring is free.
func (c *LRU[K, V]) Check() error {
	if c.index == nil {
		return errUseNew
	}
	keys := c.Keys()
	if len(keys) != len(c.index) || len(keys) > c.size {
		return fmt.Errorf("cache: %d keys in the ring, %d in the index, %d at most", len(keys), len(c.index), c.size)
	}
	if len(c.nodes) != 1+len(keys)+len(c.free) {
		return fmt.Errorf("cache: %d places, of which %d have a key and %d are free", len(c.nodes)-1, len(keys), len(c.free))
	}
	for _, k := range keys {
		if i, ok := c.index[k]; !ok || c.nodes[i].key != k {
			return fmt.Errorf("cache: key %v is in the ring, and the index does not know where", k)
		}
	}
	return nil
}

func same[K comparable](a, b K) bool { return a == b }

func (c *LRU[K, V]) old(i int32) bool { return c.ttl > 0 && c.now-c.nodes[i].since >= c.ttl }

func (c *LRU[K, V]) link(i int32) {
	first := c.nodes[0].next
	c.nodes[i].prev, c.nodes[i].next = 0, first
	c.nodes[first].prev = i
	c.nodes[0].next = i
}

func (c *LRU[K, V]) unlink(i int32) {
	n := &c.nodes[i]
	c.nodes[n.prev].next, c.nodes[n.next].prev = n.next, n.prev
}

func (c *LRU[K, V]) drop(i int32) {
	c.unlink(i)
	delete(c.index, c.nodes[i].key)
	c.nodes[i] = node[K, V]{}
	c.free = append(c.free, i)
}
