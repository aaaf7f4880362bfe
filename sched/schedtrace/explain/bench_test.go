package explain

import (
	"bytes"
	"os"
	"runtime"
	rtrace "runtime/trace"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/exp/trace"

	"github.com/orrery-go/orrery/internal/cputime"
)

var kept atomic.Value

// fresh are traces of some 3,500 events for each of size, on procs Ps.
func fresh(b testing.TB, procs, size int) map[string][]byte {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
	out := map[string][]byte{}
	for name, f := range map[string]func(*sync.WaitGroup){
		"pool": func(wg *sync.WaitGroup) {
			in := make(chan int)
			for range 16 {
				wg.Go(func() {
					for range in {
					}
				})
			}
			for i := range 1000 * size {
				in <- i
			}
			close(in)
		},
		"pipeline": func(wg *sync.WaitGroup) {
			in := make(chan int)
			first := in
			for range 8 {
				from, to := in, make(chan int)
				wg.Go(func() {
					for i := range from {
						to <- i
					}
					close(to)
				})
				in = to
			}
			wg.Go(func() {
				for range in {
				}
			})
			for i := range 150 * size {
				first <- i
			}
			close(first)
		},
		"garbage": func(wg *sync.WaitGroup) { // collections are frequent
			for range 8 {
				wg.Go(func() {
					for range 300 * size {
						kept.Store(make([]byte, 10_000))
					}
				})
			}
		},
		"storm": func(wg *sync.WaitGroup) {
			for range 16 {
				wg.Go(func() {
					for range 100 * size {
						runtime.Gosched()
					}
				})
			}
		},
		"spawn": func(wg *sync.WaitGroup) {
			for range size {
				var all sync.WaitGroup
				for range 1000 {
					all.Go(func() {})
				}
				all.Wait()
			}
		},
		"files": func(wg *sync.WaitGroup) { // more system calls at once than Ps
			for range 32 {
				wg.Go(func() {
					for range size {
						os.ReadFile("/proc/self/status")
						runtime.Gosched()
					}
				})
			}
		},
	} {
		var w bytes.Buffer
		if err := rtrace.Start(&w); err != nil {
			b.Skip(err)
		}
		var wg sync.WaitGroup
		f(&wg)
		wg.Wait()
		rtrace.Stop()
		out[name] = w.Bytes()
	}
	return out
}

// BenchmarkExplain has, for each event, the CPU time of explaining with reading, that of
// reading alone, and how many times as much the one is.
func BenchmarkExplain(b *testing.B) {
	for name, t := range fresh(b, 4, 60) {
		b.Run(name, func(b *testing.B) {
			var s Stats
			var read, explain time.Duration
			for range b.N {
				began := cputime.Process()
				r, err := trace.NewReader(bytes.NewReader(t))
				if err != nil {
					b.Fatal(err)
				}
				for err == nil {
					_, err = r.ReadEvent()
				}
				read += cputime.Process() - began
				began = cputime.Process()
				e, err := New(bytes.NewReader(t))
				if err != nil {
					b.Fatal(err)
				}
				for range e.Starts() {
				}
				explain += cputime.Process() - began
				s = e.Stats()
			}
			events := float64(b.N) * float64(s.Events)
			b.ReportMetric(float64(read)/events, "read-ns/event")
			b.ReportMetric(float64(explain)/events, "explain-ns/event")
			b.ReportMetric(float64(explain)/float64(read), "times")
			b.ReportMetric(float64(s.Verdicts[Unique]+s.Verdicts[UpToOrder])*100/float64(s.Starts), "%known")
		})
	}
}
