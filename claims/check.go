package claims

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"go/version"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/orrery-go/orrery/bench"
	"github.com/orrery-go/orrery/internal/brief"
	"github.com/orrery-go/orrery/internal/child"
	"github.com/orrery-go/orrery/internal/golden"
	"github.com/orrery-go/orrery/internal/toolchain"
	"github.com/orrery-go/orrery/release"
)

// A check has the sources of the answers to a row's question. A source that cannot
// answer is nil.
type check struct {
	model func(release string) (string, error) // a model of that release
	live  func() (string, error)               // the Go that runs the program
	quiet bool                                 // the race detector changes the answer of live
	slow  bool                                 // it takes noticeable time

	// program returns what model has done as a program of package script; nil: it was not
	// noted.
	program func() (string, error)

	// A question that no program can ask, but a compiler or another record answers. nil:
	// the record of the ledger has the answer, if the probe asks the question.
	from   string                                                // the first release that can answer
	record func(release string) (string, error)                  // its recorded answer
	asking func(ctx context.Context, rel string) (string, error) // its answer now
}

// checks are the checks of all models, by row.
var checks = merge(
	allocChecks,
	chanqChecks,
	ctxtreeChecks,
	epollChecks,
	escapeChecks,
	gcChecks,
	gomapChecks,
	goroutineChecks,
	heapChecks,
	ifaceChecks,
	ipcChecks,
	layoutChecks,
	lbChecks,
	locksChecks,
	mapGrowChecks,
	mapKeyChecks,
	mapMemoryChecks,
	mapUseChecks,
	pacerChecks,
	programChecks(),
	raceChecks,
	runesChecks,
	serviceChecks,
	slicegrowChecks,
)

func merge(parts ...map[string]check) map[string]check {
	all := map[string]check{}
	for _, part := range parts {
		for id, c := range part {
			if _, taken := all[id]; taken {
				panic("claims: two checks of " + id)
			}
			all[id] = c
		}
	}
	return all
}

// ErrNoCheck says that a row has no check: it is a definition, or its model is
// not built yet.
var ErrNoCheck = errors.New("the row has no check")

// An Observation is the result of a check.
type Observation struct {
	Row     Row      `json:"row"`
	Answers []Answer `json:"answers"`
	OK      bool     `json:"ok"` // every answer is the one that the row expects

	// Unasked is the reason why the Go that runs the program was not asked although
	// it can answer: its experiment needs a program that cannot be built there.
	Unasked string `json:"unasked,omitempty"`
}

// An Answer is one answer to a row's question.
type Answer struct {
	By      By     `json:"by"`
	Release string `json:"release"` // "go1.17.13"
	Got     string `json:"got"`
	Want    string `json:"want"`
	OK      bool   `json:"ok"`
}

// By is the source of an answer.
type By string

// The sources.
const (
	ByModel  By = "model"  // a model of this library
	ByRecord By = "record" // a release of the past, when the goldens were recorded
	ByAsking By = "asking" // a release of the past, now
	ByThis   By = "this"   // the Go that runs the program
)

// Check gets the answers to the row's question from the model, from the records
// of every release and from the Go that runs the program, and compares them with
// the expected answer of the row. It returns an error if the row is unknown or has
// no check ([ErrNoCheck]). An answer that is not expected is not an error, but makes
// OK false.
func Check(id string) (Observation, error) {
	return observe(id, nil)
}

// CheckOn is [Check] of several rows, or, without names, of all that have a check, and
// also asks the given release now. It fetches the release's toolchain if it is not in
// the module cache. A row whose question the release cannot answer is checked without
// it.
func CheckOn(ctx context.Context, rel string, ids ...string) ([]Observation, error) {
	r, err := release.Parse(rel)
	if err != nil {
		return nil, err
	}
	said, err := Golden.Ask(ctx, r.Name())
	if err != nil {
		return nil, err
	}
	if len(ids) == 0 {
		ids = IDs()
	}
	var out []Observation
	for _, id := range ids {
		var extra []Answer
		if got, ok := said[id]; ok {
			extra = []Answer{{By: ByAsking, Release: r.Name(), Got: got}}
		} else if c := checks[id]; c.asking != nil && r.AtLeast(c.from) {
			got, err := c.asking(ctx, r.Name())
			if err != nil {
				return nil, fmt.Errorf("claims: %s: %w", id, err)
			}
			extra = []Answer{{By: ByAsking, Release: r.Name(), Got: got}}
		}
		o, err := observe(id, extra)
		if err != nil {
			return nil, err
		}
		out = append(out, o)
	}
	return out, nil
}

func observe(id string, extra []Answer) (Observation, error) {
	row, err := Get(id)
	if err != nil {
		return Observation{}, err
	}
	c, ok := checks[id]
	if !ok {
		return Observation{}, fmt.Errorf("claims: %s: %w", id, ErrNoCheck)
	}
	answers, err := ask(row, c)
	unasked := ""
	if errors.Is(err, child.ErrCannotBuild) && len(answers) > 0 {
		unasked, err = child.ErrCannotBuild.Error(), nil
	}
	if err != nil {
		return Observation{}, fmt.Errorf("claims: %s: %w", id, err)
	}
	o, err := judge(row, append(answers, extra...))
	o.Unasked = unasked
	return o, err
}

// ask collects the answers of the models, of the records, and of the running Go. If the
// running Go cannot answer, it returns the others with the error.
func ask(row Row, c check) ([]Answer, error) {
	running, err := release.Parse(release.Running)
	if err != nil {
		return nil, err
	}
	answers, err := askOthers(row, c, running)
	if err != nil || c.live == nil {
		return answers, err
	}
	got, err := Live(row.ID)
	if err != nil {
		return answers, fmt.Errorf("%s: %w", running.Name(), err)
	}
	return append(answers, Answer{By: ByThis, Release: running.Name(), Got: got}), nil
}

// askOthers collects the answers of the model for every recorded release, for those at
// which the expectation changes, and for the running one; and those of the records.
func askOthers(row Row, c check, running release.Release) ([]Answer, error) {
	alone.RLock()
	defer alone.RUnlock()
	var answers []Answer
	if c.model != nil {
		rels := toolchain.Releases()
		for _, s := range row.Expect[1:] {
			rels = append(rels, s.Release)
		}
		slices.SortFunc(rels, version.Compare)
		rels = append(slices.Compact(rels), running.Name())
		for _, rel := range rels {
			got, err := c.model(rel)
			if err != nil {
				return nil, fmt.Errorf("the model of %s: %w", rel, err)
			}
			answers = append(answers, Answer{By: ByModel, Release: rel, Got: got})
		}
	}
	for _, rel := range toolchain.Releases() {
		said, err := recorded(rel)
		if err != nil {
			return nil, err
		}
		got, ok := said[row.ID]
		if c.record != nil && since(rel, c.from) {
			if got, err = c.record(rel); err != nil {
				return nil, fmt.Errorf("the record of %s: %w", rel, err)
			}
			ok = true
		}
		if ok {
			answers = append(answers, Answer{By: ByRecord, Release: rel, Got: got})
		}
	}
	return answers, nil
}

// judge compares the answers with the expected answer of the row.
func judge(row Row, answers []Answer) (Observation, error) {
	o := Observation{Row: row, Answers: answers, OK: len(answers) > 0}
	for i := range o.Answers {
		a := &o.Answers[i]
		r, err := release.Parse(a.Release)
		if err != nil {
			return o, err
		}
		a.Want = row.Expect[row.Expect.at(r)].Answer
		a.OK = a.Got == a.Want
		o.OK = o.OK && a.OK
	}
	return o, nil
}

// String tells the answers that matter: the model's for the running release,
// the last recorded one before each change (the model's, where no release was
// asked), the running Go's, as "here", and those asked now; and every answer that is
// not the expected one. So it reads
//
//	model 1536; go1.15.15 2048; go1.17.13 1280; here 1536
func (o Observation) String() string { return o.told(summaries["en"]) }

// In is String in a language. It returns an error if the language is not one of
// [Languages].
func (o Observation) In(lang string) (string, error) {
	w, ok := summaries[lang]
	if !ok {
		return "", noLanguage(lang)
	}
	return o.told(w), nil
}

// summaries are the words around answers.
var summaries = map[string]summaryWords{
	"en": {modelOf: "model of ", expected: "%s (expected %s)", model: "model ", here: "here ", unasked: "not asked here: "},
	"zh": {modelOf: "模型 ", expected: "%s（应为 %s）", model: "模型 ", here: "本机 ", unasked: "本机未问："},
}

type summaryWords struct{ modelOf, expected, model, here, unasked string }

func (o Observation) told(w summaryWords) string {
	past := ByRecord
	if !slices.ContainsFunc(o.Answers, func(a Answer) bool { return a.By == ByRecord }) {
		past = ByModel
	}
	var now, then []string
	for i, a := range o.Answers {
		last := i+1 == len(o.Answers) || o.Answers[i+1].By != a.By
		text := a.Release + " " + a.Got
		if a.By == ByModel {
			text = w.modelOf + text
		}
		switch {
		case !a.OK:
			then = append(then, fmt.Sprintf(w.expected, text, a.Want))
		case a.By == ByModel && last:
			now = append(now, w.model+a.Got)
		case a.By == ByThis:
			then = append(then, w.here+a.Got)
		case a.By == past && !last && o.Answers[i+1].Got != a.Got, a.By == ByAsking:
			then = append(then, text)
		}
	}
	if o.Unasked != "" {
		then = append(then, w.unasked+o.Unasked)
	}
	return strings.Join(append(now, then...), "; ")
}

//go:embed testdata/golden
var files embed.FS

//go:embed testdata/probe.go
var probe string

//go:embed goroutines/questions.go
var goroutineQuestions string

// Golden are the answers of every release since 1.2 to the questions of the
// ledger that a program in the Go of 1.2 can ask.
var Golden = golden.Set[Said]{
	Probe: toolchain.Probe{Name: "claims", Source: probe, More: probeFiles()},
	Files: files,
	Dir:   "claims",
}

// Said are the answers of a release, by row.
type Said map[string]string

// UnmarshalJSON also reads the probe's output about programs: their endings, from which
// it derives the answers.
func (s *Said) UnmarshalJSON(text []byte) error {
	var all map[string]json.RawMessage
	if err := json.Unmarshal(text, &all); err != nil {
		return brief.Error(err)
	}
	*s = Said{}
	for id, raw := range all {
		var answer string
		if p, ok := programRows[id]; ok && raw[0] == '[' {
			var endings []bench.Ending
			if err := json.Unmarshal(raw, &endings); err != nil {
				return brief.Errorf("claims: %s: %w", id, err)
			}
			var err error
			// Up to Go 1.13 the goroutine that waits for a sleep's end gives the P to
			// another thread, and nothing tells how long that took to start.
			if answer, err = p.agreed(endings, true); err != nil {
				return err
			}
		} else if err := json.Unmarshal(raw, &answer); err != nil {
			return fmt.Errorf("claims: %s: %w", id, err)
		}
		(*s)[id] = answer
	}
	return nil
}

// probeFiles returns the files of the probe other than its main file: the child of
// package bench with the programs of the rows, and the questions of other packages.
func probeFiles() map[string]string {
	files := contextProbe()
	files["goroutines.go"] = strings.Replace(goroutineQuestions, "package goroutines", "package main", 1)
	files["interfaces.go"] = interfaceProbe()
	files["maps.go"] = mapProbe()
	maps.Copy(files, bench.ChildFiles())
	files["programs.go"] = programsFile()
	return files
}

// recorded returns the recorded answers of a release. It reads all records at once,
// since a caller that checks one row often checks the next.
func recorded(rel string) (map[string]string, error) {
	all, err := records()
	return all[rel], err
}

var records = sync.OnceValues(func() (map[string]map[string]string, error) {
	all := map[string]map[string]string{}
	for _, rel := range toolchain.Releases() {
		said, err := Golden.Load(rel)
		if err != nil {
			return nil, err
		}
		all[rel] = said
	}
	return all, nil
})

// IDs returns the rows that have a check, in the order of the ledger.
func IDs() []string {
	var ids []string
	for _, r := range rows {
		if _, ok := checks[r.ID]; ok {
			ids = append(ids, r.ID)
		}
	}
	return slices.Clip(ids)
}

// since reports whether the release, which must be valid, has the rules of the other.
func since(rel, other string) bool {
	r, err := release.Parse(rel)
	return err == nil && r.AtLeast(other)
}
