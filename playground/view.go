package playground

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/orrery-go/orrery/release"
)

// A View is a model on the page.
type View struct {
	ID       string // in links, forever: "sched"
	Title    Words
	About    Words // a sentence or two about what the view shows
	Language Words // the language of the program, in a line

	// Model is the folder whose fidelity.md has the rules of the steps, and Fidelity
	// returns its text. The keys in Words of the model's kinds begin with Prefix; a test
	// wants one for each constant of the type Kind in that folder.
	Model    string
	Fidelity func() string
	Prefix   string

	Examples []Example // the first is shown first
	Options  []Option
	Releases func() []string // the releases to choose from, newest first; nil: all; none: the view has no releases
	Words    map[string]Words

	// Run runs the program of the input. It returns an [*Error] for a mistake whose place
	// in the program is known. It must not panic, and must take at most a second,
	// whatever the input.
	Run func(in *Input) (*Run, error)
}

// Words are a text in both languages. Names of arguments are in braces.
type Words struct {
	EN string `json:"en"`
	ZH string `json:"zh"`
}

// An Example is a program that a view comes with.
type Example struct {
	ID      string            `json:"id"` // in links, and therefore fixed forever
	Title   Words             `json:"-"`
	Program string            `json:"program"`
	Release string            `json:"release,omitempty"` // "" is the newest
	Beside  string            `json:"beside,omitempty"`  // a second one
	Seed    string            `json:"seed,omitempty"`
	Options map[string]string `json:"options,omitempty"`
	Claims  []string          `json:"claims,omitempty"` // the rows of the ledger that it shows
}

// An Option is a setting of a view besides release and seed. Its label is the text with
// the key "option." followed by its ID, and that of a choice the text with the key
// "choice." followed by the choice, or the choice itself if there is no such text.
type Option struct {
	ID       string
	Default  string
	Min, Max int      // of a number
	Choices  []string // nil: it is a number
}

// An Input is the question to a view.
type Input struct {
	Program string
	Release string // "" is the newest
	Seed    uint64

	view    *View
	lang    string
	options map[string]string
}

// Option returns the value of an option.
func (in *Input) Option(id string) string {
	if v, ok := in.options[id]; ok {
		return v
	}
	return in.of().option(id).Default
}

// of returns the view of the input, or an empty view if the input does not come from a
// question.
func (in *Input) of() *View {
	if in.view == nil {
		return new(View)
	}
	return in.view
}

// Number returns the value of an option that is a number; 0 if there is none.
func (in *Input) Number(id string) int {
	n, _ := strconv.Atoi(in.Option(id)) // checked before
	return n
}

// Say returns the view's text for the key, in the language of the question, with the
// names in braces replaced. args alternates names and values.
func (in *Input) Say(key string, args ...any) string {
	w, ok := in.of().Words[key]
	if !ok {
		w, ok = common[key]
	}
	if !ok {
		return missing + in.of().ID + "." + key + missing
	}
	return w.fill(in.lang, args...)
}

// missing surrounds the key of a missing word.
const missing = "⟦⟧"

func (w Words) in(lang string) string {
	if lang == "zh" {
		return w.ZH
	}
	return w.EN
}

func (w Words) fill(lang string, args ...any) string {
	text := w.in(lang)
	if len(args) == 0 {
		return text
	}
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		name, after, _ := strings.Cut(rest, "}")
		text = after
		value := any(missing + name + missing)
		for i := 0; i+1 < len(args); i += 2 {
			if args[i] == name {
				value = args[i+1]
			}
		}
		fmt.Fprint(&b, value)
	}
}

// A Run is the result of running a program.
type Run struct {
	Headline string // what this release does, in a few words
	Steps    int
	Cut      bool   // it was stopped before its end
	End      string // how it ended, if that is worth saying

	// Step returns step n, from 1 to Steps, in the language of the input.
	Step func(n int) Step

	// At is the state after step n; 0 is the beginning.
	At func(n int) (State, error)
}

// A Step is a step of a run in words.
type Step struct {
	Kind string // of the model's event: "parked"
	Text string
	Rule string // the id of a row of fidelity.md; "" if there is none
	Time string // when; "" where there is no time
}

// A State is the state after a step, in the form that the page shows.
type State struct {
	Acting []Acting
	Panels []Panel
}

// An Acting is a line of the program that is being executed, from 1, and the actor that
// executes it: "g5".
type Acting struct {
	Line int    `json:"line"`
	By   string `json:"by"`
	Now  bool   `json:"now,omitempty"` // the step itself is of this line
}

// An Error is a mistake in a program, and its place.
type Error struct {
	Line, Column int // from 1; a column counts characters
	Text         string
}

// Error returns the text without the place, which the page shows.
func (e *Error) Error() string { return e.Text }

// releases returns the releases to choose from, newest first.
func (v *View) releases() []string {
	if v.Releases != nil {
		return v.Releases()
	}
	return Releases("go1.2")
}

// Releases returns the minor releases from the given one on, newest first, for
// View.Releases.
func Releases(from string) []string {
	out := []string{}
	first, err := release.Parse(from)
	if err != nil {
		return out
	}
	for _, name := range release.Known() {
		if r, err := release.Parse(name); err == nil && r.Minor() >= first.Minor() {
			out = append([]string{fmt.Sprintf("go1.%d", r.Minor())}, out...)
		}
	}
	return out
}

// before reports whether a release is older than another; "" is the newest.
func before(name, other string) bool {
	r, err := release.Parse(name)
	return err == nil && !r.AtLeast(other)
}

// option returns one of the view's options, or one without a name.
func (v *View) option(id string) Option {
	for _, o := range v.Options {
		if o.ID == id {
			return o
		}
	}
	return Option{}
}
