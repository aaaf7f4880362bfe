package whatif_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/orrery-go/orrery/sched/schedtrace/whatif"
)

// FuzzRead reads anything, and replays it if it is a trace.
func FuzzRead(f *testing.F) {
	for name, data := range traces(f) {
		switch name {
		case "fan-out", "syscalls", "fan-in", "broadcast", "counter":
			f.Add(data)
			f.Add(data[:len(data)/2])
		}
	}
	for _, bad := range badNotes(f) {
		f.Add(bad)
	}
	f.Add([]byte("go 1.26 trace\x00\x00\x00"))
	f.Add([]byte("go 1.11 trace\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<16 {
			return
		}
		w, err := whatif.Read(bytes.NewReader(data))
		if err != nil {
			if at := (*whatif.ReadError)(nil); !errors.As(err, &at) || at.Offset > int64(len(data)) {
				t.Fatal(err)
			}
			return
		}
		a, err := w.Replay(whatif.Config{Procs: 2})
		b, err2 := w.Replay(whatif.Config{Procs: 2})
		if a != b || (err == nil) != (err2 == nil) {
			t.Fatalf("%+v %v, and then %+v %v", a, err, b, err2)
		}
	})
}
