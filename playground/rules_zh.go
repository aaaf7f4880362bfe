//go:build !orrery_lean

package playground

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
)

// rules.zh.tsv has the Chinese of each rule that a step can name. Its column of is the
// digest of the English that was translated, so that a change there is noticed. It is part
// of the answer to about, which a host of files has as a file: engines of one view, whose
// size is bounded, do without it.
//
//go:embed rules.zh.tsv
var chineseRules string

var chineseColumns = []string{"model", "id", "of", "rule", "why"}

// A ruleLine is a line of the table.
type ruleLine struct {
	of string
	AboutRule
}

// A table that does not parse is a broken build.
func init() {
	all, err := parseChinese(chineseRules)
	if err != nil {
		panic(err)
	}
	chinese = map[string]AboutRule{}
	for key, line := range all {
		chinese[key] = line.AboutRule
	}
}

func parseChinese(text string) (map[string]ruleLine, error) {
	all := map[string]ruleLine{}
	for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		f := strings.Split(line, "\t")
		switch {
		case len(f) != len(chineseColumns):
			return nil, fmt.Errorf("playground: line %d of rules.zh.tsv has %d columns, want %d", i+1, len(f), len(chineseColumns))
		case i == 0 && !slices.Equal(f, chineseColumns):
			return nil, fmt.Errorf("playground: the columns of rules.zh.tsv are %q, want %q", f, chineseColumns)
		case i == 0:
			continue
		}
		key := f[0] + "/" + f[1]
		if _, twice := all[key]; twice {
			return nil, fmt.Errorf("playground: line %d of rules.zh.tsv: %s is there twice", i+1, key)
		}
		all[key] = ruleLine{f[2], AboutRule{f[3], f[4]}}
	}
	return all, nil
}
