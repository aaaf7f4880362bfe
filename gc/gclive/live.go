package gclive

import (
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"
	"weak"
)

// Nodes of each kind, as the runtime sees them.
type (
	node0 struct{ slots [2]unsafe.Pointer }
	node1 struct {
		slots [4]unsafe.Pointer
		_     [4]int64
	}
	node2 struct {
		slots [2]unsafe.Pointer
		_     [40_000 - 16]byte
	}
	node3 struct{ _ [4]int64 }
)

// roots are in the data segment.
var roots [Roots]unsafe.Pointer

// live is the world of real objects. It holds no pointer to a node but weak ones.
// What touches nodes is not inlined, so that no pointer to one lives longer than
// the call.
type live struct {
	nodes   []*liveNode
	holders []chan struct{}
	ended   sync.WaitGroup
	mu      sync.Mutex
	fins    []int // nodes whose finalizers ran since the last collection
	cleans  []int
	over    bool
	longest time.Duration
	since   time.Time
}

// liveNode is what is known of a node.
type liveNode struct {
	kind     int
	value    func() unsafe.Pointer // of its weak pointer
	fin      bool                  // a finalizer is set, and has not run
	cleanups int                   // that have not run
}

// Live runs a program on real objects of the running process, whose collector must
// not run by itself. One program runs at a time.
func Live(p Program) (Run, error) {
	runtime.GC() // the last program's garbage
	l := &live{since: time.Now()}
	log, err := play(p, l)
	l.ended.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.over = true
	clear(roots[:])
	return Run{Log: log, Longest: max(l.longest, time.Since(l.since))}, err
}

func track[T any](p *T) func() unsafe.Pointer {
	w := weak.Make(p)
	return func() unsafe.Pointer { return unsafe.Pointer(w.Value()) }
}

// tracked makes the weak pointer of a node of that kind, or of that many bytes.
func tracked(kind, size int, p unsafe.Pointer) func() unsafe.Pointer {
	switch kind {
	case 0:
		return track((*node0)(p))
	case 1:
		return track((*node1)(p))
	case 2:
		return track((*node2)(p))
	case 3:
		return track((*node3)(p))
	}
	switch size {
	case 1:
		return track((*[1]byte)(p))
	case 2:
		return track((*[2]byte)(p))
	case 4:
		return track((*[4]byte)(p))
	case 7:
		return track((*[7]byte)(p))
	case 8:
		return track((*[8]byte)(p))
	}
	return track((*[12]byte)(p))
}

//go:noinline
func allocate(kind, size int) unsafe.Pointer {
	switch kind {
	case 0:
		return unsafe.Pointer(new(node0))
	case 1:
		return unsafe.Pointer(new(node1))
	case 2:
		return unsafe.Pointer(new(node2))
	case 3:
		return unsafe.Pointer(new(node3))
	}
	switch size {
	case 1:
		return unsafe.Pointer(new([1]byte))
	case 2:
		return unsafe.Pointer(new([2]byte))
	case 4:
		return unsafe.Pointer(new([4]byte))
	case 7:
		return unsafe.Pointer(new([7]byte))
	case 8:
		return unsafe.Pointer(new([8]byte))
	}
	return unsafe.Pointer(new([12]byte))
}

// get is a pointer to a node, which is alive.
func (l *live) get(n int) unsafe.Pointer { return l.nodes[n].value() }

//go:noinline
func (l *live) alive(n int) bool { return l.get(n) != nil }

//go:noinline
func (l *live) newNode(root, kind int) {
	p := allocate(kind, 0)
	roots[root] = p
	l.nodes = append(l.nodes, &liveNode{kind: kind, value: tracked(kind, 0, p)})
}

func block(p unsafe.Pointer) uintptr { return uintptr(p) >> 4 }

//go:noinline
func (l *live) tiny(root int, sizes []int) (blocks []int) {
	var made [8]unsafe.Pointer // nothing else may be allocated meanwhile
	first := allocate(-1, 8)
	for {
		p := allocate(-1, 8)
		if block(p) != block(first) {
			first = p
			break
		}
	}
	made[0] = first
	for i, size := range sizes[1:] {
		made[i+1] = allocate(-1, size)
	}
	// The next tiny object must not go into any of these blocks.
	for p := allocate(-1, 8); slices.ContainsFunc(made[:len(sizes)], func(m unsafe.Pointer) bool { return block(m) == block(p) }); {
		p = allocate(-1, 8)
	}
	was, n := uintptr(0), -1
	for i, size := range sizes {
		if b := block(made[i]); b != was {
			was = b
			n++
		}
		blocks = append(blocks, n)
		l.nodes = append(l.nodes, &liveNode{kind: -1, value: tracked(-1, size, made[i])})
		roots[(root+i)%Roots] = made[i]
	}
	return blocks
}

//go:noinline
func (l *live) link(a, slot, b int, inside bool) {
	var to unsafe.Pointer
	if b >= 0 {
		if to = l.get(b); inside {
			to = unsafe.Add(to, 8)
		}
	}
	at := (*unsafe.Pointer)(unsafe.Add(l.get(a), 8*slot))
	*at = to
}

//go:noinline
func (l *live) root(r, n int) {
	if n < 0 {
		roots[r] = nil
		return
	}
	roots[r] = l.get(n)
}

//go:noinline
func (l *live) finalize(n, root int) {
	node := l.nodes[n]
	node.fin = true
	ran := func(p unsafe.Pointer) {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.over {
			return // the roots are another program's
		}
		if root >= 0 {
			roots[root] = p
		}
		node.value = tracked(node.kind, 0, p)
		node.fin = false
		l.fins = append(l.fins, n)
	}
	switch p := l.get(n); node.kind {
	case 0:
		runtime.SetFinalizer((*node0)(p), func(p *node0) { ran(unsafe.Pointer(p)) })
	case 1:
		runtime.SetFinalizer((*node1)(p), func(p *node1) { ran(unsafe.Pointer(p)) })
	case 2:
		runtime.SetFinalizer((*node2)(p), func(p *node2) { ran(unsafe.Pointer(p)) })
	case 3:
		runtime.SetFinalizer((*node3)(p), func(p *node3) { ran(unsafe.Pointer(p)) })
	}
}

// argument is of a cleanup: it keeps a node.
type argument struct{ p unsafe.Pointer }

//go:noinline
func (l *live) cleanup(n, arg int) {
	node := l.nodes[n]
	node.cleanups++
	var a argument
	if arg >= 0 {
		a.p = l.get(arg)
	}
	ran := func(argument) {
		l.mu.Lock()
		defer l.mu.Unlock()
		node.cleanups--
		l.cleans = append(l.cleans, n)
	}
	switch p := l.get(n); node.kind {
	case 0:
		runtime.AddCleanup((*node0)(p), ran, a)
	case 1:
		runtime.AddCleanup((*node1)(p), ran, a)
	case 2:
		runtime.AddCleanup((*node2)(p), ran, a)
	case 3:
		runtime.AddCleanup((*node3)(p), ran, a)
	}
}

//go:noinline
func (l *live) hold(n int) {
	end := make(chan struct{})
	var holds atomic.Bool
	l.ended.Add(1)
	go holder(l.get(n), end, &holds, &l.ended)
	for !holds.Load() {
		runtime.Gosched()
	}
	l.holders = append(l.holders, end)
}

// holder holds a node on its stack.
//
//go:noinline
func holder(p unsafe.Pointer, end chan struct{}, holds *atomic.Bool, ended *sync.WaitGroup) {
	holds.Store(true)
	<-end
	runtime.KeepAlive(p)
	ended.Done()
}

func (l *live) release(i int) {
	close(l.holders[i])
	for range 8 {
		runtime.Gosched() // its stack is gone when it has run
	}
}

// collect collects, and waits for the finalizers and cleanups of those that were
// found dead: a finalizer's node comes back with another weak pointer.
func (l *live) collect() (finalized, cleaned []int, err error) {
	l.longest = max(l.longest, time.Since(l.since))
	l.fins, l.cleans = nil, nil
	var owed []*liveNode
	runtime.GC()
	for n, node := range l.nodes {
		if (node.fin || node.cleanups > 0) && !l.alive(n) {
			owed = append(owed, node)
		}
	}
	// A node that has a finalizer keeps its cleanups.
	deadline := time.Now().Add(5 * time.Second)
	for _, node := range owed {
		if fin := l.isFin(node); fin {
			for l.isFin(node) {
				if time.Now().After(deadline) {
					return nil, nil, fmt.Errorf("gclive: a finalizer has not run")
				}
				time.Sleep(20 * time.Microsecond)
			}
			continue
		}
		for l.hasCleanups(node) {
			if time.Now().After(deadline) {
				return nil, nil, fmt.Errorf("gclive: a cleanup has not run")
			}
			time.Sleep(20 * time.Microsecond)
		}
	}
	for range 8 {
		runtime.Gosched() // any that should not run has its chance
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.since = time.Now()
	return slices.Clone(l.fins), slices.Clone(l.cleans), nil
}

func (l *live) isFin(node *liveNode) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return node.fin
}

func (l *live) hasCleanups(node *liveNode) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return node.cleanups > 0
}
