package race

import (
	"fmt"
	"maps"
	"slices"
)

// maxBytes bounds the bytes of all accesses of a log that is looked at.
const maxBytes = 1 << 22

// accessKind returns the kind of an access, if the verb is one.
func accessKind(v Verb) (uint8, bool) {
	switch v {
	case ReadVerb, ReadRangeVerb:
		return reads, true
	case WriteVerb, WriteRangeVerb:
		return 0, true
	case LoadVerb:
		return reads | atomic, true
	case StoreVerb, ModifyVerb, FailVerb:
		return atomic, true
	}
	return 0, false
}

// builder makes an [Interleavings], an operation of the log at a time.
type builder struct {
	m     *Interleavings
	index map[G]int // of a goroutine in progs
	next  G
	chans map[Object]*uses
	locks map[Object]Object // of a Cond
	conds map[Object]*condUse
	runs  map[Object]int // of a Once the operation that runs its function, and then the one that ends it
	ended map[Object]bool
	last  map[Object]int   // of a Raw object
	bytes map[uint64][]int // accesses to a byte, in order
	total int
	made  Object
}

// uses are the operations on a channel, in order.
type uses struct {
	capacity     int
	sends, recvs []int
	close        int
}

// condUse are the operations on a Cond.
type condUse struct {
	last    int
	waiting []int // the locks at the end of the waits
}

const never = -1

func build(log []Op, anyValue bool) (*Interleavings, error) {
	b := &builder{
		m: &Interleavings{uses: map[Object][]int{}, child: map[int]int{}, room: map[int]int64{}}, index: map[G]int{}, next: Main,
		chans: map[Object]*uses{}, locks: map[Object]Object{}, conds: map[Object]*condUse{},
		runs: map[Object]int{}, ended: map[Object]bool{}, last: map[Object]int{}, bytes: map[uint64][]int{},
	}
	b.start()
	// The log must be one that a detector could have made.
	d, err := New(Config{})
	if err != nil {
		return nil, err
	}
	for i, op := range log {
		if _, err := d.Do(op); err != nil {
			return nil, fmt.Errorf("race: operation %d of the log: %w", i+1, err)
		}
		if b.total += op.Size; op.Verb == MakeVerb {
			b.total -= op.Size
		}
		if b.total > maxBytes {
			return nil, fmt.Errorf("race: accesses to more than %d bytes in all", maxBytes)
		}
		b.add(op, uint64(i+1), anyValue)
	}
	b.channels()
	b.m.labels = append(b.m.labels, "end")
	return b.m, nil
}

func (b *builder) start() {
	b.index[b.next] = len(b.m.progs)
	b.m.progs = append(b.m.progs, nil)
	b.next++
}

// put appends an operation to its goroutine's.
func (b *builder) put(op Op, number uint64) int {
	m, i := b.m, len(b.m.ops)
	g := b.index[op.G]
	m.ops, m.number = append(m.ops, op), append(m.number, number)
	m.labels = append(m.labels, fmt.Sprintf("%d: %v", number, op))
	m.where = append(m.where, [2]int{g, len(m.progs[g])})
	m.progs[g] = append(m.progs[g], i)
	m.needs, m.bars, m.pair, m.cond = append(m.needs, nil), append(m.bars, nil), append(m.pair, -1), append(m.cond, 0)
	if op.On != 0 {
		m.uses[op.On] = append(m.uses[op.On], i)
	}
	return i
}

// need makes an operation come after another one, unless that follows from their
// goroutine's order.
func (b *builder) need(op, other int) {
	if op == other || b.m.ops[op].G != b.m.ops[other].G {
		b.m.needs[op] = append(b.m.needs[op], other)
	}
}

func (b *builder) add(op Op, number uint64, anyValue bool) {
	if op.Verb == WaitCondVerb {
		b.condWait(op, number)
		return
	}
	if op.Verb == MakeVerb {
		b.made++
		switch op.Type {
		case Chan:
			b.chans[b.made] = &uses{capacity: int(op.N), close: never}
		case Cond:
			b.locks[b.made] = op.On
		}
		op.G = Main
		b.m.makes = append(b.m.makes, op)
		return
	}
	i := b.put(op, number)
	switch op.Verb {
	case GoVerb:
		b.m.child[i] = len(b.m.progs)
		b.start()
		b.m.first = append(b.m.first, i)
	case SendVerb:
		c := b.chans[op.On]
		c.sends = append(c.sends, i)
	case RecvVerb:
		c := b.chans[op.On]
		c.recvs = append(c.recvs, i)
	case CloseVerb:
		b.chans[op.On].close = i
	case OnceDoVerb:
		if _, begun := b.runs[op.On]; !begun {
			b.runs[op.On] = i
		} else {
			// Until Ran is seen it cannot come.
			b.m.once = append(b.m.once, [2]int{i, int(op.On)})
		}
	case OnceReturnVerb:
		b.runs[op.On], b.ended[op.On] = i, true
	case SignalVerb, BroadcastVerb:
		b.signal(op, i)
	case AcquireVerb, ReleaseVerb, ReleaseMergeVerb, ReleaseAcquireVerb:
		// An acquire gets what was released before it.
		if k, ok := b.last[op.On]; ok && (op.Verb == AcquireVerb || op.Verb == ReleaseAcquireVerb) {
			b.need(i, k)
		}
		if op.Verb != AcquireVerb {
			b.last[op.On] = i
		}
	}
	if kind, ok := accessKind(op.Verb); ok && (!anyValue || kind&atomic != 0) || op.Verb == NewVerb {
		b.access(op, i)
	}
}

// access keeps the order of conflicting accesses: a read needs the writes before it,
// and nothing comes if what conflicts with it and came later in the log has come.
func (b *builder) access(op Op, i int) {
	read, write := gets(op.Verb), writes(op.Verb)
	for a := op.Addr; a < op.Addr+uint64(op.Size); a++ {
		list := b.bytes[a]
		told := map[G]bool{} // for each goroutine the last one says all
		for j := len(list) - 1; j >= 0; j-- {
			k := list[j]
			g, wrote := b.m.ops[k].G, writes(b.m.ops[k].Verb)
			if g == op.G {
				if (wrote || !write) && (gets(b.m.ops[k].Verb) || !read) {
					break // it has the same order to everything before it
				}
				continue
			}
			if read && wrote && !told[g] {
				told[g] = true
				b.needOnce(i, k)
			}
			// Of this goroutine only its first later one has to be named.
			if (wrote || write) && !b.barred(k, op.G) {
				b.m.bars[k] = append(b.m.bars[k], i)
			}
		}
		b.bytes[a] = append(list, i)
	}
}

// gets reports whether an access returns what was written before.
func gets(v Verb) bool {
	return v != WriteVerb && v != WriteRangeVerb && v != StoreVerb && v != NewVerb
}

// writes reports whether an access, or a new variable, changes what a read returns.
func writes(v Verb) bool {
	return v != ReadVerb && v != ReadRangeVerb && v != LoadVerb && v != FailVerb
}

// barred reports whether an operation must not come after one of a goroutine already.
func (b *builder) barred(op int, g G) bool {
	for _, k := range b.m.bars[op] {
		if b.m.ops[k].G == g {
			return true
		}
	}
	return false
}

// needOnce is need, without the same one twice in a row.
func (b *builder) needOnce(op, other int) {
	if n := b.m.needs[op]; len(n) > 0 && n[len(n)-1] == other {
		return
	}
	b.need(op, other)
}

// condWait is an unlock, and a lock that a signal lets go on.
func (b *builder) condWait(op Op, number uint64) {
	c := b.cond(op.On)
	unlock := op
	unlock.Verb, unlock.On = UnlockVerb, b.locks[op.On]
	i := b.put(unlock, number)
	b.m.cond[i] = op.On
	b.m.labels[i] = fmt.Sprintf("%d: %v", number, op)
	if c.last != never {
		b.need(i, c.last)
	}
	c.last = i
	lock := unlock
	lock.Verb = LockVerb
	k := b.put(lock, 0)
	b.m.labels[k] = fmt.Sprintf("%d: %v ends", number, op)
	b.m.needs[k] = append(b.m.needs[k], k) // until it is signaled
	c.waiting = append(c.waiting, k)
}

func (b *builder) cond(n Object) *condUse {
	if b.conds[n] == nil {
		b.conds[n] = &condUse{last: never}
	}
	return b.conds[n]
}

func (b *builder) signal(op Op, i int) {
	c := b.cond(op.On)
	if c.last != never {
		b.need(i, c.last)
	}
	c.last = i
	for len(c.waiting) > 0 {
		b.m.needs[c.waiting[0]] = []int{i}
		c.waiting = c.waiting[1:]
		if op.Verb == SignalVerb {
			break
		}
	}
}

// channels says what sends and receives need: those of the same number, and with a
// buffer the same order.
func (b *builder) channels() {
	for _, c := range b.chans {
		later := map[G]int{} // the next send of each goroutine
		for k, s := range slices.Backward(c.sends) {
			mine := b.m.ops[s].G
			switch {
			case c.capacity > 0:
				b.m.room[s] = int64(c.capacity)
				for _, g := range slices.Sorted(maps.Keys(later)) {
					if g != mine {
						b.m.bars[s] = append(b.m.bars[s], later[g])
					}
				}
			case k < len(c.recvs):
				b.m.pair[s], b.m.pair[c.recvs[k]] = c.recvs[k], s
			default:
				b.need(s, s) // nobody received
			}
			if c.close != never {
				b.m.bars[s] = append(b.m.bars[s], c.close)
			}
			later[mine] = s
		}
		last := map[G]int{} // send of each goroutine
		for k, r := range c.recvs {
			if k < len(c.sends) {
				last[b.m.ops[c.sends[k]].G] = c.sends[k]
			}
			if c.capacity > 0 {
				if k > 0 {
					b.need(r, c.recvs[k-1])
				}
				for _, g := range slices.Sorted(maps.Keys(last)) {
					b.need(r, last[g])
				}
			}
			if k >= len(c.sends) {
				if c.close != never {
					b.need(r, c.close)
				} else {
					b.need(r, r)
				}
			}
		}
	}
	for _, o := range b.m.once {
		if on := Object(o[1]); b.ended[on] {
			b.need(o[0], b.runs[on])
		} else {
			b.need(o[0], o[0])
		}
	}
}
