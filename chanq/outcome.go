package chanq

import (
	"fmt"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/internal/names"
)

// A What is the kind of an outcome: how an operation ended.
type What uint8

// The ends of an operation.
const (
	Proceeded What = iota // through the buffer, or because the channel is closed
	Handed                // directly to or from the waiting goroutine that is now ready
	Parked                // the goroutine waits; Resume has the end once it is ready
	NotReady              // it would have to wait, and did not: TrySend, TryRecv, and select's default
	Panicked              // the error is a [*crash.Error]
)

var whats = []string{"proceeded", "handed", "parked", "not ready", "panicked"}

// String returns the name: "handed".
func (w What) String() string { return names.Of("What", whats, int(w)) }

// MarshalText returns the name, for JSON.
func (w What) MarshalText() ([]byte, error) { return names.Marshal("What", whats, int(w)) }

// UnmarshalText reads a name that MarshalText returned.
func (w *What) UnmarshalText(text []byte) error {
	i, err := names.Unmarshal("What", whats, text)
	*w = What(i)
	return err
}

// An Outcome is the result of an operation. [Chans.Ready] lists the goroutines
// that it made runnable. It is four fields in two words so that it is returned in
// registers.
type Outcome struct {
	What  What  `json:"what"`
	OK    bool  `json:"ok"`           // the received value was sent; false also if the operation received nothing
	Case  int32 `json:"case"`         // the chosen case of a select; -1 for its default
	Value int64 `json:"value,string"` // received; 0 from a closed channel
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

// Ready lists the goroutines that the last operation made runnable, in the order
// in which the runtime readies them. It is empty after an operation that was
// refused, and valid until the next operation.
func (m *Chans) Ready() []G { return m.ready }

// The panics of channels. Operations return them as errors; the goroutine has
// recovered and goes on. Up to Go 1.3 their texts begin with "runtime error: ".
var (
	SendOnClosed   = crash.Panic("send on closed channel")
	CloseOfClosed  = crash.Panic("close of closed channel")
	CloseOfNil     = crash.Panic("close of nil channel")
	SizeOutOfRange = crash.Panic("makechan: size out of range")
)

// panics returns the panic in the words of this release.
func (m *Chans) panics(p *crash.Error) error {
	if m.rules.runtimeErrors {
		return p.In("runtime error: " + p.Text)
	}
	return p
}

// refuse ends an operation whose arguments are not allowed.
func (m *Chans) refuse(err error) (Outcome, error) {
	m.ready = m.ready[:0]
	return Outcome{}, err
}
