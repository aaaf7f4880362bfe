package pacer_test

import (
	"testing"
	"time"

	"github.com/orrery-go/orrery/gc/pacer"
)

// cycle runs one of a pacer, with a revision.
func cycle(p *pacer.Pacer) error {
	if err := p.GrowTo(p.Trigger(), 0); err != nil {
		return err
	}
	if _, err := p.StartCycle(pacer.Start{Stacks: 8192, Globals: 32 << 10}); err != nil {
		return err
	}
	if _, err := p.Revise(pacer.Delta{Allocated: 1 << 16, HeapWork: 1 << 20, StackWork: 8192, GlobalsWork: 32 << 10}); err != nil {
		return err
	}
	if err := p.Advance(time.Millisecond); err != nil {
		return err
	}
	return p.EndCycle(pacer.End{Marked: 8 << 20, AssistTime: time.Microsecond})
}

func BenchmarkCycle(b *testing.B) {
	p := newPacer(b, pacer.Config{})
	b.ReportAllocs()
	for b.Loop() {
		if err := cycle(p); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds()/1e6, "Mcycles/s")
}

// TestAllocs checks that a cycle allocates nothing.
func TestAllocs(t *testing.T) {
	p := newPacer(t, pacer.Config{})
	if n := testing.AllocsPerRun(100, func() {
		if err := cycle(p); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations in a cycle", n)
	}
}
