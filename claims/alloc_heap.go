package claims

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"runtime"
	"slices"
	"strings"
	"sync"
	"unsafe"

	"github.com/orrery-go/orrery/alloc"
	"github.com/orrery-go/orrery/alloc/alloclive"
	"github.com/orrery-go/orrery/release"
)

// heapChecks are the checks of the allocator's levels, and of new and make.
var heapChecks = map[string]check{
	"1.5-2": {model: pageSearch},
	"11-1": {
		model: func(string) (string, error) { return strings.Join(alloc.MakeTypes(), " "), nil },
		live: func() (string, error) {
			var takes []string
			for _, k := range []struct{ kind, expr string }{
				{"slice", "make([]int, 1)"}, {"map", "make(map[int]int)"}, {"chan", "make(chan int)"},
				{"int", "make(int)"}, {"array", "make([1]int)"}, {"struct", "make(struct{})"}, {"pointer", "make(*int)"}, {"func", "make(func())"},
			} {
				if typeChecks(k.expr) {
					takes = append(takes, k.kind)
				}
			}
			return strings.Join(takes, " "), nil
		},
	},
	"11-2": {
		model: func(rel string) (string, error) {
			r, err := alloc.ForRelease(rel)
			if err != nil {
				return "", err
			}
			_, err = r.NewValue(alloc.Type{Size: 8, Noscan: true})
			return yesNo(err == nil), nil
		},
		live: func() (string, error) {
			if !typeChecks("new(int)") {
				return "", fmt.Errorf("new(int) does not compile")
			}
			return yesNo(typeChecks("new(42)")), nil
		},
	},
	"11-3": {
		model: func(rel string) (string, error) {
			h, err := alloc.New(alloc.Config{Release: rel})
			if err != nil {
				return "", err
			}
			blocks, err := h.Rules().New(alloc.Type{Size: 8, Noscan: true})
			if err != nil {
				return "", err
			}
			at, err := h.Allocate(0, blocks)
			if err != nil || len(at) != 1 || blocks[0].Init != "" {
				return "", fmt.Errorf("new(int) allocates %v, %w", blocks, err)
			}
			return fmt.Sprint(at[0] == 0, 0), nil
		},
		live: func() (string, error) {
			p := new(int)
			escaped = p
			runtime.KeepAlive(escaped)
			return fmt.Sprint(p == nil, *p), nil
		},
	},
	"11-4": {
		model: func(rel string) (string, error) {
			r, err := alloc.ForRelease(rel)
			if err != nil {
				return "", err
			}
			blocks, err := r.MakeSlice(alloc.Type{Size: 8, Noscan: true}, 1, 1)
			if err != nil || len(blocks) != 1 {
				return "", fmt.Errorf("make allocates %v, %w", blocks, err)
			}
			const header = 3 // words: the slice header itself is not counted among the blocks
			return fmt.Sprint(header), nil
		},
		live: func() (string, error) {
			return fmt.Sprint(unsafe.Sizeof(make([]int, 1)) / unsafe.Sizeof(uintptr(0))), nil
		},
	},
	"11-5": {model: dirtyModel, live: dirtyLive},
	"28-1": {
		slow:  true,
		model: placesModel(reuse, again),
		live:  placesLive(reuse, again),
	},
	"28-2": {
		slow: true,
		model: func(rel string) (string, error) {
			steps, err := firstSteps(rel)
			return strings.Join(levelsOf(steps)[:3], " "), err
		},
		live: func() (string, error) {
			s, err := allocStructs()
			var have []string
			for _, name := range []string{"mcache", "mcentral", "mheap"} {
				if s[name] != "" {
					have = append(have, name)
				}
			}
			return strings.Join(have, " "), err
		},
	},
	"28-3": {slow: true, model: mcachesModel, live: mcachesLive},
	"28-4": {
		slow: true,
		model: func(rel string) (string, error) {
			steps, err := stepsOf(rel, 2)
			locks := slices.ContainsFunc(steps, func(s alloc.Kind) bool { return !strings.HasPrefix(string(s), "mcache") })
			return yesNo(locks), err
		},
		live: func() (string, error) { return hasLock("mcache") },
	},
	"28-5": {
		slow:  true,
		model: placesModel(giveBack, samePage),
		live:  placesLive(giveBack, samePage),
	},
	"28-6": {
		slow: true,
		model: func(rel string) (string, error) {
			list, err := alloclive.List(rel)
			return listsOrSets(list == "partial"), err
		},
		live: func() (string, error) {
			s, err := allocStructs()
			return listsOrSets(strings.Contains(s["mcentral"], "partial[2] full[2]")), err
		},
	},
	"28-7": {
		slow:  true,
		model: ofRules(func(r *alloc.Rules) string { return fmt.Sprint(r.SpanClasses()) }),
		live: func() (string, error) {
			s, err := allocStructs()
			_, n, ok := strings.Cut(s["mheap"], "central[")
			if err == nil && !ok {
				err = fmt.Errorf("mheap has no mcentrals: %s", s["mheap"])
			}
			n, _, _ = strings.Cut(n, "]")
			return n, err
		},
	},
	"28-8": {
		slow: true,
		model: func(rel string) (string, error) {
			list, err := alloclive.List(rel)
			return yesNo(list == "nonempty"), err // the lists have one, the sets need none
		},
		live: func() (string, error) { return hasLock("mcentral") },
	},
	"28-9": {
		slow: true,
		model: func(rel string) (string, error) {
			r, err := release.Parse(rel)
			if err == nil && !r.AtLeast("go1.4") {
				return "mheap", nil
			}
			return "mheap_", err
		},
		live: func() (string, error) {
			s, err := allocStructs()
			return s["variable"], err
		},
	},
	"28-10": levels(func(l alloclive.Levels) string { return fmt.Sprint(l.Full.Sys >> 20) }).slowly(),
	"28-11": {
		model: func(rel string) (string, error) {
			p, err := placeIn(rel, 100_000, true)
			return fmt.Sprint(p.Way, " ", p.Bytes), err
		},
		live: func() (string, error) {
			p, err := alloclive.Place(100_000, true)
			return fmt.Sprint(p.Way, " ", p.Bytes), err
		},
	},
	"28-16": levels(func(l alloclive.Levels) string {
		return fmt.Sprint(l.Slot.Inuse, " ", l.Slot.Sys, "; ", l.Span.Inuse > 0, " ", l.Span.Sys, "; ", l.Full.Inuse > 0, " ", l.Full.Sys > 0)
	}).slowly(),
	"28-17": levels(func(l alloclive.Levels) string { return fmt.Sprint(l.Reserved>>20, " MiB") }).slowly(),
	"28-19": {slow: true, model: mcachesModel, live: mcachesLive},
	"28-20": {
		slow:  true,
		model: placesModel(sixteen, tinySlots),
		live:  placesLive(sixteen, tinySlots),
	},
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func listsOrSets(sets bool) string {
	if sets {
		return "sets"
	}
	return "lists"
}

func ofRules(say func(*alloc.Rules) string) func(string) (string, error) {
	return func(rel string) (string, error) {
		r, err := alloc.ForRelease(rel)
		if err != nil {
			return "", err
		}
		return say(r), nil
	}
}

// typeChecks reports whether the type checker of the running Go accepts the expression.
func typeChecks(expr string) bool {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "p.go", "package p\nvar _ = "+expr, 0)
	if err != nil {
		return false
	}
	_, err = new(types.Config).Check("p", fset, []*ast.File{f}, nil)
	return err == nil
}

// Values that must be on the heap are assigned to escaped.
var escaped any

// The programs whose objects are located.
var (
	reuse = append(alloclive.Program{
		{Verb: alloclive.Scan, Arg: 48}, {Verb: alloclive.Scan, Arg: 48}, {Verb: alloclive.Drop, Arg: 0},
		{Verb: alloclive.Collect},
	}, slices.Repeat(alloclive.Program{{Verb: alloclive.Scan, Arg: 48}}, 200)...)
	giveBack = alloclive.Program{{Verb: alloclive.Scan, Arg: 48}, {Verb: alloclive.Read}, {Verb: alloclive.Scan, Arg: 48}}
	sixteen  = slices.Repeat(alloclive.Program{{Verb: alloclive.Noscan, Arg: 1}}, 16)
)

// again reports whether an object has the address of the first one. In Go 1.2 the free
// slots of the span come first.
func again(at []uint64) string { return yesNo(slices.Contains(at[2:], at[0])) }

// samePage reports whether two objects lie in one span of a page.
func samePage(at []uint64) string { return yesNo(at[0]&^4095 == at[1]&^4095) }

// tinySlots counts the slots of 16 bytes that contain the addresses. (In Go 1.2 a slot
// for one byte has 8.)
func tinySlots(at []uint64) string {
	slots := map[uint64]bool{}
	for _, a := range at {
		slots[a&^7] = true
	}
	if len(slots) <= 2 { // 8 bytes each: one slot of 16
		return "1"
	}
	return fmt.Sprint(len(slots))
}

func placesModel(p alloclive.Program, say func([]uint64) string) func(string) (string, error) {
	return func(rel string) (string, error) {
		at, err := alloclive.ModelPlaces(rel, p)
		if err != nil {
			return "", err
		}
		return say(at), nil
	}
}

func placesLive(p alloclive.Program, say func([]uint64) string) func() (string, error) {
	return func() (string, error) {
		c, err := allocChild()
		if err != nil {
			return "", err
		}
		allocMu.Lock()
		defer allocMu.Unlock()
		a, err := c.Run(p)
		if err == nil && a.Others != 0 {
			err = alloclive.ErrDisturbed
		}
		if err != nil {
			return "", err
		}
		return say(a.Addrs), nil
	}
}

// allocChild starts the child once; it ends with the program.
var allocChild = sync.OnceValues(func() (*alloclive.Real, error) { return alloclive.Start(context.Background()) })

var allocMu sync.Mutex

var allocStructs = sync.OnceValues(func() (map[string]string, error) {
	c, err := allocChild()
	if err != nil {
		return nil, err
	}
	allocMu.Lock()
	defer allocMu.Unlock()
	return c.Structs()
})

func hasLock(name string) (string, error) {
	s, err := allocStructs()
	if err == nil && s[name] == "" {
		err = fmt.Errorf("nothing is known of %s", name)
	}
	return yesNo(strings.Contains(s[name], "runtime.mutex")), err
}

// stepsOf returns the steps of allocation number n of 48 bytes in a new heap.
func stepsOf(rel string, n int) (steps []alloc.Kind, err error) {
	h, err := alloc.New(alloc.Config{Release: rel, Trace: func(e alloc.Event) { steps = append(steps, e.Kind) }})
	for i := 0; err == nil && i < n; i++ {
		steps = nil
		_, err = h.Malloc(0, 48, false)
	}
	return steps, err
}

func firstSteps(rel string) ([]alloc.Kind, error) { return stepsOf(rel, 1) }

// levelsOf returns the levels of the steps, from the top.
func levelsOf(steps []alloc.Kind) []string {
	var out []string
	for _, level := range []string{"mcache", "mcentral", "mheap", "sweep"} {
		if slices.ContainsFunc(steps, func(s alloc.Kind) bool { return strings.HasPrefix(string(s), level) }) {
			out = append(out, level)
		}
	}
	return out
}

// pageSearch reports how the heap searched for the pages of its first span.
func pageSearch(rel string) (string, error) {
	steps, err := firstSteps(rel)
	for _, s := range steps {
		if s == alloc.Pages+"best fit" || s == alloc.Pages+"page tree" {
			return strings.TrimPrefix(string(s), string(alloc.Pages)), err
		}
	}
	return "", err
}

// mcachesModel counts mcaches: with one P, with one P and fifty more threads, of which a
// heap knows nothing, and with eight Ps.
func mcachesModel(rel string) (string, error) {
	var bytes []uint64
	for _, procs := range []int{1, 1, 8} {
		h, err := alloc.New(alloc.Config{Release: rel, Procs: procs})
		if err != nil {
			return "", err
		}
		bytes = append(bytes, h.ReadMemStats().MCacheInuse)
	}
	return fmt.Sprint(1, bytes[1]/bytes[0], bytes[2]/bytes[0]), nil
}

func mcachesLive() (string, error) {
	m, err := metadata()
	if err == nil && m.Threads < 50 {
		err = fmt.Errorf("%d threads, want 50", m.Threads)
	}
	if err != nil {
		return "", err
	}
	return fmt.Sprint(1, m.WithThreads/m.Before, m.WithProcs/m.Before), nil
}

// metadata measures in a process of its own, once.
var metadata = sync.OnceValues(func() (m alloclive.Metadata, err error) {
	c, err := alloclive.Start(context.Background())
	if err != nil {
		return m, err
	}
	defer c.Close()
	return c.Metadata()
})

var liveLevels = sync.OnceValues(func() (l alloclive.Levels, err error) {
	c, err := alloclive.Start(context.Background())
	if err != nil {
		return l, err
	}
	defer c.Close()
	return c.Levels()
})

func levels(say func(alloclive.Levels) string) check {
	return check{
		model: func(rel string) (string, error) {
			l, err := alloclive.ModelLevels(rel)
			return say(l), err
		},
		live: func() (string, error) {
			l, err := liveLevels()
			return say(l), err
		},
	}
}

// dirtyModel allocates memory that was used before, and reports whether it is cleared.
func dirtyModel(rel string) (string, error) {
	h, err := alloc.New(alloc.Config{Release: rel})
	if err != nil {
		return "", err
	}
	first, err := h.Malloc(0, 100, true)
	if err != nil {
		return "", err
	}
	keep, err := h.Malloc(0, 100, true)
	if err != nil {
		return "", err
	}
	if err := h.GC(func(a alloc.Addr) bool { return a == keep }); err != nil {
		return "", err
	}
	var again alloc.Addr
	for n := 0; again != first; n++ { // in Go 1.2 the free slots of the span come first
		if again, err = h.Malloc(0, 100, true); err != nil || n > 1000 {
			return "", fmt.Errorf("%v is not used again, %w", first, err)
		}
	}
	for _, s := range h.Snapshot().Spans {
		if place, err := h.Find(again); err == nil && s.Base == place.Span {
			return yesNo(s.Needzero), nil
		}
	}
	return "", fmt.Errorf("no span has %v", again)
}

// dirtyLive fills memory, drops it, and makes slices until one has the same address. A
// round in which none has tells nothing, and another follows: what else the process
// allocates can take the pages.
func dirtyLive() (string, error) {
	for range 50 {
		if again, clean := dirtyRound(); again > 0 {
			return yesNo(clean), nil
		}
	}
	return "", fmt.Errorf("no memory was used again on %s", release.Running)
}

// dirtyRound counts the slices whose memory was used before, and reports whether all of
// them are zero.
func dirtyRound() (again int, clean bool) {
	used := map[uintptr]bool{}
	for range 2000 {
		b := make([]byte, 100)
		for i := range b {
			b[i] = 0xff
		}
		escaped = b
		used[uintptr(unsafe.Pointer(&b[0]))] = true
	}
	escaped = nil
	runtime.GC() // otherwise a collection depends on the size of the heap
	clean = true
	for range 100_000 {
		b := make([]byte, 100)
		escaped = b
		if !used[uintptr(unsafe.Pointer(&b[0]))] {
			continue
		}
		again++
		for _, v := range b {
			clean = clean && v == 0
		}
	}
	return again, clean
}
