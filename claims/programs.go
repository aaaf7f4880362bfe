package claims

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/orrery-go/orrery/bench"
	"github.com/orrery-go/orrery/internal/child"
	programs "github.com/orrery-go/orrery/program"
	"github.com/orrery-go/orrery/release"
)

// A programRow is a program that answers a row's question, in a process of its own, by
// the marks of its goroutines or by the runtime's output at its end.
type programRow struct {
	text   string
	env    []string // besides GOMAXPROCS=1
	answer func(t told) string
}

// A told is the output of a program, and the runtime's dumps if its environment asks for
// them.
type told struct {
	marks  []bench.Mark
	dumps  []bench.Dump
	says   string // by the runtime
	killed bool   // the program did not end
}

// texts returns the marks, in order.
func (t told) texts() (out []string) {
	for _, m := range t.marks {
		out = append(out, m.Text)
	}
	return out
}

// first returns the first mark with that text, or the zero Mark.
func (t told) first(text string) bench.Mark {
	if i := slices.IndexFunc(t.marks, func(m bench.Mark) bool { return m.Text == text }); i >= 0 {
		return t.marks[i]
	}
	return bench.Mark{}
}

// count counts the marks with that text.
func (t told) count(text string) (n int) {
	for _, m := range t.marks {
		if m.Text == text {
			n++
		}
	}
	return n
}

// threads returns the number of threads that were made between two marks, rounded to
// tens.
func (t told) threads(from, to string) int { return tens(t.first(to).Threads - t.first(from).Threads) }

// on returns the number of threads on which marks with that text were made.
func (t told) on(text string) int {
	seen := map[int]bool{}
	for _, m := range t.marks {
		if m.Text == text {
			seen[m.Thread] = true
		}
	}
	return len(seen)
}

// parse parses the program.
func (p programRow) parse() *programs.Program {
	parsed, err := programs.Parse(p.text)
	if err != nil {
		panic(fmt.Sprintf("claims: %s: %v", p.text, err)) // as it is written here: TestClaims
	}
	return parsed
}

// environment returns the environment of the program.
func (p programRow) environment() []string {
	env := append([]string{"GOGC=off"}, p.env...) // old releases run collections because of the stacks
	if !slices.ContainsFunc(p.env, func(kv string) bool { return strings.HasPrefix(kv, "GOMAXPROCS=") }) {
		env = append(env, "GOMAXPROCS=1")
	}
	return env
}

func (p programRow) told(e bench.Ending) string {
	says := e.Says
	if _, fatal, ok := strings.Cut(says, "fatal error: "); ok {
		says = fatal
	}
	return p.answer(told{e.Marks(p.parse()), e.Dumps(), says, e.Killed})
}

// crowds reports whether the answer is about how many threads there are, or whether the
// program ends. That does not depend on which goroutine comes first, however long it
// takes, if only all are in their system calls at once.
func (p programRow) crowds() bool {
	return slices.Contains([]string{bursts, lockers, endless, thousand, tooMany}, p.text) || strings.Contains(p.text, "syscall 1s")
}

// dumped reports whether the runtime's dumps answer.
func (p programRow) dumped() bool { return strings.Contains(fmt.Sprint(p.env), "schedtrace=") }

// disturbed returns the reason why the ending says nothing, or "". It looks at times alone,
// or, where dumps answer, at whether the moment in question is among them.
func (p programRow) disturbed(e bench.Ending) string {
	r := e.Result
	switch {
	case p.dumped():
		if p.told(e) == missed {
			return missed
		}
		return ""
	case r == nil:
		return ""
	case p.crowds():
		return callsOver(e.Marks(p.parse()))
	case !slices.Contains(p.environment(), "GOMAXPROCS=1"):
		// Sysmon asks a goroutine to stop whose time slice is longer than 10 ms, on either P.
		if r.Began < 0 || r.Began+r.Elapsed > bench.Undisturbed && !strings.Contains(p.text, "syscall") {
			return "over time"
		}
		return ""
	}
	return e.Disturbed(p.parse())
}

// callsOver reports that the first of the system calls of a second that a mark follows
// may have returned before the last was made. They are made after the mark "calls".
func callsOver(marks []bench.Mark) string {
	for i, m := range marks {
		if m.Text != "calls" {
			continue
		}
		j := slices.IndexFunc(marks[i:], func(m bench.Mark) bool { return m.Text != "calls" && m.Text != "in" && m.Text != "out" })
		if j < 0 || marks[i+j].At-m.At > 900*time.Millisecond {
			return "system calls were over too early"
		}
	}
	return ""
}

// agreed returns the answer of all undisturbed endings; if they do not agree, all answers,
// of which none is expected. Where a disturbance need not show in the times, most have to
// agree, and so have most of the disturbed ones on a machine that is too busy for others.
func (p programRow) agreed(endings []bench.Ending, most bool) (string, error) {
	quiet := slices.DeleteFunc(slices.Clone(endings), func(e bench.Ending) bool { return p.disturbed(e) != "" })
	if len(quiet) == 0 {
		quiet, most = endings, true
	}
	if len(quiet) == 0 {
		return "", fmt.Errorf("claims: no run of\n%s", p.text)
	}
	count, n := map[string]int{}, len(quiet)
	for _, e := range quiet {
		count[p.told(e)]++
	}
	if most {
		for answer, k := range count {
			if 2*k > n {
				return answer, nil
			}
		}
	}
	return strings.Join(slices.Sorted(maps.Keys(count)), ", or "), nil
}

// How often a program is run: until the given number of runs were undisturbed, or one, if
// that takes longer, or none in the time of patience.
const (
	programRuns     = 3
	programTime     = 500 * time.Millisecond
	programPatience = 8 * time.Second
)

// probed returns how often the probe runs the program at least, and how many of the runs
// are to be quiet, if that does not take too long.
func (p programRow) probed() (runs, quiet int) {
	switch {
	case p.crowds():
		return 2, 0
	case p.dumped():
		return 4, 2
	}
	return 10, programRuns
}

// often reports whether a disturbance need not show: most runs have to agree then. A
// goroutine that gets an idle P after a system call wakes sysmon, which may ask it to stop
// at once: for the P's tick is that of long ago (runtime/proc.go:retake).
func (p programRow) often() bool { return p.text == calls || p.text == fetches || p.dumped() }

// limit returns the time after which a run is killed. The Go at hand, in which no program
// is endless, has longer, since on a busy machine the end may take a while.
func (p programRow) limit() time.Duration {
	if p.text == endless {
		return time.Second
	}
	return patient
}

const patient = 20 * time.Second

func (p programRow) check() check {
	c := check{model: remembered(func(rel string) (string, error) {
		parsed := p.parse()
		if r, err := release.Parse(rel); err != nil {
			return "", err
		} else if since, what := parsed.Since(); !r.AtLeast(since) {
			return p.answer(told{says: what.Go()}), nil
		}
		e, err := bench.PredictAlone(rel, parsed, p.limit(), p.environment()...)
		if err != nil {
			return "", err
		}
		return p.told(e), nil
	}), slow: p.crowds() && p.text != lockers || p.dumped()}
	if runtime.GOOS == "linux" {
		c.live = p.live
	}
	return c
}

func (p programRow) live() (string, error) {
	programChildMu.Lock()
	defer programChildMu.Unlock()
	real, err := programChild()
	if err != nil {
		return "", err
	}
	key := fmt.Sprint(p.text, p.env)
	if ended := programEnded[key]; ended == nil || p.dumped() && p.missedIn(ended) {
		var disturbed []bench.Ending
		trials := child.NewTrials(programRuns)
		limit := programPatience
		if p.dumped() {
			limit = patient
		}
		for start := time.Now(); trials.Next() && time.Since(start) < limit; {
			e, err := real.Alone(p.parse(), patient, p.environment()...)
			if err != nil {
				return "", err
			}
			if why := p.disturbed(e); why != "" {
				trials.Reject(why)
				disturbed = append(disturbed, e)
				continue
			}
			trials.Accept()
			if !p.dumped() {
				limit = programTime
			}
			programEnded[key] = append(programEnded[key], e)
		}
		if trials.Accepted() == 0 {
			programEnded[key] = append(ended, disturbed...)
		}
	}
	return p.agreed(programEnded[key], p.often())
}

// missedIn reports whether all endings have missed the moment that this row asks about:
// another row of the same program may have found its own in them.
func (p programRow) missedIn(endings []bench.Ending) bool {
	return !slices.ContainsFunc(endings, func(e bench.Ending) bool { return p.disturbed(e) == "" })
}

// programEnded caches the endings of programs, the undisturbed ones if there are any,
// since several rows ask about the same program.
var programEnded = map[string][]bench.Ending{}

var programChild = sync.OnceValues(func() (*bench.Real, error) { return bench.Start(context.Background(), 1) })

var programChildMu sync.Mutex

// programChecks returns the checks of the rows that programs answer.
func programChecks() map[string]check {
	checks := map[string]check{}
	for id, p := range programRows {
		c := p.check()
		if model := otherModels[id]; model != nil {
			c.model = model
		}
		checks[id] = c
	}
	return checks
}

// programsFile returns the file of the probe with the programs.
func programsFile() string {
	var b strings.Builder
	b.WriteString("package main\n\nimport \"time\"\n\nvar programRows = map[string]row{\n")
	for _, id := range slices.Sorted(maps.Keys(programRows)) {
		p := programRows[id]
		text, err := json.Marshal(p.parse())
		if err != nil {
			panic(err)
		}
		runs, quiet := p.probed()
		fmt.Fprintf(&b, "\t%q: {alone{%q, %#v, time.Duration(%d)}, %d, %d},\n", id, text, p.environment(), p.limit(), runs, quiet)
	}
	return b.String() + "}\n"
}
