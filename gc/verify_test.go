package gc

import "testing"

// TestVerifyNotices: with Verify, Check returns an error if an object that was garbage when
// the cycle began is there when it has ended.
func TestVerifyNotices(t *testing.T) {
	for _, verify := range []bool{false, true} {
		for _, keeps := range []bool{false, true} {
			h, err := New(Config{Verify: verify})
			if err != nil {
				t.Fatal(err)
			}
			g, err := h.Go(0, 1)
			if err != nil {
				t.Fatal(err)
			}
			r, err := h.Alloc(g, 0, Layout{Bytes: 32, Slots: 1})
			if err != nil {
				t.Fatal(err)
			}
			if err := h.Drop(g, 0); err != nil {
				t.Fatal(err)
			}
			if err := h.Start(); err != nil {
				t.Fatal(err)
			}
			for h.stage != marking {
				if _, err := h.Step(); err != nil {
					t.Fatal(err)
				}
			}
			if keeps {
				h.shade(r) // as a collector that is too careful would
			}
			if err := h.Run(); err != nil {
				t.Fatal(err)
			}
			if err := h.Check(); (err != nil) != (verify && keeps) {
				t.Errorf("verify %v, kept %v: %v", verify, keeps, err)
			}
		}
	}
}
