package service

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/orrery-go/orrery/service/dist"
)

// A TraceID is the number of a request from outside, as W3C Trace Context has it: 16
// bytes, in hexadecimal digits, not all of them 0.
type TraceID [16]byte

// A SpanID is the number of an attempt: 8 bytes, not all of them 0. The zero SpanID
// is none.
type SpanID [8]byte

// String returns the digits.
func (id TraceID) String() string { return hex.EncodeToString(id[:]) }

// String returns the digits.
func (id SpanID) String() string { return hex.EncodeToString(id[:]) }

// MarshalText returns the digits.
func (id TraceID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// MarshalText returns the digits, "" for the zero SpanID.
func (id SpanID) MarshalText() ([]byte, error) {
	if id == (SpanID{}) {
		return []byte{}, nil
	}
	return []byte(id.String()), nil
}

// UnmarshalText reads 32 digits. It returns an error for any other text.
func (id *TraceID) UnmarshalText(text []byte) error { return unhex(id[:], text) }

// UnmarshalText reads 16 digits, or none for the zero SpanID. It returns an error for any
// other text.
func (id *SpanID) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*id = SpanID{}
		return nil
	}
	return unhex(id[:], text)
}

// unhex reads lower-case digits.
func unhex(id, text []byte) error {
	if len(text) != 2*len(id) {
		return fmt.Errorf("service: an id of %d digits, want %d", len(text), 2*len(id))
	}
	out := make([]byte, len(id))
	for i, c := range text {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		default:
			return fmt.Errorf("service: %.40q in an id, want digits of 0 to 9 and a to f", text)
		}
		out[i/2] = out[i/2]<<4 | c
	}
	copy(id, out)
	return nil
}

// A Span is an attempt, from its arrival at a service to its departure.
type Span struct {
	TraceID  TraceID       `json:"traceId"`
	SpanID   SpanID        `json:"spanId"`
	ParentID SpanID        `json:"parentSpanId,omitzero"` // of the attempt that made the call; none for the outside
	Service  string        `json:"service"`
	Instance int           `json:"instance"`
	Try      int           `json:"try"`   // 1, 2, 3, and so on
	Start    time.Duration `json:"start"` // since the start of the simulation
	Wait     time.Duration `json:"wait"`  // until a worker began; to the end, if none did
	End      time.Duration `json:"end"`
	Status   Status        `json:"status"`
	Degraded bool          `json:"degraded,omitempty"`
	Wasted   bool          `json:"wasted,omitempty"` // the work was finished when nobody waited for it any more
}

// Traceparent returns the header that a service sends along when it makes a call: version
// 00, sampled.
func (p Span) Traceparent() string {
	return "00-" + p.TraceID.String() + "-" + p.SpanID.String() + "-01"
}

// ParseTraceparent reads a traceparent header of W3C Trace Context. With a version above
// 00, more may follow. It returns an error if the header is malformed or an id is 0.
func ParseTraceparent(text string) (t TraceID, p SpanID, sampled bool, err error) {
	bad := func(why string) (TraceID, SpanID, bool, error) {
		return TraceID{}, SpanID{}, false, fmt.Errorf("service: traceparent %.80q: %s", text, why)
	}
	if len(text) < 55 || text[2] != '-' || text[35] != '-' || text[52] != '-' {
		return bad("want like 00-<32 digits>-<16 digits>-01")
	}
	var version, flags [1]byte
	for _, part := range []struct{ id, text []byte }{{version[:], []byte(text[:2])}, {t[:], []byte(text[3:35])}, {p[:], []byte(text[36:52])}, {flags[:], []byte(text[53:55])}} {
		if err := unhex(part.id, part.text); err != nil {
			return bad("a digit is none of 0 to 9 and a to f")
		}
	}
	switch {
	case version[0] == 0xff:
		return bad("there is no version ff")
	case version[0] == 0 && len(text) != 55, len(text) > 55 && text[55] != '-':
		return bad("something follows the flags")
	case t == TraceID{} || p == SpanID{}:
		return bad("an id is 0")
	}
	return t, p, flags[0]&1 == 1, nil
}

// JSONLine returns the span as a line of JSON.
func (p Span) JSONLine() []byte {
	line, err := json.Marshal(p)
	if err != nil { // only a status without a name
		line, _ = json.Marshal(map[string]string{"error": err.Error()})
	}
	return append(line, '\n')
}

// span tells that an attempt has ended.
func (s *Sim) span(a *attempt, st Status) {
	if s.config.Span == nil {
		return
	}
	p := Span{
		TraceID: traceID(s.key, a.request), SpanID: spanID(a.key), Service: a.server.service.Name, Instance: int(a.instance), Try: a.tries,
		Start: a.came, Wait: s.now - a.came, End: s.now, Status: st, Degraded: a.degraded, Wasted: a.caller == none && st != TimedOut && st != Late && st != Canceled,
	}
	if a.above != 0 {
		p.ParentID = spanID(a.above)
	}
	if a.phase == works && a.worker || a.phase == calls {
		p.Wait = a.began - a.came
	}
	defer s.enter()()
	s.config.Span(p)
}

func traceID(seed dist.Key, request int) (id TraceID) {
	k := seed.Child(uint64(request))
	binary.BigEndian.PutUint64(id[:8], uint64(k))
	binary.BigEndian.PutUint64(id[8:], uint64(k.Child(0))|1)
	return id
}

func spanID(k dist.Key) (id SpanID) {
	binary.BigEndian.PutUint64(id[:], max(uint64(k), 1))
	return id
}
