package escape

import "strings"

// Words returns a sentence that explains the verdict: "x escapes: its address flows to p,
// and what p holds to the result ~r0". Without Config.Explain the sentence lacks the way.
func (d Diagnostic) Words() string {
	name := d.Name
	if name == "" {
		name = d.Text
	}
	switch d.Verdict {
	case MovedToHeap, EscapesToHeap:
		switch {
		case d.Heap != "":
			return name + " escapes: it is " + d.Heap
		case len(d.Why) == 0:
			return name + " escapes"
		}
		return name + " escapes: " + way(d.Why, true)
	case LeakingParam, LeakingContent, LeakingToResult:
		if len(d.Why) == 0 {
			return name + " leaks"
		}
		return name + " leaks: " + way(d.Why, false)
	case DoesNotEscape:
		return name + " stays: nothing that outlives it has its address"
	}
	return d.Text
}

// way tells a path from its beginning.
func way(path []Flow, address bool) string {
	var parts []string
	for i, f := range path {
		if i == 8 && len(path) > 10 {
			parts = append(parts, "and so on")
			f = path[len(path)-1]
			parts = append(parts, "at last "+hop(f, place(f.From))+" to "+place(f.To))
			break
		}
		what := hop(f, place(f.From))
		if i == 0 {
			what = hop(f, "it")
		}
		text := what + " flows to " + place(f.To)
		if n := len(f.Notes); n > 0 {
			text += " (" + f.Notes[n-1].Why + ")"
		}
		parts = append(parts, text)
	}
	if last := path[len(path)-1].To; address && last != "{heap}" && !strings.HasPrefix(last, "~r") && !strings.HasPrefix(last, "#rv") {
		parts[len(parts)-1] += ", which outlives it"
	}
	return strings.Join(parts, ", then ")
}

func hop(f Flow, from string) string {
	switch {
	case f.Derefs < 0 && from == "it":
		return "its address"
	case f.Derefs < 0:
		return "the address of " + from
	case f.Derefs == 0:
		return "what " + from + " holds"
	}
	return "what " + from + " points to"
}

func place(name string) string {
	switch name {
	case "{heap}":
		return "the heap"
	case "{temp}":
		return "a temporary"
	}
	if strings.HasPrefix(name, "~r") || strings.HasPrefix(name, "#rv") {
		return "the result " + name
	}
	if text, ok := strings.CutPrefix(name, "{storage for "); ok {
		if text = strings.TrimSuffix(text, "}"); text != "... argument" {
			return text
		}
		return "the slice of arguments"
	}
	return name
}
