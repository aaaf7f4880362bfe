package service

import "github.com/orrery-go/orrery/internal/names"

// A Status says how a request, an attempt or a call ended.
type Status uint8

// The statuses.
const (
	OK       Status = iota
	Failed          // its work failed
	Lost            // a call that it needs failed
	TimedOut        // the caller did not wait any longer
	Late            // the deadline of all attempts passed
	Canceled        // nobody needs it any more: its caller is gone
	Limited         // refused by the service's limiter
	Full            // refused since the queue was full
	Shed            // refused by adaptive concurrency
	Dropped         // dropped by CoDel after it had waited
	Down            // no connection
	Open            // not sent: the breaker is open
	Crowded         // not sent: the bulkhead is full
)

var statusNames = []string{"ok", "failed", "lost", "timeout", "late", "canceled", "limited", "full", "shed", "dropped", "down", "open", "crowded"}

// String returns the name.
func (s Status) String() string { return names.Of("Status", statusNames, int(s)) }

// MarshalText returns the name, for JSON. It returns an error if there is none.
func (s Status) MarshalText() ([]byte, error) { return names.Marshal("Status", statusNames, int(s)) }

// UnmarshalText reads a name that MarshalText returned. It returns an error for any other
// text.
func (s *Status) UnmarshalText(text []byte) error {
	i, err := names.Unmarshal("Status", statusNames, text)
	if err == nil {
		*s = Status(i)
	}
	return err
}
