package explain

import (
	"bytes"
	"os"
	"runtime"
	rtrace "runtime/trace"
	"sync"
	"testing"

	"golang.org/x/exp/trace"
)

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

// BenchmarkExplain has, for each event, the time that explaining takes, beside that of
// reading alone.
func BenchmarkExplain(b *testing.B) {
	for name, t := range fresh(b, 4, 60) {
		b.Run(name+"/read", func(b *testing.B) {
			events := 0
			for range b.N {
				r, err := trace.NewReader(bytes.NewReader(t))
				if err != nil {
					b.Fatal(err)
				}
				for {
					if _, err := r.ReadEvent(); err != nil {
						break
					}
					events++
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(events), "ns/event")
		})
		b.Run(name+"/explain", func(b *testing.B) {
			var s Stats
			for range b.N {
				e, err := New(bytes.NewReader(t))
				if err != nil {
					b.Fatal(err)
				}
				for range e.Starts() {
				}
				s = e.Stats()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(s.Events), "ns/event")
			b.ReportMetric(float64(s.Verdicts[Unique]+s.Verdicts[UpToOrder])*100/float64(s.Starts), "%known")
		})
	}
}
