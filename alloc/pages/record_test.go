package pages_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/alloc/alloclive"
)

// TestRecord repeats programs that a page allocator of Go 1.26 has performed: each place,
// each row that is given back, by force and in the background. In the full run
// alloclive.TestPageRecord compares the record with the runtime.
func TestRecord(t *testing.T) {
	record, err := os.ReadFile("testdata/runtime.txt")
	if err != nil {
		t.Fatal(err)
	}
	for i, program := range strings.SplitAfter(string(record), "new ")[1:] {
		program = "new " + strings.TrimSuffix(program, "new ")
		steps, err := alloclive.PageSteps(program)
		if err != nil {
			t.Fatal(err)
		}
		results, err := alloclive.ModelPages("go1.26", steps)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(program, alloclive.PageRecord(steps, results)); d != "" {
			t.Errorf("program %d, recorded and in the model: %s", i, d)
		}
	}
}
