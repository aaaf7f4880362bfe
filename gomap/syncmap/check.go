package syncmap

import "fmt"

// Check returns an error for the first broken invariant.
func (m *Map[K, V]) Check() error {
	switch {
	case m.hash == nil:
		return nil
	case m.maps != nil:
		return m.maps.check()
	case m.trie.root == nil:
		return nil
	}
	return m.trie.checkNode(m.trie.root, nil)
}

// check: the dirty map has all that is not expunged, and read has the rest unless it is
// amended.
func (s *maps[K, V]) check() error {
	read, dirty := map[*entry[V]]bool{}, map[*entry[V]]bool{}
	for _, e := range contents(s.dirty) {
		dirty[e] = true
	}
	for key, e := range contents(s.read) {
		read[e] = true
		if s.dirty != nil && dirty[e] == e.gone {
			return fmt.Errorf("syncmap: the entry of %v is in the dirty map: %t, and expunged: %t", key, dirty[e], e.gone)
		}
		if e.gone && (e.value != nil || s.dirty == nil) {
			return fmt.Errorf("syncmap: the entry of %v is expunged, has a value: %t, and there is a dirty map: %t", key, e.value != nil, s.dirty != nil)
		}
	}
	for e := range dirty {
		if !s.amended && !read[e] {
			return fmt.Errorf("syncmap: entry %d is in the dirty map alone, and read is not amended", e.number)
		}
	}
	if s.amended && s.dirty == nil {
		return fmt.Errorf("syncmap: read is amended, and there is no dirty map")
	}
	return nil
}

// checkNode: parents are right, and no node but the root is empty.
func (t *trie[K, V]) checkNode(n, parent *node[K, V]) error {
	if n.parent != parent {
		return fmt.Errorf("syncmap: node %d has another parent than it lies in", n.number)
	}
	if parent != nil && n.empty() {
		return fmt.Errorf("syncmap: node %d is empty", n.number)
	}
	for i := range n.places {
		p := &n.places[i]
		if p.node == nil {
			continue
		}
		if p.entry != nil {
			return fmt.Errorf("syncmap: place %d of node %d has a node and entries", i, n.number)
		}
		if err := t.checkNode(p.node, n); err != nil {
			return err
		}
	}
	return nil
}
