package main

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/orrery-go/orrery/claims"
	"github.com/orrery-go/orrery/quiz"
)

// ledger is the topic of the claims of the notes.
const ledger = "ledger"

// question returns the question of a topic for a seed. Without a topic one in four
// questions is about the ledger.
func question(lang, topic string, seed uint64) (quiz.Question, error) {
	if topic == ledger || topic == "" && seed%4 == 0 {
		return ledgerQuestion(lang, seed)
	}
	return quiz.In(lang, topic, seed)
}

// ledgerQuestion asks for Go's answer today to the question of a row. The wrong choices
// are the answer of the claim, the answers of older releases, and the answers of other
// rows of the section.
func ledgerQuestion(lang string, seed uint64) (quiz.Question, error) {
	r := rand.New(rand.NewPCG(seed, 0))
	var rows []claims.Row
	for _, row := range claims.List() {
		if row.Checked() {
			rows = append(rows, row)
		}
	}
	for range 100 {
		row := rows[r.IntN(len(rows))]
		right := row.Expect[len(row.Expect)-1].Answer
		choices := []string{right}
		add := func(text string) {
			if text != "" && !slices.Contains(choices, text) && len(choices) < 4 {
				choices = append(choices, text)
			}
		}
		add(row.Claimed)
		for _, e := range row.Expect {
			add(e.Answer)
		}
		if right == "yes" || right == "no" {
			add("yes")
			add("no")
		} else {
			for _, other := range rows {
				if other.Section() == row.Section() && other.Package == row.Package && len(other.Expect[len(other.Expect)-1].Answer) <= 2*len(right)+4 {
					add(other.Expect[len(other.Expect)-1].Answer)
				}
			}
		}
		if len(choices) < 2 {
			continue
		}
		r.Shuffle(len(choices), func(i, j int) { choices[i], choices[j] = choices[j], choices[i] })
		in, err := row.In(lang)
		if err != nil {
			return quiz.Question{}, err
		}
		w := languages[lang]
		why := fmt.Sprintf(w.claim, in.Claim, in.Verdict) + "\n"
		if in.Fact != "" {
			why += fmt.Sprintf(w.fact, in.Fact) + "\n"
		}
		why += fmt.Sprintf(w.see, row.ID)
		return quiz.Question{
			Topic: ledger, Form: "claim", Seed: seed, Lang: lang, Text: fmt.Sprintf(w.asks, row.ID, in.Asks),
			Choices: choices, Right: slices.Index(choices, right), Why: why,
		}, nil
	}
	return quiz.Question{}, fmt.Errorf("seed %d gives no row with several choices", seed)
}
