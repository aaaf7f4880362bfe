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
