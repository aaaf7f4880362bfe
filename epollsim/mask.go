package epollsim

import (
	"fmt"
	"strconv"
	"strings"
)

// Events is a set of events, with the bits of Linux: the events that a caller is
// interested in, that a file is ready for, or that a wake-up names.
type Events uint32

// The events, and the flags that go with them (uapi/linux/eventpoll.h).
const (
	IN     Events = 0x0001 // there is something to read
	PRI    Events = 0x0002 // there is something urgent to read
	OUT    Events = 0x0004 // there is room to write
	ERR    Events = 0x0008 // always watched
	HUP    Events = 0x0010 // always watched
	NVAL   Events = 0x0020 // of poll: there is no such descriptor
	RDNORM Events = 0x0040
	RDBAND Events = 0x0080
	WRNORM Events = 0x0100
	WRBAND Events = 0x0200
	MSG    Events = 0x0400
	RDHUP  Events = 0x2000 // the peer writes no more

	EXCLUSIVE Events = 1 << 28 // wake one of several epolls
	WAKEUP    Events = 1 << 29 // keep the machine awake
	ONESHOT   Events = 1 << 30 // disarm after one report
	ET        Events = 1 << 31 // edge-triggered
)

// Masks of fs/eventpoll.c.
const (
	private     = WAKEUP | ONESHOT | ET | EXCLUSIVE              // EP_PRIVATE_BITS
	exclusiveOK = IN | OUT | ERR | HUP | WAKEUP | ET | EXCLUSIVE // EPOLLEXCLUSIVE_OK_BITS
	readable    = IN | RDNORM                                    // what a file says that has something to read
	writable    = OUT | WRNORM                                   // and one that has room
	arrives     = IN | PRI | RDNORM | RDBAND                     // the key of a socket's data, sock_def_readable
	room        = OUT | WRNORM | WRBAND                          // the key of a socket's room, sock_def_write_space
	always      = IN | OUT | RDNORM | WRNORM                     // DEFAULT_POLLMASK, of files that cannot be polled
	selectIn    = RDNORM | RDBAND | IN | HUP | ERR | NVAL        // POLLIN_SET
	selectOut   = WRBAND | WRNORM | OUT | ERR | NVAL             // POLLOUT_SET
	known       = private | always | arrives | room | ERR | HUP | NVAL | MSG | RDHUP
)

var eventNames = []struct {
	bit  Events
	name string
}{
	{IN, "IN"}, {PRI, "PRI"}, {OUT, "OUT"}, {ERR, "ERR"}, {HUP, "HUP"}, {NVAL, "NVAL"}, {RDNORM, "RDNORM"}, {RDBAND, "RDBAND"},
	{WRNORM, "WRNORM"}, {WRBAND, "WRBAND"}, {MSG, "MSG"}, {RDHUP, "RDHUP"},
	{EXCLUSIVE, "EXCLUSIVE"}, {WAKEUP, "WAKEUP"}, {ONESHOT, "ONESHOT"}, {ET, "ET"},
}

// String reads like "IN|RDHUP|ET"; bits without a name are a number; no bits are "0".
func (e Events) String() string {
	var parts []string
	for _, n := range eventNames {
		if e&n.bit != 0 {
			parts = append(parts, n.name)
		}
	}
	if rest := e &^ known; rest != 0 || e == 0 {
		parts = append(parts, "0x"+strconv.FormatUint(uint64(rest), 16))
	}
	if e == 0 {
		return "0"
	}
	return strings.Join(parts, "|")
}

// ParseEvents reads what [Events.String] writes. It returns an error that names the first
// word that is not an event.
func ParseEvents(text string) (Events, error) {
	var e Events
	for word := range strings.SplitSeq(text, "|") {
		bit, err := parseEvent(word)
		if err != nil {
			return 0, err
		}
		e |= bit
	}
	return e, nil
}

func parseEvent(word string) (Events, error) {
	for _, n := range eventNames {
		if n.name == word {
			return n.bit, nil
		}
	}
	n, err := strconv.ParseUint(word, 0, 32)
	if err != nil {
		return 0, fmt.Errorf("epollsim: %.40q is no event (want IN, OUT, RDHUP, ET and so on, joined by |)", word)
	}
	return Events(n), nil
}

// MarshalText returns the text of String.
func (e Events) MarshalText() ([]byte, error) { return []byte(e.String()), nil }

// UnmarshalText reads what [ParseEvents] reads.
func (e *Events) UnmarshalText(text []byte) error {
	x, err := ParseEvents(string(text))
	if err == nil {
		*e = x
	}
	return err
}
