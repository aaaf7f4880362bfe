package runes

import (
	"fmt"

	"github.com/orrery-go/orrery/alloc"
	"github.com/orrery-go/orrery/internal/names"
)

// A Conversion is one of the conversions between strings and slices.
type Conversion uint8

// The conversions.
const (
	BytesOfString Conversion = 1 + iota // []byte(s)
	StringOfBytes                       // string(b)
	RunesOfString                       // []rune(s)
	StringOfRunes                       // string(rs)
	StringOfRune                        // string(r)
)

var conversions = []string{"", "[]byte(s)", "string(b)", "[]rune(s)", "string(rs)", "string(r)"}

// String returns the conversion in Go: "[]byte(s)".
func (c Conversion) String() string { return names.Of("Conversion", conversions, int(c)) }

// MarshalText returns the text of String, for JSON.
func (c Conversion) MarshalText() ([]byte, error) {
	return names.Marshal("Conversion", conversions, int(c))
}

// UnmarshalText reads what MarshalText returned.
func (c *Conversion) UnmarshalText(text []byte) error {
	i, err := names.Unmarshal("Conversion", conversions, text)
	*c = Conversion(i)
	return err
}

// A Copy is the cost of a conversion.
type Copy struct {
	Len    int64  `json:"len"`    // of the result: bytes, or runes of []rune
	Cap    int64  `json:"cap"`    // of the result if it is a slice; 0 for a string
	Copied int64  `json:"copied"` // bytes that are written
	Heap   int64  `json:"heap"`   // bytes requested of the heap, before rounding up; 0 if none are
	Why    string `json:"why"`
}

// The buffers that the compiler puts on the stack for a result that does not escape
// (runtime/string.go:tmpStringBufSize).
const (
	tmpBytes = 32
	tmpRunes = 32
)

// Convert returns the cost of a conversion of the text, or for StringOfBytes and the like
// of a conversion to the text. escapes says whether the result leaves its function. The
// rules are those of Go 1.26 and 1.27 on 64-bit words. It returns an error if the
// conversion is unknown, the text is longer than [MaxText], or text is not one rune for
// StringOfRune.
func Convert(c Conversion, text string, escapes bool) (Copy, error) {
	if len(text) > MaxText {
		return Copy{}, fmt.Errorf("runes: a text of %d bytes: at most %d are allowed", len(text), MaxText)
	}
	n := int64(len(text))
	switch c {
	case BytesOfString:
		return sliceCopy(n, n, 1, tmpBytes, escapes)
	case RunesOfString:
		runes := int64(Count(text))
		return sliceCopy(runes, 4*runes, 4, tmpRunes, escapes)
	case StringOfBytes:
		switch n {
		case 0:
			return Copy{Why: "the empty string has no array"}, nil
		case 1:
			return Copy{Len: n, Why: "a string of one byte is one of 256 that are always there"}, nil
		}
		return stringCopy(n, n, escapes), nil
	case StringOfRunes:
		return stringCopy(n, n+3, escapes), nil // room for a rune more, so that none is encoded outside
	case StringOfRune:
		if Count(text) != 1 {
			return Copy{}, fmt.Errorf("runes: %s wants one rune, not %d", c, Count(text))
		}
		if !escapes {
			return Copy{Len: n, Copied: n, Why: "into a buffer of 4 bytes on the stack"}, nil
		}
		return Copy{Len: n, Copied: n, Heap: 4, Why: "into a new array of 4 bytes, whatever the rune takes"}, nil
	}
	return Copy{}, fmt.Errorf("runes: conversion %d out of range [1,%d]", c, StringOfRune)
}

func sliceCopy(n, bytes, size, buffer int64, escapes bool) (Copy, error) {
	if !escapes && n <= buffer {
		return Copy{Len: n, Cap: buffer, Copied: bytes, Why: fmt.Sprintf("into a buffer of %d on the stack", buffer)}, nil
	}
	rules, err := alloc.ForRelease("")
	if err != nil {
		return Copy{}, err
	}
	up, err := rules.RoundUp(bytes, true)
	if err != nil {
		return Copy{}, err
	}
	return Copy{Len: n, Cap: up / size, Copied: bytes, Heap: bytes, Why: "into a new array, rounded up to a size class"}, nil
}

func stringCopy(n, room int64, escapes bool) Copy {
	if !escapes && room <= tmpBytes {
		return Copy{Len: n, Copied: n, Why: fmt.Sprintf("into a buffer of %d on the stack", tmpBytes)}
	}
	return Copy{Len: n, Copied: n, Heap: room, Why: "into a new array"}
}
