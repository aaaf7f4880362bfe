package claims

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/orrery-go/orrery/sched"
	"github.com/orrery-go/orrery/sched/gomaxprocs"
)

var threadChecks = schedulers(map[string]func(rel string) (string, error){
	"2.0-6": ofP,
	"2.0-7": func(rel string) (string, error) {
		k, err := gomaxprocs.ForRelease(rel)
		if err != nil {
			return "", err
		}
		const cpus = 8
		n, err := k.Start(gomaxprocs.Host{CPUs: cpus})
		if n == cpus {
			return "the CPUs", err
		}
		return number(n), err
	},
	"2.1-5": onRow("2.1-5", func(p *play) string {
		return fmt.Sprint(p.ps("1"), p.ps("2"), p.ps("3"))
	}),
	"2.1-6": func(rel string) (string, error) {
		k, err := gomaxprocs.ForRelease(rel)
		return number(k.Set(1, 1100)), err
	},
	"2.2-4": func(string) (string, error) { return mostThreads() }, // the same in every release
	"2.3-1": onRow("2.3-1", func(p *play) string { return number(p.ps("there")) }),
	"3-8": returns(func(before, after sched.Snapshot) string {
		return fmt.Sprint(len(after.IdleMs)-len(before.IdleMs), len(after.Global))
	}),
	"4-7": returns(func(_, after sched.Snapshot) string {
		return fmt.Sprint(len(after.Ps[0].Queue), len(after.Global))
	}),
}, "2.1-6", "2.2-4")

// ps returns the number of Ps at a mark.
func (p *play) ps(at string) (n int) {
	for _, pp := range p.marks[at].state.Ps {
		if pp.Status != "dead" {
			n++
		}
	}
	return n
}

// mostThreads runs more goroutines locked to threads than the default limit of threads.
var mostThreads = sync.OnceValues(func() (string, error) {
	p, err := playOn(sched.Config{}, locking(10_010))
	if err != nil || p.sim.Err() == nil {
		return "no limit", err
	}
	return number(p.sim.Stats().Threads), nil
})

// locking returns a program with n goroutines locked to threads.
func locking(n int) string {
	return fmt.Sprintf("main:\ngo w %d\nsleep 10s\nw:\nlockthread\nrecv nil\n", n)
}

// ofP lists the fields that the model's P has in common with the P that the runtime
// prints.
func ofP(rel string) (string, error) {
	k, err := sched.ForRelease(rel)
	if err != nil {
		return "", err
	}
	text, err := json.Marshal(sched.PState{})
	if err != nil {
		return "", err
	}
	var has map[string]any
	if err := json.Unmarshal(text, &has); err != nil {
		return "", err
	}
	var out []string
	for _, name := range [][2]string{{"m", "m"}, {"runq", "runqsize"}, {"gFree", "gfreecnt"}, {"timers", "timerslen"}} {
		if _, ok := has[name[0]]; ok && (name[0] != "timers" || k.Timers == "a heap for each P") {
			out = append(out, name[1])
		}
	}
	return strings.Join(out, " "), nil
}

// returns makes a goroutine come back from a system call while the only P is busy.
func returns(answer func(before, after sched.Snapshot) string) func(rel string) (string, error) {
	return func(rel string) (string, error) {
		p, err := playOn(sched.Config{Release: rel, Schedtick: 1, NoAsyncPreempt: true, MaxTime: 100 * time.Millisecond},
			"main:\ngo g\nyield\nmark before\nspin 1h\ng:\nsyscall 30ms\n")
		if err != nil {
			return "", err
		}
		return answer(p.marks["before"].state, p.sim.Snapshot()), nil
	}
}
