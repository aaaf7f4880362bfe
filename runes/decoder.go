package runes

import (
	"fmt"
	"iter"
)

// MaxText bounds the text of a [Decoder], in bytes.
const MaxText = 1 << 30

// Config says what to decode.
type Config struct {
	Text  string      `json:"text"`
	Trace func(Event) `json:"-"` // receives every step; nil costs nothing
}

// A Kind is the kind of an event.
type Kind string

// The kinds.
const (
	Decoded Kind = "decoded" // a rune, of one to four bytes
	Broken  Kind = "broken"  // a byte that begins no rune here: U+FFFD of width 1
)

// String returns the name.
func (k Kind) String() string { return string(k) }

// kindRules are the rows of fidelity.md that events follow.
var kindRules = map[Kind]string{Decoded: "decode", Broken: "broken"}

// An Event is one step: a rune.
type Event struct {
	Seq    uint64  `json:"seq"` // 1, 2, 3, and so on
	Kind   Kind    `json:"kind"`
	Rule   string  `json:"rule"` // the row of fidelity.md that the step follows
	Offset int     `json:"offset"`
	Width  int     `json:"width"` // in bytes
	Rune   rune    `json:"rune"`
	Read   []byte  `json:"read"`   // the bytes that were read; more than Width if a later one was invalid
	States []State `json:"states"` // of the automaton, after each of them
}

// String reads like `2: C3 A9 is U+00E9 'é'` and `0: E0 80: after E0 comes no 80: U+FFFD`.
func (e Event) String() string {
	text := fmt.Sprintf("%d:", e.Offset)
	for _, b := range e.Read[:min(len(e.Read), 16)] { // four at most, but by hand
		text += fmt.Sprintf(" %02X", b)
	}
	if e.Kind == Decoded {
		return text + fmt.Sprintf(" is %U %q", e.Rune, e.Rune)
	}
	n := len(e.States)
	switch {
	case n == 0 || len(e.Read) != n || e.States[n-1] != Wrong:
		return text + ", and the text ends: U+FFFD"
	case n == 1:
		return text + " begins no rune: U+FFFD"
	}
	return text + fmt.Sprintf(": %v, no %02X may come: U+FFFD", e.States[n-2], e.Read[n-1])
}

// A Decoder decodes a text, a rune a step.
type Decoder struct {
	text  string
	at    int
	seq   uint64
	trace func(Event)
	busy  bool // in Trace
}

// New returns a decoder at the beginning of the text. It returns an error if the text
// is longer than [MaxText].
func New(c Config) (*Decoder, error) {
	if len(c.Text) > MaxText {
		return nil, fmt.Errorf("runes: a text of %d bytes: at most %d are allowed", len(c.Text), MaxText)
	}
	return &Decoder{text: c.Text, trace: c.Trace}, nil
}

// Step decodes one rune and reports whether there are more. It returns an error if it
// is called from Config.Trace.
func (d *Decoder) Step() (more bool, err error) {
	if d.busy {
		return false, fmt.Errorf("runes: Step is called from Trace")
	}
	if d.at == len(d.text) {
		return false, nil
	}
	e := explain(d.text[d.at:])
	d.seq++
	e.Seq, e.Rule, e.Offset = d.seq, kindRules[e.Kind], d.at
	d.at += e.Width
	if d.trace != nil {
		d.busy = true
		d.trace(e)
		d.busy = false
	}
	return d.at < len(d.text), nil
}

// explain decodes the first rune of s by the automaton.
func explain(s string) Event {
	state := Start
	e := Event{Kind: Decoded, Read: []byte{}, States: []State{}}
	for i := 0; i < len(s) && state != Done && state != Wrong; i++ {
		if state = state.Next(s[i]); state != Wrong || i < UTFMax {
			e.Read, e.States = append(e.Read, s[i]), append(e.States, state)
		}
	}
	if state != Done {
		e.Kind, e.Rune, e.Width = Broken, RuneError, 1
		return e
	}
	e.Rune, e.Width = Decode(s)
	return e
}

// Events steps to the end of the text, and yields every event.
func (d *Decoder) Events() iter.Seq[Event] {
	return func(yield func(Event) bool) {
		old := d.trace
		defer func() { d.trace = old }()
		for {
			var got []Event
			d.trace = func(e Event) {
				if old != nil {
					old(e)
				}
				got = append(got, e)
			}
			more, err := d.Step()
			for _, e := range got {
				if !yield(e) {
					return
				}
			}
			if !more || err != nil {
				return
			}
		}
	}
}

// Err returns nil: every text can be decoded.
func (d *Decoder) Err() error { return nil }

// At returns the state after event n. It returns an error if the text has fewer runes.
func (d *Decoder) At(n uint64) (Snapshot, error) {
	again := &Decoder{text: d.text}
	for again.seq < n {
		if again.at == len(again.text) {
			return Snapshot{}, fmt.Errorf("runes: no event %d: the text has %d runes", n, again.seq)
		}
		_, width := Decode(again.text[again.at:])
		again.at += width
		again.seq++
	}
	return again.Snapshot(), nil
}

// A Snapshot is the state of a decoder. It shares no memory with the model.
type Snapshot struct {
	Bytes   int    `json:"bytes"`  // of the text
	Offset  int    `json:"offset"` // of the next rune
	Decoded uint64 `json:"decoded,string"`
}

// Snapshot returns the state.
func (d *Decoder) Snapshot() Snapshot { return Snapshot{len(d.text), d.at, d.seq} }

// Check returns an error if an invariant is broken. The invariants: a decoder stands
// inside its text, at a place that [Decode] reaches, and no further than one rune a byte.
func (d *Decoder) Check() error {
	switch {
	case d.at < 0 || d.at > len(d.text):
		return fmt.Errorf("runes: at %d of a text of %d bytes", d.at, len(d.text))
	case d.seq > uint64(d.at):
		return fmt.Errorf("runes: %d runes in %d bytes", d.seq, d.at)
	}
	return nil
}
