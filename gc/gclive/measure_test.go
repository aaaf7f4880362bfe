package gclive

import "testing"

// TestMeasures compares the work of the running collector in pauses and outside them
// with the model of its release.
func TestMeasures(t *testing.T) {
	if s := MarkShare(); s > 0.5 {
		t.Errorf("with a large heap %.2f of a collection is a pause", s)
	}
	if s := StackShare(); s > 0.1 {
		t.Errorf("with deep stacks %.2f of a collection is a pause", s)
	}
	if n := Pauses(); n != 2 {
		t.Errorf("%d pauses in a cycle, want 2", n)
	}
	if n := Cycles(3); n != 3 {
		t.Errorf("%d cycles, want 3", n)
	}
	if SweptAtOnce() {
		t.Error("all garbage is reclaimed when a cycle ends")
	}
	unlinked, made, later := Outlived()
	if !unlinked || !made || later {
		t.Errorf("unlinked and made during a cycle: there after it %v, %v; after the next %v", unlinked, made, later)
	}
	if !KeptOnStack() {
		t.Error("an object was lost")
	}
	if r := MarkCPU(1_000_000); r < 10 {
		t.Errorf("small objects cost %.1f times as much as a large one", r)
	}
	if s := OnHeap(); s != "0 1" {
		t.Errorf("objects of a frame and that escape: %s", s)
	}
	if s := Turns(100); s != "100 1" {
		t.Errorf("objects of turns: %s", s)
	}
}
