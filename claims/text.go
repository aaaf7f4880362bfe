package claims

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// A Text is the text of a row in one language.
type Text struct {
	Verdict string `json:"verdict"` // the word for the verdict
	Claim   string `json:"claim"`
	Fact    string `json:"fact"` // may be empty
	Asks    string `json:"asks"` // empty while the row has no check
}

// Languages lists the languages that rows are written in: en, which the ledger is
// in, and zh.
func Languages() []string { return []string{"en", "zh"} }

// In returns the row's text in a language. Answers are not part of it: they are the
// same in all. It returns an error if the language is not one of [Languages], or if
// the row is none of the ledger.
func (r Row) In(lang string) (Text, error) {
	own, err := Get(r.ID)
	if err != nil {
		return Text{}, err
	}
	word, err := own.Verdict.In(lang)
	if err != nil {
		return Text{}, err
	}
	t := Text{word, own.Claim, own.Fact, own.Asks}
	if lang == "zh" {
		z := chinese[own.ID]
		t.Claim, t.Fact, t.Asks = z.claim, z.fact, z.asks
	}
	return t, nil
}

// verdictWords has the verdicts in Chinese; in English they are their names.
var verdictWords = map[Verdict]string{Holds: "成立", Imprecise: "不精确", Outdated: "过时", Wrong: "错误"}

// In returns the word for the verdict in a language. It returns an error if the
// language is not one of [Languages], or if the verdict is none of [Verdicts].
func (v Verdict) In(lang string) (string, error) {
	word, ok := verdictWords[v]
	switch {
	case !ok:
		return "", fmt.Errorf("claims: no verdict %.40q (want one of %q)", string(v), Verdicts())
	case lang == "zh":
		return word, nil
	case lang == "en":
		return string(v), nil
	}
	return "", noLanguage(lang)
}

func noLanguage(lang string) error {
	return fmt.Errorf("claims: no language %.40q (want one of %s)", lang, strings.Join(Languages(), ", "))
}

// claims.zh.tsv has a line for each row of the ledger. Its column "of" is the digest of
// the English that was translated, so that a change there is noticed.
//
//go:embed claims.zh.tsv
var chineseLedger string

var chineseColumns = []string{"id", "of", "claim", "fact", "asks"}

type translation struct{ of, claim, fact, asks string }

// chinese holds the translations by row. A table that does not parse is a broken build.
var chinese = func() map[string]translation {
	all, err := parseChinese(chineseLedger)
	if err != nil {
		panic(err)
	}
	return all
}()

func parseChinese(text string) (map[string]translation, error) {
	all := map[string]translation{}
	for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		f := strings.Split(line, "\t")
		switch {
		case len(f) != len(chineseColumns):
			return nil, fmt.Errorf("claims: line %d of the Chinese has %d columns, want %d", i+1, len(f), len(chineseColumns))
		case i == 0 && !slices.Equal(f, chineseColumns):
			return nil, fmt.Errorf("claims: the columns of the Chinese are %q, want %q", f, chineseColumns)
		case i == 0:
			continue
		}
		if _, ok := all[f[0]]; ok {
			return nil, fmt.Errorf("claims: line %d of the Chinese: %s is there twice", i+1, f[0])
		}
		all[f[0]] = translation{f[1], f[2], f[3], f[4]}
	}
	return all, nil
}

// untranslated lists the faults of translations: one is missing, superfluous, empty
// where the English is not or the reverse, or its English has changed since.
func untranslated(rows []Row, all map[string]translation) (wrong []string) {
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	known := map[string]bool{}
	for _, r := range rows {
		known[r.ID] = true
		z, ok := all[r.ID]
		switch of := digest(r); {
		case !ok:
			say("%s has no line in claims.zh.tsv (its digest is %s)", r.ID, of)
		case (z.claim == "") != (r.Claim == "") || (z.fact == "") != (r.Fact == "") || (z.asks == "") != (r.Asks == ""):
			say("%s: a column is empty in one language only", r.ID)
		case z.of != of:
			say("%s: its English is not what was translated; bring the Chinese up to date, then write %s there", r.ID, of)
		}
	}
	for id := range all {
		if !known[id] {
			say("claims.zh.tsv has %q, which is no row", id)
		}
	}
	slices.Sort(wrong)
	return wrong
}

// digest returns a short hash of the English text.
func digest(r Row) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{r.Claim, r.Fact, r.Asks}, "\t")))
	return hex.EncodeToString(sum[:4])
}
