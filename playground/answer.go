package playground

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/orrery-go/orrery/internal/brief"
	"github.com/orrery-go/orrery/release"
)

// The bounds of a question.
const (
	MaxProgram  = 1 << 16 // bytes of a program
	MaxQuestion = 4 << 20 // bytes of a question: more than MaxProgram, so that the answer can say that a program is too long
	MaxSteps    = 20_000  // steps of a run; a longer one is cut
	LogWindow   = 200     // lines of the log in an answer
)

// Schema is the version of links, and of questions and answers.
const Schema = 1

// A Question is a question of the page.
type Question struct {
	Schema  int               `json:"schema"` // 0 is [Schema]
	Ask     string            `json:"ask"`    // "run", "about", "read" a link, "write" one
	View    string            `json:"view,omitempty"`
	Program string            `json:"program,omitempty"`
	Example string            `json:"example,omitempty"` // of a link: in place of the program
	Release string            `json:"release,omitempty"` // "" is the newest
	Beside  string            `json:"beside,omitempty"`  // a second release
	Seed    string            `json:"seed,omitempty"`    // a number; "" is 1
	Options map[string]string `json:"options,omitempty"`
	Step    int               `json:"step,omitempty"` // after which step to show the state; one beyond the last counts as the last
	Log     int               `json:"log,omitempty"`  // the first line of the log; 0 puts the step in the middle
	Lang    string            `json:"lang,omitempty"` // "en" or "zh"; "" is en
	Guess   bool              `json:"guess,omitempty"`
	Link    string            `json:"link,omitempty"` // to read: what follows # in the address
}

// An Answer is the answer to a Question.
type Answer struct {
	Schema int      `json:"schema"`
	Error  *Problem `json:"error,omitempty"`
	Runs   []Side   `json:"runs,omitempty"` // of run: one, or two with a release beside
	Differ int      `json:"differ,omitempty"`
	About  *About   `json:"about,omitempty"`    // of about
	Asked  *Whole   `json:"question,omitempty"` // of read
	Link   string   `json:"link,omitempty"`     // of write
}

// Whole is the question that a link stands for.
type Whole = Question

// A Problem is the reason why there is no answer.
type Problem struct {
	Text   string `json:"text"`
	Line   int    `json:"line,omitempty"` // of the program, from 1
	Column int    `json:"column,omitempty"`
}

// A Side is a run, and the state after the requested step.
type Side struct {
	Release  string   `json:"release"` // "" if the view has none
	Headline string   `json:"headline,omitempty"`
	Steps    int      `json:"steps"`
	Cut      string   `json:"cut,omitempty"` // why there are no more steps
	End      string   `json:"end,omitempty"` // how it ended
	Step     int      `json:"step"`
	Now      Told     `json:"now"`
	Acting   []Acting `json:"acting"`
	Panels   []Panel  `json:"panels"`
	LogFrom  int      `json:"logFrom"` // the number of the log's first line
	Log      []Told   `json:"log"`
	Guess    *Guess   `json:"guess,omitempty"`
}

// A Told is a step in words, with its number and its rule.
type Told struct {
	N    int    `json:"n"`
	Kind string `json:"kind,omitempty"`
	Text string `json:"text"`
	Time string `json:"time,omitempty"`
	Rule *rule  `json:"rule,omitempty"` // of the step that is shown
	Name string `json:"name,omitempty"` // of its rule, in the log
	Mark string `json:"mark,omitempty"` // the status of its rule
}

// Ask answers a question, a [Question] in JSON, by an [Answer] in JSON. The same question
// always has the same answer, on every machine. Errors are part of the answer.
func Ask(question []byte) []byte {
	a := ask(question)
	a.Schema = Schema
	out, err := json.Marshal(a)
	if err != nil { // a NaN in a curve, for example
		out, _ = json.Marshal(Answer{Schema: Schema, Error: &Problem{Text: err.Error()}})
	}
	return out
}

func ask(question []byte) Answer {
	var q Question
	if len(question) > MaxQuestion {
		return problem(fmt.Errorf("playground: a question of %d bytes, want at most %d", len(question), MaxQuestion))
	}
	if err := json.Unmarshal(question, &q); err != nil {
		return problem(fmt.Errorf("playground: the question is no JSON: %w", err))
	}
	if q.Schema != 0 && q.Schema != Schema {
		return problem(fmt.Errorf("playground: schema %d, want %d: reload the page", q.Schema, Schema))
	}
	if q.Lang != "zh" {
		q.Lang = "en"
	}
	switch q.Ask {
	case "about":
		return Answer{About: about(q.Lang)}
	case "run":
		return run(q)
	case "read":
		got, err := ReadLink(q.Link)
		if err != nil {
			return problem(err)
		}
		return Answer{Asked: &got}
	case "write":
		link, err := q.Write()
		if err != nil {
			return problem(err)
		}
		return Answer{Link: link}
	}
	return problem(fmt.Errorf("playground: ask %.20q, want run, about, read or write", q.Ask))
}

func problem(err error) Answer {
	p := &Problem{Text: brief.Text(err.Error(), 1000)}
	if at := (*Error)(nil); errors.As(err, &at) {
		p.Line, p.Column = at.Line, at.Column
	}
	return Answer{Error: p}
}

// run runs a program, in one release or in two.
func run(q Question) Answer {
	in, err := q.input()
	if err != nil {
		return problem(err)
	}
	names := []string{q.Release}
	if q.Beside != "" {
		names = append(names, q.Beside)
	}
	var a Answer
	var runs []*Run
	for _, name := range names {
		side := *in
		side.Release = name
		r, err := side.view.Run(&side)
		if err != nil {
			return problem(err)
		}
		s, err := r.side(&side, q)
		if err != nil {
			return problem(err)
		}
		runs, a.Runs = append(runs, r), append(a.Runs, s)
	}
	if len(runs) == 2 {
		a.Differ = differ(runs[0], runs[1])
	}
	return a
}

// input checks a question.
func (q *Question) input() (*Input, error) {
	v := viewOf(q.View)
	if v == nil {
		return nil, fmt.Errorf("playground: no view %.40q", q.View)
	}
	if q.Example != "" && q.Program == "" {
		e := v.example(q.Example)
		if e == nil {
			return nil, fmt.Errorf("playground: %s has no example %.40q", v.ID, q.Example)
		}
		q.Program = e.Program
	}
	if len(q.Program) > MaxProgram {
		line := 1
		for _, c := range q.Program[:MaxProgram] {
			if c == '\n' {
				line++
			}
		}
		return nil, &Error{line, 1, common["too long"].fill(q.Lang, "n", len(q.Program), "most", MaxProgram)}
	}
	if !utf8.ValidString(q.Program) {
		return nil, errors.New("playground: the program is no UTF-8")
	}
	in := &Input{Program: q.Program, view: v, lang: q.Lang, options: q.Options, Seed: 1}
	for _, name := range []string{q.Release, q.Beside} {
		if _, err := release.Parse(name); err != nil || name == release.Running {
			return nil, fmt.Errorf("playground: there is no release %.40q", name)
		}
	}
	if q.Seed != "" {
		n, err := strconv.ParseUint(q.Seed, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("playground: seed %.40q, want a whole number from 0 to 2^64-1", q.Seed)
		}
		in.Seed = n
	}
	return in, v.check(q.Options)
}

func (v *View) check(options map[string]string) error {
next:
	for id, value := range options {
		for _, o := range v.Options {
			if o.ID != id {
				continue
			}
			if o.Choices == nil {
				if n, err := strconv.Atoi(value); err != nil || n < o.Min || n > o.Max {
					return fmt.Errorf("playground: %s %.40q, want a whole number from %d to %d", id, value, o.Min, o.Max)
				}
				continue next
			}
			for _, c := range o.Choices {
				if c == value {
					continue next
				}
			}
			return fmt.Errorf("playground: %s %.40q, want one of %q", id, value, o.Choices)
		}
		return fmt.Errorf("playground: %s has no option %.40q", v.ID, id)
	}
	return nil
}

func (v *View) example(id string) *Example {
	for i := range v.Examples {
		if v.Examples[i].ID == id {
			return &v.Examples[i]
		}
	}
	return nil
}

// side returns a run as the page shows it.
func (r *Run) side(in *Input, q Question) (Side, error) {
	s := Side{Release: in.Release, Headline: r.Headline, Steps: r.Steps, Step: min(max(q.Step, 0), r.Steps), End: r.End}
	if s.Release == "" && len(in.of().releases()) > 0 {
		s.Release = release.Latest
	} else if s.Release == "" && s.Headline == "" {
		s.Headline = in.of().Title.in(in.lang) // a pane has a heading
	}
	if r.Cut {
		s.Cut = in.Say("cut", "n", r.Steps)
	}
	state, err := r.At(s.Step)
	if err != nil {
		return s, err
	}
	s.Acting, s.Panels = state.Acting, state.Panels
	if s.Acting == nil {
		s.Acting = []Acting{}
	}
	if s.Panels == nil {
		s.Panels = []Panel{}
	}
	table := rules(in.view.Fidelity())
	if s.Step == 0 {
		s.Now = Told{Text: in.Say("beginning")}
	} else {
		s.Now = r.told(s.Step, table)
		if k, ok := table[s.Now.Name]; ok {
			k.Model, k.Says = in.view.Model, in.Say("status."+k.Status)
			s.Now.Rule = &k
		}
	}
	last := r.Steps
	if q.Guess {
		last = s.Step
		if s.Step < r.Steps {
			s.Guess = r.guess(s.Step+1, in.Seed)
		}
	}
	s.LogFrom = q.Log
	if s.LogFrom < 1 {
		s.LogFrom = s.Step - LogWindow/2
	}
	s.LogFrom = max(1, min(s.LogFrom, last-LogWindow+1))
	s.Log = []Told{}
	for n := s.LogFrom; n <= last && n < s.LogFrom+LogWindow; n++ {
		s.Log = append(s.Log, r.told(n, table))
	}
	return s, nil
}

func (r *Run) told(n int, table map[string]rule) Told {
	k := r.Step(n)
	return Told{N: n, Kind: k.Kind, Text: k.Text, Time: k.Time, Name: k.Rule, Mark: table[k.Rule].Status}
}

// differ returns the first step whose words differ in two runs, 0 if there is none.
func differ(a, b *Run) int {
	for n := 1; n <= min(a.Steps, b.Steps); n++ {
		if x, y := a.Step(n), b.Step(n); x.Text != y.Text || x.Kind != y.Kind {
			return n
		}
	}
	if a.Steps != b.Steps {
		return min(a.Steps, b.Steps) + 1
	}
	return 0
}
