package main

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/orrery-go/orrery/claims"
	"github.com/orrery-go/orrery/playground"
	"github.com/orrery-go/orrery/release"
)

// tries.txt has programs for rows whose checks are written in Go, and reasons why a row
// opens none. A part begins with a line of these forms:
//
//	== 28-12 28-15 alloc beside=go1.21    rows, a view, and settings or options of it
//	== why slogan                         a reason, in English and in Chinese, in a line each
//	== 5-1 why slogan                     rows with this reason
//
// A line of a program that begins with "=> " is no part of it: what a step has to tell.
//
//go:embed tries.txt
var triesText string

// A try is what the ledger's page offers for a row.
type try struct {
	question playground.Question
	shows    []string          // what the steps have to tell; for the test
	why      map[string]string // by language: why there is no program
}

// readTries reads tries.txt.
func readTries(text string) (map[string]try, error) {
	tries, reasons := map[string]try{}, map[string]map[string]string{}
	languages := claims.Languages()
	for i, part := range strings.Split("\n"+text, "\n== ") {
		head, body, _ := strings.Cut(part, "\n")
		words := strings.Fields(head)
		if i == 0 || len(words) < 2 {
			if strings.TrimSpace(part) != "" {
				return nil, fmt.Errorf("tries.txt: %.60q", part)
			}
			continue
		}
		if words[0] == "why" {
			lines := strings.Split(strings.TrimSpace(body), "\n")
			if len(lines) != len(languages) || reasons[words[1]] != nil {
				return nil, fmt.Errorf("tries.txt: reason %s has %d lines, or is there twice", words[1], len(lines))
			}
			reasons[words[1]] = map[string]string{}
			for j, lang := range languages {
				reasons[words[1]][lang] = lines[j]
			}
			continue
		}
		var ids []string
		for len(words) > 0 && strings.Contains(words[0], "-") {
			ids, words = append(ids, words[0]), words[1:]
		}
		var t try
		switch {
		case len(words) == 2 && words[0] == "why":
			if t.why = reasons[words[1]]; t.why == nil {
				return nil, fmt.Errorf("tries.txt: no reason %s", words[1])
			}
		default:
			if len(words) == 0 {
				return nil, fmt.Errorf("tries.txt: %q has no view", head)
			}
			t.question = playground.Question{View: words[0], Options: map[string]string{}}
			for _, w := range words[1:] {
				switch key, value, _ := strings.Cut(w, "="); key {
				case "release":
					t.question.Release = value
				case "beside":
					t.question.Beside = value
				case "seed":
					t.question.Seed = value
				default:
					t.question.Options[key] = value
				}
			}
			for line := range strings.Lines(body) {
				if told, ok := strings.CutPrefix(line, "=> "); ok {
					t.shows = append(t.shows, strings.TrimSpace(told))
				} else {
					t.question.Program += line
				}
			}
		}
		for _, id := range ids {
			if _, twice := tries[id]; twice {
				return nil, fmt.Errorf("tries.txt: %s is there twice", id)
			}
			tries[id] = t
		}
	}
	return tries, nil
}

// offer returns what the page offers for a row: the question whose answer it can look at,
// or the reason why there is none.
func offer(r claims.Row, tries map[string]try) (t try) {
	t = tries[r.ID]
	if t.why != nil {
		return t
	}
	if k, ok := r.Trial(); ok {
		t.question = playground.Question{View: k.View, Program: k.Program, Options: k.Options}
	}
	switch t.question.Beside {
	case "":
		t.question.Beside = before(r)
	case "none":
		t.question.Beside = ""
	}
	return t
}

// before returns a release of before the row's answer changed last, "" if it has not, or
// if there was no answer then.
func before(r claims.Row) string {
	n := len(r.Expect)
	if n < 2 || slices.Contains([]string{"no such package", "not modelled", "no TryLock"}, r.Expect[n-2].Answer) {
		return ""
	}
	last := r.Expect[n-1].Release
	at, err := release.Parse(last)
	if err != nil || strings.Count(last, ".") > 1 { // between patches: tries.txt says it
		return ""
	}
	return fmt.Sprintf("go1.%d", at.Minor()-1)
}
