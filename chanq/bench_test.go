package chanq_test

import (
	"testing"

	"github.com/orrery-go/orrery/chanq"
)

// The model and the real thing in one run. The target was a quarter of the speed of the
// real thing for BenchmarkBuffered and a fifteenth for BenchmarkHandOff; measured are
// about a third and an eighth. An operation is two calls, chansend and sendNow or
// chanrecv and recvNow, and the profile is flat: a third of the time checks that the
// goroutine exists and may act, which the runtime need not check.

// BenchmarkBuffered sends to a buffer and receives from it.
func BenchmarkBuffered(b *testing.B) {
	b.Run("model", func(b *testing.B) {
		m, g := model(b)
		c := channel(b, m, 8)
		b.ReportAllocs()
		for b.Loop() {
			if _, err := m.Send(g, c, 1); err != nil {
				b.Fatal(err)
			}
			if _, err := m.Recv(g, c); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("real", func(b *testing.B) {
		c := make(chan int64, 8)
		b.ReportAllocs()
		for b.Loop() {
			c <- 1
			<-c
		}
	})
}

// BenchmarkHandOff makes two goroutines send a value to and fro: each parks until the
// other has it.
func BenchmarkHandOff(b *testing.B) {
	b.Run("model", func(b *testing.B) {
		m, ping := model(b)
		pong, err := m.Go()
		if err != nil {
			b.Fatal(err)
		}
		there, back := channel(b, m, 0), channel(b, m, 0)
		if _, err := m.Recv(pong, there); err != nil {
			b.Fatal(err)
		}
		b.ReportAllocs()
		for b.Loop() {
			if !to(m, ping, there, back) || !goOn(m, pong) || !to(m, pong, back, there) || !goOn(m, ping) {
				b.Fatal("no hand-off")
			}
		}
	})
	b.Run("real", func(b *testing.B) {
		there, back := make(chan int64), make(chan int64)
		go func() {
			for v := range there {
				back <- v
			}
		}()
		defer close(there)
		b.ReportAllocs()
		for b.Loop() {
			there <- 1
			<-back
		}
	})
}

// to sends a value to a waiting goroutine, and waits for the answer.
func to(m *chanq.Chans, g chanq.G, c, answer chanq.Chan) bool {
	o, err := m.Send(g, c, 1)
	if err != nil || o.What != chanq.Handed {
		return false
	}
	o, err = m.Recv(g, answer)
	return err == nil && o.What == chanq.Parked
}

func goOn(m *chanq.Chans, g chanq.G) bool {
	o, err := m.Resume(g)
	return err == nil && o.OK
}

// BenchmarkSelect chooses between four cases that are ready.
func BenchmarkSelect(b *testing.B) {
	m, g := model(b)
	var cases []chanq.Case
	for range 4 {
		c := channel(b, m, 0)
		if _, err := m.Close(g, c); err != nil {
			b.Fatal(err)
		}
		cases = append(cases, chanq.Case{Chan: c})
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := m.Select(g, cases, false); err != nil {
			b.Fatal(err)
		}
	}
}

func model(tb testing.TB) (*chanq.Chans, chanq.G) {
	tb.Helper()
	m, err := chanq.New(chanq.Config{})
	if err != nil {
		tb.Fatal(err)
	}
	g, err := m.Go()
	if err != nil {
		tb.Fatal(err)
	}
	return m, g
}

func channel(tb testing.TB, m *chanq.Chans, size int64) chanq.Chan {
	tb.Helper()
	c, err := m.Make(chanq.Elem{Size: 8}, size)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// TestAllocations checks that operations allocate nothing once the goroutines'
// selects have their room.
func TestAllocations(t *testing.T) {
	m, g := model(t)
	other, err := m.Go()
	if err != nil {
		t.Fatal(err)
	}
	buffered, plain := channel(t, m, 2), channel(t, m, 0)
	cases := []chanq.Case{{Chan: buffered}, {Chan: plain}}
	do := func(_ chanq.Outcome, err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	n := testing.AllocsPerRun(100, func() {
		do(m.Send(g, buffered, 1))
		do(m.Recv(g, buffered))
		do(m.Recv(other, plain))
		do(m.Send(g, plain, 1))
		do(m.Resume(other))
		do(m.Select(other, cases, false))
		do(m.Send(g, plain, 1))
		do(m.Resume(other))
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}
