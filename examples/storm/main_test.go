package main

import (
	"testing"
	"time"

	"github.com/orrery-go/orrery/service"
)

// TestStorm checks that without a remedy, and with longer delays alone, the outage
// outlives its cause, and that every other remedy ends it.
func TestStorm(t *testing.T) {
	for _, help := range names {
		r, err := service.Simulate(system(help))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range r.Samples {
			if m.Service != "" || m.At != 28*time.Second {
				continue
			}
			if over := m.OK > m.Came*9/10; over == (help == "none" || help == "backoff") {
				t.Errorf("%s: %d of %d after 28 s", help, m.OK, m.Came)
			}
		}
	}
	if text, err := table(); err != nil || len(text) < 500 {
		t.Error(text, err)
	}
}
