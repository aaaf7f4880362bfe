package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestEpoll(t *testing.T) {
	var out bytes.Buffer
	if err := run(nil, &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"read 1,024           wait: IN              read 1,024           wait: nothing",
		"1 byte comes         wait: IN              1 byte comes         wait: IN",
		"the writer closes    wait: HUP             the writer closes    wait: HUP",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no line %q in\n%s", want, out.String())
		}
	}
	out.Reset()
	if err := run([]string{"-svg"}, &out); err != nil || !strings.HasPrefix(out.String(), "<svg") {
		t.Errorf("%v: %.40s", err, out.String())
	}
	if err := run([]string{"now"}, &out); err == nil {
		t.Error("an argument is accepted")
	}
}
