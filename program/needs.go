package program

import "strings"

// Since returns the first release that has all verbs of the program, and the verb that
// needs it: "go1.18", TryLock; or "go1" and 0.
func (p *Program) Since() (release string, verb Verb) {
	release = "go1"
	later := func(r string, v Verb) {
		if len(r) > len(release) || len(r) == len(release) && r > release {
			release, verb = r, v
		}
	}
	ticker := map[string]bool{}
	for _, t := range p.Timers {
		ticker[t.Name] = t.Ticker
	}
	for _, f := range p.Funcs {
		for _, op := range f.Ops {
			if op.Verb.known() {
				later(op.Verb.Since(), op.Verb)
			}
			if name, _, _ := strings.Cut(op.On, "["); op.Verb == Reset && ticker[name] {
				later("go1.15", Reset)
			}
		}
	}
	return release, verb
}
