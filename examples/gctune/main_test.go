package main

import (
	"os"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/gc/gclog"
	"github.com/orrery-go/orrery/gc/pacer"
)

func TestTable(t *testing.T) {
	f, err := os.Open("../../gc/gclog/testdata/cache.log")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	p, bad, err := gclog.Read(f)
	if err != nil || len(bad) > 0 {
		t.Fatal(bad, err)
	}
	for budget, want := range map[int64]string{0: "> takes the least CPU time.", 200: "stay within 200 MiB", 5: "Nothing fits"} {
		tried, best, err := pacer.Tune(p, budget<<20)
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		table(&b, p, tried, best, budget)
		if !strings.Contains(b.String(), want) || !strings.Contains(b.String(), "38 collections") {
			t.Errorf("a budget of %d:\n%s", budget, &b)
		}
	}
}
