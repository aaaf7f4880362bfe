package script

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/orrery-go/orrery/internal/brief"
)

// A Verb is a command that the scenarios of a model may use.
type Verb struct {
	Name string // "do"
	Args string // `G "c1 <- 7"`
	Doc  string // a description in one line

	first bool // it may come before the model has begun
	run   func(c *Command) (string, error)
}

// An Interpreter runs the commands of scenarios on one model. Get one from [New].
type Interpreter struct {
	model string
	verbs []Verb
	begun func() bool         // whether the model that verbs act upon exists
	state func() any          // its snapshot; nil: there is none
	name  func(of any) string // what the program calls it, or ""; nil: it names nothing
	watch *watch              // receives events and outcomes; nil: there is none
}

// interpreters has a function for each model that makes an interpreter. The file of a
// model adds it, since not every build has all: see package playground.
var interpreters = map[string]func() *Interpreter{}

// Models lists the models that have verbs, in alphabetical order.
func Models() []string { return slices.Sorted(maps.Keys(interpreters)) }

// New makes the interpreter of a model: "slicegrow". It returns an error if the
// model has no verbs.
func New(model string) (*Interpreter, error) {
	f, ok := interpreters[model]
	if !ok {
		return nil, fmt.Errorf("script: no verbs for %.40q (want one of %s)", model, strings.Join(Models(), ", "))
	}
	in := f()
	in.model = model
	return in, nil
}

// Model names the interpreter's model.
func (in *Interpreter) Model() string { return in.model }

// Verbs lists the interpreter's verbs. The slice is the caller's own.
func (in *Interpreter) Verbs() []Verb { return slices.Clone(in.verbs) }

// do runs one command.
func (in *Interpreter) do(c *Command) (string, error) {
	i := slices.IndexFunc(in.verbs, func(v Verb) bool { return v.Name == c.Verb })
	if i < 0 {
		var names []string
		for _, v := range in.verbs {
			names = append(names, v.Name)
		}
		return "", fmt.Errorf("script: no verb %.40q (want %s)", c.Verb, strings.Join(names, ", "))
	}
	if v := in.verbs[i]; v.first || in.begun == nil || in.begun() {
		text, err := v.run(c)
		if err == nil {
			err = c.unused()
		}
		return text, brief.Error(err)
	}
	return "", fmt.Errorf("script: begin with new")
}

// usage returns a verb and its arguments in one line.
func (v Verb) usage() string { return strings.TrimSpace(v.Name + " " + v.Args) }

// Help describes the verbs, one or two lines each.
func (in *Interpreter) Help() string {
	var b strings.Builder
	for _, v := range in.verbs {
		if len(v.usage()) < 38 {
			fmt.Fprintf(&b, "%-38s %s\n", v.usage(), v.Doc)
		} else {
			fmt.Fprintf(&b, "%s\n%38s %s\n", v.usage(), "", v.Doc)
		}
	}
	return b.String()
}
