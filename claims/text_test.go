package claims

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// TestChinese checks that every row has a Chinese text, and that it translates today's
// English.
func TestChinese(t *testing.T) {
	for _, w := range untranslated(rows, chinese) {
		t.Error(w)
	}
	if _, err := parseChinese(chineseLedger + "17-2\t0\ta\tb\tc\n"); err == nil {
		t.Error("a row may be there twice")
	}
	if _, err := parseChinese("id\tof\n"); err == nil {
		t.Error("columns may be missing")
	}
}

// TestChineseNotices plants each fault that TestChinese can find.
func TestChineseNotices(t *testing.T) {
	for _, k := range []struct {
		name  string
		plant func(rows []Row, all map[string]translation)
		want  string
	}{
		{"missing", func(_ []Row, all map[string]translation) { delete(all, "17-2") }, "17-2 has no line"},
		{"extra", func(_ []Row, all map[string]translation) { all["99-1"] = all["17-2"] }, `"99-1", which is no row`},
		{"another claim", func(rows []Row, _ map[string]translation) { rows[0].Claim += "." }, "not what was translated"},
		{"another fact", func(rows []Row, _ map[string]translation) { rows[0].Fact += "." }, "not what was translated"},
		{"another question", func(rows []Row, _ map[string]translation) { rows[0].Asks += "." }, "not what was translated"},
		{"empty", func(_ []Row, all map[string]translation) {
			z := all[rows[0].ID]
			z.fact = ""
			all[rows[0].ID] = z
		}, "in one language only"},
	} {
		some, all := slices.Clone(rows), maps.Clone(chinese)
		k.plant(some, all)
		if got := untranslated(some, all); len(got) != 1 || !strings.Contains(got[0], k.want) {
			t.Errorf("%s: noticed %q, want one of %q", k.name, got, k.want)
		}
	}
}

// TestChineseNumbers checks that a translation has the numbers of the English, such as
// thresholds.
func TestChineseNumbers(t *testing.T) {
	digits := regexp.MustCompile(`[0-9]+(\.[0-9]+)?`)
	for _, r := range rows {
		z := chinese[r.ID]
		for _, pair := range [][2]string{{r.Claim, z.claim}, {r.Fact, z.fact}, {r.Asks, z.asks}} {
			english := append(digits.FindAllString(pair[0], -1), digits.FindAllString(strings.ReplaceAll(pair[0], ",", ""), -1)...) // 1,000
			for _, n := range digits.FindAllString(pair[1], -1) {
				if !slices.Contains(english, n) && len(n) > 2 {
					t.Errorf("%s: the Chinese says %s, the English does not:\n%s\n%s", r.ID, n, pair[0], pair[1])
				}
			}
		}
	}
}

func TestIn(t *testing.T) {
	for _, r := range List() {
		en, err := r.In("en")
		if err != nil || en != (Text{string(r.Verdict), r.Claim, r.Fact, r.Asks}) {
			t.Errorf("%s: %+v, %v", r.ID, en, err)
		}
		zh, err := r.In("zh")
		if err != nil || !strings.ContainsFunc(zh.Claim, func(c rune) bool { return unicode.Is(unicode.Han, c) }) || zh.Verdict == en.Verdict {
			t.Errorf("%s: %+v, %v", r.ID, zh, err)
		}
		for _, text := range []string{zh.Claim, zh.Fact, zh.Asks} {
			if strings.TrimSpace(text) != text || strings.ContainsAny(text, "\t\n") {
				t.Errorf("%s: blanks around %q", r.ID, text)
			}
		}
		if _, err := r.In("fr"); err == nil || !strings.Contains(err.Error(), "want one of en, zh") {
			t.Errorf("fr: %v", err)
		}
	}
	o, err := Check("17-2")
	if err != nil {
		t.Fatal(err)
	}
	zh, err := o.In("zh")
	if err != nil || !strings.HasPrefix(zh, "模型 1536; go1.15.15 2048; ") || !strings.Contains(zh, "本机 1536") {
		t.Errorf("an observation: %q, %v", zh, err)
	}
	if en, err := o.In("en"); err != nil || en != o.String() {
		t.Errorf("an observation: %q, %v", en, err)
	}
	if _, err := o.In(""); err == nil {
		t.Error("an observation in no language")
	}
	if _, err := (Row{}).In("zh"); err == nil {
		t.Error("an unknown row has a text")
	}
	if _, err := Verdict("nice").In("zh"); err == nil || !strings.Contains(err.Error(), `"holds"`) {
		t.Errorf("an unknown verdict: %v", err)
	}
}
