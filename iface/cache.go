package iface

import "math/bits"

// A siteCache is the cache of an assertion or a switch: a small open hash table that is
// never changed, but replaced by a larger one now and then
// (internal/abi/switch.go:TypeAssertCache, InterfaceSwitchCache).
type siteCache struct{ entries []cached }

// A cached entry is the answer for a type. A bad itab stands for none.
type cached struct {
	typ   *Type
	tab   *itab
	which int // the case of a switch, -1 if it is none
}

// maxCache bounds the entries of a cache.
const maxCache = 1 << 14

// updateOneIn is the rarity with which a cache is replaced: one miss in 1,024, and less
// often the larger it is.
const updateOneIn = 1024

// find looks for a type, as the code of the place does.
func (c *siteCache) find(t *Type) (cached, bool) {
	if len(c.entries) == 0 {
		return cached{}, false // one entry, without a type
	}
	mask := len(c.entries) - 1
	for h := int(t.hash) & mask; ; h = (h + 1) & mask {
		switch e := c.entries[h]; e.typ {
		case t:
			return e, true
		case nil:
			return cached{}, false
		}
	}
}

// names returns the types in the entries.
func (c *siteCache) names() []string {
	out := make([]string, len(c.entries))
	for i, e := range c.entries {
		if e.typ != nil {
			out[i] = e.typ.name
		}
	}
	return out
}

// update replaces the cache by one that has the answer, too, if chance wants it so
// (runtime/iface.go:typeAssert, buildTypeAssertCache).
func (c *siteCache) update(m *Runtime, e cached) error {
	if i, err := m.pick(updateOneIn); i != 0 || err != nil {
		return err
	}
	if n := max(1, len(c.entries)); n > 1 {
		if i, err := m.pick(n); i != 0 || err != nil {
			return err
		}
	}
	n := 1
	for _, old := range c.entries {
		if old.typ != nil {
			n++
		}
	}
	size := 1 << bits.Len(uint(2*n-1))
	if size > maxCache {
		return nil
	}
	next := make([]cached, size)
	put := func(e cached) {
		h := int(e.typ.hash) & (size - 1)
		for next[h].typ != nil {
			h = (h + 1) & (size - 1)
		}
		next[h] = e
	}
	for _, old := range c.entries {
		if old.typ != nil {
			put(old)
		}
	}
	put(e)
	c.entries = next
	if m.trace != nil {
		m.event(Event{Kind: CacheGrown, Bytes: int64(size), OK: true})
	}
	return nil
}

func (m *Runtime) cacheEvent(t *Type, hit bool) bool {
	if m.trace != nil {
		kind := CacheMiss
		if hit {
			kind = CacheHit
		}
		m.event(Event{Kind: kind, Type: t.name, OK: hit})
	}
	return hit
}

func (m *Runtime) caseEvent(typ, other string, ok bool) {
	if m.trace != nil {
		m.event(Event{Kind: CaseTried, Type: typ, Other: other, OK: ok})
	}
}

func (m *Runtime) hashEvent(kind Kind, t, other *Type, ok bool) {
	if m.trace != nil {
		m.event(Event{Kind: kind, Type: t.name, Other: other.name, OK: ok})
	}
}

func (m *Runtime) jumpEvent(t *Type, other string, size int) {
	if m.trace != nil {
		m.event(Event{Kind: Jumped, Type: t.name, Other: other, Bytes: int64(size), OK: other != "none"})
	}
}
