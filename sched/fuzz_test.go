package sched_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/program"
	"github.com/orrery-go/orrery/sched"
)

// FuzzRun parses programs, sensible or not, and runs them in any release on any number
// of Ps: nothing panics or runs forever, every ending is a known one, the invariants
// hold, and a program's text can be parsed.
func FuzzRun(f *testing.F) {
	for _, text := range []string{
		"main:\ngo w 3\nyield\nw:\nmark runs\n",
		"chan c 1\nrecover\nmain:\ngo w 2\nselect send c 1, recv c, default\nclose c\nexit\nw:\nsend c 3\nrecv c\nsleep 1ms\n",
		"mutex m\nrwmutex rw\nwaitgroup g 2\ncond k m\nmain:\ngo w 2\nwait g\nlock m\nbroadcast k\nunlock m\nw:\nrlock rw\nrunlock rw\ndone g\nlock m\nwait k\nunlock m\n",
		"main:\nlockthread\nsyscall 1ms\nblock 2ms\nnetread 3us\nprocs 4\ngrow 10000\nunlockthread\n",
		"main:\nloop\nloop 3\nend\nend\n",
		"main:\nloop 2147483647\ngo main 2147483647\nend\n",
		"main:\nwork 9223372036s\nspin -1s\n",
		"main:\nend\nloop\n",
	} {
		f.Add("go1.26", 2, uint64(1), text)
	}
	f.Add("go1.2", -1, uint64(3), "main:\nmark here\n")
	f.Fuzz(func(t *testing.T, release string, procs int, seed uint64, text string) {
		p, err := program.Parse(text)
		if err != nil {
			return
		}
		again, err := program.Parse(p.String())
		if err != nil || again.String() != p.String() {
			t.Fatalf("%q becomes %q, %v", p, again, err)
		}
		s, err := sched.New(sched.Config{Release: release, Procs: procs, Seed: seed, MaxEvents: 3000, MaxTime: 10 * time.Minute}, *p)
		if err != nil {
			return
		}
		checked(t, s)
	})
}

// FuzzJSON does the same with programs from JSON, which may have no text form.
func FuzzJSON(f *testing.F) {
	f.Add([]byte(`{"chans":[{"name":"c"}],"funcs":[{"name":"main","ops":[{"verb":"send","on":"c","n":1}]}]}`))
	f.Add([]byte(`{"funcs":[{"name":"main","ops":[{"verb":"select","default":true},{"verb":"work","d":-5}]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var p program.Program
		if json.Unmarshal(data, &p) != nil {
			return
		}
		s, err := sched.New(sched.Config{Procs: 2, MaxEvents: 3000}, p)
		if err != nil {
			return
		}
		checked(t, s)
	})
}

func checked(t *testing.T, s *sched.Sim) {
	for more, err := true, error(nil); more; {
		if more, err = s.Step(); more {
			continue
		}
		var budget *sched.BudgetError
		var panics *sched.Panic
		var fatal *crash.Error
		if err != nil && !errors.As(err, &budget) && !errors.As(err, &panics) && !errors.As(err, &fatal) {
			t.Fatal(err)
		}
		if err := s.Check(); err != nil {
			t.Fatal(err)
		}
	}
	if more, err := s.Step(); more || err != s.Err() {
		t.Fatalf("a program that has ended continues: %v, %v", more, err)
	}
}
