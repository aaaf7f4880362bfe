package race

import (
	"fmt"
	"testing"
)

// TestRoom checks the bound of all clocks together: a goroutine that starts needs a clock
// with a component for each one, a channel a place for each element, an atomic variable
// 16, and each goroutine that there is may grow by 1.
func TestRoom(t *testing.T) {
	for name, tt := range map[string]struct {
		needs int
		do    func(d *Detector) error
	}{
		"go":      {2, func(d *Detector) error { _, err := d.Go(Main, 0); return err }},
		"channel": {100, func(d *Detector) error { _, err := d.MakeChan(Main, 100, 8, 0); return err }},
		"atomic":  {16, func(d *Detector) error { _, err := d.Store(Main, 8, 8, 0); return err }},
	} {
		for used, ok := range map[int]bool{maxWords - tt.needs - 2: true, maxWords - tt.needs - 1: false} {
			d, err := New(Config{})
			if err != nil {
				t.Fatal(err)
			}
			d.words = used
			if err := tt.do(d); (err == nil) != ok {
				t.Errorf("%s, with %d of %d words in use: %v", name, used, maxWords, err)
			}
		}
	}
}

// TestCheckKnown checks that Check finds a goroutine that knows of more operations of
// another one than that has released.
func TestCheckKnown(t *testing.T) {
	for knows, ok := range map[uint64]bool{1: true, 2: false} {
		d, err := New(Config{})
		if err != nil {
			t.Fatal(err)
		}
		g, err := d.Go(Main, 0) // operation 1 releases, operation 2 does not
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Write(Main, 8, 8, 0); err != nil {
			t.Fatal(err)
		}
		d.gs.find(g).clock[d.gs.find(Main).slot] = knows
		if err := d.Check(); (err == nil) != ok {
			t.Errorf("goroutine %d knows of operation %d of Main: %v", g, knows, err)
		}
	}
}

// TestCheckBroken checks that Check finds each invariant that is broken.
func TestCheckBroken(t *testing.T) {
	for _, tt := range []struct {
		text  string
		limit Limits
		do    func(d *Detector)
		want  string
	}{
		{"", Limits{}, func(d *Detector) { d.gs.list[1].id = 7 }, "race: goroutine 7 is not found by its number"},
		{"", Limits{}, func(d *Detector) { d.slots[1].owner = 7 }, "race: goroutine 2 has slot 1 of goroutine 7"},
		{"", Limits{}, func(d *Detector) { d.gs.list[1].clock[0] = 2 }, "race: goroutine 2 knows of operation 2, and there were 1"},
		{"", Limits{}, func(d *Detector) { d.words++ }, "race: clocks have 3 words, and 4 are counted"},
		{"main: lock mu", Limits{}, func(d *Detector) { d.objects[1].readers = 1 }, "race: object 1 is held for reading and for writing"},
		{"main: make c chan 2", Limits{}, func(d *Detector) { d.objects[1].ch.len = -1 }, "race: object 1: -1 elements of 2"},
		{"main: make c chan 2", Limits{}, func(d *Detector) { d.objects[1].ch.len = 3 }, "race: object 1: 3 elements of 2"},
		{"main: make c chan 2", Limits{}, func(d *Detector) { d.objects[1].ch.len = 2 }, ""},
		{"main: make c chan 2", Limits{}, func(d *Detector) { d.objects[1].ch.len = 1 }, "race: object 1: sendx 0 is not recvx 0 and 1"},
		{"main: make c chan 1; g: recv c", Limits{}, func(d *Detector) { d.objects[1].ch.len = 1 }, "race: object 1: a receiver waits without need"},
		{"main: make c chan 1; g: recv c", Limits{}, func(d *Detector) { d.objects[1].closed = true }, "race: object 1: a receiver waits without need"},
		{"main: make c chan 0; g: recv c", Limits{}, func(d *Detector) { d.objects[1].ch.senders = queue{1, 1} }, "race: object 1: a receiver waits without need"},
		{"main: make c chan 1; main: send c; g: send c", Limits{}, func(d *Detector) { ch := d.objects[1].ch; ch.len, ch.cap = 1, 2; ch.sendx = 1 }, "race: object 1: a sender waits without need"},
		{"main: make c chan 0; g: send c", Limits{}, func(d *Detector) { d.objects[1].closed = true }, "race: object 1: a sender waits without need"},
		{"main: write x", Limits{}, func(d *Detector) { d.shadow.find(varBase).at(0).op = 3 }, "race: an access by operation 3, and there were 2"},
		{"main: write x", Limits{}, func(d *Detector) { d.shadow.find(varBase).at(0).mask = 0 }, "race: an access to no byte"},
		{"main: write x", Limits{Cells: 1}, func(d *Detector) { d.shadow.find(varBase).at(0).mask = 0 }, ""},
		{"main: write x", Limits{Cells: 1}, func(d *Detector) { gr := d.shadow.find(varBase); gr.add(*gr.at(0)) }, "race: 2 cells of 1"},
		{"main: write x", Limits{}, func(d *Detector) { d.shadow.find(varBase).at(0).g = 2 }, "race: an access of goroutine 2 in the slot of 1"},
		{"main: write x", Limits{Slots: 2}, func(d *Detector) { d.shadow.find(varBase).at(0).g = 2 }, ""},
		{"g: write x; g: exit", Limits{}, func(d *Detector) {}, ""},
	} {
		l, err := NewLog(Config{Limits: tt.limit})
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Play("main: go g; " + tt.text); err != nil {
			t.Fatal(err)
		}
		if err := l.Check(); err != nil {
			t.Errorf("%q: %v", tt.text, err)
		}
		tt.do(&l.Detector)
		if err := l.Check(); fmt.Sprint(err) != tt.want && (err != nil || tt.want != "") {
			t.Errorf("%q: %v, want %q", tt.text, err, tt.want)
		}
	}
}
