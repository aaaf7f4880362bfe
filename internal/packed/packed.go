// Package packed packs the states of explorable machines into words. The same calls
// write a state and read it again, so that the two ways cannot differ:
//
//	func (k *Machine) pack(f *packed.Fields, m *Model) {
//		packed.Num(f, &m.counter, 4)
//		f.Bool(&m.closed)
//	}
package packed

// Size is the number of bits of a [State].
const Size = 256

// State is the largest packed state. Fields beyond its bits are lost.
type State = [Size / 64]uint64

// Fields are the fields of a state, one after the other. The zero Fields writes; [Read]
// returns one that reads.
type Fields struct {
	state   State
	at      int
	reading bool
}

// Read returns the Fields that read a state.
func Read(s State) *Fields { return &Fields{state: s, reading: true} }

// Reading reports whether the calls read the state, into their arguments.
func (f *Fields) Reading() bool { return f.reading }

// State returns the state that was written, or that is being read.
func (f *Fields) State() State { return f.state }

// Len returns the number of bits of the fields so far.
func (f *Fields) Len() int { return f.at }

// Bits writes the low width bits of v, at most 64, and returns v; or it reads width bits
// and returns them.
func (f *Fields) Bits(v uint64, width int) uint64 {
	word, bit := f.at/64, f.at%64
	f.at += width
	mask := uint64(1)<<width - 1 // all bits if width is 64
	if width <= 0 || word >= len(f.state) {
		return v & mask
	}
	spills := bit+width > 64 && word+1 < len(f.state)
	if f.reading {
		v = f.state[word] >> bit
		if spills {
			v |= f.state[word+1] << (64 - bit)
		}
		return v & mask
	}
	f.state[word] |= v & mask << bit
	if spills {
		f.state[word+1] |= v & mask >> (64 - bit)
	}
	return v
}

// Bool writes or reads a bit. Writing does not change *b, so that several goroutines may
// write the state of one model.
func (f *Fields) Bool(b *bool) {
	v := uint64(0)
	if *b {
		v = 1
	}
	if v = f.Bits(v, 1); f.reading {
		*b = v == 1
	}
}

// Num writes or reads a number of at least 0. Writing does not change *n.
func Num[T ~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint8 | ~uint16 | ~uint32 | ~uint64](f *Fields, n *T, width int) {
	if v := f.Bits(uint64(*n), width); f.reading {
		*n = T(v)
	}
}
