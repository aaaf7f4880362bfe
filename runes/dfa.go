package runes

import "fmt"

// A State is a state of the automaton that decides whether bytes are UTF-8.
type State uint8

// The states. All but Start, Done and Wrong wait for a byte of a certain range.
const (
	Start   State = iota // before a rune
	Tail1                // one byte 80-BF is missing
	Tail2                // two bytes 80-BF are missing
	Tail3                // three bytes 80-BF are missing
	AfterE0              // A0-BF, then one more: nothing overlong
	AfterED              // 80-9F, then one more: no surrogate
	AfterF0              // 90-BF, then two more: nothing overlong
	AfterF4              // 80-8F, then two more: nothing above 10FFFF
	Done                 // the rune is whole
	Wrong                // no rune has these bytes
)

// states are the names of [State].
var states = []string{"start", "1 to come", "2 to come", "3 to come", "after E0", "after ED", "after F0", "after F4", "done", "wrong"}

// A span is a range of bytes and the state that they lead to.
type span struct {
	low, high byte
	to        State
}

// transitions are what each state accepts. Everything else leads to Wrong.
var transitions = [...][]span{
	Start: {
		{0x00, 0x7f, Done}, {0xc2, 0xdf, Tail1},
		{0xe0, 0xe0, AfterE0}, {0xe1, 0xec, Tail2}, {0xed, 0xed, AfterED}, {0xee, 0xef, Tail2},
		{0xf0, 0xf0, AfterF0}, {0xf1, 0xf3, Tail3}, {0xf4, 0xf4, AfterF4},
	},
	Tail1:   {{0x80, 0xbf, Done}},
	Tail2:   {{0x80, 0xbf, Tail1}},
	Tail3:   {{0x80, 0xbf, Tail2}},
	AfterE0: {{0xa0, 0xbf, Tail1}},
	AfterED: {{0x80, 0x9f, Tail1}},
	AfterF0: {{0x90, 0xbf, Tail2}},
	AfterF4: {{0x80, 0x8f, Tail2}},
}

// Next returns the state after a byte. After Done, Wrong, and an invalid state it is
// Wrong.
func (s State) Next(b byte) State {
	if int(s) >= len(transitions) {
		return Wrong
	}
	for _, t := range transitions[s] {
		if t.low <= b && b <= t.high {
			return t.to
		}
	}
	return Wrong
}

// Missing returns the least number of bytes still to come, 0 to 3: 1 for Start, and 0 for
// Wrong.
func (s State) Missing() int {
	switch s {
	case Start, Tail1:
		return 1
	case Tail2, AfterE0, AfterED:
		return 2
	case Tail3, AfterF0, AfterF4:
		return 3
	}
	return 0
}

// A Transition is a row of the automaton's table.
type Transition struct {
	From State `json:"from"`
	Low  byte  `json:"low"` // the bytes from Low to High
	High byte  `json:"high"`
	To   State `json:"to"`
}

// String reads like "after E0, A0-BF: 1 to come".
func (t Transition) String() string {
	return fmt.Sprintf("%v, %02X-%02X: %v", t.From, t.Low, t.High, t.To)
}

// DFA returns the automaton as a table, in the order of states and bytes. Bytes that it
// does not list lead to Wrong.
func DFA() []Transition {
	var out []Transition
	for from, list := range transitions {
		for _, t := range list {
			out = append(out, Transition{State(from), t.low, t.high, t.to})
		}
	}
	return out
}
