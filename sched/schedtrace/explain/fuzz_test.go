package explain

import (
	"bytes"
	"strings"
	"testing"
)

// FuzzExplainer: no input makes it panic, and an error has an offset.
func FuzzExplainer(f *testing.F) {
	for _, c := range load(f, "") {
		f.Add(c.trace[:min(len(c.trace), 4000)], 100, byte(7))
		f.Add(c.trace, 3000, byte(1))
	}
	f.Fuzz(func(t *testing.T, b []byte, at int, x byte) {
		if len(b) > 1<<16 {
			return
		}
		b = bytes.Clone(b)
		if at >= 0 && at < len(b) {
			b[at] ^= x
		}
		e, err := New(bytes.NewReader(b))
		if err == nil {
			for range e.Starts() {
			}
			err = e.Err()
			e.Snapshot()
		}
		if err != nil && !strings.Contains(err.Error(), "offset") {
			t.Error(err)
		}
	})
}

// TestCorrupted flips bytes all over a trace.
func TestCorrupted(t *testing.T) {
	c := load(t, "")["2-uneven"]
	for at := 0; at < len(c.trace); at += 97 {
		b := bytes.Clone(c.trace)
		b[at] ^= 0x55
		e, err := New(bytes.NewReader(b))
		if err == nil {
			for range e.Starts() {
			}
			err = e.Err()
			e.Snapshot()
		}
		if err != nil && !strings.Contains(err.Error(), "offset") {
			t.Errorf("byte %d: %v", at, err)
		}
	}
}
