package sched_test

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/orrery-go/orrery/internal/again"
	"github.com/orrery-go/orrery/program"
	"github.com/orrery-go/orrery/release"
	"github.com/orrery-go/orrery/sched"
)

// afters is how many timers of time.After a program makes that it does not wait for.
const afters = 1000

// TestAfterKept compares whether the timers of time.After to which nothing refers any more
// are kept until they fire. The real ones are kept if that many objects are left after a
// collection.
func TestAfterKept(t *testing.T) {
	if os.Getenv("ORRERY_AFTERS") != "" {
		fmt.Println("left:", left())
		return
	}
	for _, tt := range []struct {
		release string
		async   bool
		want    bool
	}{
		{"go1.14", false, true}, {"go1.22", false, true}, {"go1.23", false, false}, {"go1.23", true, true},
		{"go1.26", true, true}, {"go1.26", false, false}, {"go1.27", false, false},
	} {
		if got := keeps(t, sched.Config{Release: tt.release, AsyncTimers: tt.async}); got != tt.want {
			t.Errorf("%+v: kept: %v", tt, got)
		}
	}
	for _, async := range []bool{false, true} {
		c := sched.Config{Release: release.Running, AsyncTimers: async}
		if r, err := release.Parse(release.Running); err != nil || async && r.AtLeast("go1.27") {
			continue // that has no such setting
		}
		settings := "GODEBUG="
		if async {
			settings += "asynctimerchan=1"
		}
		out, err := again.Run(t, "ORRERY_AFTERS=1", settings)
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		var n int
		_, text, _ := strings.Cut(out, "left:")
		if _, err := fmt.Sscan(text, &n); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		// A timer, its channel and more, or now and then an object of something else.
		if real, model := n >= afters, keeps(t, c); n > afters/10 && n < afters || real != model {
			t.Errorf("asynctimerchan: %v: %d objects are left; the model keeps the timers: %v", async, n, model)
		}
	}
}

// left counts the objects that are left of timers for which nothing waits.
func left() int64 {
	objects := func() int64 {
		var m runtime.MemStats
		for range 3 {
			runtime.GC()
		}
		runtime.ReadMemStats(&m)
		return int64(m.HeapObjects)
	}
	before := objects()
	for range afters {
		select {
		case <-time.After(time.Hour):
		default:
		}
	}
	return objects() - before
}

// keeps reports whether the Ps of the model, of Go 1.14 or newer, have those timers.
func keeps(t *testing.T, c sched.Config) bool {
	t.Helper()
	p, err := program.Parse(fmt.Sprintf("main:\nloop %d\nk = select recv after 60m, default\nend\nmark 1\n", afters))
	if err != nil {
		t.Fatal(err)
	}
	s, err := sched.New(c, *p)
	if err != nil {
		t.Fatal(err)
	}
	for e := range s.Events() {
		if e.Kind != sched.Marked {
			continue
		}
		n := 0
		for _, p := range s.Snapshot().Ps {
			n += p.Timers
		}
		if n != 0 && n != afters {
			t.Errorf("%+v: %d timers", c, n)
		}
		return n > 0
	}
	t.Fatal("the program does not end")
	return false
}
