package playground

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// named returns the rules that steps of the views can name, by key: the rows of each
// fidelity.md whose id is written in the model's code or in a view.
func named(t *testing.T) map[string]rule {
	t.Helper()
	ids := regexp.MustCompile("[\"`]([a-z0-9-]+)[\"`]")
	written := func(folder string) map[string]bool {
		out := map[string]bool{}
		err := filepath.WalkDir(folder, func(name string, d fs.DirEntry, err error) error {
			if d != nil && d.IsDir() && name != folder && (folder == "." || d.Name() == "testdata" || strings.HasSuffix(d.Name(), "live")) {
				return filepath.SkipDir
			}
			if err != nil || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
				return err
			}
			text, err := os.ReadFile(name)
			for _, m := range ids.FindAllSubmatch(text, -1) {
				out[string(m[1])] = true
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	ours := written(".")
	out := map[string]rule{}
	for _, v := range views {
		model, _, _ := strings.Cut(v.Model, "/")
		theirs := written("../" + model)
		for id, r := range rules(v.Fidelity()) {
			if id != "id" && (ours[id] || theirs[id]) { // that is the head of the table
				out[model+"/"+id] = r
			}
		}
	}
	return out
}

// untranslated lists what is wrong with the Chinese of rules: a rule without any, a line
// too many, a reason in one language only, and English that has changed since.
func untranslated(all map[string]rule, lines map[string]ruleLine) (wrong []string) {
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	for key, r := range all {
		why := ""
		if r.Status != "observed" && strings.Contains(r.ShownBy, " ") { // else it is the name of a test
			why = r.ShownBy
		}
		sum := sha256.Sum256([]byte(r.Rule + "\t" + why))
		line, ok := lines[key]
		switch of := hex.EncodeToString(sum[:4]); {
		case !ok:
			say("%s has no line in rules.zh.tsv (its digest is %s)", key, of)
		case line.Rule == "" || (line.Why == "") != (why == ""):
			say("%s: a column is empty in one language only", key)
		case line.of != of:
			say("%s: its English is not what was translated; bring the Chinese up to date, then write %s there", key, of)
		}
	}
	for key := range lines {
		if _, ok := all[key]; !ok {
			say("rules.zh.tsv has %q, which no step names", key)
		}
	}
	slices.Sort(wrong)
	return wrong
}

// TestChineseRules has each rule that a step can name be in Chinese, that of today's
// English, with its numbers; and the page be given it.
func TestChineseRules(t *testing.T) {
	lines, err := parseChinese(chineseRules)
	if err != nil {
		t.Fatal(err)
	}
	all := named(t)
	for _, w := range untranslated(all, lines) {
		t.Error(w)
	}
	if len(all) < 300 {
		t.Errorf("only %d rules", len(all))
	}
	digits := regexp.MustCompile(`[0-9]+(\.[0-9]+)?`)
	for key, line := range lines {
		for _, pair := range [][2]string{{all[key].Rule, line.Rule}, {all[key].ShownBy, line.Why}} {
			english, text := digits.FindAllString(pair[0], -1), pair[1]
			for _, n := range digits.FindAllString(text, -1) {
				if len(n) > 2 && !slices.Contains(english, n) {
					t.Errorf("%s: the Chinese says %s, the English does not:\n%s\n%s", key, n, pair[0], text)
				}
			}
			if text != "" && (!strings.ContainsFunc(text, func(c rune) bool { return unicode.Is(unicode.Han, c) }) || strings.TrimSpace(text) != text) {
				t.Errorf("%s: %q", key, text)
			}
		}
	}
	a := asked(t, Question{Ask: "about", Lang: "zh"})
	if len(a.About.Rules) != len(all) || a.About.Rules["sched/ring"].Rule != lines["sched/ring"].Rule {
		t.Errorf("the page gets %d rules", len(a.About.Rules))
	}
	if en := asked(t, Question{Ask: "about"}); len(en.About.Rules) > 0 {
		t.Error("the English page gets rules")
	}
	t.Logf("%d rules", len(all))
}

// TestChineseRulesNotices plants each fault that TestChineseRules is there for.
func TestChineseRulesNotices(t *testing.T) {
	all := named(t)
	for name, k := range map[string]struct {
		plant func(all map[string]rule, lines map[string]ruleLine)
		want  string
	}{
		"missing": {func(_ map[string]rule, lines map[string]ruleLine) { delete(lines, "sched/ring") }, "sched/ring has no line"},
		"extra":   {func(_ map[string]rule, lines map[string]ruleLine) { lines["sched/rung"] = lines["sched/ring"] }, `"sched/rung", which no step names`},
		"another rule": {func(all map[string]rule, _ map[string]ruleLine) {
			r := all["sched/ring"]
			r.Rule += "."
			all["sched/ring"] = r
		}, "not what was translated"},
		"another reason": {func(all map[string]rule, _ map[string]ruleLine) {
			r := all["gc/spans"]
			r.ShownBy += "."
			all["gc/spans"] = r
		}, "not what was translated"},
		"no reason": {func(_ map[string]rule, lines map[string]ruleLine) {
			l := lines["gc/spans"]
			l.Why = ""
			lines["gc/spans"] = l
		}, "in one language only"},
		"an empty line": {func(_ map[string]rule, lines map[string]ruleLine) {
			l := lines["gc/spans"]
			l.Rule = ""
			lines["gc/spans"] = l
		}, "in one language only"},
		"another's status": {func(all map[string]rule, _ map[string]ruleLine) {
			r := all["gc/spans"]
			r.Status = "observed"
			all["gc/spans"] = r
		}, "in one language only"},
	} {
		lines, err := parseChinese(chineseRules)
		if err != nil {
			t.Fatal(err)
		}
		some := maps.Clone(all)
		k.plant(some, lines)
		if got := untranslated(some, lines); len(got) != 1 || !strings.Contains(got[0], k.want) {
			t.Errorf("%s: noticed %q, want one of %q", name, got, k.want)
		}
	}
	for _, bad := range []string{"model\tid\n", chineseRules + "sched\tring\t0\ta\t\n", strings.Replace(chineseRules, "model\t", "folder\t", 1)} {
		if _, err := parseChinese(bad); err == nil {
			t.Errorf("%.40q is no table", bad)
		}
	}
}
