package alloc

import (
	"fmt"
	"strconv"
)

// An Addr is an address in the heap of a model. In JSON it is a text like
// "0xc000000030".
type Addr uint64

// Zerobase is the address of every object of size 0.
const Zerobase Addr = 0x5a0000

func (a Addr) String() string { return "0x" + strconv.FormatUint(uint64(a), 16) }

// MarshalText returns the text of String.
func (a Addr) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads what String writes. It returns an error for any other text.
func (a *Addr) UnmarshalText(text []byte) error {
	n, err := strconv.ParseUint(string(text), 0, 64)
	if err != nil || Addr(n).String() != string(text) {
		return fmt.Errorf("alloc: address %.40q (want one like %q)", text, Addr(0xc000000030))
	}
	*a = Addr(n)
	return nil
}
