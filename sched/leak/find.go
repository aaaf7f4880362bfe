package leak

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A Report is the result of Find.
type Report struct {
	Leaked []Leak  `json:"leaked"` // by number
	Rounds [][]int `json:"rounds"` // the goroutines that wait and were found to be no leaks, round by round
	Marked []int   `json:"marked"` // the objects that are reachable without leaked goroutines
}

// A Leak is a leaked goroutine.
type Leak struct {
	Goroutine int    `json:"goroutine"`
	Name      string `json:"name,omitempty"`
	Reason    Reason `json:"reason"`
	On        []Case `json:"on"`
	Where     string `json:"where,omitempty"`

	// Knowing are the other goroutines, leaked like it, that refer to what it waits
	// for, and so could wake it if they went on: the first ten.
	Knowing []int `json:"knowing"`

	// Holders are the goroutines that have locked what it waits for. One that is not
	// in the state has ended without unlocking.
	Holders []int `json:"holders"`

	Why string `json:"why"` // in words
}

// String reads like "goroutine 3: chan receive: ...".
func (l Leak) String() string {
	return fmt.Sprintf("goroutine %s: %v: %s", nameOf(l.Name, l.Goroutine), l.Reason, l.Why)
}

// nameOf returns a name, or a number without one.
func nameOf(name string, n int) string {
	if name != "" {
		return name
	}
	return strconv.Itoa(n)
}

func (f *finder) object(n int) string { return nameOf(f.s.Objects[n-1].Name, n) }

func (f *finder) goroutine(n int) string {
	return nameOf(f.s.Goroutines[n-1].Name, n)
}

// Find finds the leaked goroutines. It returns an error if a number is out of range, or
// if the state is impossible, as when a goroutine waits for a channel that is ready.
func Find(s State) (Report, error) {
	if err := s.check(); err != nil {
		return Report{}, err
	}
	f := finder{s: &s, marked: make([]bool, len(s.Objects)), live: make([]bool, len(s.Goroutines))}
	f.mark(s.Globals)
	f.mark(s.Timers)
	for _, k := range s.Finalizers { // runtime/mgcmark.go:markrootSpans
		f.mark(k.Refs)
		if !k.Cleanup {
			f.mark(s.Objects[k.Of-1].Refs)
		}
	}
	for i := range s.Goroutines {
		if g := &s.Goroutines[i]; !g.Reason.candidate() {
			f.live[i] = true
			f.stack(g)
		}
	}
	r := Report{Leaked: []Leak{}, Rounds: [][]int{}, Marked: []int{}}
	for round := f.round(); len(round) > 0; round = f.round() {
		r.Rounds = append(r.Rounds, round)
	}
	for i, m := range f.marked {
		if m {
			r.Marked = append(r.Marked, i+1)
		}
	}
	f.report(&r)
	return r, nil
}

// A finder marks.
type finder struct {
	s      *State
	marked []bool // objects
	live   []bool // goroutines
	todo   []int
}

// mark marks objects and all that they refer to.
func (f *finder) mark(refs []int) {
	f.todo = append(f.todo, refs...)
	for len(f.todo) > 0 {
		o := f.todo[len(f.todo)-1]
		f.todo = f.todo[:len(f.todo)-1]
		if !f.marked[o-1] {
			f.marked[o-1] = true
			f.todo = append(f.todo, f.s.Objects[o-1].Refs...)
		}
	}
}

// stack marks what the stack of a goroutine refers to, which includes what it waits for.
func (f *finder) stack(g *Goroutine) {
	f.mark(g.Refs)
	for _, k := range g.On {
		f.mark([]int{k.Object})
	}
}

// round looks at the goroutines that wait, and scans those that may go on. All of a round
// are found before any is scanned (runtime/mgc.go:findMaybeRunnableGoroutines).
func (f *finder) round() (found []int) {
	for i := range f.s.Goroutines {
		if !f.live[i] && f.maybeRunnable(&f.s.Goroutines[i]) {
			found = append(found, i+1)
		}
	}
	for _, n := range found {
		f.live[n-1] = true
		f.stack(&f.s.Goroutines[n-1])
	}
	return found
}

// maybeRunnable reports whether somebody can still wake the goroutine
// (runtime/mgc.go:isMaybeRunnable).
func (f *finder) maybeRunnable(g *Goroutine) bool {
	for _, k := range g.On {
		if f.marked[k.Object-1] {
			return true
		}
	}
	return false
}

// maxReach bounds the work for the words of a report.
const maxReach = 1 << 20

// maxKnowing is the largest number of goroutines that a [Leak] names.
const maxKnowing = 10

// report says for each leaked goroutine which others could have woken it.
func (f *finder) report(r *Report) {
	left := maxReach
	var leaked []int
	for i, live := range f.live {
		if !live {
			leaked = append(leaked, i+1)
		}
	}
	knows := map[int][]int{} // by object, the leaked goroutines whose stack leads to it
	for _, n := range leaked {
		if left <= 0 {
			break
		}
		g := &f.s.Goroutines[n-1]
		seen := map[int]bool{}
		todo := slices.Clone(g.Refs)
		for len(todo) > 0 && left > 0 {
			o := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			if left--; !seen[o] {
				seen[o] = true
				knows[o] = append(knows[o], n)
				todo = append(todo, f.s.Objects[o-1].Refs...)
			}
		}
	}
	for _, n := range leaked {
		g := &f.s.Goroutines[n-1]
		l := Leak{Goroutine: n, Name: g.Name, Reason: g.Reason, On: append([]Case{}, g.On...), Where: g.Where, Knowing: []int{}, Holders: []int{}}
		for _, k := range g.On {
			for _, other := range knows[k.Object] {
				if len(l.Knowing) == maxKnowing {
					break
				}
				if other != n && !slices.Contains(l.Knowing, other) {
					l.Knowing = append(l.Knowing, other)
				}
			}
			if h := f.s.Objects[k.Object-1].Holder; h > 0 {
				l.Holders = append(l.Holders, h)
			}
		}
		slices.Sort(l.Knowing)
		l.Why = f.why(&l)
		r.Leaked = append(r.Leaked, l)
	}
}

// why returns what the goroutine waits for, and which goroutines do not do it.
func (f *finder) why(l *Leak) string {
	switch l.Reason {
	case NilChan:
		return "nobody can use a nil channel"
	case SelectNone:
		return "there is no case"
	}
	var wants []string
	for _, k := range l.On {
		wants = append(wants, f.wants(l.Reason, k))
	}
	text := "waits for " + strings.Join(wants, ", or ")
	for _, h := range l.Holders {
		switch {
		case h > len(f.s.Goroutines):
			text += "; a goroutine that has locked it has ended"
		case h == l.Goroutine:
			text += "; it has locked it itself"
		case !f.live[h-1]:
			text += fmt.Sprintf("; goroutine %s, which has locked it, is leaked, too", f.goroutine(h))
		default:
			text += fmt.Sprintf("; goroutine %s, which has locked it, no longer refers to it", f.goroutine(h))
		}
	}
	switch {
	case len(l.Knowing) == 0:
		return text + "; no other goroutine refers to it"
	case len(l.Knowing) == 1:
		return text + fmt.Sprintf("; only goroutine %s refers to it, and is leaked, too", f.goroutine(l.Knowing[0]))
	}
	who := f.list(l.Knowing)
	if len(l.Knowing) == maxKnowing {
		who += ", or more,"
	}
	return text + fmt.Sprintf("; only goroutines %s refer to it, and are leaked, too", who)
}

// wants returns what would wake the goroutine.
func (f *finder) wants(op Reason, k Case) string {
	o := f.object(k.Object)
	switch t := f.s.Objects[k.Object-1].Type; {
	case op == Send || op == Select && k.Send:
		return fmt.Sprintf("a receive from channel %s", o)
	case t == Chan:
		return fmt.Sprintf("a send to channel %s, or its close", o)
	case t == WaitGroup:
		return fmt.Sprintf("Done of waitgroup %s", o)
	case t == Cond:
		return fmt.Sprintf("Signal or Broadcast of cond %s", o)
	case t == RWMutex:
		return fmt.Sprintf("Unlock of rwmutex %s", o)
	}
	return fmt.Sprintf("Unlock of mutex %s", o)
}

// list reads like "1, 2 and 3".
func (f *finder) list(of []int) string {
	text := f.goroutine(of[0])
	for i, n := range of[1:] {
		sep := ", "
		if i == len(of)-2 {
			sep = " and "
		}
		text += sep + f.goroutine(n)
	}
	return text
}
