package alloc

import "testing"

// TestZeroRules asks rules of no release, which a caller can make, what depends on the
// table of size classes: there are none, and nothing panics.
func TestZeroRules(t *testing.T) {
	var r Rules
	if got := r.Classes(); len(got) != 0 {
		t.Errorf("rules of no release have the classes %v", got)
	}
	if got := r.PageSize(); got != 0 {
		t.Errorf("rules of no release have pages of %d bytes", got)
	}
	if got := r.SpanClasses(); got != 1 {
		t.Errorf("rules of no release have %d span classes (want that of large objects)", got)
	}
	if got := r.SpanObjects(5, true); got != 0 {
		t.Errorf("rules of no release have %d slots in a span of a class that there is not", got)
	}
}
