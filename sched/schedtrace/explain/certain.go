package explain

import "slices"

// What follows is certain however long any thread pauses between any two instructions. An
// event that makes a goroutine runnable is written before the goroutine is in its queue; an
// event that a goroutine runs, after it was taken. Nothing else of the order of events on
// different threads is relied on here, and the states of the replay are not looked at. It
// rests on these facts:
//
//   - what a P's thread puts into its own ring and runnext is there in the order of its
//     events, and only its thread puts;
//   - a goroutine in runnext that a thief takes runs at once, with nothing taken beside it.
//     The thief has seen an empty ring, but that may have been long before;
//   - a thread takes from a queue once between two goroutines that it runs; what it takes
//     beside the one that it runs goes to its empty ring, in the same order;
//   - of a ring the last of those taken runs, of the global queue the first;
//   - rings are taken from at their heads, so what is put after another leaves after it.

// A put is a goroutine that became runnable, and the place to which its thread puts it.
type put struct {
	g, m   int32
	p      int
	at     uint64
	closed uint64 // it was there at the latest
	nth    uint64 // of all that were put into the ring of p, from 1; 0 for what is in runnext
	kicked uint64 // it had been moved there from runnext at the latest
	start  uint64 // when it ran

	kind      place
	source    origin // of toRun
	passed    bool   // it is certain that it was in the ring when it was taken
	preempted bool
	network   bool // the poller's, or of a deadline, with a P
	back      bool // the thread on which it ran last has run nothing since: it may be locked to it
	alone     bool // it is certain that nothing was taken beside it

	current bool // of its goroutine
	awaited bool // a start that waits for what comes later will say that it was alone
	marked  bool // used, by the last sweep
}

// A place is a kind of queue.
type place uint8

const (
	anywhere place = iota
	inNext
	inRing
	inGlobal
	toRun
)

// A look is the time in which a P's thread looks for work, and its result.
//
// A thread without a P takes from the global queue, at the end of its search, before it has
// the P for whose ring that is. So a P is followed by a look while no thread has it, too.
type look struct {
	p       int
	idle    bool // no thread has the P: only the global queue was taken from
	from    uint64
	to      uint64 // open while it looks
	nothing bool   // it took nothing
	marked  bool   // used, by the last sweep
	out     *put   // what it ran; nil if that is not known
}

const (
	mostOthers = 48  // looks that may have taken a goroutine
	mostLooks  = 64  // of a P that are kept: more than mostOthers, and those that have not ended
	fewPlaces  = 512 // that are searched
	nearFull   = 200 // goroutines that are runnable: then a ring may be full
)

// A certifier knows what is certain.
type certifier struct {
	threads  []certThread
	ranOn    []int32 // by goroutine, the thread
	back     int     // runnable goroutines that may be locked to a thread
	puts     []*put  // by goroutine
	procs    []certProc
	horizon  uint64 // nothing is known of what was put before
	drained  uint64 // a mark worker may have emptied its P's queues then
	draining int
	full     uint64 // a ring may have been full then
	stopped  uint64 // the world began to be stopped then
	opened   int    // threads whose last event puts something into the global queue
	clean    bool   // no two threads have taken or put at once since nothing was runnable
	global   bool   // something was put into the global queue since then

	given   slab[put]
	made    slab[look]
	grounds slab[ground]
	alive   int // puts and looks, when they were last looked through
}

type certThread struct {
	ran          int32  // goroutine
	began        uint64 // it then
	last, before uint64 // events
	open         []*put // that its last event puts into the global queue
	kicks        []*put // that its last event moves into the ring
	listed       []*put // that the event before it put there: if another follows at once, they are a list
}

type certProc struct {
	next   *put
	left   int    // in the ring, as far as is known
	puts   []*put // of the ring, in order
	base   uint64 // number of the first
	needed uint64 // and of the first that is still asked for, when that was last looked for
	looks  []*look
	takers []*look // of them, if they can have taken from a ring
	now    *look   // that has not ended
	idle   *look   // while no thread had the P, before that
	handed *look   // that ended when the P was given up
}

// A sure is what is certain of a start.
type sure struct {
	put    bool // when it became runnable was seen
	known  bool // where it came from, which follows
	source origin
	from   int32
	alone  *put // it, if nothing was taken beside it
}

// A ground is what was known of a start when it happened; the result of looks that had not
// ended, is seen later. Mostly there is none that matters, and then there is no ground.
type ground struct {
	put    *put // nil if it is given back
	p      int
	gone   bool    // from the ring into which it was put, before the P looked
	others []*look // that may have taken it
	tail   *put    // the last of the P's own ring
	rivals []*look // that may have taken that one
}

// never reports whether a look that has ended can have taken nothing but what it ran: what
// is in runnext is taken alone. That does not change any more.
func (l *look) never() bool {
	return l.out != nil && l.out.start > 0 && (l.out.kind == inNext || l.out.kind == toRun)
}

// can reports whether a look may have taken u, or moved it to its ring, if u may be in
// the rings of the Ps in held, too.
func (c *certifier) can(l *look, u *put, held []int) bool {
	if l.nothing || l.idle && u.kind != inGlobal {
		return false
	}
	h := l.out
	if h == nil {
		return true
	}
	if h.alone {
		return false
	}
	in := slices.Contains(held, h.p)
	switch h.kind {
	case inNext, toRun:
		return false
	case inRing:
		if u.kind == inRing && h.p == u.p {
			return h.nth >= u.nth && !c.proc(u.p).between(u.nth, h.nth, l.from)
		}
		return in
	case inGlobal:
		if u.kind == inRing {
			return false
		}
		if u.closed <= h.at {
			return len(held) > 0
		}
		return true
	}
	return true
}

// outside returns the certainty of a goroutine that was not in a ring, nor in the global queue.
// It was the next that the thread did if near is true.
func (u *put) outside(p int, near bool) sure {
	s := sure{put: true, from: -1}
	switch u.kind {
	case anywhere:
		s.source, s.known = fromNetwork, u.network && near
	case toRun:
		s.source, s.known = u.source, near && u.source != fromUnknown
	case inNext:
		s.source, s.known = fromNext, true
		if p != u.p {
			s.source, s.from = fromOther, int32(u.p)
		}
	}
	return s
}

// settle says from where the goroutine came, if that is certain.
func (c *certifier) settle(d *ground) sure {
	u := d.put
	// The Ps in whose rings it may have been, since they took it with others.
	var room [2][16]int
	held := room[0][:0]
	for more := true; more; {
		more = false
		for _, l := range d.others {
			if !slices.Contains(held, l.p) && l.out != u && c.can(l, u, held) {
				if u.kind == inGlobal && d.tail == nil {
					return sure{put: true} // it may have been in that ring, too
				}
				held = append(held, l.p)
				more = true
			}
		}
	}
	var own, global bool
	victims := room[1][:0]
	add := func(p int) {
		if p == d.p {
			own = true
		} else if !slices.Contains(victims, p) {
			victims = append(victims, p)
		}
	}
	for _, p := range held {
		add(p)
	}
	if u.kind == inGlobal {
		global = true
	} else if !d.gone {
		add(u.p)
	}
	if d.tail != nil && d.tail.kind == inRing {
		// While that is there, the P takes nothing from others.
		if !slices.ContainsFunc(d.rivals, func(l *look) bool { return l.p != d.p && c.can(l, d.tail, nil) }) {
			victims = nil
		}
	}
	s := sure{put: true, from: -1}
	switch {
	case own && !global && len(victims) == 0:
		s.known, s.source, s.alone = true, fromRing, u
	case global && !own && len(victims) == 0:
		s.known, s.source = true, fromGlobal
	case len(victims) == 1 && !own && !global:
		s.known, s.source, s.from = true, fromOther, int32(victims[0])
	}
	return s
}
