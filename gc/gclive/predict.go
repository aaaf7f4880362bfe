package gclive

import (
	"slices"

	"github.com/orrery-go/orrery/gc"
	"github.com/orrery-go/orrery/release"
)

// Predict returns the model's log of a program. Objects are observed by weak pointers
// here; for a release without these, only the collector is that of the release.
func Predict(rel string, p Program) ([]string, error) {
	r, err := release.Parse(rel)
	if err != nil {
		return nil, err
	}
	c := gc.Config{Release: rel, Globals: Roots}
	if !r.AtLeast("go1.24") {
		a, err := gc.ForRelease(rel)
		if err != nil {
			return nil, err
		}
		c.Release, c.Algorithm = "go1.24", &a
	}
	h, err := gc.New(c)
	if err != nil {
		return nil, err
	}
	m := &model{h: h}
	if m.g, m.err = h.Go(0, 3); m.err != nil {
		return nil, m.err
	}
	log, err := play(p, m)
	if err == nil {
		err = m.err
	}
	if err == nil {
		err = h.Check()
	}
	return log, err
}

// model is the world of the model. One goroutine does everything; its stack slots are
// empty between the operations, like dead local variables.
type model struct {
	h       *gc.Heap
	g       gc.G
	err     error
	weak    []gc.Weak // of each node
	fin     map[gc.Ref]finalizer
	clean   map[gc.Cleanup]int // the node of each
	holders []gc.G
}

type finalizer struct{ node, root int }

func (m *model) must(err error) {
	if err != nil && m.err == nil {
		m.err = err
	}
}

func (m *model) drop() {
	for i := range 3 {
		m.must(m.h.Drop(m.g, i))
	}
}

func (m *model) alive(n int) bool {
	r, err := m.h.PeekWeak(m.weak[n])
	m.must(err)
	return r != gc.Nil
}

// get makes stack slot i point to the node.
func (m *model) get(i, n int) gc.Ref {
	r, err := m.h.WeakValue(m.g, i, m.weak[n])
	m.must(err)
	return r
}

// track makes the weak pointer of a new node, which slot 0 points to.
func (m *model) track() {
	w, err := m.h.MakeWeak(m.g, 0)
	m.must(err)
	m.weak = append(m.weak, w)
}

func (m *model) newNode(root, kind int) {
	_, err := m.h.Alloc(m.g, 0, Kinds[kind])
	m.must(err)
	m.track()
	m.must(m.h.StoreGlobal(m.g, root, 0))
	m.drop()
}

// tinyAlloc makes a tiny object, and returns its block, named by the first object in it.
func (m *model) tinyAlloc(size int) gc.Ref {
	r, err := m.h.Alloc(m.g, 0, gc.Layout{Bytes: int64(size)})
	m.must(err)
	all, err := m.h.Block(r)
	if m.must(err); len(all) == 0 {
		return r
	}
	return all[0]
}

func (m *model) tiny(root int, sizes []int) (blocks []int) {
	first := m.tinyAlloc(8)
	for {
		r := m.tinyAlloc(8)
		if r != first {
			first = r
			break
		}
	}
	last, n, made := gc.Nil, -1, []gc.Ref(nil)
	for i, size := range sizes {
		r := first
		if i > 0 {
			r = m.tinyAlloc(size)
		}
		if r != last {
			last = r
			made = append(made, r)
			n++
		}
		blocks = append(blocks, n)
		m.track()
		m.must(m.h.StoreGlobal(m.g, (root+i)%Roots, 0))
	}
	for slices.Contains(made, m.tinyAlloc(8)) {
	}
	m.drop()
	return blocks
}

func (m *model) link(a, slot, b int, _ bool) {
	m.get(0, a)
	from := gc.NoSlot
	if b >= 0 {
		m.get(1, b)
		from = 1
	}
	m.must(m.h.Store(m.g, 0, slot, from))
	m.drop()
}

func (m *model) root(r, n int) {
	if n >= 0 {
		m.get(0, n)
	}
	m.must(m.h.StoreGlobal(m.g, r, 0))
	m.drop()
}

func (m *model) finalize(n, root int) {
	r := m.get(0, n)
	m.must(m.h.SetFinalizer(m.g, 0))
	if m.fin == nil {
		m.fin = map[gc.Ref]finalizer{}
	}
	m.fin[r] = finalizer{n, root}
	m.drop()
}

func (m *model) cleanup(n, arg int) {
	m.get(0, n)
	from := gc.NoSlot
	if arg >= 0 {
		m.get(1, arg)
		from = 1
	}
	c, err := m.h.AddCleanup(m.g, 0, from)
	m.must(err)
	if m.clean == nil {
		m.clean = map[gc.Cleanup]int{}
	}
	m.clean[c] = n
	m.drop()
}

func (m *model) hold(n int) {
	m.get(0, n)
	g, err := m.h.Go(m.g, 1, 0)
	m.must(err)
	m.holders = append(m.holders, g)
	m.drop()
}

func (m *model) release(i int) { m.must(m.h.Exit(m.holders[i])) }

func (m *model) collect() (finalized, cleaned []int, err error) {
	if err := m.h.GC(); err != nil {
		return nil, nil, err
	}
	_, cleanups := m.h.Pending()
	for {
		r, more, err := m.h.RunFinalizer(m.g, 0)
		if err != nil || !more {
			m.must(err)
			break
		}
		f := m.fin[r]
		delete(m.fin, r)
		finalized = append(finalized, f.node)
		w, err := m.h.MakeWeak(m.g, 0)
		m.must(err)
		m.weak[f.node] = w
		if f.root >= 0 {
			m.must(m.h.StoreGlobal(m.g, f.root, 0))
		}
		m.drop()
	}
	for range cleanups {
		c, _, err := m.h.RunCleanup(m.g, 0)
		m.must(err)
		cleaned = append(cleaned, m.clean[c])
		m.drop()
	}
	return finalized, cleaned, m.err
}
