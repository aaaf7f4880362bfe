package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestMapmap(t *testing.T) {
	var out bytes.Buffer
	if err := run(nil, &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"began to grow to 128 buckets", "split table 7 into 8 and 9", "the longest put moved 23 entries", "the longest put moved 896 entries"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q:\n%s", want, out.String())
		}
	}
	for _, bad := range [][]string{{"-n", "0"}, {"go2"}, {"-n", "100001"}} {
		if err := run(bad, &out); err == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
	out.Reset()
	if err := run([]string{"-n", "10", "-svg", "running"}, &out); err != nil || !strings.HasPrefix(out.String(), "<svg") {
		t.Errorf("%v: %.40s", err, out.String())
	}
}
