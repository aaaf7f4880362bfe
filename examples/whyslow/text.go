package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/orrery-go/orrery/sched/schedtrace/explain"
)

// places says where a goroutine waited.
var places = map[explain.Source]string{
	explain.Next:     "as runnext",
	explain.Ring:     "behind others in its own ring",
	explain.Global:   "in the global queue",
	explain.Stolen:   "until another P stole it",
	explain.Network:  "between the poller's list and its thread",
	explain.System:   "to be run first, as the runtime's own",
	explain.Syscall:  "for a P after a system call",
	explain.Switched: "for a coroutine switch",
	explain.Again:    "not at all: it went on",
	explain.Unknown:  "open",
}

func (r *Report) text(w io.Writer, most int) error {
	var parts []string
	for _, v := range []explain.Verdict{explain.Unique, explain.UpToOrder, explain.Several, explain.Contradicted, explain.Warming} {
		if n := r.Verdicts[v]; n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d (%s)", v, n, percent(float64(n), float64(r.Starts))))
		}
	}
	fmt.Fprintf(w, "%d events, %d starts of goroutines. Where each was taken from: %s\n", r.Events, r.Starts, strings.Join(parts, ", "))
	fmt.Fprintf(w, "\nAll: %s\n\nFunctions:\n", r.Waits.text())
	for _, f := range r.Functions[:min(len(r.Functions), most)] {
		fmt.Fprintf(w, "  %s: %s\n", orNone(f.Func), f.text())
	}
	more(w, len(r.Functions), most)
	fmt.Fprint(w, "\nGoroutines:\n")
	for _, g := range r.Goroutines[:min(len(r.Goroutines), most)] {
		fmt.Fprintf(w, "  %d (%s): %s\n", g.G, orNone(g.Func), g.text())
	}
	more(w, len(r.Goroutines), most)
	if len(r.Steals) > 0 {
		fmt.Fprint(w, "\nStolen, and run at once:\n")
		for _, s := range r.Steals[:min(len(r.Steals), most)] {
			fmt.Fprintf(w, "  P%d from P%d: %d\n", s.By, s.From, s.Count)
		}
		more(w, len(r.Steals), most)
	}
	fmt.Fprintf(w, "\nFrom wake-up to run:\n  %-12s %8s %12s %12s %12s %12s\n", "", "count", "median", "90%", "99%", "most")
	for _, l := range r.Wakes {
		fmt.Fprintf(w, "  %-12s %8d %12v %12v %12v %12v\n", l.Wake, l.Count, l.Median, l.P90, l.P99, l.Most)
	}
	fmt.Fprint(w, "\nThe longest waits:\n")
	for _, s := range r.Worst {
		fmt.Fprintf(w, "  %s\n", words(s))
	}
	if r.Error != "" {
		fmt.Fprintf(w, "\nThe trace breaks off: %s\n", r.Error)
	}
	return nil
}

func more(w io.Writer, n, most int) {
	if n > most {
		fmt.Fprintf(w, "  and %d more\n", n-most)
	}
}

func (x *Waits) text() string {
	parts := []string{}
	for _, s := range x.Where {
		parts = append(parts, fmt.Sprintf("%s %s", percent(float64(s.Total), float64(x.Total)), places[s.Source]))
	}
	if x.Count == 1 {
		return fmt.Sprintf("waited %v once: %s", x.Total, strings.Join(parts, ", "))
	}
	return fmt.Sprintf("waited %v in %d waits, %v at most: %s", x.Total, x.Count, x.Most, strings.Join(parts, ", "))
}

// words tells one wait.
func words(s explain.Start) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%v at %v: goroutine %d (%s), %s", s.At-s.Ready, s.Ready.Round(time.Microsecond), s.G, orNone(s.Func), made(s))
	switch {
	case !known(s):
		fmt.Fprintf(&b, ", ran on P%d; from where is open", s.P)
		if len(s.Among) > 0 {
			fmt.Fprintf(&b, ", it was one of %v", s.Among)
		}
	case s.Source == explain.Stolen:
		fmt.Fprintf(&b, ", waited until P%d stole it from P%d", s.P, s.From)
	default:
		fmt.Fprintf(&b, ", waited %s and ran on P%d", places[s.Source], s.P)
	}
	if s.Verdict == explain.UpToOrder {
		b.WriteString(", if threads mostly did things in the order of their events")
	}
	return b.String()
}

// made says how it became runnable.
func made(s explain.Start) string {
	out := string(s.Wake)
	if s.By != 0 && s.By != s.G && (s.Wake == explain.Woken || s.Wake == explain.Created) {
		out += fmt.Sprintf(" by goroutine %d", s.By)
	}
	if s.ReadyP >= 0 {
		out += fmt.Sprintf(" on P%d", s.ReadyP)
	}
	return out
}

func orNone(name string) string {
	if name == "" {
		return "of unknown function"
	}
	return name
}

func percent(n, of float64) string {
	if of == 0 {
		return "0%"
	}
	return fmt.Sprintf("%.0f%%", 100*n/of)
}
