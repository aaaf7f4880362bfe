package chanq

import (
	"fmt"
	"strings"
)

// What says what became of an operation.
type What uint8

// The ends of an operation.
const (
	Proceeded What = iota // through the buffer, or because the channel is closed
	Handed                // directly to or from the waiting goroutine that is now ready
	Parked                // the goroutine waits; Resume has the end once it is ready
	NotReady              // it would have had to wait, and did not: TrySend, TryRecv, and select's default
	Panicked              // the error is a [Panic]
)

var whats = [...]string{"proceeded", "handed", "parked", "not ready", "panicked"}

func (w What) String() string {
	if int(w) < len(whats) {
		return whats[w]
	}
	return fmt.Sprintf("What(%d)", uint8(w))
}

// MarshalText gives the name, for JSON.
func (w What) MarshalText() ([]byte, error) { return []byte(w.String()), nil }

// An Outcome is what an operation came to. Whom it made ready says
// [Chans.Ready]. It is four fields in two words so that it is returned in
// registers.
type Outcome struct {
	What  What  `json:"what"`
	OK    bool  `json:"ok"`    // a value was received that was sent; false also when there was none to receive
	Case  int32 `json:"case"`  // the chosen case of a select; -1 for its default
	Value int64 `json:"value"` // received; 0 from a closed channel
}

// String reads like "handed" and "proceeded, received 7, case 2".
func (o Outcome) String() string {
	text := o.What.String()
	if o.OK {
		text += fmt.Sprintf(", received %d", o.Value)
	}
	if o.Case != 0 {
		text += fmt.Sprintf(", case %d", o.Case)
	}
	return text
}

// Ready reports the goroutines that the last operation made ready, in the order
// in which the runtime readies them. It is valid until the next operation.
func (m *Chans) Ready() []G { return m.ready }

// A Panic is the text of a panic of the runtime. Operations return it as an
// error; the goroutine has recovered and goes on.
type Panic string

// The panics of channels.
const (
	SendOnClosed   Panic = "send on closed channel"
	CloseOfClosed  Panic = "close of closed channel"
	CloseOfNil     Panic = "close of nil channel"
	SizeOutOfRange Panic = "makechan: size out of range"
)

const runtimeError = "runtime error: "

// Error is the panic's text. Up to Go 1.3 it begins with "runtime error: ".
func (p Panic) Error() string { return string(p) }

// Is reports whether target is the same panic, perhaps of another release.
func (p Panic) Is(target error) bool {
	t, ok := target.(Panic)
	return ok && strings.TrimPrefix(string(p), runtimeError) == strings.TrimPrefix(string(t), runtimeError)
}

// panics is the panic as this release says it.
func (m *Chans) panics(p Panic) error {
	if m.rules.runtimeErrors {
		return runtimeError + p
	}
	return p
}
