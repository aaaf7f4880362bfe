package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestGrow(t *testing.T) {
	var out bytes.Buffer
	if err := run(nil, &out); err != nil {
		t.Fatal(err)
	}
	if text := out.String(); !strings.Contains(text, "cap    1280") || !strings.Contains(text, "cap     848") {
		t.Errorf("neither the 1280 of 1.17 nor the 848 of 1.26:\n%s", text)
	}
	for _, bad := range [][]string{{"-n", "0"}, {"go2"}, {"-size", "-1"}} {
		if err := run(bad, &out); err == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
	out.Reset()
	if err := run([]string{"-svg", "running"}, &out); err != nil || !strings.HasPrefix(out.String(), "<svg") {
		t.Errorf("%v: %.40s", err, out.String())
	}
}
