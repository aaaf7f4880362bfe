package claims

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/orrery-go/orrery/sched"
	"github.com/orrery-go/orrery/sched/gomaxprocs"
	"github.com/orrery-go/orrery/sched/schedlive"
)

var threadChecks = schedulers(map[string]func(rel string) (string, error){
	"2.0-2": bursts(func(p *play) string {
		return fmt.Sprint(tens(len(p.marks["first"].state.Ms)-len(p.marks["before"].state.Ms)), p.threads("before", "first"))
	}),
	"2.0-3": bursts(func(p *play) string { return number(p.threads("before", "first")) }),
	"2.0-4": freely,
	"2.0-5": limited(60, 100, func(end error) string {
		if end == nil {
			return "none"
		}
		return end.Error()
	}),
	"2.0-6": ofP,
	"2.0-7": func(rel string) (string, error) {
		k, err := gomaxprocs.ForRelease(rel)
		if err != nil {
			return "", err
		}
		const cpus = 8
		n, err := k.Start(gomaxprocs.Machine{CPUs: cpus})
		if n == cpus {
			return "the CPUs", err
		}
		return number(n), err
	},
	"2.1-5": onP(1, "main:\nmark 1\nprocs 4\nmark 2\nprocs 2\nmark 3\n", func(p *play) string {
		return fmt.Sprint(p.ps("1"), p.ps("2"), p.ps("3"))
	}),
	"2.1-6": func(rel string) (string, error) {
		k, err := gomaxprocs.ForRelease(rel)
		return number(k.Set(1, 1100)), err
	},
	"2.1-7":  onP(1, inside, atOnce),
	"2.1-10": onP(1, "main:\ngo w 10\nsleep 1s\nw:\nlockthread\nmark w\nrecv nil\n", func(p *play) string { return number(p.on()) }),
	"2.2-1":  bursts(func(p *play) string { return number(p.threads("before", "first")) }),
	"2.2-2": onP(3, "main:\nmark env\nprocs 2\nmark set\n", func(p *play) string {
		return fmt.Sprint(p.ps("env"), p.ps("set"))
	}),
	"2.2-3": bursts(func(p *play) string { return number(p.marks["first"].status("running", "syscall")) }),
	"2.2-4": func(string) (string, error) { return mostThreads() }, // no release differs
	"2.2-5": limited(60, 100, func(end error) string {
		if end == sched.ThreadExhaustion {
			return "the limit"
		}
		return "the kernel"
	}),
	"2.2-6": bursts(func(p *play) string { return number(p.threads("first", "second")) }),
	"2.3-1": onP(4, "main:\nmark there\n", func(p *play) string { return number(p.ps("there")) }),
	"2.3-2": bursts(twice),
	"3-3":   onP(2, inside, atOnce),
	"3-5":   freely,
	"3-6": func(rel string) (string, error) {
		var out []string
		for _, k := range []string{"w:\nsyscall 400ms\n", "w:\nrecv nil\n", "w:\nlock m\n", "w:\nsleep 1h\n"} {
			n, err := onP(1, "mutex m\nmain:\nlock m\nmark before\ngo w 50\nsleep 200ms\nmark first\n"+k, func(p *play) string {
				return number(p.threads("before", "first"))
			})(rel)
			if err != nil {
				return "", err
			}
			out = append(out, n)
		}
		return strings.Join(out, " "), nil
	},
	"3-7": onP(1, shortCall, func(p *play) string {
		if words(p)[0] == "back" {
			return "goes on"
		}
		return "waits"
	}),
	"3-8": returns(func(before, after sched.Snapshot) string {
		return fmt.Sprint(len(after.IdleMs)-len(before.IdleMs), len(after.Global))
	}),
	"4-2": preempted,
	"4-4": func(rel string) (string, error) {
		short, err := onP(1, shortCall, others)(rel)
		if err != nil {
			return "", err
		}
		long, err := onP(1, "main:\ngo x\nsyscall 50ms\nmark back\nsleep 1ms\nx:\nmark other\n", others)(rel)
		return short + " " + long, err
	},
	"4-5": bursts(twice),
	"4-6": onP(2, "chan c\nmain:\ngo g\nrecv c\ng:\nmark before\nsyscall 25ms\nmark after\nsend c\n", func(p *play) string {
		if p.on() == 1 && p.count(sched.Retook) > 0 {
			return "goes on"
		}
		return "another thread"
	}),
	"4-7": returns(func(_, after sched.Snapshot) string {
		return fmt.Sprint(len(after.Ps[0].Queue), len(after.Global))
	}),
	"6-4": preempted,
}, "2.0-2", "2.0-4", "2.1-6", "2.2-4", "2.2-5")

// threads are those that came between two marks, to the next ten.
func (p *play) threads(from, to string) int {
	return tens(p.marks[to].stats.Threads - p.marks[from].stats.Threads)
}

// ps are the Ps that there were at a mark.
func (p *play) ps(at string) (n int) {
	for _, pp := range p.marks[at].state.Ps {
		if pp.Status != "dead" {
			n++
		}
	}
	return n
}

// bursts has 50 goroutines block in system calls, and 50 again.
func bursts(answer func(p *play) string) func(rel string) (string, error) {
	return onP(1, "main:\nmark before\ngo w 50\nsleep 200ms\nmark first\nsleep 1s\ngo w 50\nsleep 200ms\nmark second\nw:\nsyscall 400ms\n", answer)
}

func twice(p *play) string {
	return fmt.Sprint(p.threads("before", "first"), p.threads("first", "second"))
}

// mostThreads has more goroutines with threads of their own than there may be, if
// nothing says how many.
var mostThreads = sync.OnceValues(func() (string, error) {
	p, err := playOn(sched.Config{}, locking(10_010))
	if err != nil || p.sim.Err() == nil {
		return "no limit", err
	}
	return number(p.sim.Stats().Threads), nil
})

// freely has 1,000 goroutines run on one P, and tells on how many threads.
var freely = remembered(onP(1, "chan c\nwaitgroup g 1000\nmain:\ngo w 1000\nyield\nclose c\nwait g\nw:\nrecv c\nmark w\ndone g\n", func(p *play) string {
	if len(p.order) != 1000 {
		return fmt.Sprint(len(p.order), " goroutines")
	}
	return number(p.on())
}))

// locking has n goroutines with threads of their own.
func locking(n int) string {
	return fmt.Sprintf("main:\ngo w %d\nsleep 10s\nw:\nlockthread\nrecv nil\n", n)
}

// limited has more of them than there may be threads.
func limited(threads, n int, answer func(end error) string) func(rel string) (string, error) {
	return func(rel string) (string, error) {
		p, err := playOn(sched.Config{Release: rel, MaxThreads: threads}, locking(n))
		if err != nil {
			return "", err
		}
		return answer(p.sim.Err()), nil
	}
}

// ofP names what the model's P has in common with the P that the runtime prints.
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

// inside has 8 goroutines with threads of their own compute.
const inside = "waitgroup g 8\nmain:\ngo w 8\nwait g\nw:\nlockthread\nmark in\nspin 1ms\nmark out\ndone g\n"

func atOnce(p *play) string {
	in, most := 0, 0
	for _, w := range words(p) {
		if w == "in" {
			in++
		} else {
			in--
		}
		most = max(most, in)
	}
	return number(most)
}

const shortCall = "main:\ngo x\nsyscall 100ns\nmark back\nsleep 1ms\nx:\nmark other\n"

// others tells whether another goroutine ran before main came back.
func others(p *play) string { return yesNo(words(p)[0] == "other") }

// returns has a goroutine come back from a system call while the only P is kept.
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

// preempted tells whether a loop without calls is stopped for another goroutine.
func preempted(rel string) (string, error) {
	ends, err := schedlive.LoopEnds(rel, false)
	return yesNo(ends), err
}
