package main

import (
	"encoding/json"
	"testing"

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
