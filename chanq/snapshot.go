package chanq

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/orrery-go/orrery/internal/brief"
)

// A Snapshot is the state of a [Chans]. It shares no memory with the model.
type Snapshot struct {
	Release    string           `json:"release"`
	Now        time.Duration    `json:"now"` // virtual time
	Chans      []ChanState      `json:"chans"`
	Goroutines []GoroutineState `json:"goroutines"`
}

// A ChanState is the state of a channel. Its fields are those of the runtime's hchan.
type ChanState struct {
	Chan     Chan          `json:"chan"`
	Qcount   int64         `json:"qcount"`
	Dataqsiz int64         `json:"dataqsiz"`
	Buf      Values        `json:"buf"` // its slots up to the last that was ever used, at most 1,024
	Elem     Elem          `json:"elem"`
	Closed   bool          `json:"closed"`
	Sendx    int64         `json:"sendx"`
	Recvx    int64         `json:"recvx"`
	Recvq    []Waiter      `json:"recvq"`
	Sendq    []Waiter      `json:"sendq"`
	Timer    bool          `json:"timer,omitempty"`
	Running  bool          `json:"running,omitempty"` // the timer
	When     time.Duration `json:"when,omitempty"`    // the virtual time at which the timer fires, or last did
}

// Values are the values of a buffer. In JSON each is a string, since a whole number
// in JavaScript is exact only up to 2^53.
type Values []int64

// MarshalJSON writes ["7", "8"].
func (v Values) MarshalJSON() ([]byte, error) {
	text := make([]string, len(v))
	for i, n := range v {
		text[i] = strconv.FormatInt(n, 10)
	}
	return json.Marshal(text)
}

// UnmarshalJSON reads the text of MarshalJSON.
func (v *Values) UnmarshalJSON(data []byte) error {
	var text []string
	if err := json.Unmarshal(data, &text); err != nil {
		return brief.Error(err)
	}
	out := make(Values, len(text))
	for i, t := range text {
		n, err := strconv.ParseInt(t, 10, 64)
		if err != nil {
			return fmt.Errorf("chanq: %.40q is no value", t)
		}
		out[i] = n
	}
	*v = out
	return nil
}

// A Waiter is a sudog in a queue.
type Waiter struct {
	G     G     `json:"g"`
	Elem  int64 `json:"elem,omitempty,string"` // to send
	Case  int32 `json:"case,omitempty"`
	Stale bool  `json:"stale,omitempty"` // of a select that another case has woken
}

// A GoroutineState is the state of a goroutine.
type GoroutineState struct {
	G      G      `json:"g"`
	Status string `json:"status"`           // running, waiting or runnable
	Reason string `json:"reason,omitempty"` // the reason for the wait, in the words of a traceback
}

const shownSlots = 1024

// Snapshot returns the state.
func (m *Chans) Snapshot() Snapshot {
	s := Snapshot{Release: m.release.String(), Now: m.now, Chans: []ChanState{}, Goroutines: []GoroutineState{}}
	if len(m.chans) == 0 {
		return s // not from New
	}
	for _, c := range m.chans[1:] {
		k := ChanState{
			Chan: c.number, Qcount: c.qcount, Dataqsiz: c.dataqsiz, Elem: c.elem, Closed: c.closed,
			Sendx: c.sendx, Recvx: c.recvx, Recvq: c.recvq.state(), Sendq: c.sendq.state(),
			Buf: append(Values{}, c.buf[:min(len(c.buf), shownSlots)]...),
		}
		if c.timer != nil {
			k.Timer, k.Running, k.When = true, c.timer.running, c.timer.when
		}
		s.Chans = append(s.Chans, k)
	}
	for _, g := range m.gs[1:] {
		k := GoroutineState{G: g.id, Status: statuses[g.status]}
		if g.status != running {
			k.Reason = g.reason()
		}
		s.Goroutines = append(s.Goroutines, k)
	}
	return s
}

// Reason reports why a goroutine waits, in the words of a traceback; "" if it does not.
func (m *Chans) Reason(g G) string {
	if g < 1 || int(g) >= len(m.gs) || m.gs[g].status != waiting {
		return ""
	}
	return m.gs[g].reason()
}

func (q *waitq) state() []Waiter {
	out := []Waiter{}
	for s := q.first; s != nil; s = s.next {
		w := Waiter{G: s.g.id, Elem: s.elem}
		if s.isSelect {
			w.Case, w.Stale = s.index, s.g.sel.done
		}
		out = append(out, w)
	}
	return out
}

// Holds reports whether the slot of the buffer holds a value.
func (c ChanState) Holds(slot int64) bool {
	d := slot - c.Recvx
	if d < 0 {
		d += c.Dataqsiz
	}
	return 0 <= slot && slot < c.Dataqsiz && d < c.Qcount
}

// String reads like "c1: 2 of 3 [7 8 _], sends to slot 2, receives from slot 0".
func (c ChanState) String() string {
	text := fmt.Sprintf("%v: %d of %d", c.Chan, c.Qcount, c.Dataqsiz)
	if c.Dataqsiz > 0 {
		text += " ["
		for i := range min(c.Dataqsiz, 16) {
			if i > 0 {
				text += " "
			}
			if c.Holds(i) && i < int64(len(c.Buf)) {
				text += fmt.Sprint(c.Buf[i])
			} else {
				text += "_"
			}
		}
		text += fmt.Sprintf("], sends to slot %d, receives from slot %d", c.Sendx, c.Recvx)
	}
	if c.Closed {
		text += ", closed"
	}
	return text + waiters(", waiting to receive", c.Recvq) + waiters(", waiting to send", c.Sendq)
}

func waiters(what string, q []Waiter) string {
	if len(q) == 0 {
		return ""
	}
	for _, w := range q {
		what += fmt.Sprintf(" %d", w.G)
		if w.Stale {
			what += " (stale)"
		}
	}
	return what
}
