package bench

import (
	_ "embed" // for the programs
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/orrery-go/orrery/release"
)

// On several Ps goroutines race. But a P can be held, by a loop without calls, so that
// only one other P runs goroutines; or all Ps but one do not exist yet. Then the order of
// the marks between "begin" and "end", and their threads, can be predicted.

//go:embed held.txt
var heldText string

// A Held is a program on several Ps whose marks between "begin" and "end", and their
// threads, can be predicted: all Ps but one are held by a loop without calls, or do not
// exist yet.
type Held struct {
	Lesson
	Env   []string // its environment
	Since string   // the first release that can run it, or in which it does not race: "", or "go1.11"

	windows []window
	raced   bool // another thread can be first on a busy machine, of which no time tells
}

// A window is the longest time between two moments that decides the result: a run in
// which it took longer was disturbed. The moments are the start of the "process", that of
// the program, "", the marks "begin" and "end", and the "next" mark after begin.
type window struct {
	from, until string
	within      time.Duration
}

// HeldPrograms returns all such programs. It returns an error if their text is malformed.
func HeldPrograms() (all []Held, err error) {
	lessons, err := parse(heldText)
	if err != nil {
		return nil, err
	}
	for _, l := range lessons {
		how, name, ok := strings.Cut(l.Name, ": ")
		if !ok {
			return nil, fmt.Errorf("bench: %q does not say with how many Ps it begins", l.Name)
		}
		h := Held{Lesson: l}
		h.Name = name
		procs, windows, _ := strings.Cut(how, ", ")
		procs, h.Since, _ = strings.Cut(procs, " since ")
		for _, text := range strings.Split(windows, ", ") {
			switch text {
			case "":
				continue
			case "raced":
				h.raced = true
				continue
			}
			w, err := parseWindow(text)
			if err != nil {
				return nil, fmt.Errorf("bench: %q: %w", l.Name, err)
			}
			h.windows = append(h.windows, w)
		}
		h.Env = []string{procs, "GODEBUG=asyncpreemptoff=1,updatemaxprocs=0", "GOGC=off"}
		all = append(all, h)
	}
	return all, nil
}

// parseWindow reads "next within 4ms", or "next within 4ms of process".
func parseWindow(text string) (w window, err error) {
	text, w.from, _ = strings.Cut(text, " of ")
	until, within, _ := strings.Cut(text, " within ")
	if w.until = until; until != "begin" && until != "next" && until != "end" {
		return w, fmt.Errorf("%q is no window (want begin, next or end within a time)", text)
	}
	w.within, err = time.ParseDuration(within)
	return w, err
}

// in reports whether the release can run it.
func (h Held) in(rel string) (bool, error) {
	r, err := release.Parse(rel)
	return h.Since == "" || r.AtLeast(h.Since), err
}

// Disturbed returns the reason why the ending says nothing, or "". It looks at times
// alone: sysmon stops a goroutine after 10 ms, unless the goroutine spins.
func (h Held) Disturbed(e Ending) string {
	marks := e.Marks(h.Program)
	i := slices.IndexFunc(marks, func(m Mark) bool { return m.Text == "begin" })
	if i < 0 || i+1 == len(marks) {
		return "" // which is the result, and a wrong one
	}
	begin, last := marks[i].At, marks[len(marks)-1].At
	r := e.Result
	if r.Began < 0 || r.Began+r.Elapsed-r.Spun > Undisturbed {
		return "over time"
	}
	for _, m := range marks {
		if m.Text != "end" && m.At > begin+Undisturbed {
			return "over time"
		}
	}
	at := map[string]time.Duration{"process": -r.Began, "": 0, "begin": begin, "next": marks[i+1].At, "end": last}
	for _, w := range h.windows {
		if at[w.until]-at[w.from] > w.within {
			return w.until + " too late"
		}
	}
	return ""
}

// Tells returns the marks between "begin" and "end": "10:7/same" for goroutine 10 that
// marked 7 on the thread of "begin", "10:7/other" for a mark on another thread. If others
// come before or after, it returns all.
func (h Held) Tells(e Ending) string {
	marks := e.Marks(h.Program)
	thread := 0
	for _, m := range marks {
		if m.Text == "begin" {
			thread = m.Thread
		}
	}
	if n := len(marks) - 1; n > 0 && marks[0].Text == "begin" && marks[n].Text == "end" {
		marks = marks[1:n]
	}
	var words []string
	for _, m := range marks {
		on := "other"
		if m.Thread == thread {
			on = "same"
		}
		words = append(words, fmt.Sprintf("%d:%s/%s", m.G, m.Text, on))
	}
	return strings.Join(words, " ")
}

// Slices returns how many time slices have begun between one mark and the next, for the
// marks between "begin" and "end". Where there are more than in the model a goroutine was
// stopped, and that can happen before it has run for 10 ms: sysmon takes a time slice for
// older than it is if the kernel stops its thread when it has looked at the clock, and not
// yet at the time slice (runtime/proc.go:sysmon, retake).
func (h Held) Slices(e Ending) []int {
	out, last := []int{}, 0
	for i, m := range e.Marks(h.Program) {
		if i > 1 && m.Text != "end" {
			out = append(out, m.Slices-last)
		}
		last = m.Slices
	}
	return out
}

// Predict returns the ending of the program in a model of the release.
func (h Held) Predict(rel string) (Ending, error) {
	return PredictAlone(rel, h.Program, heldLimit, h.Env...)
}

const heldLimit = time.Minute // a real program that takes longer has got stuck
