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

// A told is the output of a program.
type told struct {
	marks  []bench.Mark
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
	return p.answer(told{e.Marks(p.parse()), says, e.Killed})
}

// usual returns the most frequent answer. Once in 61 times a scheduler looks at the
// global queue first, and on a busy machine other threads may interfere.
func (p programRow) usual(endings []bench.Ending) string {
	count := map[string]int{}
	most := ""
	for _, e := range endings {
		s := p.told(e)
		if count[s]++; count[s] > count[most] {
			most = s
		}
	}
	return most
}

// The number of runs of a program, unless they take longer.
const (
	programRuns = 5
	programTime = time.Second
)

// limit returns the time after which a run is killed.
func (p programRow) limit() time.Duration {
	if p.text == endless {
		return time.Second
	}
	return 20 * time.Second
}

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
	}), slow: slices.Contains([]string{bursts, endless, thousand, tooMany}, p.text) || strings.Contains(p.text, "syscall 1s")}
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
	for start := time.Now(); len(programEnded[key]) < programRuns && (len(programEnded[key]) == 0 || time.Since(start) < programTime); {
		e, err := real.Alone(p.parse(), p.limit(), p.environment()...)
		if err != nil {
			return "", err
		}
		programEnded[key] = append(programEnded[key], e)
	}
	return p.usual(programEnded[key]), nil
}

// programEnded caches the endings of programs, since several rows ask about the same
// one.
var programEnded = map[string][]bench.Ending{}

var programChild = sync.OnceValues(func() (*bench.Real, error) { return bench.Start(context.Background(), 1) })

var programChildMu sync.Mutex

// programChecks returns the checks of the rows that programs answer.
func programChecks() map[string]check {
	checks := map[string]check{}
	for id, p := range programRows {
		checks[id] = p.check()
	}
	return checks
}

// programsFile returns the file of the probe with the programs.
func programsFile() string {
	var b strings.Builder
	b.WriteString("package main\n\nimport \"time\"\n\nconst programRuns, programTime = " + fmt.Sprintf("%d, %d", programRuns, programTime) + "\n\nvar programRows = map[string]alone{\n")
	for _, id := range slices.Sorted(maps.Keys(programRows)) {
		p := programRows[id]
		text, err := json.Marshal(p.parse())
		if err != nil {
			panic(err)
		}
		fmt.Fprintf(&b, "\t%q: {%q, %#v, time.Duration(%d)},\n", id, text, p.environment(), p.limit())
	}
	return b.String() + "}\n"
}
