package chanqlive

import (
	"embed"
	"reflect"
	"strings"

	"github.com/orrery-go/orrery/internal/golden"
	"github.com/orrery-go/orrery/internal/toolchain"
)

// A Lesson is a program that shows a rule of channels, or that a release broke
// with it.
type Lesson struct{ Name, Program string }

// Lessons are the programs that were written for a purpose. Every release ran
// them.
var Lessons = []Lesson{
	{"unbuffered, three wait to receive", "0 4 1:r1 2:r1 3:r1 4:s1,10 4:s1,11 4:s1,12"},
	{"unbuffered, three wait to send", "0 4 1:s1,10 2:s1,11 3:s1,12 4:r1 4:r1 4:r1"},
	{"buffered, three wait to receive", "2 4 1:r1 2:r1 3:r1 4:s1,10 4:s1,11 4:s1,12"},
	{"buffered, three wait to send", "1 4 4:s1,9 1:s1,10 2:s1,11 3:s1,12 4:r1 4:r1 4:r1 4:r1"},
	{"close wakes five receivers", "0 6 1:r1 2:r1 3:r1 4:r1 5:r1 6:c1"},
	{"close wakes five senders", "0 6 1:s1,1 2:s1,2 3:s1,3 4:s1,4 5:s1,5 6:c1"},
	{"close wakes receivers in selects, too", "0,0 6 1:r1 2:S0r1;r2 3:r1 4:S0r2;r1 5:r2 6:c1 6:c2"},
	{"close a full buffer, then drain it", "2 4 1:s1,1 1:s1,2 2:s1,3 3:s1,4 4:c1 4:r1 4:r1 4:r1 4:u1"},
	{"the ring wraps", "3 2 1:s1,1 1:s1,2 2:r1 1:s1,3 1:s1,4 2:r1 2:r1 2:r1 2:u1"},
	{"who waits in two queues leaves both", "0,0 3 1:S0r1;r2 2:s1,5 2:t2,6 3:u1"},
	{"nil is never ready", "1 2 1:t0,1 1:u0 1:S1r0;s0,2 1:S0r0;s1,3 1:r1 2:c0 1:r0 2:s0,1"},
	{"a goroutine does not meet itself", "0 2 1:S0r1;s1,5 2:t1,7"},
	{"a sender takes its value back before the receiver it woke", "1 3 1:r1 2:s1,10+u1 3:s1,11"},
	{"a receiver fills the slot before the sender it woke", "1 3 3:s1,9 1:s1,10 2:r1+t1,11 3:r1 3:r1"},
	{"who was woken and came too late queues up behind", "1 4 1:r1 2:r1 3:s1,10+u1 4:s1,11+s1,12"},
	{"a select that a close woke finds something else, too", "0,1,0,1,0,1,0,1,0,1,0,1,0,1,0,1 2 1:S0r1;r2 2:c1+s2,7 1:S0r3;r4 2:c3+s4,7 1:S0r5;r6 2:c5+s6,7 " +
		"1:S0r7;r8 2:c7+s8,7 1:S0r9;r10 2:c9+s10,7 1:S0r11;r12 2:c11+s12,7 1:S0r13;r14 2:c13+s14,7 1:S0r15;r16 2:c15+s16,7"},
	{"a select that a close woke finds a second close", "0,0 2 1:S0r1;r2 2:c1+c2"},
	{"a select that was woken is passed over", "0,0 3 1:S0r1;r2 3:r2 2:s1,7+s2,8"},
	{"two selects meet", "0,0 2 1:S0r1;s2,5 2:S0s1,6;r2"},
}

// Answers are what the probe finds out about a release.
type Answers struct {
	Logs    []string          // of Lessons, then of random programs
	HchanIn map[string]int    // by element type: bytes of buffer that fit with an hchan into 128 bytes; -1 for none
	Panics  map[string]string // texts
	Timers  map[string]string // of a timer that fired unseen
}

// randomPrograms is how many of them every release ran.
const randomPrograms = 20

// Recorded are the programs that every release ran.
func Recorded() ([]Program, error) {
	var out []Program
	for _, l := range Lessons {
		p, err := Parse(l.Program)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	for seed := range uint64(randomPrograms) {
		out = append(out, Random(1_000_000+seed, 40))
	}
	return out, nil
}

//go:embed testdata/golden
var files embed.FS

//go:embed testdata/probe.go
var probe string

//go:embed child/harness.go
var harness string

// Golden are the answers of every release since 1.2.
var Golden = golden.Set[Answers]{
	Probe: toolchain.Probe{Name: "chanqlive", Source: source(), Env: []string{"GOMAXPROCS=1", "GOGC=off", "GODEBUG=asynctimerchan=0"}},
	Files: files,
	Dir:   "chanq/chanqlive",
	Same:  same,
}

// same reports whether two answers of a release differ only in what its selects
// chose: the model can follow both.
func same(release string, old, now Answers) bool {
	programs, err := Recorded()
	if err != nil || len(old.Logs) != len(programs) || len(now.Logs) != len(programs) {
		return false
	}
	for i, p := range programs {
		if old.Logs[i] == now.Logs[i] {
			continue
		}
		for _, log := range []string{old.Logs[i], now.Logs[i]} {
			if model, err := Predict(release, p, log); err != nil || model != log {
				return false
			}
		}
	}
	old.Logs, now.Logs = nil, nil
	return reflect.DeepEqual(old, now)
}

// source is the probe: its file, the programs, and the child's code behind its
// imports.
func source() string {
	programs, err := Recorded()
	if err != nil {
		panic(err) // the lessons above do not parse: TestLessons
	}
	var lines []string
	for _, p := range programs {
		lines = append(lines, p.String())
	}
	_, code, _ := strings.Cut(harness, "\n)\n")
	return strings.Replace(probe, "PROGRAMS", strings.Join(lines, "\n"), 1) + code
}
