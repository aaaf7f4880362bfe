package whatif_test

import (
	"bytes"
	"io"
	"testing"

	"golang.org/x/exp/trace"

	"github.com/orrery-go/orrery/sched/schedtrace/whatif"
)

// BenchmarkRead reads a trace, beside the reader of golang.org/x/exp alone, and replays
// it.
func BenchmarkRead(b *testing.B) {
	data := traces(b)["bottleneck"]
	events := 0
	alone := func() int {
		r, err := trace.NewReader(bytes.NewReader(data))
		if err != nil {
			b.Fatal(err)
		}
		for n := 0; ; n++ {
			if _, err := r.ReadEvent(); err == io.EOF {
				return n
			} else if err != nil {
				b.Fatal(err)
			}
		}
	}
	per := func(b *testing.B) {
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(events), "ns/event")
	}
	b.Run("x/exp/trace", func(b *testing.B) {
		for b.Loop() {
			events = alone()
		}
		per(b)
	})
	b.Run("Read", func(b *testing.B) {
		events = alone()
		for b.Loop() {
			read(b, data)
		}
		per(b)
	})
	b.Run("Replay", func(b *testing.B) {
		events = alone()
		w := read(b, data)
		for b.Loop() {
			if _, err := w.Replay(whatif.Config{Procs: 4}); err != nil {
				b.Fatal(err)
			}
		}
		per(b)
	})
}
