package gotrace_test

import (
	"io"
	"testing"

	"github.com/orrery-go/orrery/sched"
	"github.com/orrery-go/orrery/sched/schedtrace"
	"github.com/orrery-go/orrery/sched/schedtrace/gotrace"
)

// BenchmarkRun runs 100,000 events, without a trace, with a Go trace and with one for
// Perfetto.
func BenchmarkRun(b *testing.B) {
	const text = "main:\ngo w 8\nloop\nsleep 1us\nend\nw:\nloop\nwork 1us\nyield\nend\n"
	c := sched.Config{Procs: 4, MaxEvents: 1e5}
	for name, run := range map[string]func(*sched.Sim) error{
		"none":    func(s *sched.Sim) error { s.Run(); return nil },
		"gotrace": func(s *sched.Sim) error { return gotrace.Run(io.Discard, s) },
		"chrome":  func(s *sched.Sim) error { return schedtrace.Chrome(io.Discard, s) },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := run(sim(b, c, text)); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1e5, "ns/event")
		})
	}
}
