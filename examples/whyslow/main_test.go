package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"strings"
	"testing"
)

// open gives a trace of package explain.
func open(t *testing.T, name string) []byte {
	t.Helper()
	f, err := os.Open("../../sched/schedtrace/explain/testdata/" + name + ".trace.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	_, trace, _ := bytes.Cut(b, []byte("\n"))
	return trace
}

func TestText(t *testing.T) {
	for name, want := range map[string][]string{
		"1-gosched": {"in the global queue", "yielded", "main.", "and ran on P0"},
		"2-uneven":  {"stole it from P", "P0 from P1: ", "created"},
	} {
		var b strings.Builder
		if err := run(&b, bytes.NewReader(open(t, name)), (*Report).text, 5); err != nil {
			t.Fatal(err)
		}
		for _, w := range want {
			if !strings.Contains(b.String(), w) {
				t.Errorf("%s: no %q in\n%s", name, w, &b)
			}
		}
	}
}

// TestSVG: the picture has a bar for the function that waited longest.
func TestSVG(t *testing.T) {
	var b strings.Builder
	if err := run(&b, bytes.NewReader(open(t, "2-uneven")), (*Report).svg, 5); err != nil {
		t.Fatal(err)
	}
	for _, w := range []string{"<svg", "explain-0-", "until another P stole it", "main."} {
		if !strings.Contains(b.String(), w) {
			t.Errorf("no %q in\n%s", w, &b)
		}
	}
}

// TestJSON: the waits of the functions add up to those of all, and a broken trace is reported.
func TestJSON(t *testing.T) {
	trace := open(t, "2-uneven")
	var b bytes.Buffer
	if err := run(&b, bytes.NewReader(trace), (*Report).json, 5); err != nil {
		t.Fatal(err)
	}
	var r Report
	if err := json.Unmarshal(b.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	sum := Waits{}
	for _, f := range r.Functions {
		sum.Count += f.Count
		sum.Total += f.Total
		shares := Waits{}
		for _, s := range f.Where {
			shares.Count += s.Count
			shares.Total += s.Total
		}
		if shares.Count != f.Count || shares.Total != f.Total {
			t.Errorf("%s: %+v", f.Func, f)
		}
	}
	if sum.Count != r.Waits.Count || sum.Total != r.Waits.Total || len(r.Worst) != 10 || r.Error != "" {
		t.Errorf("%+v, of %+v", sum, r.Waits)
	}
	b.Reset()
	if err := run(&b, bytes.NewReader(trace[:len(trace)/2]), (*Report).json, 5); err == nil || !strings.Contains(b.String(), `"error"`) {
		t.Errorf("half a trace: %v", err)
	}
	if err := run(io.Discard, strings.NewReader("hello"), (*Report).text, 5); err == nil {
		t.Error("no trace, and no error")
	}
}
