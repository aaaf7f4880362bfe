package draw_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/orrery-go/orrery/chanq"
	"github.com/orrery-go/orrery/ctxtree"
	"github.com/orrery-go/orrery/draw"
	"github.com/orrery-go/orrery/epollsim"
	"github.com/orrery-go/orrery/escape"
	"github.com/orrery-go/orrery/gc"
	"github.com/orrery-go/orrery/gomap"
	"github.com/orrery-go/orrery/internal/cputime"
	"github.com/orrery-go/orrery/ipc"
	"github.com/orrery-go/orrery/layout"
	"github.com/orrery-go/orrery/locks"
	"github.com/orrery-go/orrery/sched"
)

// TestBounds draws very large states: the size of a picture is bounded.
func TestBounds(t *testing.T) {
	const most = 300 << 10 // bytes
	long := strings.Repeat("x", 1_000_000)
	wide := &layout.Struct{}
	for i := range 100_000 {
		wide.Fields = append(wide.Fields, layout.Field{Name: fmt.Sprintf("f%d", i), Type: layout.Int64})
	}
	named := &layout.Struct{Fields: []layout.Field{{Name: long, Type: layout.Int64}}}
	pictures := map[string]func() string{
		"fields": func() string { return draw.LayoutWords(ofType(t, wide)) },
		"size": func() string {
			return draw.LayoutWords(layout.Layout{Type: &layout.Interface{}, Arch: "amd64", Word: 8, Extent: layout.Extent{Size: math.MaxInt64, Align: 8}})
		},
		"name": func() string { return draw.LayoutWords(ofType(t, named)) },
		"ring": func() string {
			return draw.ChanqRing(chanq.ChanState{Dataqsiz: 1 << 40, Sendq: make([]chanq.Waiter, 1_000_000)})
		},
		"locks": func() string {
			return draw.LocksQueues(locks.Snapshot{Objects: make([]locks.ObjectState, 100_000), Release: long})
		},
		"contexts": func() string {
			nodes := make([]ctxtree.NodeState, 200_000)
			for i := range nodes {
				nodes[i] = ctxtree.NodeState{Node: ctxtree.Node(i + 1), Parent: ctxtree.Node(i * (i % 2)), Key: long[:100], Type: ctxtree.ValueCtx}
			}
			return draw.CtxtreeTree(ctxtree.Snapshot{Nodes: nodes, Goroutines: make([]ctxtree.GoroutineState, 100_000), Release: long})
		},
		"escape": func() string {
			g := escape.Graph{Functions: []string{long}, Nodes: make([]escape.Node, 100_000), Edges: make([]escape.Edge, 100_000)}
			for i := range g.Nodes {
				g.Nodes[i] = escape.Node{ID: i, Name: long[:1000], LoopDepth: i}
				g.Edges[i] = escape.Edge{From: i, To: i * 7 % 50, Derefs: i}
			}
			return draw.EscapeGraph(g, escape.Diagnostic{Text: long, Name: long, Why: make([]escape.Flow, 10_000)})
		},
		"maps": func() string {
			s := gomap.Snapshot[string, int]{Design: gomap.Swiss, Tables: make([]gomap.TableState[string, int], 10_000), Directory: make([]int, 10_000), Release: long}
			for i := range s.Tables {
				s.Tables[i].Groups = make([]gomap.Unit[string, int], 10)
				for j := range s.Tables[i].Groups {
					for k := range s.Tables[i].Groups[j].Slots {
						s.Tables[i].Groups[j].Slots[k].Key = long
					}
				}
			}
			old := gomap.Snapshot[string, int]{Design: gomap.Buckets, Buckets: make([][]gomap.Unit[string, int], 100_000)}
			for i := range old.Buckets {
				old.Buckets[i] = s.Tables[0].Groups
			}
			return draw.GomapSlots(long, slices.Repeat([]gomap.Snapshot[string, int]{s, old}, 100)...)
		},
		"epolls": func() string {
			items := make([]epollsim.Item, 100_000)
			tree := make([]epollsim.ItemState, 100_000)
			for i := range tree {
				tree[i] = epollsim.ItemState{Left: 2*i + 1, Right: 2*i + 2, Up: (i - 1) / 2}
			}
			eps := make([]epollsim.EpollState, 1000)
			for i := range eps {
				eps[i] = epollsim.EpollState{Tree: tree, Ready: items, Sending: items, Overflow: items, Sleepers: make([]int, 100_000)}
			}
			return draw.EpollsimTree(slices.Repeat([]epollsim.Snapshot{{Epolls: eps}}, 100)...)
		},
		"buffers": func() string {
			files := make([]ipc.FileState, 10_000)
			for i := range files {
				files[i] = ipc.FileState{File: i, Type: long, Parts: make([]int, 10_000), Room: min(1<<40, math.MaxInt)}
			}
			return draw.IPCBuffers(ipc.Snapshot{Files: files, Waiters: make([]ipc.WaiterState, 100_000)})
		},
		"film": func() string {
			f := gc.Frame{Text: long, State: gc.Snapshot{Objects: make([]gc.ObjectState, 10_000), Goroutines: make([]gc.GoroutineState, 10_000)}}
			return draw.GCFilm(long, []gc.Frame{f, f, f})
		},
		"gantt": func() string {
			return draw.SchedGantt(sched.Timeline{Procs: 1000, End: time.Hour, Spans: make([]sched.Span, 100_000), Queues: make([]sched.Queue, 100_000), Funcs: make([]string, 100_000)})
		},
	}
	for name, f := range pictures {
		start := cputime.Process()
		picture := f()
		wellFormed(t, picture)
		if d := cputime.Process() - start; len(picture) > most || d > 2*time.Second {
			t.Errorf("%s: %d bytes in %v, want at most %d in 2 s", name, len(picture), d, most)
		}
	}
}

func ofType(t *testing.T, typ layout.Type) layout.Layout {
	t.Helper()
	l, err := layout.Of("amd64", typ)
	if err != nil {
		t.Fatal(err)
	}
	return l
}
