package brief_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/internal/brief"
)

func TestError(t *testing.T) {
	if err := brief.Error(nil); err != nil {
		t.Errorf("of nil: %v", err)
	}
	if err := brief.Error(io.EOF); err != io.EOF {
		t.Errorf("of EOF: %v", err)
	}
	long := strings.Repeat("é", brief.Most)
	err := brief.Errorf("x%s: %w", long, io.EOF)
	if want := "x" + strings.Repeat("é", brief.Most/2-1) + "..."; err.Error() != want {
		t.Errorf("%d bytes: %v; want %d", len(err.Error()), err, len(want))
	}
	if !errors.Is(err, io.EOF) {
		t.Error("the cut error does not wrap its cause")
	}
}

func TestText(t *testing.T) {
	for in, want := range map[string]string{"": "", "abc": "abc", "abcd": "abc...", "abé": "ab..."} {
		if got := brief.Text(in, 3); got != want {
			t.Errorf("Text(%q, 3) = %q, want %q", in, got, want)
		}
	}
}
