package schedlive

import (
	"embed"
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/orrery-go/orrery/internal/golden"
	"github.com/orrery-go/orrery/internal/toolchain"
	"github.com/orrery-go/orrery/program"
	"github.com/orrery-go/orrery/sched"
)

// A Lesson is a program that shows a rule, or that a release broke with it.
type Lesson struct{ Name, Program string }

// Crowds are programs of which every release has told in which order their
// goroutines ended.
var Crowds = []Lesson{
	{"ten are spawned", crowd(10)},
	{"a full ring", crowd(256)},
	{"a full ring and one", crowd(257)},
	{"a full ring, one, and runnext", crowd(258)},
	{"three hundred", crowd(300)},
	{"seven hundred", crowd(700)},
	{"six wait for a close", "recover\nchan c\nmain:\ngo w 6\nyield\nclose c\nexit\nw:\nrecv c\n"},
	{"six wait to send, and one closes", "recover\nchan c\nmain:\ngo w 6\nyield\nclose c\nexit\nw:\nsend c\n"},
	{"six wait for a group", "recover\nwaitgroup wg 1\nmain:\ngo w 6\nyield\ndone wg\nexit\nw:\nwait wg\n"},
	{"six wait for a condition", "recover\nmutex m\ncond cond m\nmain:\ngo w 6\nyield\nyield\nyield\nbroadcast cond\nexit\nw:\nlock m\nwait cond\nunlock m\n"},
	{"six receive what one sends", "recover\nchan c\nmain:\ngo w 6\nyield\nloop 6\nsend c\nend\nexit\nw:\nrecv c\n"},
}

func crowd(n int) string {
	return fmt.Sprintf("recover\nmain:\ngo w %d\nexit\nw:\nmark m\n", n)
}

// Yields are programs of which every release has told all.
var Yields = []Lesson{
	{"who yields comes from the global queue", "recover\nmain:\ngo a\nexit\na:\nmark a1\ngo b\nyield\nmark a2\nb:\ngo c 3\nc:\nmark c\n"},
	{"two yield in turn", "recover\nmain:\ngo w 2\nexit\nw:\nloop 8\nyield\nend\n"},
	{"who yields often is sometimes faster", "recover\nmain:\ngo w 3\nloop 70\nyield\nend\nexit\nw:\nmark m\nyield\nmark m\n"},
}

// seeds are of random programs that every release ran, and that end in each.
var seeds = []uint64{0, 1, 2, 3, 5, 7, 10, 11, 14, 15, 17, 19}

// Recorded are the programs that every release ran: of the first, the order is
// known, and of the others the log. None of them gets stuck in any release.
func Recorded() (crowds, logs []*sched.Program, err error) {
	for _, l := range Crowds {
		p, err := program.Parse(l.Program)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", l.Name, err)
		}
		crowds = append(crowds, p)
	}
	for _, l := range Yields {
		p, err := program.Parse(l.Program)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", l.Name, err)
		}
		logs = append(logs, p)
	}
	for _, seed := range seeds {
		logs = append(logs, Random(rand.New(rand.NewPCG(seed, 1)), Style{Locks: seed%2 == 0, NoSelect: true}))
	}
	return crowds, logs, nil
}

// phases is how often a P looks at the global queue first: once in so many slices.
const phases = 61

// Answers are what the probe finds out about a release.
type Answers struct {
	Orders  []string // in which the goroutines of Crowds ended
	Logs    []string // of the other programs
	Threads Threads
	Ends    bool // a tight loop on one P lets another goroutine run
}

// Threads are those of a process, counted.
type Threads struct {
	Before  int // at the beginning
	Blocked int // while 50 goroutines are in system calls that block
	Waiting int // that came while 1,000 goroutines waited for a channel
}

//go:embed testdata/golden
var files embed.FS

//go:embed child/harness.go
var harness string

//go:embed child/syscalls_linux.go
var syscalls string

//go:embed testdata/probe.go
var probe string

// Golden are the answers of every release since 1.2.
var Golden = golden.Set[Answers]{
	Probe: toolchain.Probe{Name: "schedlive", Source: source(), Env: []string{"GOMAXPROCS=1"}},
	Files: files,
	Dir:   "sched/schedlive",
	Same:  same,
}

// same reports whether two answers of a release differ only in the phase, or in
// how many threads there happened to be.
func same(rel string, old, now Answers) bool {
	return held(rel, old) == nil && held(rel, now) == nil
}

// source is the probe: its file, the programs, and the child's code.
func source() string {
	crowds, logs, err := Recorded()
	if err != nil {
		panic(err) // the lessons above do not parse: TestLessons
	}
	var list strings.Builder
	for _, p := range append(crowds, logs...) {
		text, err := encode(p)
		if err != nil {
			panic(err)
		}
		fmt.Fprintf(&list, "\t%q,\n", text)
	}
	_, main, _ := strings.Cut(probe, "package main\n")
	_, code, _ := strings.Cut(harness, "\n)\n")
	_, more, _ := strings.Cut(syscalls, "\n)\n")
	const imports = "package main\n\nimport (\n\"encoding/json\"\n\"fmt\"\n\"os\"\n\"os/exec\"\n\"reflect\"\n\"runtime\"\n\"runtime/debug\"\n\"strings\"\n\"sync\"\n\"syscall\"\n\"time\"\n\"unsafe\"\n)\n"
	return imports + main + code + more + fmt.Sprintf("\nconst crowds = %d\n\nvar programs = []string{\n%s}\n", len(crowds), list.String())
}
