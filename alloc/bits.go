package alloc

import (
	"fmt"
	"math/bits"
	"strconv"
	"strings"
)

// Bits hold one bit for each slot of a span; slot 0 is the lowest bit of the first word.
// In JSON they are one string: the words in hexadecimal, separated by spaces.
type Bits []uint64

// Has reports whether bit i is set. A bit out of range is not.
func (b Bits) Has(i int) bool { return i >= 0 && i/64 < len(b) && b[i/64]>>(i%64)&1 == 1 }

// Count reports how many of the bits in [from, to) are set.
func (b Bits) Count(from, to int) int {
	from, to = max(from, 0), min(to, len(b)*64)
	n := 0
	for from < to {
		k := min(64-from%64, to-from)
		n += bits.OnesCount64(b[from/64] >> (from % 64) << (64 - k))
		from += k
	}
	return n
}

// MarshalText returns the words as text.
func (b Bits) MarshalText() ([]byte, error) {
	words := make([]string, len(b))
	for i, w := range b {
		words[i] = strconv.FormatUint(w, 16)
	}
	return []byte(strings.Join(words, " ")), nil
}

// UnmarshalText reads what MarshalText writes. It returns an error for any other
// text.
func (b *Bits) UnmarshalText(text []byte) error {
	words := Bits{}
	for word := range strings.FieldsSeq(string(text)) {
		w, err := strconv.ParseUint(word, 16, 64)
		if err != nil {
			return fmt.Errorf("alloc: %.40q among the words of bits is no hexadecimal number of 64 bits", word)
		}
		words = append(words, w)
	}
	*b = words
	return nil
}
