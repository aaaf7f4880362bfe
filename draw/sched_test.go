package draw_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/orrery-go/orrery/draw"
	"github.com/orrery-go/orrery/program"
	"github.com/orrery-go/orrery/sched"
)

func timeline(t testing.TB, procs int, text string) sched.Timeline {
	t.Helper()
	p, err := program.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	s, err := sched.New(sched.Config{Schedtick: 1, Procs: procs, MaxTime: time.Minute, MaxEvents: 100_000}, *p)
	if err != nil {
		t.Fatal(err)
	}
	return s.RunTimeline()
}

func TestGantt(t *testing.T) {
	for _, k := range []struct {
		name, text string
		procs, all int
	}{
		{"gantt_steal", "waitgroup wg 6\nmain:\ngo w 6\nwait wg\nw:\nwork 200us\nsyscall 150us\nwork 100us\ndone wg\n", 2, 41},
		{"gantt_slices", "waitgroup wg 3\nmain:\ngo w 3\nwait wg\nw:\nwork 30ms\ndone wg\n", 1, 20},
	} {
		got := draw.SchedGantt(timeline(t, k.procs, k.text))
		if n := wellFormed(t, got); n != k.all {
			t.Errorf("%s: %d boxes, want %d with the legend's", k.name, n, k.all)
		}
		same(t, "sched_"+k.name+".svg", got)
	}
}

func TestGanttAny(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := fmt.Sprintf("main:\ngo w %d\nsleep %dus\nw:\nloop %d\nwork %dns\nsyscall %dus\nend\n", rapid.IntRange(1, 60).Draw(t, "n"), rapid.IntRange(0, 9000).Draw(t, "for"),
			rapid.IntRange(1, 20).Draw(t, "turns"), rapid.IntRange(0, 90_000).Draw(t, "work"), rapid.IntRange(0, 90).Draw(t, "syscall"))
		p, err := program.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		s, err := sched.New(sched.Config{Schedtick: 1, Procs: rapid.IntRange(1, 40).Draw(t, "GOMAXPROCS")}, *p)
		if err != nil {
			t.Fatal(err)
		}
		wellFormed(t, draw.SchedGantt(s.RunTimeline()))
	})
	wellFormed(t, draw.SchedGantt(sched.Timeline{}))
}
