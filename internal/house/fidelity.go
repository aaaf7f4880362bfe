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
	Rule    string
	Status  string   // observed, read, simplified, omitted
	Sources []Source // what the row cites in code font
	Tests   []string // "alloclive.TestGolden"
}

// A Source is a place in the Go source: "runtime/msize.go:roundupsize" of the
// pinned release, or with a release before it, of that one.
type Source struct {
	Release    string // "" for the pinned release
	File, Name string
}

func (s Source) String() string {
	return strings.TrimPrefix(s.Release+" "+s.File+":"+s.Name, " ")
}

var (
	header   = []string{"rule", "status", "releases", "source", "shown by"}
	statuses = []string{"observed", "read", "simplified", "omitted"}
	code     = regexp.MustCompile("`([^`]*)`")
	source   = regexp.MustCompile(`^(?:(go1[.0-9]*) )?([\w/.-]+\.(?:go|c|goc|h|s)):([\w·.()*]+)$`)
	testName = regexp.MustCompile(`^\w+\.(Test|Example|Fuzz)\w*$`)
)

// ParseFidelity reads the one table of a fidelity.md and complains about
// anything in it that is not as it should be.
func ParseFidelity(text string) (rules []Rule, err error) {
	tables := 0
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
		case slices.Equal(cells, header):
			tables++
			continue
		case strings.Trim(line, "|- ") == "":
			continue
		case tables != 1:
			return nil, bad("want ONE table, with the header %q", header)
		case len(cells) != len(header):
			return nil, bad("%d cells, want %d", len(cells), len(header))
		}
		r := Rule{Line: i + 1, Rule: cells[0], Status: cells[1]}
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
