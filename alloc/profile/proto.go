package profile

import (
	"errors"
	"fmt"
)

var errShort = errors.New("profile: a message ends too early")

// A field is one field of a message in the wire format of protocol buffers: a number,
// or bytes.
type field struct {
	number uint64
	value  uint64
	bytes  []byte // content of strings, messages and packed numbers; else nil
}

// next takes the first field off a message.
func next(msg []byte) (f field, rest []byte, err error) {
	key, msg, err := varint(msg)
	if err != nil {
		return f, nil, err
	}
	f.number = key >> 3
	switch key & 7 {
	case 0:
		f.value, msg, err = varint(msg)
		return f, msg, err
	case 1, 5: // fixed numbers, which a heap profile does not have
		n := 8
		if key&7 == 5 {
			n = 4
		}
		if len(msg) < n {
			return f, nil, errShort
		}
		return f, msg[n:], nil
	case 2:
		n, msg, err := varint(msg)
		if err != nil {
			return f, nil, err
		}
		if n > uint64(len(msg)) {
			return f, nil, errShort
		}
		f.bytes = msg[:n:n]
		return f, msg[n:], nil
	}
	return f, nil, fmt.Errorf("profile: a field of wire type %d", key&7)
}

func varint(b []byte) (uint64, []byte, error) {
	var v uint64
	for i := range b {
		if i == 10 {
			break
		}
		v |= uint64(b[i]&0x7f) << (7 * i)
		if b[i] < 0x80 {
			return v, b[i+1:], nil
		}
	}
	return 0, nil, errShort
}

// each calls f with every field of a message.
func each(msg []byte, f func(field) error) error {
	for len(msg) > 0 {
		var v field
		var err error
		if v, msg, err = next(msg); err != nil {
			return err
		}
		if err := f(v); err != nil {
			return err
		}
	}
	return nil
}

// numbers appends the numbers of a repeated field, packed or not.
func numbers(to []uint64, f field) ([]uint64, error) {
	if f.bytes == nil {
		return append(to, f.value), nil
	}
	for b := f.bytes; len(b) > 0; {
		var v uint64
		var err error
		if v, b, err = varint(b); err != nil {
			return nil, err
		}
		to = append(to, v)
	}
	return to, nil
}
