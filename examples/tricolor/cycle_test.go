package main

import "testing"

// TestWholeCycle checks that a cycle of each era ends, and that a barrier fires if the
// release has one.
func TestWholeCycle(t *testing.T) {
	for release, fires := range map[string]bool{"go1.4": false, "go1.6": true, "go1.26": true} {
		frames, err := wholeCycle(release)
		if err != nil || len(frames) < 10 {
			t.Fatalf("%s: %d frames, %v", release, len(frames), err)
		}
		shaded := false
		for _, f := range frames {
			shaded = shaded || len(f.Shaded) > 0
		}
		if shaded != fires {
			t.Errorf("%s: a barrier fires: %v, want %v", release, shaded, fires)
		}
	}
	if _, err := wholeCycle("go2"); err == nil {
		t.Error("go2 has a cycle")
	}
}
