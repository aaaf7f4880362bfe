package chanq

import (
	"fmt"
	"strings"

	"github.com/orrery-go/orrery/internal/names"
)

// A Verb names an operation.
type Verb uint8

// The operations of [Chans.Do].
const (
	SendVerb Verb = iota
	RecvVerb
	TrySendVerb
	TryRecvVerb
	CloseVerb
	SelectVerb
)

var verbs = []string{"send", "recv", "try send", "try recv", "close", "select"}

// String returns the name: "try send".
func (v Verb) String() string { return names.Of("Verb", verbs, int(v)) }

// MarshalText returns the name, for JSON.
func (v Verb) MarshalText() ([]byte, error) { return names.Marshal("Verb", verbs, int(v)) }

// UnmarshalText reads a name that MarshalText returned.
func (v *Verb) UnmarshalText(text []byte) error {
	i, err := names.Unmarshal("Verb", verbs, text)
	*v = Verb(i)
	return err
}

// An Op is an operation as a value, for programs that are generated or parsed.
type Op struct {
	Verb    Verb   `json:"verb"`
	Chan    Chan   `json:"chan,omitempty"`         // not of a select
	Value   int64  `json:"value,omitempty,string"` // of a send
	Cases   []Case `json:"cases,omitempty"`        // of a select
	Default bool   `json:"default,omitempty"`      // of a select
}

// Do performs the operation as goroutine g, like the method of its name. It returns an
// error if the verb is unknown, and otherwise the errors of that method.
func (m *Chans) Do(g G, op Op) (Outcome, error) {
	switch op.Verb {
	case SendVerb:
		return m.Send(g, op.Chan, op.Value)
	case RecvVerb:
		return m.Recv(g, op.Chan)
	case TrySendVerb:
		return m.TrySend(g, op.Chan, op.Value)
	case TryRecvVerb:
		return m.TryRecv(g, op.Chan)
	case CloseVerb:
		return m.Close(g, op.Chan)
	case SelectVerb:
		return m.Select(g, op.Cases, op.Default)
	}
	return m.refuse(fmt.Errorf("chanq: verb %d out of range [0,%d]", op.Verb, SelectVerb))
}

// String returns the operation in Go, with channels c1, c2 and so on.
func (op Op) String() string {
	switch op.Verb {
	case SendVerb:
		return Case{Chan: op.Chan, Send: true, Value: op.Value}.String()
	case RecvVerb:
		return Case{Chan: op.Chan}.String()
	case TrySendVerb:
		return "try " + Case{Chan: op.Chan, Send: true, Value: op.Value}.String()
	case TryRecvVerb:
		return "try " + Case{Chan: op.Chan}.String()
	case CloseVerb:
		return "close(" + op.Chan.String() + ")"
	case SelectVerb:
		var parts []string
		for _, c := range op.Cases {
			parts = append(parts, c.String())
		}
		if op.Default {
			parts = append(parts, "default")
		}
		return "select { " + strings.Join(parts, "; ") + " }"
	}
	return op.Verb.String()
}

// String returns c1, c2 and so on, or nil.
func (c Chan) String() string {
	if c == Nil {
		return "nil"
	}
	return fmt.Sprintf("c%d", int32(c))
}

// String returns the case's operation in Go.
func (c Case) String() string {
	if c.Send {
		return fmt.Sprintf("%v <- %d", c.Chan, c.Value)
	}
	return fmt.Sprintf("<-%v", c.Chan)
}
