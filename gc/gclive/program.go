package gclive

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/orrery-go/orrery/gc"
)

// A Verb is the verb of an operation on nodes, which are numbered from 0 as they are
// made, and on roots, which are globals.
type Verb string

// The operations. An operation on a node that is dead, by its weak pointer, is skipped.
const (
	New      Verb = "new"      // a node of kind B in root A
	Tiny     Verb = "tiny"     // nodes of the bytes in Sizes, in a fresh block, in root A and the roots after it
	Link     Verb = "link"     // slot B of node A = node C; Inside: not its beginning
	Unlink   Verb = "unlink"   // slot B of node A = nil
	Root     Verb = "root"     // root A = node B
	Drop     Verb = "drop"     // root A = nil
	Finalize Verb = "finalize" // node A gets a finalizer, which puts it into root B, unless B is negative or another finalizer does so
	Cleanup  Verb = "cleanup"  // node A gets a cleanup with node B as its argument, if that is alive
	Hold     Verb = "hold"     // a goroutine holds node A
	Release  Verb = "release"  // the goroutine A, in the order in which they began to hold, ends
	Collect  Verb = "collect"
)

// An Op is an operation.
type Op struct {
	Verb    Verb
	A, B, C int   `json:",omitempty"`
	Inside  bool  `json:",omitempty"`
	Sizes   []int `json:",omitempty"`
}

// A Program is operations, one after the other.
type Program []Op

// Roots is the number of roots.
const Roots = 12

// Kinds are the kinds of nodes. The last is noscan.
var Kinds = []gc.Layout{{Bytes: 16, Slots: 2}, {Bytes: 64, Slots: 4}, {Bytes: 40_000, Slots: 2}, {Bytes: 32}}

// tinySizes are the sizes of nodes that share blocks. The first node of a block has 8
// bytes.
var tinySizes = []int{1, 2, 4, 7, 8, 12}

// A world runs programs: the model or the real thing.
type world interface {
	alive(node int) bool
	newNode(root int, kind int)
	tiny(root int, sizes []int) (blocks []int) // of each, counted from 0
	link(a, slot, b int, inside bool)          // b < 0: nil
	root(r, node int)                          // node < 0: nil
	finalize(node, root int)
	cleanup(node, arg int)
	hold(node int)
	release(holder int)
	collect() (finalized, cleaned []int, err error)
}

// A book has the state of a program's nodes that both worlds need.
type book struct {
	kind      []int // -1: tiny
	finalizer []bool
	toRoot    []int       // that the finalizer puts the node into
	taken     [Roots]bool // by a finalizer
	holders   int
}

// play runs a program in a world.
func play(p Program, w world) (log []string, err error) {
	var b book
	add := func(kind int) {
		b.kind, b.finalizer, b.toRoot = append(b.kind, kind), append(b.finalizer, false), append(b.toRoot, -1)
	}
	alive := func(n int) bool { return n >= 0 && n < len(b.kind) && w.alive(n) }
	released := map[int]bool{}
	for _, op := range p {
		switch op.Verb {
		case New:
			add(op.B)
			w.newNode(op.A, op.B)
		case Tiny:
			for range op.Sizes {
				add(-1)
			}
			log = append(log, fmt.Sprint("blocks ", w.tiny(op.A, op.Sizes)))
		case Link, Unlink:
			if !alive(op.A) || b.kind[op.A] < 0 || Kinds[b.kind[op.A]].Slots <= op.B {
				continue
			}
			if op.Verb == Unlink {
				w.link(op.A, op.B, -1, false)
			} else if alive(op.C) {
				w.link(op.A, op.B, op.C, op.Inside && b.kind[op.C] >= 0)
			}
		case Root:
			if alive(op.B) {
				w.root(op.A, op.B)
			}
		case Drop:
			w.root(op.A, -1)
		case Finalize:
			if alive(op.A) && !b.finalizer[op.A] {
				if op.B >= 0 && b.taken[op.B] {
					op.B = -1 // the order of finalizers is not specified
				}
				b.finalizer[op.A] = true
				if b.toRoot[op.A] = op.B; op.B >= 0 {
					b.taken[op.B] = true
				}
				w.finalize(op.A, op.B)
			}
		case Cleanup:
			if alive(op.A) && op.A != op.B {
				if !alive(op.B) {
					op.B = -1
				}
				w.cleanup(op.A, op.B)
			}
		case Hold:
			if alive(op.A) {
				b.holders++
				w.hold(op.A)
			}
		case Release:
			if op.A < b.holders && !released[op.A] {
				released[op.A] = true
				w.release(op.A)
			}
		case Collect:
			finalized, cleaned, err := w.collect()
			if err != nil {
				return log, err
			}
			for _, n := range finalized {
				b.finalizer[n] = false
				if r := b.toRoot[n]; r >= 0 {
					b.taken[r] = false
				}
			}
			slices.Sort(finalized)
			slices.Sort(cleaned)
			var line strings.Builder
			for n := range b.kind {
				if w.alive(n) {
					line.WriteByte('1')
				} else {
					line.WriteByte('0')
				}
			}
			log = append(log, fmt.Sprintf("%s finalized %v cleaned %v", line.String(), finalized, cleaned))
		default:
			return log, fmt.Errorf("gclive: operation %q", op.Verb)
		}
	}
	for h := range b.holders {
		if !released[h] {
			w.release(h)
		}
	}
	return log, nil
}

// Verdicts counts the objects that are alive and dead in a log, once for each
// collection.
func Verdicts(log []string) (alive, dead int) {
	for _, line := range log {
		if bits, _, ok := strings.Cut(line, " finalized"); ok {
			alive += strings.Count(bits, "1")
			dead += strings.Count(bits, "0")
		}
	}
	return alive, dead
}

// Random makes a program with n collections.
func Random(seed uint64, collections int) Program {
	r := rand.New(rand.NewPCG(seed, 0))
	var p Program
	nodes, holders := 0, 0
	node := func() int { return r.IntN(nodes) }
	for c := range collections {
		for range 6 + r.IntN(30) {
			if nodes == 0 || c < 3 && r.IntN(3) == 0 {
				if r.IntN(6) == 0 {
					sizes := []int{8}
					for range r.IntN(5) {
						sizes = append(sizes, tinySizes[r.IntN(len(tinySizes))])
					}
					p = append(p, Op{Verb: Tiny, A: r.IntN(Roots), Sizes: sizes})
					nodes += len(sizes)
					continue
				}
				k := r.IntN(len(Kinds))
				if k == 2 && r.IntN(4) > 0 {
					k = 0 // only a few large ones
				}
				p = append(p, Op{Verb: New, A: r.IntN(Roots), B: k})
				nodes++
				continue
			}
			switch r.IntN(20) {
			case 0, 1, 2, 3, 4, 5, 6, 7, 8:
				p = append(p, Op{Verb: Link, A: node(), B: r.IntN(4), C: node(), Inside: r.IntN(3) == 0})
			case 9, 10:
				p = append(p, Op{Verb: Unlink, A: node(), B: r.IntN(4)})
			case 11, 12:
				p = append(p, Op{Verb: Root, A: r.IntN(Roots), B: node()})
			case 13, 14, 15:
				p = append(p, Op{Verb: Drop, A: r.IntN(Roots)})
			case 16:
				p = append(p, Op{Verb: Finalize, A: node(), B: r.IntN(2*Roots) - Roots})
			case 17:
				p = append(p, Op{Verb: Cleanup, A: node(), B: node()})
			case 18:
				p = append(p, Op{Verb: Hold, A: node()})
				holders++
			default:
				p = append(p, Op{Verb: Release, A: r.IntN(holders + 1)})
			}
		}
		p = append(p, Op{Verb: Collect})
	}
	return p
}
