// The questions of the probe of package gclive about finalizers, in the Go of 1.2.
package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"unsafe"
)

// Tiny objects begin with their number.
type (
	tiny1  struct{ id byte }
	tiny2  struct{ id, _ byte }
	tiny4  struct{ id, _, _, _ byte }
	tiny8  struct{ id, _, _, _, _, _, _, _ byte }
	tiny12 struct {
		id byte
		_  [11]byte
	}
)

const mostTiny = 200

var (
	tinyRoots [4]unsafe.Pointer
	tinyAt    [mostTiny]uintptr
	tinyRan   [mostTiny]int32 // the collection after which the finalizer ran
	tinyMade  int
	round     int32
)

func tinyFin(id byte)    { atomic.StoreInt32(&tinyRan[id], atomic.LoadInt32(&round)) }
func fin1(p *tiny1)      { tinyFin(p.id) }
func fin2(p *tiny2)      { tinyFin(p.id) }
func fin4(p *tiny4)      { tinyFin(p.id) }
func fin8(p *tiny8)      { tinyFin(p.id) }
func fin12(p *tiny12)    { tinyFin(p.id) }
func newTiny8() *tiny8   { return new(tiny8) }
func align(p *tiny8) int { return int(uintptr(unsafe.Pointer(p)) & 15) }

var keepTiny *tiny8

// fillTiny fills the current tiny block.
func fillTiny() {
	for keepTiny = newTiny8(); align(keepTiny) != 0; {
		keepTiny = newTiny8()
	}
	keepTiny = newTiny8()
	keepTiny = nil
}

func newTiny(size int, fin bool, root int) {
	id := byte(tinyMade)
	var p unsafe.Pointer
	switch size {
	case 1:
		n := new(tiny1)
		n.id, p = id, unsafe.Pointer(n)
		if fin {
			runtime.SetFinalizer(n, fin1)
		}
	case 2:
		n := new(tiny2)
		n.id, p = id, unsafe.Pointer(n)
		if fin {
			runtime.SetFinalizer(n, fin2)
		}
	case 4:
		n := new(tiny4)
		n.id, p = id, unsafe.Pointer(n)
		if fin {
			runtime.SetFinalizer(n, fin4)
		}
	case 8:
		n := new(tiny8)
		n.id, p = id, unsafe.Pointer(n)
		if fin {
			runtime.SetFinalizer(n, fin8)
		}
	default:
		n := new(tiny12)
		n.id, p = id, unsafe.Pointer(n)
		if fin {
			runtime.SetFinalizer(n, fin12)
		}
	}
	tinyAt[tinyMade] = uintptr(p)
	tinyMade++
	if root >= 0 {
		tinyRoots[root] = p
	}
}

// wait collects once, and waits until finalizers have run.
func wait() {
	atomic.AddInt32(&round, 1)
	settle(func() string { return fmt.Sprint(tinyRan[:tinyMade], ranNode) })
}

// tinies runs programs of tiny objects: "t8,1,2" makes one of 8 bytes with a finalizer
// in root 2, "d2" drops that root, "g" collects.
func tinies(programs string) (out []string) {
	for _, text := range strings.Split(programs, "\n") {
		tinyMade = 0
		tinyRan = [mostTiny]int32{}
		atomic.StoreInt32(&round, 0)
		var log []string
		for _, ops := range parse(text) {
			from := tinyMade
			apart(func() {
				fillTiny()
				for _, op := range ops {
					if op.verb == 't' {
						newTiny(op.a[0], op.a[1] != 0, op.a[2])
					} else {
						tinyRoots[op.a[0]] = nil
					}
				}
			})
			wait()
			log = append(log, blocks(from)+ranIn(tinyRan[:tinyMade]))
		}
		for i := range tinyRoots {
			tinyRoots[i] = nil
		}
		wait()
		wait()
		wait()
		out = append(out, strings.Join(log, " "))
	}
	return out
}

// ranIn lists the objects whose finalizers ran after the last collection.
func ranIn(ran []int32) string {
	var ids []string
	for i := range ran {
		if atomic.LoadInt32(&ran[i]) == atomic.LoadInt32(&round) {
			ids = append(ids, strconv.Itoa(i))
		}
	}
	return strings.Join(ids, ",") + ";"
}

// blocks reports of each object whether it shares the block of the one before it.
func blocks(from int) string {
	var b bytes.Buffer
	for i := from + 1; i < tinyMade; i++ {
		if tinyAt[i]>>4 == tinyAt[i-1]>>4 && shares {
			b.WriteByte('+')
		} else {
			b.WriteByte('.')
		}
	}
	return b.String()
}

var shares = sharesBlocks()

// sharesBlocks reports whether one-byte objects lie side by side.
func sharesBlocks() bool {
	a, b := new(tiny1), new(tiny1)
	c := new(tiny1)
	keepTiny1[0], keepTiny1[1], keepTiny1[2] = a, b, c
	x, y, z := uintptr(unsafe.Pointer(a)), uintptr(unsafe.Pointer(b)), uintptr(unsafe.Pointer(c))
	return y-x == 1 || z-y == 1
}

var keepTiny1 [3]*tiny1

type op struct {
	verb byte
	a    [3]int
}

// parse parses the operations before each collection.
func parse(program string) (parts [][]op) {
	var ops []op
	for _, word := range strings.Split(program, " ") {
		if word == "g" {
			parts = append(parts, ops)
			ops = nil
			continue
		}
		o := op{verb: word[0]}
		for i, w := range strings.Split(word[1:], ",") {
			o.a[i], _ = strconv.Atoi(w)
		}
		ops = append(ops, o)
	}
	return parts
}

// Nodes with finalizers.
type finNode struct {
	slots   [3]*finNode
	id      int
	program int
}

var (
	finRoots [3]*finNode
	ranNode  [32]int32
)

func finOfNode(n *finNode) {
	if n.program == program {
		atomic.StoreInt32(&ranNode[n.id], atomic.LoadInt32(&round))
	}
}

// graphs runs programs of nodes that have finalizers: "n" makes one, "l0,1,2" makes slot
// 1 of node 0 point to node 2, "r1,3" makes root 1 hold node 3.
func graphs(programs string) (out []string) {
	for _, text := range strings.Split(programs, "\n") {
		program++
		ranNode = [32]int32{}
		atomic.StoreInt32(&round, 0)
		made := 0
		var log []string
		for _, ops := range parse(text) {
			apart(func() {
				var nodes [32]*finNode
				for _, op := range ops {
					switch op.verb {
					case 'n':
						n := &finNode{id: made, program: program}
						runtime.SetFinalizer(n, finOfNode)
						nodes[made] = n
						made++
					case 'l':
						nodes[op.a[0]].slots[op.a[1]] = nodes[op.a[2]]
					case 'r':
						finRoots[op.a[0]] = nodes[op.a[1]]
					case 'd':
						finRoots[op.a[0]] = nil
					}
				}
			})
			wait()
			log = append(log, ranIn(ranNode[:made]))
		}
		for i := range finRoots {
			finRoots[i] = nil
		}
		for i := 0; i < 6; i++ {
			wait()
		}
		out = append(out, strings.Join(log, " "))
	}
	return out
}

// A holder leads back to itself in some way.
type holder struct {
	m map[int]*holder
	c chan *holder
	f func() *holder
	p *holder
	x [4]int
}

type empty struct{}

func (h *holder) method() *holder { return h }

// leaks reports the ways of leading back to itself in which an object's finalizer never
// runs.
func leaks() map[string]bool {
	out := map[string]bool{}
	ways := map[string]func(ran *int32){
		"none": func(ran *int32) {
			runtime.SetFinalizer(new(holder), func(*holder) { atomic.StoreInt32(ran, 1) })
		},
		"map": func(ran *int32) {
			h := new(holder)
			h.m = map[int]*holder{1: h}
			runtime.SetFinalizer(h, func(*holder) { atomic.StoreInt32(ran, 1) })
		},
		"channel": func(ran *int32) {
			h := new(holder)
			h.c = make(chan *holder, 1)
			h.c <- h
			runtime.SetFinalizer(h, func(*holder) { atomic.StoreInt32(ran, 1) })
		},
		"closure": func(ran *int32) {
			h := new(holder)
			h.f = func() *holder { return h }
			runtime.SetFinalizer(h, func(*holder) { atomic.StoreInt32(ran, 1) })
		},
		"method": func(ran *int32) {
			h := new(holder)
			h.f = h.method
			runtime.SetFinalizer(h, func(*holder) { atomic.StoreInt32(ran, 1) })
		},
		"captured": func(ran *int32) {
			h := new(holder)
			runtime.SetFinalizer(h, func(*holder) { atomic.StoreInt32(ran, int32(1+h.x[0])) })
		},
		"captures a node that leads back": func(ran *int32) {
			h := new(holder)
			other := &holder{p: h}
			runtime.SetFinalizer(h, func(*holder) { atomic.StoreInt32(ran, int32(1+other.p.x[0])) })
		},
		"captures another": func(ran *int32) {
			h, other := new(holder), new(holder)
			runtime.SetFinalizer(h, func(*holder) { atomic.StoreInt32(ran, int32(1+other.x[0])) })
		},
		"cleared": func(ran *int32) {
			h := new(holder)
			runtime.SetFinalizer(h, func(*holder) { atomic.StoreInt32(ran, 1) })
			runtime.SetFinalizer(h, nil)
			runtime.SetFinalizer(h, nil)
		},
		"cleared and set": func(ran *int32) {
			h := new(holder)
			runtime.SetFinalizer(h, func(*holder) { atomic.StoreInt32(ran, 2) })
			runtime.SetFinalizer(h, nil)
			runtime.SetFinalizer(h, func(*holder) { atomic.StoreInt32(ran, 1) })
		},
	}
	for name, way := range ways {
		out[name] = finalized(way)
	}
	return out
}

// crashes returns the output of calls that end the program, or "".
func crashes() map[string]string {
	out := map[string]string{}
	names := []string{"nil", "nil pointer", "clear a nil pointer", "twice", "tiny twice", "two tiny", "no bytes"}
	for _, name := range append(names, newCrashes()...) {
		out[name] = says(name)
	}
	return out
}

// says runs this program again with the argument name, which makes it perform the call.
func says(name string) string {
	cmd := exec.Command(os.Args[0], name)
	var text bytes.Buffer
	cmd.Env = []string{"GODEBUG=", "GOTRACEBACK=0"}
	cmd.Stderr = &text
	if cmd.Run() == nil {
		return ""
	}
	line := strings.Split(text.String(), "\n")[0]
	for _, before := range []string{"fatal error: ", "panic: "} {
		line = strings.TrimPrefix(line, before)
	}
	return line
}

func crash(name string) {
	switch name {
	case "nil":
		runtime.SetFinalizer(nil, fin8)
	case "nil pointer":
		runtime.SetFinalizer((*tiny8)(nil), fin8)
	case "clear a nil pointer":
		runtime.SetFinalizer((*tiny8)(nil), nil)
	case "twice":
		h := new(holder)
		runtime.SetFinalizer(h, func(*holder) {})
		runtime.SetFinalizer(h, func(*holder) {})
	case "tiny twice":
		p := newTiny8()
		runtime.SetFinalizer(p, fin8)
		runtime.SetFinalizer(p, fin8)
	case "two tiny":
		for i := 0; i < 16; i++ {
			runtime.SetFinalizer(newTiny8(), fin8)
		}
	case "no bytes":
		runtime.SetFinalizer(new(empty), func(*empty) {})
		runtime.SetFinalizer(new(empty), func(*empty) {})
	default:
		newCrash(name)
	}
}
