package main

import (
	"encoding/json"
	"fmt"

	"github.com/orrery-go/orrery/claims"
	"github.com/orrery-go/orrery/playground"
)

// A ledgerRow is a row of the ledger as the page shows it.
type ledgerRow struct {
	ID      string                 `json:"id"`
	Section string                 `json:"section"`
	Package string                 `json:"package"`
	Verdict claims.Verdict         `json:"verdict"`
	Texts   map[string]claims.Text `json:"texts"` // by language
	Source  string                 `json:"source"`
	Asks    string                 `json:"asks,omitempty"`
	Claimed string                 `json:"claimed,omitempty"`
	Expect  string                 `json:"expect,omitempty"`
	Try     string                 `json:"try,omitempty"`   // a link of the playground
	Exact   bool                   `json:"exact,omitempty"` // it opens the program in question
	Why     map[string]string      `json:"why,omitempty"`   // by language: why there is no such program
}

// ledger returns the ledger as JSON.
func ledger() ([]byte, error) {
	tries, err := readTries(triesText)
	if err != nil {
		return nil, err
	}
	rows := []ledgerRow{}
	for _, r := range claims.List() {
		k := ledgerRow{ID: r.ID, Section: r.Section(), Package: r.Package, Verdict: r.Verdict, Texts: map[string]claims.Text{},
			Source: r.Source, Asks: r.Asks, Claimed: r.Claimed, Expect: r.Expect.String()}
		for _, lang := range claims.Languages() {
			text, err := r.In(lang)
			if err != nil {
				return nil, err
			}
			k.Texts[lang] = text
		}
		if k.Try, k.Exact = playground.Try(r.ID, r.Package); !k.Exact {
			t := offer(r, tries)
			if k.Why = t.why; t.question.View != "" {
				if k.Try, err = t.question.Write(); err != nil {
					return nil, fmt.Errorf("%s: %w", r.ID, err)
				}
				k.Exact = true
			}
		}
		rows = append(rows, k)
	}
	return json.Marshal(rows)
}
