package claims

import (
	"cmp"
	"strings"

	"github.com/orrery-go/orrery/escape/escapelive"
	programs "github.com/orrery-go/orrery/program"
)

// A Trial is the program that the check of a row has a model run, as the view of package
// playground that is called so takes it.
type Trial struct {
	View    string            `json:"view"`
	Program string            `json:"program"`
	Options map[string]string `json:"options"` // of the view, by id
}

// Trial returns the program of the row's check, or of the last of several. It reports
// false if the row has no check, or if the check is written in Go and not as a program.
func (r Row) Trial() (t Trial, ok bool) {
	t.Options = map[string]string{}
	if p, ok := programRows[r.ID]; ok {
		t.View, t.Program = "sched", p.parse().String()
		t.Options["procs"] = "1"
		for _, kv := range p.env {
			switch name, value, _ := strings.Cut(kv, "="); name {
			case "GOMAXPROCS":
				t.Options["procs"] = cmp.Or(value, "1")
			case "MAXTHREADS":
				t.Options["threads"] = value
			}
		}
		return t, true
	}
	if texts, ok := schedTexts[r.ID]; ok {
		p, err := programs.Parse(texts[len(texts)-1])
		if err != nil {
			return t, false
		}
		t.View, t.Program = "sched", p.String()
		t.Options["procs"] = "1"
		return t, true
	}
	if types, ok := layoutTypes[r.ID]; ok {
		t.View, t.Program = "layout", types[len(types)-1]
		if arch, ok := layoutArchs[r.ID]; ok {
			t.Options["arch"] = arch
		}
		return t, true
	}
	if text, ok := runesTexts[r.ID]; ok {
		t.View, t.Program = "runes", text
		return t, true
	}
	if s, ok := escapelive.Question(r.ID); ok {
		t.View, t.Program = "escape", s.Text
		return t, true
	}
	if c := checks[r.ID]; c.program != nil {
		text, err := c.program()
		t.View, t.Program = r.Package, text
		return t, err == nil && text != ""
	}
	return t, false
}
