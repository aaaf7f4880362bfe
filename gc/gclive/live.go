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

// The types of nodes of each kind.
type (
	node0 struct{ slots [2]unsafe.Pointer }
	node1 struct {
		_ [4]unsafe.Pointer
		_ [4]int64
	}
	node2 struct {
		_ [2]unsafe.Pointer
		_ [40_000 - 16]byte
	}
	node3 struct{ _ [4]int64 }
)

// roots are in the data segment.
var roots [Roots]unsafe.Pointer

// live is the world of real objects. It holds only weak pointers to nodes. Functions
// that touch nodes are not inlined, so that no pointer to a node outlives the call.
type live struct {
	nodes   []*liveNode
	blocks  int // of tiny nodes
	holders []chan struct{}
	ended   sync.WaitGroup
	mu      sync.Mutex
	fins    []int // nodes whose finalizers ran since the last collection
	cleans  []int
	over    bool
	longest time.Duration
	since   time.Time
}

// A liveNode is the bookkeeping for a node.
type liveNode struct {
	shape    shape
	block    int                   // number of the block that it shares with others; 0: none
	value    func() unsafe.Pointer // of its weak pointer
	fin      bool                  // a finalizer is set and has not run
	cleanups int                   // number of cleanups that have not run
}

// Live runs a program on real objects of the running process, whose collector must
// not run by itself. One program runs at a time.
func Live(p Program) (Run, error) {
	runtime.GC() // frees the last program's garbage
	l := &live{since: time.Now()}
	log, err := play(p, l)
	if err != nil {
		return Run{}, err
	}
	l.ended.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.over = true
	clear(roots[:])
	return Run{Log: log, Longest: max(l.longest, time.Since(l.since))}, nil
}

func track[T any](p *T) func() unsafe.Pointer {
	w := weak.Make(p)
	return func() unsafe.Pointer { return unsafe.Pointer(w.Value()) }
}

// A shape has the operations on nodes of a type.
type shape struct {
	new      func() unsafe.Pointer
	track    func(p unsafe.Pointer) func() unsafe.Pointer // makes a weak pointer
	finalize func(p unsafe.Pointer, ran func(unsafe.Pointer))
	cleanup  func(p unsafe.Pointer, ran func(argument), a argument)
}

func shapeOf[T any]() shape {
	return shape{
		new:   func() unsafe.Pointer { return unsafe.Pointer(new(T)) },
		track: func(p unsafe.Pointer) func() unsafe.Pointer { return track((*T)(p)) },
		finalize: func(p unsafe.Pointer, ran func(unsafe.Pointer)) {
			runtime.SetFinalizer((*T)(p), func(p *T) { ran(unsafe.Pointer(p)) })
		},
		cleanup: func(p unsafe.Pointer, ran func(argument), a argument) { runtime.AddCleanup((*T)(p), ran, a) },
	}
}

// kinds are the shapes of Kinds, and tinies those of tiny nodes by their size in bytes.
var (
	kinds  = []shape{shapeOf[node0](), shapeOf[node1](), shapeOf[node2](), shapeOf[node3]()}
	tinies = map[int]shape{
		1: shapeOf[[1]byte](), 2: shapeOf[[2]byte](), 4: shapeOf[[4]byte](), 7: shapeOf[[7]byte](), 8: shapeOf[[8]byte](), 12: shapeOf[[12]byte](),
	}
)

//go:noinline
func (l *live) add(s shape, block int, p unsafe.Pointer) {
	l.nodes = append(l.nodes, &liveNode{shape: s, value: s.track(p), block: block})
}

// get returns a pointer to a node, which is alive.
func (l *live) get(n int) unsafe.Pointer { return l.nodes[n].value() }

//go:noinline
func (l *live) alive(n int) bool { return l.get(n) != nil }

//go:noinline
func (l *live) newNode(root, kind int) {
	p := kinds[kind].new()
	roots[root] = p
	l.add(kinds[kind], 0, p)
}

//go:noinline
func new8() unsafe.Pointer { return unsafe.Pointer(new([8]byte)) }

func block(p unsafe.Pointer) uintptr { return uintptr(p) >> 4 }

//go:noinline
func (l *live) tiny(root int, sizes []int) (blocks []int) {
	var made [8]unsafe.Pointer // nothing else may be allocated until the blocks are known
	first := new8()
	for {
		p := new8()
		if block(p) != block(first) {
			first = p
			break
		}
	}
	made[0] = first
	for i, size := range sizes[1:] {
		made[i+1] = tinies[size].new()
	}
	// The next tiny object must not go into any of these blocks.
	for p := new8(); slices.ContainsFunc(made[:len(sizes)], func(m unsafe.Pointer) bool { return block(m) == block(p) }); {
		p = new8()
	}
	was, n, known := uintptr(0), -1, map[uintptr]int{}
	for i, size := range sizes {
		if b := block(made[i]); b != was {
			was = b
			n++
		}
		if known[block(made[i])] == 0 { // the allocator may still use a block before the last one
			l.blocks++
			known[block(made[i])] = l.blocks
		}
		blocks = append(blocks, n)
		l.add(tinies[size], known[block(made[i])], made[i])
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
		node.value = node.shape.track(p)
		node.fin = false
		l.fins = append(l.fins, n)
	}
	node.shape.finalize(l.get(n), ran)
}

// An argument is the argument of a cleanup: it keeps a node alive.
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
	node.shape.cleanup(l.get(n), ran, a)
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
		runtime.Gosched() // its stack is gone when it has ended
	}
}

// collect runs a collection, and waits for the finalizers and cleanups of the dead
// nodes: after its finalizer a node is back, with another weak pointer.
func (l *live) collect() (finalized, cleaned []int, err error) {
	l.longest = max(l.longest, time.Since(l.since))
	l.fins, l.cleans = nil, nil
	var owed []*liveNode
	kept := map[int]bool{0: false} // blocks that one of their nodes keeps
	for _, node := range l.nodes {
		if node.block > 0 && node.fin {
			kept[node.block] = true
		}
	}
	runtime.GC()
	for n, node := range l.nodes {
		if node.block > 0 && l.alive(n) {
			kept[node.block] = true
		}
	}
	for n, node := range l.nodes {
		if (node.fin || node.cleanups > 0 && !kept[node.block]) && !l.alive(n) {
			owed = append(owed, node)
		}
	}
	// A node that has a finalizer keeps its own cleanups and those of its block from
	// running.
	deadline := time.Now().Add(5 * time.Second)
	for _, node := range owed {
		if fin := l.isFin(node); fin {
			for l.isFin(node) {
				if time.Now().After(deadline) {
					return nil, nil, fmt.Errorf("gclive: the finalizer of node %d has not run", slices.Index(l.nodes, node))
				}
				time.Sleep(20 * time.Microsecond)
			}
			continue
		}
		for l.hasCleanups(node) {
			if time.Now().After(deadline) {
				return nil, nil, fmt.Errorf("gclive: the cleanups of node %d have not run", slices.Index(l.nodes, node))
			}
			time.Sleep(20 * time.Microsecond)
		}
	}
	for range 8 {
		runtime.Gosched() // a finalizer or cleanup that must not run gets its chance
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
