package sched_test

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/orrery-go/orrery/program"
	"github.com/orrery-go/orrery/sched"
)

// The simulator's speed in events. The targets are 5 million a second with 10,000
// goroutines, and 3 million with a million of them, without allocation. The time of the
// real thing for the same program is measured for comparison.

// workloads are programs of n goroutines that never end.
var workloads = []struct{ name, text string }{
	{"yield", "main:\ngo w %d\nyield\nloop\nyield\nend\nw:\nloop\nyield\nend\n"},
	{"work", "main:\ngo w %d\nloop\nwork 100us\nend\nw:\nloop\nwork 1us\nyield\nend\n"},
	{"channels", "chan a\nchan b 16\nmain:\ngo w %d\nloop\nrecv a\nsend b 1\nend\nw:\nloop\nsend a 1\nrecv b\nend\n"},
	{"mutex", "mutex m\nmain:\ngo w %d\nloop\nlock m\nyield\nunlock m\nend\nw:\nloop\nlock m\nunlock m\nyield\nend\n"},
	{"sleep", "main:\ngo w %d\nloop\nsleep 10us\nend\nw:\nloop\nsleep 1ms\nwork 500ns\nend\n"},
	{"mixed", "chan a 4\nmutex m\nmain:\ngo w %[1]d\ngo x %[1]d\nloop\nsleep 1ms\nend\nw:\nloop\nsend a 1\nwork 300ns\nlock m\nunlock m\nyield\nend\nx:\nloop\nrecv a\nwork 500ns\nsleep 20us\nend\n"},
}

func warm(tb testing.TB, text string, n, procs int) *sched.Sim {
	tb.Helper()
	return warmed(tb, text, n, procs, sched.New)
}

func warmed(tb testing.TB, text string, n, procs int, make func(sched.Config, sched.Program) (*sched.Sim, error)) *sched.Sim {
	tb.Helper()
	p, err := program.Parse(fmt.Sprintf(text, n))
	if err != nil {
		tb.Fatal(err)
	}
	s, err := make(sched.Config{Procs: procs, MaxEvents: 1 << 62, MaxTime: program.MaxDuration}, *p)
	if err != nil {
		tb.Fatal(err)
	}
	for s.Stats().Events < uint64(8*n)+1000 {
		for range 10_000 {
			if more, err := s.Step(); !more {
				tb.Fatal(err)
			}
		}
	}
	return s
}

func BenchmarkEvents(b *testing.B) {
	for _, w := range workloads {
		for _, n := range []int{10_000, 1_000_000} {
			for _, procs := range []int{1, 8} {
				each := n
				if strings.Contains(w.text, "[1]") {
					each /= 2
				}
				b.Run(fmt.Sprintf("%s/n=%d/procs=%d", w.name, n, procs), func(b *testing.B) {
					s := warm(b, w.text, each, procs)
					before := s.Stats().Events
					b.ReportAllocs()
					for b.Loop() {
						if _, err := s.Step(); err != nil {
							b.Fatal(err)
						}
					}
					b.ReportMetric(float64(s.Stats().Events-before)/b.Elapsed().Seconds()/1e6, "Mevents/s")
				})
			}
		}
	}
}

// BenchmarkSource runs the programs on one P in the way of New, and through their
// Source.
func BenchmarkSource(b *testing.B) {
	ask := func(c sched.Config, p sched.Program) (*sched.Sim, error) { return sched.NewFrom(c, sched.Compile(p)) }
	for _, w := range workloads {
		for _, k := range []struct {
			name string
			make func(sched.Config, sched.Program) (*sched.Sim, error)
		}{{"program", sched.New}, {"source", ask}} {
			b.Run(w.name+"/"+k.name, func(b *testing.B) {
				s := warmed(b, w.text, 1000, 1, k.make)
				before := s.Stats().Events
				for b.Loop() {
					if _, err := s.Step(); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(s.Stats().Events-before)/b.Elapsed().Seconds()/1e6, "Mevents/s")
			})
		}
	}
}

// BenchmarkYield makes 100 goroutines yield, on one P.
func BenchmarkYield(b *testing.B) {
	b.Run("model", func(b *testing.B) {
		s := warm(b, "main:\ngo w %d\nloop\nyield\nend\nw:\nloop\nyield\nend\n", 100, 1)
		switches := s.Stats().Switches
		for b.Loop() {
			for before := switches; switches == before; switches = s.Stats().Switches {
				if _, err := s.Step(); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
	b.Run("real", func(b *testing.B) {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
		var done sync.WaitGroup
		for range 100 {
			done.Go(func() {
				for range b.N / 100 {
					runtime.Gosched()
				}
			})
		}
		done.Wait()
	})
}

// TestAllocations checks that a step allocates nothing, once the memory has grown.
func TestAllocations(t *testing.T) {
	for _, w := range workloads {
		for _, procs := range []int{1, 4} {
			s := warm(t, w.text, 1000, procs)
			for range 60_000 {
				s.Step()
			}
			if n := testing.AllocsPerRun(5, func() {
				for range 10_000 {
					if _, err := s.Step(); err != nil {
						t.Fatal(err)
					}
				}
			}); n > 0 {
				t.Errorf("%s on %d Ps: %v allocations in 10,000 steps", w.name, procs, n)
			}
		}
	}
}

// TestBytes checks how much memory a goroutine takes.
func TestBytes(t *testing.T) {
	const n = 200_000
	for _, w := range workloads {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		s := warm(t, w.text, n, 2)
		runtime.GC()
		runtime.ReadMemStats(&after)
		each := (after.HeapAlloc - before.HeapAlloc) / uint64(s.Stats().MostGoroutines)
		t.Logf("%s: %d bytes each", w.name, each)
		if each > 200 {
			t.Errorf("%s: %d bytes for each goroutine, want at most 200", w.name, each)
		}
		runtime.KeepAlive(s)
	}
}
