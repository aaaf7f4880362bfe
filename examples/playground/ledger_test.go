package main

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/orrery-go/orrery/claims"
	"github.com/orrery-go/orrery/playground"
)

// TestLedger checks that every row named by an example exists in the ledger and leads to
// that example, and that every link can be read.
func TestLedger(t *testing.T) {
	data, err := ledger()
	if err != nil {
		t.Fatal(err)
	}
	var rows []ledgerRow
	if err := json.Unmarshal(data, &rows); err != nil {
		t.Fatal(err)
	}
	if len(rows) != len(claims.List()) {
		t.Errorf("%d rows, want %d", len(rows), len(claims.List()))
	}
	exact, opens := map[string]bool{}, 0
	for _, r := range rows {
		for _, lang := range claims.Languages() {
			if r.Texts[lang].Claim == "" || r.Texts[lang].Verdict == "" {
				t.Errorf("%s has no text in %s", r.ID, lang)
			}
		}
		if r.Try == "" {
			continue
		}
		if opens++; r.Exact {
			exact[r.ID] = true
		}
		if _, err := playground.ReadLink(r.Try); err != nil {
			t.Errorf("%s: %s: %v", r.ID, r.Try, err)
		}
	}
	var a playground.Answer
	if err := json.Unmarshal(playground.Ask([]byte(`{"ask":"about"}`)), &a); err != nil {
		t.Fatal(err)
	}
	for _, v := range a.About.Views {
		for _, e := range v.Examples {
			for _, id := range e.Claims {
				if _, err := claims.Get(id); err != nil || !exact[id] {
					t.Errorf("%s/%s: row %s: %v, opens it: %v", v.ID, e.ID, id, err, exact[id])
				}
			}
		}
	}
	t.Logf("%d rows open a model, %d of them the program in question", opens, len(exact))
}

// TestTries has each row open its program or say why it opens none, and each program of
// tries.txt show what it is to show.
func TestTries(t *testing.T) {
	tries, err := readTries(triesText)
	if err != nil {
		t.Fatal(err)
	}
	opens := 0
	for _, r := range claims.List() {
		_, exact := playground.Try(r.ID, r.Package)
		_, written := tries[r.ID]
		_, has := r.Trial()
		if written && (exact || has && tries[r.ID].why == nil) {
			t.Errorf("%s has a program without tries.txt", r.ID)
		}
		k := offer(r, tries)
		delete(tries, r.ID)
		switch {
		case exact:
			opens++
		case k.why != nil:
			if !strings.HasSuffix(k.why["en"], ".") || !strings.ContainsFunc(k.why["zh"], func(c rune) bool { return unicode.Is(unicode.Han, c) }) {
				t.Errorf("%s: %q", r.ID, k.why)
			}
		case k.question.View == "":
			t.Errorf("%s opens nothing, and does not say why: write it in tries.txt", r.ID)
		default:
			opens++
			if written && len(k.shows) == 0 {
				t.Errorf("%s: nothing says what its program shows", r.ID)
			}
			if !strings.HasSuffix(k.question.Program, "\n") && k.question.View != "runes" && k.question.View != "layout" {
				t.Errorf("%s: the last line does not end", r.ID)
			}
			told := telling(t, r.ID, k.question, written)
			for _, text := range k.shows {
				if !strings.Contains(told, text) {
					t.Errorf("%s does not show %q", r.ID, text)
				}
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(tries)) {
		t.Errorf("tries.txt has %q, which is no row", id)
	}
	if opens < 235 {
		t.Errorf("only %d rows open their program", opens)
	}
	for text, want := range map[string]string{
		"a line\n":                   "a line",
		"== 1-1 why not\n":           "no reason not",
		"== why not\nonly English\n": "1 lines",
		"== 1-1 gc\n\n== 1-1 lb\n":   "1-1 is there twice",
		"== 28-2 28-3\n":             "no view",
	} {
		if _, err := readTries(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// telling returns the texts of a run: of its steps with their rules, and of the picture at
// its end; of the first steps alone if not all are asked for.
func telling(t *testing.T, row string, q playground.Question, whole bool) string {
	t.Helper()
	var all strings.Builder
	q.Ask, q.Step, q.Log = "run", playground.MaxSteps, 1
	for more := true; more; q.Log += playground.LogWindow {
		question, err := json.Marshal(q)
		if err != nil {
			t.Fatal(err)
		}
		var a playground.Answer
		if err := json.Unmarshal(playground.Ask(question), &a); err != nil || a.Error != nil {
			t.Fatalf("%s: %v, %+v", row, err, a.Error)
		}
		more = false
		for _, s := range a.Runs {
			more = more || whole && q.Log+playground.LogWindow <= s.Steps
			if s.Steps == 0 && s.End == "" {
				t.Errorf("%s: nothing happens", row)
			}
			all.WriteString(s.Headline + "\n" + s.End + "\n")
			for _, k := range s.Log {
				all.WriteString(k.Text + "\n" + k.Name + "\n")
			}
			for _, p := range s.Panels {
				all.WriteString(p.Title + "\n" + p.Text + "\n")
				for _, r := range p.Rows {
					for _, g := range r.Groups {
						for _, c := range g.Cells {
							all.WriteString(c.Text + "\n")
						}
					}
				}
			}
		}
	}
	return all.String()
}
