package main

import (
	"bytes"
	"runtime"
	"runtime/pprof"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/escape"
	"github.com/orrery-go/orrery/escape/escapelive"
)

var sink [][]byte

// TestProfile reads a profile of this program: the line that allocates most is in this
// file.
func TestProfile(t *testing.T) {
	old := runtime.MemProfileRate
	runtime.MemProfileRate = 1
	defer func() { runtime.MemProfileRate = old }()
	for range 64 {
		sink = append(sink, make([]byte, 1<<20))
	}
	runtime.GC()
	var b bytes.Buffer
	if err := pprof.Lookup("allocs").WriteTo(&b, 0); err != nil {
		t.Fatal(err)
	}
	got, err := allocated(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	most := int64(0)
	for at, n := range got {
		if at.file == "main_test.go" {
			most = max(most, n)
		}
	}
	if most < 64<<20 {
		t.Errorf("the line that allocates 64 MiB has %d bytes", most)
	}
	for _, bad := range []string{"", "x", "\x1f\x8b", "\x0a\xff\xff\xff\xff\x0f", strings.Repeat("\x12\x02\x08\x01", 10)} {
		if _, err := allocated([]byte(bad)); err == nil {
			t.Errorf("%q is read as a profile", bad)
		}
	}
}

// TestTold analyzes a small package of the standard library.
func TestTold(t *testing.T) {
	l := new(escapelive.Loader)
	if _, err := l.List("container/list"); err != nil {
		t.Skip(err)
	}
	p, err := l.Package("container/list")
	if err != nil {
		t.Fatal(err)
	}
	r, err := escape.Analyze(*p, escape.Config{Explain: true, Graph: true, Import: l.Package})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, d := range r.Diagnostics {
		if told(d, false) {
			n++
			if !strings.Contains(d.Words(), "escapes: its address flows") || len(graphOf(r, d).Nodes) == 0 {
				t.Errorf("%v: %s", d, d.Words())
			}
		}
	}
	if n < 2 {
		t.Errorf("%d things are on the heap", n)
	}
}
