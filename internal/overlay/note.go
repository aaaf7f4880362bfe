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
