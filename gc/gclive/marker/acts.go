package main

import (
	"fmt"
	"runtime"
	"sync/atomic"
	"unsafe"
	"weak"

	"github.com/orrery-go/orrery/gc/gclive"
	"github.com/orrery-go/orrery/internal/overlay"
	"github.com/orrery-go/orrery/internal/overlay/noted"
)

// The types of objects, one for each of gclive.ActKinds.
type (
	object0 struct {
		_ [2]unsafe.Pointer
		_ [2]int64
	}
	object1 struct {
		_ [3]unsafe.Pointer
		_ [23]int64
	}
	object2 struct{ _ [48]int64 }
	object3 struct {
		_ [4]unsafe.Pointer
		_ [124]int64
	}
	object4 struct{ _ unsafe.Pointer }
	object5 struct {
		_ [2]unsafe.Pointer
		_ [62]int64
	}
)

// What the actors share holds no pointer to an object but in globals: no actor has to pass
// a write barrier for it.
var (
	globals [gclive.Globals]unsafe.Pointer

	turn   atomic.Int64 // the goroutine that acts; 0: the driver
	act    gclive.Act
	result uintptr
	before uintptr // entries of the write barrier's buffer
	wrote  [128]uintptr
	wrotes int     // -1: the buffer was flushed
	own    uintptr // entries that are of acts, the first in the buffer
	goids  [gclive.Actors + gclive.Started + 1]uint64

	weaks  []weak.Pointer[byte]
	weakOf []uintptr // the objects of weaks
	begins [gclive.Actors + gclive.Started + 1]chan bool
	addrs  []uintptr
	number int // of goroutines

	// What acts give, without pointers to store during marking.
	log     []logged
	colours []byte
)

type logged struct {
	seen   gclive.Seen // without its entries and colours
	wrote  [4]int
	wrotes int // -1: the buffer was flushed
	from   int // in colours
	to     int
}

// actor is a goroutine that acts in its turn, with what it holds on its stack.
func actor(g int, p unsafe.Pointer) {
	var slots [gclive.Slots]unsafe.Pointer
	slots[0] = p
	p = nil
	goids[g] = goidOf()
	if g <= gclive.Actors {
		<-begins[g]
	}
	for {
		for turn.Load() != int64(g) {
			runtime.Gosched()
		}
		result, wrotes = 0, 0
		switch gclive.Do(act.Verb) {
		case gclive.DoAlloc:
			slots[act.A] = alloc(act.B)
			result = uintptr(slots[act.A])
		case gclive.DoLoad:
			slots[act.A] = *(*unsafe.Pointer)(unsafe.Add(slots[act.B], 8*act.C))
			result = uintptr(slots[act.A])
		case gclive.DoStore:
			at := (*unsafe.Pointer)(unsafe.Add(slots[act.A], 8*act.B))
			if act.C < 0 {
				before = buffered()
				*at = nil
			} else {
				p := slots[act.C]
				before = buffered()
				*at = p
			}
			writes()
		case gclive.DoFill:
			for range act.C {
				alloc(act.B)
			}
		case gclive.DoMove:
			if act.B < 0 {
				slots[act.A] = nil
			} else {
				slots[act.A] = slots[act.B]
			}
		case gclive.DoGet:
			slots[act.A] = globals[act.B]
			result = uintptr(slots[act.A])
		case gclive.DoPut:
			if act.B < 0 {
				before = buffered()
				globals[act.A] = nil
			} else {
				p := slots[act.B]
				before = buffered()
				globals[act.A] = p
			}
			writes()
		case gclive.DoWeak:
			weaks = append(weaks, makeWeak(slots[act.A]))
			weakOf = append(weakOf, uintptr(slots[act.A]))
			result = uintptr(slots[act.A])
		case gclive.DoStrong:
			before = buffered()
			slots[act.A] = unsafe.Pointer(weaks[act.B].Value())
			writes()
			result = uintptr(slots[act.A])
		case gclive.DoGo:
			before = buffered()
			go actor(act.B, slots[act.A])
			writes()
		case gclive.DoExit:
			turn.Store(0)
			return
		case gclive.DoEnd:
			clear(slots[:])
			turn.Store(0)
			if g > gclive.Actors {
				select {} // it stays, so that no other goroutine gets its descriptor
			}
			<-begins[g]
			continue
		}
		turn.Store(0)
	}
}

//go:noinline
func alloc(kind int) unsafe.Pointer {
	switch kind {
	case 0:
		return unsafe.Pointer(new(object0))
	case 1:
		return unsafe.Pointer(new(object1))
	case 2:
		return unsafe.Pointer(new(object2))
	case 3:
		return unsafe.Pointer(new(object3))
	case 4:
		return unsafe.Pointer(new(object4))
	}
	return unsafe.Pointer(new(object5))
}

//go:noinline
func makeWeak(p unsafe.Pointer) weak.Pointer[byte] { return weak.Make((*byte)(p)) }

// writes records what was put into the buffer since before.
//
//go:nosplit
func writes() {
	n := buffered()
	if n < before || n-before > uintptr(len(wrote)) {
		wrotes = -1
		return
	}
	wrotes = int(n - before)
	for i := range wrotes {
		wrote[i] = entry(before + uintptr(i))
	}
}

// play runs a program of acts.
func play(acts []gclive.Act) (m gclive.Marked, err error) {
	hold(true)
	for free() > 0 { // no goroutine gets the descriptor of one that it does not know
		go park()
		runtime.Gosched()
	}
	for g := 1; g <= gclive.Actors; g++ {
		begins[g] <- true
	}
	own = 0
	addrs = make([]uintptr, 0, len(acts))
	weaks = make([]weak.Pointer[byte], 0, len(acts))
	weakOf = weakOf[:0]
	number = gclive.Actors
	log = make([]logged, 0, len(acts))
	colours = make([]byte, 0, len(acts)*len(acts))
	marking, done := false, false
	var gone [gclive.Actors + gclive.Started + 1]bool
	noted.Begin(1<<18, overlay.Of(overlay.BufferFlushed, overlay.CycleMarked)|overlay.Of(overlay.SweptSpan, overlay.SweptSpan))
	for _, a := range acts {
		var l logged
		s := &l.seen
		act = a
		switch gclive.Do(a.Verb) {
		case gclive.DoStart:
			markAlone(0)
			marking = true
		case gclive.DoGlobals, gclive.DoKept:
			for {
				if class, _ := nextRoot(); class != a.Verb-int(gclive.DoGlobals)+1 {
					break
				}
				root()
			}
		case gclive.DoStack:
			for last := uint64(0); last != goids[a.G]; {
				class, g := nextRoot()
				if class != 3 {
					return m, fmt.Errorf("marker: the stack of goroutine %d is not to be scanned", a.G)
				}
				last = g
				root()
			}
		case gclive.DoDrain:
			for {
				if class, _ := nextRoot(); class == 0 {
					break
				}
				root()
			}
			drain(1 << 62)
		case gclive.DoFlush:
			flush()
		case gclive.DoFinish:
			if done = markDone(); done {
				marking, s.Object = false, 1
			}
		default:
			if gclive.Do(a.Verb) == gclive.DoGo {
				number++
				act.B = number
			}
			if gclive.Do(a.Verb) == gclive.DoStrong {
				_, s.Was = spanOf(weakOf[a.B])
			}
			perform(a.G)
			switch gclive.Do(a.Verb) {
			case gclive.DoAlloc:
				addrs = append(addrs, result)
			case gclive.DoExit:
				gone[a.G] = true
			case gclive.DoStrong:
				_, now := spanOf(weakOf[a.B])
				s.Swept = now && !s.Was
			case gclive.DoGo:
				turn.Store(-1)
				for goids[number] == 0 {
					runtime.Gosched()
				}
				turn.Store(0)
			}
			s.Object = numberOf(result)
			l.wrotes = wrotes
			n := 0
			for i := range max(wrotes, 0) {
				w := numberOf(wrote[i])
				if w <= 0 && gclive.Do(a.Verb) == gclive.DoGo { // the runtime's own
					continue
				}
				l.wrote[n&3] = w
				n++
			}
			if wrotes > 0 {
				l.wrotes = n
			}
		}
		l.from = len(colours)
		if marking {
			keep, end := own, own
			if verb := gclive.Do(a.Verb); verb < gclive.DoStart && wrotes > 0 {
				keep, end = before, before+uintptr(wrotes)
			} else if verb == gclive.DoFlush {
				own, keep, end = 0, 0, 0
			}
			settle(own, keep, end)
			own += end - keep
			for _, at := range addrs {
				colours = append(colours, "wgbm"[colourOf(at)])
			}
		}
		l.to = len(colours)
		log = append(log, l)
	}
	if marking {
		for !markDone() {
			drain(1 << 62)
			flush()
		}
	}
	together()
	m.Notes = noted.End()
	for _, l := range log {
		s := l.seen
		s.Colours = string(colours[l.from:l.to])
		if l.wrotes < 0 {
			s.Entries = []int{-2}
		}
		for i := range l.wrotes {
			s.Entries = append(s.Entries, l.wrote[i&3])
		}
		m.Seen = append(m.Seen, s)
	}
	act = gclive.Act{Verb: int(gclive.DoEnd)}
	for g := 1; g <= number; g++ {
		if !gone[g] {
			perform(g)
		}
		m.Goids = append(m.Goids, goids[g])
	}
	clear(goids[gclive.Actors+1:])
	clear(globals[:])
	for _, at := range addrs {
		m.Addrs = append(m.Addrs, uint64(at))
	}
	sweep()
	hold(false)
	return m, nil
}

func park() { select {} }

// perform lets a goroutine act.
func perform(g int) {
	turn.Store(int64(g))
	for turn.Load() != 0 {
		runtime.Gosched()
	}
}

// numberOf returns the number of an object, 0 for nil, and -1 for anything else.
func numberOf(at uintptr) int {
	if at == 0 {
		return 0
	}
	for i, a := range addrs {
		if a == at {
			return i + 1
		}
	}
	return -1
}
