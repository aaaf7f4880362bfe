package playground

import "strings"

// A rule is a row of a fidelity.md.
type rule struct {
	ID      string   `json:"id"`
	Rule    string   `json:"rule"`
	Status  string   `json:"status"`
	Says    string   `json:"says"` // the status in words
	Sources []string `json:"sources"`
	ShownBy string   `json:"shownBy"`
	Model   string   `json:"model"`
}

// chinese holds the rules in Chinese, where this build has them: see rules_zh.go.
var chinese map[string]AboutRule

// rules parses the table of a fidelity.md, whose header begins with "id".
func rules(text string) map[string]rule {
	out := map[string]rule{}
	for line := range strings.SplitSeq(text, "\n") {
		cells := strings.Split(strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(line), "|"), "|"), "|")
		if !strings.HasPrefix(line, "| ") || len(cells) != 7 {
			continue
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		r := rule{ID: cells[0], Rule: cells[1], Status: cells[2], ShownBy: strings.ReplaceAll(cells[6], "`", ""), Sources: []string{}}
		for i, code := range strings.Split(cells[4], "`") {
			if i%2 == 1 {
				r.Sources = append(r.Sources, code)
			}
		}
		out[r.ID] = r
	}
	return out
}
