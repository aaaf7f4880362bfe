package house

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// A Rule is one row of a fidelity.md.
type Rule struct {
	Line    int
	ID      string // what an Event's Rule names: "runnext"
	Rule    string
	Status  string   // observed, read, simplified, omitted
	Sources []Source // places in code font in the row
	Model   []Source // our functions that implement the rule, in the model's folder
	Tests   []string // "alloclive.TestGolden"
}

// A Source is a place in Go's source: "runtime/msize.go:roundupsize" in the pinned
// release, or, with a release before it, in that release.
type Source struct {
	Release    string // "" for the pinned release
	File, Name string
}

func (s Source) String() string {
	return strings.TrimPrefix(s.Release+" "+s.File+":"+s.Name, " ")
}

var (
	header    = []string{"id", "rule", "status", "releases", "source", "model", "shown by"}
	oldHeader = []string{"rule", "status", "releases", "source", "shown by"} // of tables that do not have ids and functions yet
	ruleID    = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	statuses  = []string{"observed", "read", "simplified", "omitted"}
	code      = regexp.MustCompile("`([^`]*)`")
	source    = regexp.MustCompile(`^(?:(go1[.0-9]*) )?([\w/.-]+\.(?:go|c|goc|h|s)):([\w·.()*]+)$`)
	testName  = regexp.MustCompile(`^\w+\.(Test|Example|Fuzz)\w*$`)
)

// ParseFidelity parses the table of a fidelity.md. It returns an error that lists
// everything that is malformed.
func ParseFidelity(text string) (rules []Rule, err error) {
	tables, width := 0, 0
	ids := map[string]bool{}
	for i, line := range strings.Split(text, "\n") {
		if !strings.HasPrefix(line, "|") {
			continue
		}
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		bad := func(format string, args ...any) error {
			return fmt.Errorf("line %d: "+format, append([]any{i + 1}, args...)...)
		}
		switch {
		case slices.Equal(cells, header), slices.Equal(cells, oldHeader):
			tables++
			width = len(cells)
			continue
		case strings.Trim(line, "|- ") == "":
			continue
		case tables != 1:
			return nil, bad("want ONE table, with the header %q", header)
		case len(cells) != width:
			return nil, bad("%d cells, want %d", len(cells), width)
		}
		r := Rule{Line: i + 1}
		if width == len(header) {
			if r.ID = cells[0]; !ruleID.MatchString(r.ID) || ids[r.ID] {
				return nil, bad("id %q, want words in lower case that no other row has", r.ID)
			}
			ids[r.ID] = true
			for _, m := range code.FindAllStringSubmatch(cells[5], -1) {
				s := source.FindStringSubmatch(m[1])
				if s == nil || s[1] != "" {
					return nil, bad("model %q, want like `send.go:Send`", m[1])
				}
				r.Model = append(r.Model, Source{"", s[2], s[3]})
			}
			if len(r.Model) == 0 && (cells[2] == "observed" || cells[2] == "read") {
				return nil, bad("%s, but no function of the model is named", cells[2])
			}
			cells = append(cells[1:5:5], cells[6])
		}
		r.Rule, r.Status = cells[0], cells[1]
		if !slices.Contains(statuses, r.Status) {
			return nil, bad("status %q, want one of %q", r.Status, statuses)
		}
		for _, m := range code.FindAllStringSubmatch(cells[3], -1) {
			s := source.FindStringSubmatch(m[1])
			if s == nil {
				return nil, bad("source %q, want like `runtime/msize.go:roundupsize`", m[1])
			}
			r.Sources = append(r.Sources, Source{s[1], s[2], s[3]})
		}
		for name := range strings.FieldsFuncSeq(cells[4], func(c rune) bool { return c == ',' || c == ' ' || c == '`' }) {
			if testName.MatchString(name) {
				r.Tests = append(r.Tests, name)
			} else if r.Status == "observed" {
				return nil, bad("shown by %q, want tests like alloclive.TestGolden", name)
			}
		}
		switch {
		case r.Status == "observed" && len(r.Tests) == 0:
			return nil, bad("observed, but no test is named")
		case r.Status == "read" && len(r.Sources) == 0:
			return nil, bad("read, but no source is named")
		case (r.Status == "omitted" || r.Status == "simplified") && cells[4] == "":
			return nil, bad("%s without a reason", r.Status)
		}
		rules = append(rules, r)
	}
	if len(rules) == 0 {
		return nil, fmt.Errorf("no table with the header %q", header)
	}
	return rules, nil
}
