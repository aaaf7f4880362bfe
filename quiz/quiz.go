// Package quiz makes questions about Go that the models answer: which capacity this
// append gives in Go 1.17, which goroutine goes on, which object is lost, what a
// struct takes. There is no end of them, and the same topic and seed give the same
// question.
//
//	q, err := quiz.New("slicegrow", 7)
//	fmt.Println(q)                      // the question and its choices
//	fmt.Println(q.Choices[q.Right])     // the answer
//	fmt.Println(q.Why)                  // the model's reason, and the rule's place in fidelity.md
//
// Wrong choices are not just any: they are what another release, another rule or a
// popular mistake gives.
//
// A Question is data, and may be used by several goroutines. examples/quiz asks.
//
// # Concurrent use
//
// A Question is data: several goroutines may use it as long as none changes it.
package quiz

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
)

// A Question is one of several choices of which one is right.
type Question struct {
	Topic   string   `json:"topic"` // the model: "slicegrow"
	Form    string   `json:"form"`  // what is asked for: "capacity"; see [Forms]
	Seed    uint64   `json:"seed,string"`
	Text    string   `json:"text"`
	Choices []string `json:"choices"` // two to four, all different
	Right   int      `json:"right"`   // index in Choices
	Why     string   `json:"why"`     // what the model says, lines of text
	Rule    string   `json:"rule"`    // the row of the model's fidelity.md that decides it
}

// String is the question and its choices, lettered from a.
func (q Question) String() string {
	var b strings.Builder
	b.WriteString(q.Text + "\n")
	for i, c := range q.Choices {
		fmt.Fprintf(&b, "  %c) %s\n", 'a'+i, c)
	}
	return b.String()
}

// Answer is the right choice with its letter: "b) 1536".
func (q Question) Answer() string {
	if q.Right < 0 || q.Right >= len(q.Choices) {
		return ""
	}
	return fmt.Sprintf("%c) %s", 'a'+q.Right, q.Choices[q.Right])
}

// A form makes questions of one kind.
type form struct {
	name string
	make func(r *rand.Rand) (draft, error)
}

// A draft is a question whose choices are not in an order yet.
type draft struct {
	text  string
	right string
	wrong []string // the likeliest first; what is there twice, or right, is left out
	why   string
	rule  string
}

// topics are the forms of each model.
var topics = map[string][]form{
	"alloc":     allocForms,
	"chanq":     chanqForms,
	"gc":        gcForms,
	"layout":    layoutForms,
	"locks":     locksForms,
	"sched":     schedForms,
	"slicegrow": slicegrowForms,
}

// Topics lists the models that have questions, in alphabetical order.
func Topics() []string { return slices.Sorted(maps.Keys(topics)) }

// Forms lists the kinds of questions of a topic; none if the topic is unknown.
func Forms(topic string) []string {
	var out []string
	for _, f := range topics[topic] {
		out = append(out, f.name)
	}
	return out
}

// New makes the question of a topic, "" for any of them, that belongs to the seed.
// It returns an error if the topic is unknown.
func New(topic string, seed uint64) (Question, error) {
	r := rand.New(rand.NewPCG(seed, 0))
	if topic == "" {
		topic = Topics()[r.IntN(len(topics))]
	}
	forms, ok := topics[topic]
	if !ok {
		return Question{}, fmt.Errorf("quiz: no topic %.40q (want one of %s)", topic, strings.Join(Topics(), ", "))
	}
	f := forms[r.IntN(len(forms))]
	// Now and then what is drawn has only one possible answer, and another is drawn.
	for range 100 {
		d, err := f.make(r)
		if err != nil {
			return Question{}, fmt.Errorf("quiz: %s, %s: %w", topic, f.name, err)
		}
		if choices, right, ok := d.shuffle(r); ok {
			return Question{topic, f.name, seed, d.text, choices, right, strings.TrimRight(d.why, "\n"), d.rule}, nil
		}
	}
	return Question{}, fmt.Errorf("quiz: %s, %s: seed %d gives no question with several choices", topic, f.name, seed)
}

const mostChoices = 4

// shuffle brings the choices into a random order. It is not ok if there is only one.
func (d draft) shuffle(r *rand.Rand) (choices []string, right int, ok bool) {
	choices = []string{d.right}
	for _, w := range d.wrong {
		if w != "" && !slices.Contains(choices, w) && len(choices) < mostChoices {
			choices = append(choices, w)
		}
	}
	r.Shuffle(len(choices), func(i, j int) { choices[i], choices[j] = choices[j], choices[i] })
	return choices, slices.Index(choices, d.right), len(choices) > 1
}

// pick returns one of the values.
func pick[T any](r *rand.Rand, values ...T) T { return values[r.IntN(len(values))] }

// between returns a number of [low,high].
func between(r *rand.Rand, low, high int64) int64 { return low + r.Int64N(high-low+1) }
