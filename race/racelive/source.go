package racelive

import (
	"math/rand/v2"
	"slices"

	"github.com/orrery-go/orrery/race"
)

// A Source makes random programs.
type Source struct {
	r     *rand.Rand
	p     *Player
	vars  int
	used  map[uint64]int // number of accesses by word
	types []race.Type    // by object
	rw    map[race.Object]bool
	held  map[race.Object]race.G
	reads map[race.Object][]race.G
	once  map[race.G]race.Object
	most  int           // number of cells of a word
	snap  race.Snapshot // the state after the last operation
}

// Random runs a random program of n operations with every kind of synchronization, up to
// the first race. At most most accesses are to the same 8 bytes; if a channel or a
// WaitGroup has more accesses to its own memory, the program ends there.
func Random(c race.Config, seed uint64, n, most int) (Run, error) {
	p, err := NewPlayer(c)
	if err != nil {
		return Run{}, err
	}
	s := &Source{
		r: rand.New(rand.NewPCG(seed, 19)), p: p, used: map[uint64]int{}, types: []race.Type{""}, most: most,
		rw: map[race.Object]bool{}, held: map[race.Object]race.G{}, reads: map[race.Object][]race.G{}, once: map[race.G]race.Object{},
	}
	s.vars = 2 + s.r.IntN(14)
	if err := s.objects(); err != nil {
		return Run{}, err
	}
	s.snap = p.D.Snapshot()
	for tries := 0; n > 0 && tries < 100*n && !p.Raced() && p.D.Evicted() == 0; tries++ {
		op, ok := s.next()
		if !ok {
			continue
		}
		if err := s.do(op); err != nil {
			return Run{}, err
		}
		n--
	}
	return p.Run(), nil
}

// objects makes some objects of each type.
func (s *Source) objects() error {
	type form struct {
		op race.Op
		rw bool
	}
	forms := []form{
		{op: race.Op{Type: race.Mutex}}, {op: race.Op{Type: race.Mutex}, rw: true}, {op: race.Op{Type: race.WaitGroup}},
		{op: race.Op{Type: race.Once}}, {op: race.Op{Type: race.Raw}}, {op: race.Op{Type: race.Cond}},
		{op: race.Op{Type: race.Chan, N: 0, Size: 8}}, {op: race.Op{Type: race.Chan, N: 0, Size: 0}},
		{op: race.Op{Type: race.Chan, N: 1 + s.r.Int64N(3), Size: 8}}, {op: race.Op{Type: race.Chan, N: 1 + s.r.Int64N(3), Size: 0}},
	}
	for range 3 + s.r.IntN(8) {
		f := forms[s.r.IntN(len(forms))]
		op := f.op
		op.Verb, op.G = race.MakeVerb, race.Main
		if op.Type == race.Cond {
			i := slices.Index(s.types, race.Mutex)
			if i < 0 {
				continue
			}
			op.On = race.Object(i)
		}
		s.p.rw = f.rw
		o, err := s.p.Do(op)
		if err != nil {
			return err
		}
		s.types = append(s.types, op.Type)
		s.rw[o.Object] = f.rw
	}
	return nil
}

// do performs an operation and records what next needs to know.
func (s *Source) do(op race.Op) error {
	if _, err := s.p.Do(op); err != nil {
		return err
	}
	s.snap = s.p.D.Snapshot()
	switch op.Verb {
	case race.RLockVerb:
		s.reads[op.On] = append(s.reads[op.On], op.G)
	case race.RUnlockVerb:
		i := slices.Index(s.reads[op.On], op.G)
		s.reads[op.On] = slices.Delete(s.reads[op.On], i, i+1)
	case race.OnceDoVerb:
		for _, o := range s.snap.Objects {
			if o.Object == op.On && o.Writer == op.G {
				s.once[op.G] = op.On
			}
		}
	case race.OnceReturnVerb:
		delete(s.once, op.G)
	}
	return nil
}

// next picks an operation that can be performed; ok is false if there is none.
func (s *Source) next() (race.Op, bool) {
	snap := s.snap
	var ready []race.G
	for _, g := range snap.Goroutines {
		if g.Waits == "" {
			ready = append(ready, g.G)
		}
	}
	if len(ready) == 0 {
		return race.Op{}, false
	}
	op := race.Op{G: ready[s.r.IntN(len(ready))]}
	switch k := s.r.IntN(20); {
	case k < 2:
		op.Verb = race.GoVerb
		return op, len(snap.Goroutines) < 6
	case k == 2:
		// A goroutine that exits may still hold a lock.
		op.Verb = race.ExitVerb
		return op, len(ready) > 1 && s.once[op.G] == 0 && s.r.IntN(3) == 0
	case k < 8:
		return s.access(op)
	}
	if len(snap.Objects) == 0 {
		return op, false
	}
	o := snap.Objects[s.r.IntN(len(snap.Objects))]
	op.On = o.Object
	return s.on(op, o)
}

// access picks an access.
func (s *Source) access(op race.Op) (race.Op, bool) {
	word := uint64(s.r.IntN(s.vars))
	op.Addr = Base + 8*word
	ranged := false
	switch k := s.r.IntN(12); {
	case k < 6: // a number
		op.Verb = []race.Verb{race.ReadVerb, race.WriteVerb}[s.r.IntN(2)]
		op.Size = 1 << s.r.IntN(4)
		op.Addr += uint64(op.Size * s.r.IntN(8/op.Size))
	case k < 8: // a struct or an array
		op.Verb = []race.Verb{race.ReadRangeVerb, race.WriteRangeVerb}[s.r.IntN(2)]
		op.Size = []int{3, 6, 12, 16}[s.r.IntN(4)]
		if op.Size < 16 {
			op.Addr += uint64(s.r.IntN(8))
		}
		ranged = true
	default:
		op.Verb = []race.Verb{race.LoadVerb, race.StoreVerb, race.ModifyVerb, race.FailVerb}[s.r.IntN(4)]
		op.Size = 4 << s.r.IntN(2)
		if op.Size == 4 {
			op.Addr += uint64(4 * s.r.IntN(2))
		}
	}
	// Up to 1.18 an access of less than a word takes a cell for each byte.
	cells := map[uint64]int{word: 1}
	if ranged {
		cells = map[uint64]int{}
		for a := op.Addr; a < op.Addr+uint64(op.Size); a++ {
			cells[(a-Base)/8]++
		}
		for w, n := range cells {
			if n == 8 {
				cells[w] = 1
			}
		}
	}
	for w, n := range cells {
		if s.most > 0 && s.used[w]+n > s.most {
			return op, false
		}
	}
	for w, n := range cells {
		s.used[w] += n
	}
	return op, true
}

// on picks an operation on an object.
func (s *Source) on(op race.Op, o race.ObjectState) (race.Op, bool) {
	pick := func(verbs ...race.Verb) { op.Verb = verbs[s.r.IntN(len(verbs))] }
	switch o.Type {
	case race.Mutex:
		mine := slices.Contains(s.reads[o.Object], op.G) && o.Readers > 0
		switch {
		case mine && s.r.IntN(2) == 0:
			op.Verb = race.RUnlockVerb
		case o.Writer != 0:
			op.Verb = race.UnlockVerb
			// Another goroutine may unlock it, too, or wait for it.
			if o.Writer != op.G {
				if s.r.IntN(6) > 0 {
					op.Verb = race.LockVerb
					return op, len(o.Waiting) == 0 && !s.condOn(o.Object) && s.r.IntN(2) == 0
				}
			}
		case s.rw[o.Object] && s.r.IntN(2) == 0:
			op.Verb = race.RLockVerb
			return op, len(o.Waiting) == 0
		default:
			op.Verb = race.LockVerb
			return op, len(o.Waiting) == 0 && (o.Readers == 0 || !mine && !s.condOn(o.Object))
		}
	case race.Chan:
		pick(race.SendVerb, race.RecvVerb, race.SendVerb, race.RecvVerb, race.CloseVerb)
		if op.Verb == race.CloseVerb {
			return op, s.r.IntN(4) == 0
		}
		return op, len(o.Waiting) < 2
	case race.WaitGroup:
		pick(race.AddVerb, race.WaitVerb, race.AddVerb)
		if op.Verb == race.AddVerb {
			op.N = 1 + s.r.Int64N(2)
			if o.Counter > 0 && s.r.IntN(3) > 0 {
				op.N = -1
			}
		}
	case race.Once:
		switch {
		case s.once[op.G] == o.Object:
			op.Verb = race.OnceReturnVerb
		case s.once[op.G] != 0:
			return op, false // not a second one inside
		default:
			op.Verb = race.OnceDoVerb
		}
	case race.Cond:
		lock := s.lockOf(o.Object)
		l := s.snap.Objects[lock-1]
		pick(race.WaitCondVerb, race.SignalVerb, race.BroadcastVerb)
		if op.Verb == race.WaitCondVerb {
			return op, l.Writer == op.G && len(o.Waiting) == 0
		}
		return op, len(l.Waiting) == 0 && len(o.Waiting) < 2
	case race.Raw:
		pick(race.AcquireVerb, race.ReleaseVerb, race.ReleaseMergeVerb)
	}
	return op, true
}

// condOn reports whether the lock belongs to a Cond.
func (s *Source) condOn(lock race.Object) bool {
	return slices.Contains(s.types, race.Cond) && s.lockOf(0) == lock
}

// lockOf returns the lock of a Cond: the first mutex.
func (s *Source) lockOf(race.Object) race.Object {
	return race.Object(slices.Index(s.types, race.Mutex))
}
