package draw_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/orrery-go/orrery/chanq"
	"github.com/orrery-go/orrery/draw"
)

// chanPictures are channels with every element that a picture can have.
func chanPictures(t *testing.T) map[string]chanq.ChanState {
	m, err := chanq.New(chanq.Config{Release: "go1.26"})
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int64{3, 0, 40} {
		if _, err := m.Make(chanq.Elem{Size: 8}, size); err != nil {
			t.Fatal(err)
		}
	}
	do := func(g chanq.G, op chanq.Op) {
		if _, err := m.Do(g, op); err != nil {
			t.Fatal(err)
		}
	}
	for range 12 {
		if _, err := m.Go(); err != nil {
			t.Fatal(err)
		}
	}
	for v := range int64(5) {
		do(1, chanq.Op{Verb: chanq.SendVerb, Chan: 1, Value: 10 + v})
		if v < 2 {
			do(1, chanq.Op{Verb: chanq.RecvVerb, Chan: 1})
		}
		do(1, chanq.Op{Verb: chanq.SendVerb, Chan: 3, Value: v})
	}
	do(2, chanq.Op{Verb: chanq.SendVerb, Chan: 1, Value: 15})
	do(3, chanq.Op{Verb: chanq.SendVerb, Chan: 1, Value: 16})
	do(12, chanq.Op{Verb: chanq.SelectVerb, Cases: []chanq.Case{{Chan: 2}, {Chan: 3, Send: false}}})
	for g := chanq.G(4); g < 12; g++ {
		do(g, chanq.Op{Verb: chanq.RecvVerb, Chan: 2})
	}
	do(1, chanq.Op{Verb: chanq.CloseVerb, Chan: 3})
	s := m.Snapshot()
	return map[string]chanq.ChanState{"ring": s.Chans[0], "queue": s.Chans[1], "closed": s.Chans[2]}
}

func TestChan(t *testing.T) {
	for name, c := range chanPictures(t) {
		picture := draw.ChanqRing(c)
		wellFormed(t, picture)
		same(t, "chan_"+name+".svg", picture)
	}
}

// TestChanAny draws states that no model can have, too.
func TestChanAny(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := chanq.ChanState{
			Qcount:   rapid.Int64Range(-1, 50).Draw(t, "qcount"),
			Dataqsiz: rapid.Int64Range(-1, 1<<62).Draw(t, "dataqsiz"),
			Buf:      rapid.SliceOfN(rapid.Int64(), 0, 20).Draw(t, "buf"),
			Recvx:    rapid.Int64Range(-1, 20).Draw(t, "recvx"),
			Recvq:    make([]chanq.Waiter, rapid.IntRange(0, 20).Draw(t, "receivers")),
			Sendq:    make([]chanq.Waiter, rapid.IntRange(0, 20).Draw(t, "senders")),
		}
		wellFormed(t, draw.ChanqRing(c))
	})
}
