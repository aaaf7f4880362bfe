package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestBalance(t *testing.T) {
	var out bytes.Buffer
	if err := run([]string{"-n", "5000", "-fail", "1s"}, &out); err != nil {
		t.Fatal(err)
	}
	if text := out.String(); !strings.Contains(text, "two choices") || strings.Count(text, "\n") != 6 {
		t.Errorf("not a table of five methods:\n%s", text)
	}
	for _, bad := range [][]string{{"-servers", "0"}, {"-load", "NaN"}, {"weather"}, {"-n", "-1"}, {"-keys", "-1"}, {"-fail", "-3s"}, {"-fail", "2562047h"}} {
		if err := run(bad, &out); err == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
	out.Reset()
	if err := run([]string{"-svg", "-n", "1000", "smooth", "peak ewma"}, &out); err != nil || !strings.HasPrefix(out.String(), "<svg") {
		t.Errorf("%v: %.40s", err, out.String())
	}
}
