package race_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/orrery-go/orrery/race"
)

// play makes goroutines lock a mutex in turn, and read and write three variables each
// time: eight events, and no race.
func play(b testing.TB, d *race.Detector, gs []race.G, mu race.Object, rounds int) {
	for i := range rounds {
		g := gs[i%len(gs)]
		if _, err := d.Lock(g, mu, 0); err != nil {
			b.Fatal(err)
		}
		for j := range 3 {
			addr := uint64((i+j)&1023) * 8
			if _, err := d.Read(g, addr, 8, 0); err != nil {
				b.Fatal(err)
			}
			if _, err := d.Write(g, addr, 8, 0); err != nil {
				b.Fatal(err)
			}
		}
		if err := d.Unlock(g, mu, 0); err != nil {
			b.Fatal(err)
		}
	}
}

func begin(b testing.TB, c race.Config, goroutines int) (*race.Detector, []race.G, race.Object) {
	d, err := race.New(c)
	if err != nil {
		b.Fatal(err)
	}
	mu, err := d.Make(race.Main, race.Mutex, 0)
	if err != nil {
		b.Fatal(err)
	}
	var gs []race.G
	for range goroutines {
		g, err := d.Go(race.Main, 0)
		if err != nil {
			b.Fatal(err)
		}
		gs = append(gs, g)
	}
	return d, gs, mu
}

// BenchmarkEvents measures an event, by limits and number of goroutines. For comparison,
// racelive measures go build -race.
func BenchmarkEvents(b *testing.B) {
	for _, c := range []struct {
		name   string
		limits race.Limits
	}{{"exact", race.Limits{}}, {"tsan", race.Limits{Cells: 4, FirstByte: true}}} {
		for _, n := range []int{2, 8, 64} {
			b.Run(fmt.Sprintf("%s-%d", c.name, n), func(b *testing.B) {
				d, gs, mu := begin(b, race.Config{Limits: c.limits}, n)
				play(b, d, gs, mu, 2048)
				b.ReportAllocs()
				b.ResetTimer()
				play(b, d, gs, mu, b.N/8+1)
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds()/1e6, "Mevents/s")
				if d.Races() > 0 {
					b.Fatal("a race")
				}
			})
		}
	}
}

// BenchmarkRead reads a log of JSON lines.
func BenchmarkRead(b *testing.B) {
	line := []byte(`{"g":"main","do":"write","var":"x","at":"main.go:7"}` + "\n")
	b.SetBytes(int64(len(line)))
	l, err := race.NewLog(race.Config{})
	if err != nil {
		b.Fatal(err)
	}
	if err := l.Read(bytes.NewReader(bytes.Repeat(line, b.N))); err != nil {
		b.Fatal(err)
	}
}

// TestAllocs checks that events in the steady state allocate nothing.
func TestAllocs(t *testing.T) {
	for _, limits := range []race.Limits{{}, {Cells: 4, FirstByte: true}} {
		d, gs, mu := begin(t, race.Config{Limits: limits}, 8)
		play(t, d, gs, mu, 2048)
		if n := testing.AllocsPerRun(20, func() { play(t, d, gs, mu, 1000) }); n != 0 {
			t.Errorf("%+v: %v allocations in 8,000 events", limits, n)
		}
	}
}

// TestBounded checks that memory is bounded by the live objects: goroutines that exit,
// and variables that are written again and again, leave nothing.
func TestBounded(t *testing.T) {
	for _, waits := range []bool{true, false} {
		d, _, _ := begin(t, race.Config{}, 0)
		wg, err := d.Make(race.Main, race.WaitGroup, 0)
		if err != nil {
			t.Fatal(err)
		}
		rounds := 200_000
		allocs := testing.AllocsPerRun(1, func() {
			for i := range rounds {
				_, err := d.Add(race.Main, wg, 1, 0)
				if err != nil {
					t.Fatal(err)
				}
				g, err := d.Go(race.Main, 0)
				if err != nil {
					t.Fatal(err)
				}
				addr := uint64(i % 10 * 8)
				if !waits {
					addr += 80 * uint64(i%2) // two accesses that are not ordered, of different variables
				}
				if _, err := d.Write(g, addr, 8, 0); err != nil {
					t.Fatal(err)
				}
				if _, err := d.Done(g, wg, 0); err != nil {
					t.Fatal(err)
				}
				if err := d.Exit(g, 0); err != nil {
					t.Fatal(err)
				}
				if waits {
					if _, err := d.Wait(race.Main, wg, 0); err != nil {
						t.Fatal(err)
					}
				}
			}
		})
		if err := d.Check(); err != nil {
			t.Fatal(err)
		}
		if waits && d.Races() != 0 {
			t.Errorf("%d races", d.Races())
		}
		if allocs > float64(rounds)/20 {
			t.Errorf("waits %v: %v allocations in %d goroutines", waits, allocs, rounds)
		}
	}
}

// BenchmarkInterleavings makes the machine of a long log, in which one goroutine does the
// same 32,000 times, and then another one.
func BenchmarkInterleavings(b *testing.B) {
	for _, op := range []race.Op{{Verb: race.WriteVerb, Size: 1}, {Verb: race.ModifyVerb, Size: 8}, {Verb: race.SendVerb, On: 1}} {
		log := []race.Op{{Verb: race.MakeVerb, G: race.Main, Type: race.Chan, N: race.MaxChan, Size: 8}, {Verb: race.GoVerb, G: race.Main}}
		for i := range 64_000 {
			op.G = race.Main + race.G(i/32_000)
			if op.Verb == race.WriteVerb && op.G != race.Main {
				op.Verb = race.ReadVerb
			}
			log = append(log, op)
		}
		b.Run(op.Verb.String(), func(b *testing.B) {
			for b.Loop() {
				if _, err := race.NewInterleavings(log, false); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
