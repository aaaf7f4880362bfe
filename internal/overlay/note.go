package overlay

// A Note is an entry of a thread's buffer: a step of the scheduler.
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

// A Kind is the kind of a step of the scheduler.
type Kind uint8

// The kinds.
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
