package gomaplive

import (
	"bytes"
	"slices"
)

// burst puts or deletes many keys.
func (t *twin[K, V]) burst() error {
	n, from := 1+t.choose.IntN(1+t.keys/4), t.choose.IntN(t.keys)
	if t.depth > 0 {
		n = 1 + n/8
	}
	remove := t.choose.IntN(4) == 0
	for i := range n {
		k := (from + i) % t.keys
		if remove {
			t.random.Sync()
			key := t.key(k)
			delete(t.real, key)
			if _, err := t.model.Delete(key); err != nil {
				return err
			}
		} else if err := t.assign(k); err != nil {
			return err
		}
		t.Operations++
		if err := t.drawn("burst"); err != nil {
			return err
		}
	}
	return t.agree("burst")
}

// press fills tables almost to the point where they grow, deletes some keys and puts
// others, again and again, so that tombstones accumulate in full groups.
func (t *twin[K, V]) press() error {
	capacity := 16 << t.choose.IntN(7)
	if t.depth > 0 {
		capacity = 16
	} else if t.size() > 64 {
		capacity = min(capacity, 64)
	}
	for len(t.real) > capacity {
		capacity *= 2
	}
	avoid := func(int) bool { return false }
	var mine []int
	fill := func(to int) error {
		for range capacity {
			if len(t.real) >= to {
				break
			}
			k := t.choose.IntN(20000)
			for range 20 {
				if !avoid(k) {
					break
				}
				k = t.choose.IntN(20000)
			}
			mine = append(mine, k)
			if err := t.assign(k); err != nil {
				return err
			}
			t.Operations++
			if err := t.drawn("press"); err != nil {
				return err
			}
		}
		return nil
	}
	for range 1 + t.choose.IntN(6) {
		if err := fill(capacity * (80 + t.choose.IntN(7)) / 100); err != nil {
			return err
		}
		t.choose.Shuffle(len(mine), func(i, j int) { mine[i], mine[j] = mine[j], mine[i] })
		n := len(mine) * (10 + t.choose.IntN(50)) / 100
		for _, k := range mine[:n] {
			t.random.Sync()
			key := t.key(k)
			delete(t.real, key)
			if _, err := t.model.Delete(key); err != nil {
				return err
			}
			t.Operations++
		}
		mine = mine[n:]
		if s := t.model.Snapshot(); len(s.Tables) == 1 { // put keys into groups without tombstones
			avoid = func(k int) bool {
				key := t.key(k)
				if key != key {
					return true
				}
				g := t.hash(key, s.Seed) >> 7 & uint64(len(s.Tables[0].Groups)-1)
				return bytes.IndexByte(s.Tables[0].Groups[g].Control[:], 0xFE) >= 0
			}
		}
	}
	return t.agree("press")
}

// tombstones fills the second group of a table of two except for two slots, puts eight
// keys in the first and deletes four there: tombstones that no search needs. Then it puts
// one more key in the second, for which the table has no room: in a fast path it is
// pruned. At the end all are deleted one by one, and the empty map is cleared.
func (t *twin[K, V]) tombstones() error {
	if err := t.begin(9); err != nil { // 16 slots, with room for 14
		return err
	}
	seed := t.model.Snapshot().Seed
	var groups [2][]int // keys whose search begins there, by number
	var seen []K
	for k := t.choose.IntN(10000); len(groups[0]) < 8 || len(groups[1]) < 7; k++ {
		key := t.key(k)
		if key != key || slices.Contains(seen, key) {
			continue
		}
		seen = append(seen, key)
		g := t.hash(key, seed) >> 7 & 1
		groups[g] = append(groups[g], k)
	}
	all := slices.Concat(groups[0][:8], groups[1][:7])
	for _, k := range all[:14] {
		if err := t.put(k); err != nil {
			return err
		}
	}
	for _, k := range all[:4] {
		if err := t.delete(k); err != nil {
			return err
		}
	}
	last := t.put
	if t.choose.IntN(2) == 0 {
		last = t.setByReflect
	}
	if err := last(all[14]); err != nil {
		return err
	}
	for _, k := range all {
		if err := t.delete(k); err != nil {
			return err
		}
	}
	return t.clear()
}
