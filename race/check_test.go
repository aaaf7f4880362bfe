package race

import "testing"

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
