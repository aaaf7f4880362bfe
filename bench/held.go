package bench

import (
	_ "embed" // for the programs
	"fmt"
	"strings"
	"time"

	"github.com/orrery-go/orrery/release"
)

// On several Ps goroutines race. But a P can be held, by a loop without calls, so that
// only one other P runs goroutines; or all Ps but one do not exist yet. Then the order of
// the marks between "begin" and "end", and their threads, can be predicted.

//go:embed held.txt
var heldText string

// A Held is such a program.
type Held struct {
	Lesson
	Env   []string // its environment
	Since string   // the first release that can run it, or in which it does not race: "", or "go1.11"
	marks int      // between "begin" and "end"

	within time.Duration // largest time until "begin": beyond it the run is disturbed
}

// HeldPrograms returns all of them.
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
		procs, marks, _ := strings.Cut(how, ", ")
		procs, h.Since, _ = strings.Cut(procs, " since ")
		if _, err := fmt.Sscanf(marks, "%d marks", &h.marks); err != nil {
			return nil, fmt.Errorf("bench: %q does not say how many marks it makes: %w", l.Name, err)
		}
		h.within = time.Minute
		if _, d, ok := strings.Cut(marks, "begun within "); ok {
			if h.within, err = time.ParseDuration(d); err != nil {
				return nil, err
			}
		}
		h.Env = []string{procs, "GODEBUG=asyncpreemptoff=1,updatemaxprocs=0", "GOGC=off"}
		all = append(all, h)
	}
	return all, nil
}

// in reports whether the release can run it.
func (h Held) in(rel string) (bool, error) {
	r, err := release.Parse(rel)
	return h.Since == "" || r.AtLeast(h.Since), err
}

// Tells returns the marks between "begin" and "end": "10:7/same" for goroutine 10 that
// marked 7 on the thread of "begin", "10:7/other" for a mark on another thread. ok is
// false if there are marks before or after: the P was not held for long enough.
func (h Held) Tells(e Ending) (text string, ok bool) {
	marks := e.Marks(h.Program)
	if n := len(marks); n != h.marks+2 || marks[0].Text != "begin" || marks[n-1].Text != "end" || marks[0].At > h.within || e.Result.Late > 2*MostLate {
		return "", false
	}
	var words []string
	for _, m := range marks[1 : len(marks)-1] {
		if m.At > marks[0].At+heldFor {
			return "", false
		}
		thread := "other"
		if m.Thread == marks[0].Thread {
			thread = "same"
		}
		words = append(words, fmt.Sprintf("%d:%s/%s", m.G, m.Text, thread))
	}
	return strings.Join(words, " "), true
}

// Predict returns the marks of the program in a model of the release.
func (h Held) Predict(rel string) (string, error) {
	e, err := PredictAlone(rel, h.Program, heldLimit, h.Env...)
	if err != nil {
		return "", err
	}
	text, ok := h.Tells(e)
	if !ok {
		return "", fmt.Errorf("bench: in the model of %s, %s ends so: %+v", rel, h.Name, e)
	}
	return text, nil
}

// Ask returns the marks of the real program. It tries again while runs are disturbed.
func (h Held) Ask(r *Real) (string, error) {
	for range heldTries {
		e, err := r.Alone(h.Program, heldLimit, h.Env...)
		if err != nil {
			return "", err
		}
		if text, ok := h.Tells(e); ok {
			return text, nil
		}
	}
	return "", fmt.Errorf("bench: %s: something came between %d times", h.Name, heldTries)
}

const (
	heldFor   = 20 * time.Millisecond // time of the loops
	heldTries = 100
	heldLimit = 2 * time.Second
)
