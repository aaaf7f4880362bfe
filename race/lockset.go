package race

import (
	"fmt"
	"slices"
)

// A Suspect is a variable that no lock protects, as the lockset algorithm sees it. The
// program may be right all the same: a channel, a WaitGroup or an atomic can order what
// no lock does.
type Suspect struct {
	Addr  uint64 `json:"addr,string"`
	G     G      `json:"g"` // the goroutine of the access after which no lock was left
	Op    uint64 `json:"op,string"`
	Place Place  `json:"place"`
	Write bool   `json:"write"`
}

// String reads like "0x10: no lock protects it, since the write of goroutine 2 (operation 7)".
func (s Suspect) String() string {
	what := "read"
	if s.Write {
		what = "write"
	}
	return fmt.Sprintf("%#x: no lock protects it, since the %s of goroutine %d (operation %d)", s.Addr, what, s.G, s.Op)
}

// lockset is Eraser's algorithm: for each variable the locks that were held at every
// access since a second goroutine used it. Savage and others, section 2.
type lockset struct {
	vars     map[uint64]*lockvar
	held     map[G]*holds
	suspects []Suspect
}

type lockState uint8

// The states of a variable.
const (
	exclusive lockState = iota // only one goroutine has accessed it
	shared                     // others have, and only read since
	modified                   // they have written
	told                       // it is a suspect
)

type lockvar struct {
	state lockState
	first G
	locks []Object // candidates; meaningful from shared on
}

// holds are the locks that a goroutine holds, for writing and at all.
type holds struct{ write, any []Object }

func newLockset() *lockset {
	return &lockset{vars: map[uint64]*lockvar{}, held: map[G]*holds{}}
}

func (l *lockset) hold(g G, n Object, read bool) {
	if l == nil {
		return
	}
	h := l.held[g]
	if h == nil {
		h = new(holds)
		l.held[g] = h
	}
	h.any = append(h.any, n)
	if !read {
		h.write = append(h.write, n)
	}
}

func (l *lockset) drop(g G, n Object, read bool) {
	if l == nil || l.held[g] == nil {
		return
	}
	h := l.held[g]
	if i := slices.Index(h.any, n); i >= 0 {
		h.any = slices.Delete(h.any, i, i+1)
	}
	if i := slices.Index(h.write, n); i >= 0 && !read {
		h.write = slices.Delete(h.write, i, i+1)
	}
	if len(h.any) == 0 {
		delete(l.held, g)
	}
}

// forget is of 8 bytes that are new memory.
func (l *lockset) forget(addr uint64) {
	if l == nil {
		return
	}
	for i := range uint64(8) {
		delete(l.vars, addr+i)
	}
}

// access is one of the variable at op.Addr.
func (l *lockset) access(d *Detector, me *goroutine, op Op, kind uint8) {
	v := l.vars[op.Addr]
	if v == nil {
		if len(l.vars) < maxGranules {
			l.vars[op.Addr] = &lockvar{first: me.id}
		}
		return
	}
	var locks []Object
	if h := l.held[me.id]; h != nil {
		locks = h.any
		if kind&reads == 0 {
			locks = h.write // a read lock protects no write
		}
	}
	switch {
	case v.state == told, v.state == exclusive && v.first == me.id:
		return
	case v.state == exclusive:
		v.locks = slices.Clone(locks)
		v.state = shared
	default:
		v.locks = slices.DeleteFunc(v.locks, func(o Object) bool { return !slices.Contains(locks, o) })
	}
	if kind&reads == 0 {
		v.state = modified
	}
	if v.state == modified && len(v.locks) == 0 {
		v.state = told
		if len(l.suspects) < MaxReports {
			l.suspects = append(l.suspects, Suspect{Addr: op.Addr, G: me.id, Op: d.ops, Place: op.Place, Write: kind&reads == 0})
		}
	}
}

// Lockset returns the variables that no lock protects, at most [MaxReports] of them, in
// the order in which that was found. It is empty without Config.Lockset. The slice is the
// caller's own.
func (d *Detector) Lockset() []Suspect {
	if d.lockset == nil {
		return []Suspect{}
	}
	return slices.Clone(d.lockset.suspects)
}
