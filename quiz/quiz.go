// Package quiz makes questions about Go that the models answer: the capacity after an
// append in Go 1.17, the goroutine that goes on, the object that is lost, the size of a
// struct. Every model has several kinds of questions, without end; the same topic and
// seed give the same question, in English and in Chinese.
//
//	q, err := quiz.New("slicegrow", 7)
//	fmt.Println(q)                      // the question and its choices
//	fmt.Println(q.Choices[q.Right])     // the answer
//	fmt.Println(q.Why)                  // the model's events and the reason
//	fmt.Println(q.Source())             // the rule's place: slicegrow/fidelity.md, double
//	q, err = quiz.In("zh", "slicegrow", 7)
//
// Wrong choices are plausible: they are the answers of another release, another rule or a
// popular mistake.
//
// examples/quiz asks.
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

// A Question has several choices, of which one is right.
type Question struct {
	Topic   string   `json:"topic"` // the model: "slicegrow"
	Form    string   `json:"form"`  // kind of the question: "capacity"; see [Forms]
	Seed    uint64   `json:"seed,string"`
	Lang    string   `json:"lang"` // of the text, see [Languages]
	Text    string   `json:"text"`
	Choices []string `json:"choices"` // two to four, all different
	Right   int      `json:"right"`   // index in Choices
	Why     string   `json:"why"`     // the reason, and what the model says in English; lines of text
	Rule    string   `json:"rule"`    // the row of the model's fidelity.md that decides it
}

// String returns the question and its choices, lettered from a.
func (q Question) String() string {
	var b strings.Builder
	b.WriteString(q.Text + "\n")
	for i, c := range q.Choices {
		fmt.Fprintf(&b, "  %c) %s\n", 'a'+i, c)
	}
	return b.String()
}

// Answer returns the right choice with its letter: "b) 1536".
func (q Question) Answer() string {
	if q.Right < 0 || q.Right >= len(q.Choices) {
		return ""
	}
	return fmt.Sprintf("%c) %s", 'a'+q.Right, q.Choices[q.Right])
}

// Source returns the row of a fidelity.md that has the rule which decides the question,
// and its check: "gc/fidelity.md, goal".
func (q Question) Source() string {
	if q.Rule == "" {
		return ""
	}
	return rulesOf(q.Topic) + "/fidelity.md, " + q.Rule
}

// rulesOf returns the folder that has a topic's rules.
func rulesOf(topic string) string {
	if topic == "pacer" {
		return "gc"
	}
	return topic
}

// A form makes questions of one kind.
type form struct {
	name string
	make func(r *rand.Rand) (draft, error)
}

// A draft is a question whose choices are not in an order yet. The zero draft is no
// question: what was drawn has several right answers, or is of no interest.
type draft struct {
	text  text
	right text
	wrong []text // the likeliest first; what is there twice, or right, is left out
	why   text
	rule  string
}

// topics are the forms of each model.
var topics = map[string][]form{
	"alloc":     allocForms,
	"chanq":     chanqForms,
	"ctxtree":   ctxtreeForms,
	"epollsim":  epollsimForms,
	"escape":    escapeForms,
	"gc":        gcForms,
	"gomap":     gomapForms,
	"iface":     ifaceForms,
	"ipc":       ipcForms,
	"layout":    layoutForms,
	"lb":        lbForms,
	"locks":     locksForms,
	"pacer":     pacerForms,
	"race":      raceForms,
	"runes":     runesForms,
	"sched":     schedForms,
	"service":   serviceForms,
	"slicegrow": slicegrowForms,
}

// Topics lists the models that have questions, in alphabetical order.
func Topics() []string { return slices.Sorted(maps.Keys(topics)) }

// Languages lists the languages of questions.
func Languages() []string { return []string{"en", "zh"} }

// Forms lists the kinds of questions of a topic; none if the topic is unknown.
func Forms(topic string) []string {
	var out []string
	for _, f := range topics[topic] {
		out = append(out, f.name)
	}
	return out
}

// New makes the question of a topic, or with "" of any topic, that belongs to the seed,
// in English. It returns an error if the topic is unknown.
func New(topic string, seed uint64) (Question, error) { return In("en", topic, seed) }

// In is [New] in another language: the same question, with its choices in the same order.
// It returns an error if the language or the topic is unknown.
func In(lang, topic string, seed uint64) (Question, error) {
	if !slices.Contains(Languages(), lang) {
		return Question{}, fmt.Errorf("quiz: no language %.40q (want one of %s)", lang, strings.Join(Languages(), ", "))
	}
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
			q := Question{Topic: topic, Form: f.name, Seed: seed, Lang: lang, Text: d.text.in(lang), Right: right, Why: strings.TrimRight(d.why.in(lang), "\n"), Rule: d.rule}
			for _, c := range choices {
				q.Choices = append(q.Choices, c.in(lang))
			}
			return q, nil
		}
	}
	return Question{}, fmt.Errorf("quiz: %s, %s: seed %d gives no question with several choices", topic, f.name, seed)
}

const mostChoices = 4

// shuffle brings the choices into a random order. It is not ok if there is only one.
func (d draft) shuffle(r *rand.Rand) (choices []text, right int, ok bool) {
	choices = []text{d.right}
	for _, w := range d.wrong {
		taken := slices.ContainsFunc(choices, func(c text) bool { return c.en == w.en || c.zh == w.zh })
		if w.en != "" && w.zh != "" && !taken && len(choices) < mostChoices {
			choices = append(choices, w)
		}
	}
	r.Shuffle(len(choices), func(i, j int) { choices[i], choices[j] = choices[j], choices[i] })
	return choices, slices.Index(choices, d.right), d.right.en != "" && len(choices) > 1
}

// pick returns one of the values.
func pick[T any](r *rand.Rand, values ...T) T { return values[r.IntN(len(values))] }

// between returns a number of [low,high].
func between(r *rand.Rand, low, high int64) int64 { return low + r.Int64N(high-low+1) }
