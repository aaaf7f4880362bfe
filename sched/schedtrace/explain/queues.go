package explain

import "slices"

// A stamp is the moment at which something was put into a queue: after the event at, and
// before the next event of the same thread, closed, which is maximal until there is one.
type stamp struct {
	at, closed uint64
	id         stampID
	m          int32 // the thread
	overlaps   bool  // another put something into the global queue meanwhile
	used       bool  // when those that are not are looked for
}

// certain reports whether it was there for certain when thread m looked, after an event.
func (s *stamp) certain(since uint64, m int32) bool { return s.closed <= since || s.m == m }

const open = ^uint64(0)

// overlap reports whether the trace leaves open which of two was first.
func overlap(a, b *stamp) bool { return a != b && a.at < b.closed && b.at < a.closed }

// An entry is a goroutine in a queue.
type entry struct {
	g      int32
	put    stampID // into the queue that it is in
	global stampID // into the global queue, if it came through it
	kicked bool    // from runnext into the ring, at put
}

// A queue is the ring of a P with its runnext, or the global queue. Places in it have
// numbers that only grow, as in the runtime: base is that of the first.
type queue struct {
	next  entry // g is 0 if there is none
	base  int
	ring  []entry
	hash  uint64 // of the goroutines in it
	store *store // that ring is in
	from  *stores
	ticks uint64 // the possible values of schedtick modulo 61, a bit each
	refs  int32  // states that have it: if there is another, it is copied before writing
	bag   where  // goroutines of the bag can be in it
}

// A where says where in a queue goroutines of the bag can be. They were runnable before
// all that is known to be in it.
type where uint8

const (
	inFront where = iota // of what is known to be in it: if that is taken, they are gone
	among                // it, since they came from another queue
	nowhere
)

func (q *queue) tail() int { return q.base + len(q.ring) }

// count is how many were in the queue for certain, or a number that is enough.
func (q *queue) count(all *stamps, from int, since uint64, m int32, enough int) (n int) {
	var last stampID // mostly that of the one before
	certain := false
	for i := from; i < len(q.ring); i++ {
		if put := q.ring[i].put; put != last {
			last, certain = put, all.at(put).certain(since, m)
		}
		if certain {
			if n++; n >= enough {
				break
			}
		}
	}
	return n
}

func (q *queue) empty() bool { return q.next.g == 0 && len(q.ring) == 0 }

// certain is the place after the last entry that was in the queue for certain when thread
// m looked, after an event.
func (q *queue) certain(all *stamps, since uint64, m int32) int {
	var last stampID
	for i := len(q.ring) - 1; i >= 0; i-- {
		if put := q.ring[i].put; put != last {
			if last = put; all.at(put).certain(since, m) {
				return q.base + i + 1
			}
		}
	}
	return q.base
}

// A piece is a part of a queue that is gone, since something further on was taken, while
// the trace has not yet shown which P took it.
type piece struct {
	from    int // P, or the number of Ps for the global queue
	next    bool
	base    int // of the first
	tail    int // of the queue when the piece was found to be gone: no later place was there
	entries []entry
	found   uint64
}

// A hand is a goroutine that is to run next on a thread without having been in a queue.
type hand struct {
	g, m  int32
	from  origin
	slice int // 1: a new time slice, 0: it inherits, 2: either

	victim, moved int // if it was stolen
}

// A state is one that all queues can be in, by the events so far.
type state struct {
	r        *replay
	queues   []*queue // of the Ps, and at last the global one
	pieces   []piece  // as hands: other states may have the same, so that they are copied before writing
	hands    []hand
	inject   int32     // the thread whose list is being put into its ring, no longer into the global queue
	injected int       // how many of it went there
	called   int       // Ps that a thread has been called for, which has shown nothing yet
	owes     int32     // the thread that must have something to run at once, since it puts a list
	label    label     // of its last start
	vague    bool      // another P that looked then may have had it in between
	nodes    []edge    // that say how it came to be
	bits     uint64    // of what was assumed since
	few      [9]*queue // for queues, if there are no more
	alive    uint64    // when states that are not possible were last taken back
}

// newState is the state in which all queues are empty.
func (r *replay) newState() *state {
	s := &state{r: r}
	for range len(r.ps) + 1 {
		s.queues = append(s.queues, r.newQueue())
	}
	r.fresh = append(r.fresh, s)
	return s
}

func (s *state) fork() *state {
	s.r.spend(len(s.queues))
	for _, q := range s.queues {
		q.refs++
	}
	n := s.r.made.next()
	n.r, n.pieces, n.hands, n.inject, n.injected, n.owes, n.nodes = s.r, s.pieces, s.hands, s.inject, s.injected, s.owes, s.nodes
	n.bits, n.called = s.bits, s.called
	n.label, n.vague = label{}, false
	if n.queues == nil {
		n.queues = n.few[:0]
	}
	n.queues = append(n.queues[:0], s.queues...)
	s.r.fresh = append(s.r.fresh, n)
	return n
}

func (r *replay) newQueue() *queue {
	q := r.queues.next()
	*q = queue{ticks: r.ticks(), from: &r.stores, refs: 1}
	return q
}

// own gives a queue to write to.
func (s *state) own(i int) *queue {
	q := s.queues[i]
	if q.refs == 1 {
		return q
	}
	q.refs--
	c := s.r.queues.next()
	*c = *q
	c.refs = 1
	if c.store != nil {
		c.store.refs++
	}
	s.queues[i] = c
	return c
}

func (s *state) global() int { return len(s.queues) - 1 }

// push puts entries at the end of the ring. Queues of other states may be in the same array:
// if one of them has used the next place, it can be used only for the same.
func (q *queue) push(entries ...entry) { q.add(entries, hash(entries)) }

// add is push for entries of which the hash is known.
func (q *queue) add(entries []entry, hash uint64) {
	q.hash += hash * power(len(q.ring))
	for i, e := range entries {
		n, left := len(q.ring), cap(q.ring)-len(q.ring)
		if q.store != nil && left > q.store.left && q.ring[:n+1][n] == e {
			q.ring = q.ring[:n+1]
			continue
		}
		if q.store == nil || left == 0 || left != q.store.left {
			q.move(q.ring, 2*n+8)
			left = q.store.left
		}
		if more := entries[i:]; left >= len(more) {
			q.ring = append(q.ring, more...)
			q.store.left -= len(more)
			return
		}
		q.ring = append(q.ring, e)
		q.store.left--
	}
}

// move puts the queue's ring, which is a copy of another, into a store of its own.
func (q *queue) move(ring []entry, size int) {
	old := q.store
	q.store = q.from.next(size)
	q.ring = q.store.all[:len(ring)]
	copy(q.ring, ring)
	q.store.left -= len(ring)
	q.from.leave(old)
}

// set gives the queue a ring that no other has.
func (q *queue) set(ring []entry) {
	q.move(ring, len(ring)+8)
	q.hash = hash(ring)
}

// cut removes ring places [0,n) of a queue.
func (q *queue) cut(n int) []entry {
	if n == len(q.ring) {
		return q.remove(n, q.hash)
	}
	return q.remove(n, hash(q.ring[:n]))
}

// remove is cut for places of which the hash is known.
func (q *queue) remove(n int, hash uint64) []entry {
	gone := q.ring[:n:n]
	if q.hash -= hash; n == 1 {
		q.hash *= unfactor
	} else if n > 1 {
		q.hash *= unpower(n)
	}
	q.ring, q.base = q.ring[n:], q.base+n
	if n > 0 && q.bag == inFront {
		q.bag = nowhere
	}
	return gone
}

// The hash of a ring is the sum of those of its goroutines, each times the factor to the
// power of its place.
const (
	factor   = 0x9E3779B97F4A7C15
	unfactor = 0xF1DE83E19937733D // factor*unfactor is 1 modulo 1<<64
)

func hash(entries []entry) (h uint64) {
	f := uint64(1)
	for i := range entries {
		h += mixed(entries[i].g) * f
		f *= factor
	}
	return h
}

var powers, unpowers = func() (p, u [1 << 9]uint64) {
	p[0], u[0] = 1, 1
	for i := range p[1:] {
		p[i+1], u[i+1] = p[i]*factor, u[i]*unfactor
	}
	return p, u
}()

// power is the factor to the power of n.
func power(n int) uint64 {
	const most = len(powers) - 1
	p := powers[n%len(powers)]
	for f := powers[most] * factor; n > most; n -= len(powers) {
		p *= f
	}
	return p
}

// unpower is unfactor to the power of n, by which power(n) is divided.
func unpower(n int) uint64 {
	const most = len(unpowers) - 1
	p := unpowers[n%len(unpowers)]
	for f := unpowers[most] * unfactor; n > most; n -= len(unpowers) {
		p *= f
	}
	return p
}

func mixed(g int32) uint64 {
	h := (uint64(g) + 1) * factor
	return h ^ h>>29
}

const fewLost = 8 // entries, which are copied rather than that their array is lost for others

// lose makes the first n of a queue a piece.
func (s *state) lose(from, n int, now uint64) {
	if n == 0 {
		return
	}
	s.bits += unlikely
	q := s.own(from)
	tail := q.tail()
	base := q.base
	gone := q.cut(n)
	if n <= fewLost {
		gone = slices.Clone(gone)
	} else {
		q.store.refs++ // it is not used again
	}
	s.pieces = append(slices.Clip(s.pieces), piece{from: from, base: base, tail: tail, entries: gone, found: now})
}

func (s *state) loseNext(p int, now uint64) {
	s.bits += unlikely
	q := s.own(p)
	s.pieces = append(slices.Clip(s.pieces), piece{from: p, next: true, entries: []entry{q.next}, found: now})
	q.next = entry{}
}

// replacePiece puts others in the place of a piece; empty ones are left out.
func (s *state) replacePiece(i int, others ...piece) {
	out := make([]piece, 0, len(s.pieces)+1)
	out = append(out, s.pieces[:i]...)
	for _, p := range others {
		if len(p.entries) > 0 {
			out = append(out, p)
		}
	}
	s.pieces = append(out, s.pieces[i+1:]...)
}

func (p piece) part(from, to int) piece {
	p.entries = p.entries[from:to:to]
	p.base += from
	return p
}

// key is equal for states that are equal, or differ in schedtick alone.
func (s *state) key() uint64 {
	h := uint64(14695981039346656037)
	mix := func(x uint64) {
		h ^= x
		h *= 0x9E3779B97F4A7C15
		h ^= h >> 29
	}
	bag := len(s.r.bag) > 0
	for _, q := range s.queues {
		x := q.hash + mixed(q.next.g)*unfactor + uint64(len(q.ring))<<40
		if bag {
			x += uint64(q.bag) << 60
		}
		mix(x)
	}
	for _, p := range s.pieces {
		mix(uint64(p.from)<<20 | uint64(p.tail-p.base)<<40 | 5) // nothing is between them if it was runnext
		for _, e := range p.entries {
			mix(uint64(e.g))
		}
	}
	for _, d := range s.hands {
		mix(uint64(d.g)<<32 | uint64(d.m))
		mix(uint64(d.slice)<<40 + uint64(d.victim)<<20 + uint64(d.moved) + 3)
	}
	mix(uint64(s.inject)<<32 | uint64(s.owes)<<8 | uint64(s.injected))
	return h
}

const near = 8 // places that are looked at in one queue before those of the next

// where finds a goroutine: in a ring or runnext (at -1), or in a piece.
func (s *state) where(g int32) (inQueue, inPiece, at int) {
	for i, q := range s.queues {
		if q.next.g == g {
			return i, -1, -1
		}
	}
	// Mostly it is near a head.
	for k, more := 0, true; more; k += near {
		more = false
		for i, q := range s.queues {
			n := len(q.ring)
			for j := k; j < min(n, k+near); j++ {
				if q.ring[j].g == g {
					return i, -1, j
				}
			}
			more = more || n > k+near
		}
	}
	for i, p := range s.pieces {
		for k := range p.entries {
			if p.entries[k].g == g {
				return -1, i, k
			}
		}
	}
	return -1, -1, 0
}

// A spot is a place in a ring, or in a piece: of the other there is -1.
type spot struct{ queue, piece, at int }

func (s *state) entry(x spot) entry {
	if x.queue >= 0 {
		return s.queues[x.queue].ring[x.at]
	}
	return s.pieces[x.piece].entries[x.at]
}

// swap exchanges the goroutines at two spots.
func (s *state) swap(x, y spot) {
	// The place keeps when it was filled; which came first in the global queue goes along.
	e, f := s.entry(y), s.entry(x)
	e.put, f.put = f.put, e.put
	s.replace(x, e)
	s.replace(y, f)
}

// replace puts an entry in the place of another.
func (s *state) replace(x spot, e entry) {
	if x.queue >= 0 {
		q := s.own(x.queue)
		q.move(q.ring, len(q.ring)+8)
		q.hash += (mixed(e.g) - mixed(q.ring[x.at].g)) * power(x.at)
		q.ring[x.at] = e
		return
	}
	s.pieces = slices.Clone(s.pieces)
	p := &s.pieces[x.piece]
	p.entries = slices.Clone(p.entries)
	p.entries[x.at] = e
}
