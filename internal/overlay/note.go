package overlay

// A Note is an entry of a thread's buffer: a step of the runtime.
type Note struct {
	At     int64 // nanoseconds
	Kind   Kind
	Object uint64 // number of the goroutine, or as the kind says
	From   From
	Flags  uint8
	P      int
	Victim int // P, or -1
	Count  uint32
	Extra  uint32
}

// A Kind is the kind of a step of the runtime, below 64.
type Kind uint8

// Kinds is a set of kinds: a bit for each.
type Kinds uint64

// Of returns the set of the kinds from one to another.
func Of(first, last Kind) (k Kinds) {
	for ; first <= last; first++ {
		k |= 1 << first
	}
	return k
}

// Has reports whether the kind is in the set.
func (k Kinds) Has(kind Kind) bool { return k>>kind&1 == 1 }

// The steps of the scheduler.
const (
	Started Kind = 1 // a goroutine runs: From, Victim, Count (how many moved), Extra is schedtick
	Took    Kind = 2 // a P took Count of Object from a queue, From and Victim say which; Extra is schedtick

	Watched    Kind = 3 // sysmon goes to sleep for Count microseconds, after Object turns in which it took no P
	Asked      Kind = 4 // sysmon asks a goroutine to stop that has run for Object nanoseconds
	SeenInCall Kind = 5 // sysmon sees a P in a system call for the first time; Object is its clock
	Retook     Kind = 6 // sysmon takes a P: Object nanoseconds after it saw the call, or, if Count is 1, since the time slice is over
	Polled     Kind = 7 // sysmon polls the network, Object nanoseconds after anybody did

	Exited Kind = 8 // goroutine Object is back from a system call: Count says how

	Freed  Kind = 9  // a P puts an ended goroutine on its list, which has Object of them
	Reused Kind = 10 // a P takes one from its list, which has Object of them

	Idled   Kind = 11 // a P goes to the list of those that are idle
	Busied  Kind = 12 // a P is taken from that list
	Changed Kind = 13 // GOMAXPROCS is Object, and Ps that are idle are on that list, or the world starts again

	Heaped Kind = 14 // a heap of Object timers has changed: Count and Extra of them are before their parents if those have four or two children
	Grew   Kind = 15 // a stack of Count bytes is copied to one of Object
)

// The steps at a semaphore. Object is its address and Count the number of the goroutine.
const (
	Acquired Kind = 16 // a goroutine takes a unit without waiting
	Queued   Kind = 17 // a goroutine joins the queue: at its front if Flags is 1
	Woken    Kind = 18 // a goroutine that has waited takes a unit: one that was handed to it if Flags is 1
	Released Kind = 19 // a goroutine returns a unit
	Dequeued Kind = 20 // and takes the first goroutine, Extra, out of the queue, or none: 0
	Handed   Kind = 21 // and takes the unit for it

	// Parts of Queued and Dequeued: the treap afterwards, each node before its left and
	// its right subtree.
	Node   Kind = 22 // Object is the address of a semaphore, Count the ticket; Flags has 1 for a left child and 2 for a right one
	Waiter Kind = 23 // goroutine Object waits for the semaphore of the last Node
)

// The steps of the allocator. Object is the address of a span.
const (
	CachedSpan Kind = 24 // an mcentral gives a span to P: Count says where it was, Flags is 1 if its slots have to be cleared
	SweptSpan  Kind = 25 // a span is swept: Count objects become free
	FreedSpan  Kind = 26 // a span of Count pages is given back
	Reclaimed  Kind = 27 // of the 512 pages from address Object on Count are free by sweeping
	MarkedP    Kind = 28 // marking has ended for P, whose status is Object and whose page cache has Count pages
	FlushedP   Kind = 29 // and now has Count
	WorkBufs   Kind = 30 // 32 KiB of pages are taken for work buffers if Object is 1, or given back
)

// Steps of the collector, of a select and of channels.
const (
	Workers Kind = 32 // a cycle begins with Count dedicated workers and up to Extra idle ones on P processors; Object has the bits of the share of fractional ones; Flags is 1 if it is due by the time

	SelectPoll Kind = 33 // a select looks whether case Count is ready: Object is the address of its channel, Flags 1 for a send, Extra the goroutine
	SelectWait Kind = 34 // it joins the queue of its case

	ChanLock   Kind = 36 // goroutine Extra takes the lock of the channel at Object: Flags is 1 if that is held
	ChanUnlock Kind = 37 // it releases the lock
)

// Steps of the pages.
const (
	LargeSpan Kind = 31 // a large object has a span: Flags is 1 if it has to be cleared
	Scavenged Kind = 35 // Count pages from address Object on are given back to the system
)

// The steps of marking, and of runtime.GC.
const (
	BufferFlushed Kind = 35 // the buffer of the write barrier of P has Count pointers, of which Extra are not nil
	FlushedEntry  Kind = 36 // part of it: a pointer, Object
	ScannedObject Kind = 37 // the object at Object is scanned by itself
	ScannedSpan   Kind = 38 // Count objects of the span at Object are scanned at once
	ScannedIn     Kind = 39 // part of it: one at Object
	ScannedStack  Kind = 40 // that of goroutine Object
	ShadedWeak    Kind = 41 // the object at Object, of which a weak pointer is made a strong one
	CycleBegan    Kind = 42 // cycle Object, and Count says why: 2 for the program's request
	CycleMarked   Kind = 43 // all of it is marked
	AskedGC       Kind = 44 // goroutine Count calls runtime.GC while cycle Object is the last that has begun
	GotGC         Kind = 45 // and returns, when that is cycle Object
	Assisted      Kind = 46 // goroutine Count has assisted: it has scanned Object bytes, and may allocate Extra bytes before it assists again
)

// The counts of [CachedSpan].
const (
	PartialSwept   = iota // among those with free slots
	PartialUnswept        // among those to be swept
	FullUnswept           // among those without free slots, to be swept
	Fresh                 // nowhere: it is new
)

// The counts of [Exited].
const (
	InCall    = iota // with its P, which was not taken
	BackToOld        // with its P, which no other thread has got
	ToIdle           // with a P that was idle
	ToQueue          // to the global queue, while Victim Ps were idle
)

// Flags of Started.
const (
	Inherits  = 1 // the time slice
	RanNext   = 2 // it was the runnext of the P that it was stolen from
	LockedToM = 4
)

// Notes parses the words of a thread's buffer.
func Notes(words []uint64) []Note {
	var out []Note
	for ; len(words) >= 4; words = words[4:] {
		w := words[2]
		out = append(out, Note{At: int64(words[0]), Object: words[1], Kind: Kind(w), From: From(w >> 8), Flags: uint8(w >> 16),
			P: int(int16(w >> 24)), Victim: int(int16(w >> 40)), Count: uint32(words[3]), Extra: uint32(words[3] >> 32)})
	}
	return out
}

// A Step is a note, with those that are parts of it.
type Step struct {
	Note
	Parts []Note
}
