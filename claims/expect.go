package claims

import (
	"fmt"
	"strings"

	"github.com/orrery-go/orrery/release"
)

// An Expectation is the answer that a row expects, release by release.
type Expectation []Since

// Since is an answer that holds from a release on, up to the next one of the
// expectation. The first begins with the oldest Go.
type Since struct {
	Release string `json:"since,omitempty"` // "go1.18"; "" for the first
	Answer  string `json:"answer"`
}

// parseExpectation reads "2048 | go1.16: 1280 | go1.18: 1536".
func parseExpectation(text string) (Expectation, error) {
	if text == "" {
		return nil, nil
	}
	var e Expectation
	for i, part := range strings.Split(text, " | ") {
		s := Since{Answer: part}
		if i > 0 {
			var ok bool
			if s.Release, s.Answer, ok = strings.Cut(part, ": "); !ok {
				return nil, fmt.Errorf("expectation %q names no release in %q", text, part)
			}
			r, err := release.Parse(s.Release)
			if err != nil {
				return nil, err
			}
			if prev := e[i-1]; prev.Release != "" && !r.AtLeast(prev.Release) || prev.Answer == s.Answer {
				return nil, fmt.Errorf("expectation %q does not change, or not in order, at %s", text, s.Release)
			}
		}
		e = append(e, s)
	}
	return e, nil
}

// String returns the form that the ledger has it in.
func (e Expectation) String() string {
	var b strings.Builder
	for i, s := range e {
		if i > 0 {
			fmt.Fprintf(&b, " | %s: ", s.Release)
		}
		b.WriteString(s.Answer)
	}
	return b.String()
}

// at returns the index of the answer that holds for a release.
func (e Expectation) at(r release.Release) int {
	i := len(e) - 1
	for i > 0 && !r.AtLeast(e[i].Release) {
		i--
	}
	return i
}
