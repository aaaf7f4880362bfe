package quiz_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/quiz"
)

func Example() {
	q, err := quiz.New("slicegrow", 4)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(q)
	fmt.Println(q.Answer())
}

// TestQuestions makes questions of every topic and looks at their form: different
// choices of which one is right, and the same question for the same seed.
func TestQuestions(t *testing.T) {
	const each = 40
	for _, topic := range quiz.Topics() {
		forms := map[string]int{}
		letters := map[int]int{}
		for seed := range uint64(each) {
			q, err := quiz.New(topic, seed)
			if err != nil {
				t.Fatalf("%s %d: %v", topic, seed, err)
			}
			again, err := quiz.New(topic, seed)
			if err != nil || !reflect.DeepEqual(q, again) {
				t.Fatalf("%s %d: another question the second time: %v", topic, seed, err)
			}
			sorted := slices.Sorted(slices.Values(q.Choices))
			switch {
			case len(q.Choices) < 2 || len(q.Choices) > 4, len(slices.Compact(sorted)) != len(q.Choices), q.Right < 0 || q.Right >= len(q.Choices):
				t.Errorf("%s %d: choices %q, right %d", topic, seed, q.Choices, q.Right)
			case q.Text == "" || q.Why == "" || q.Rule == "" || slices.Contains(q.Choices, ""):
				t.Errorf("%s %d: something is missing in %+v", topic, seed, q)
			case q.Topic != topic || q.Seed != seed || !slices.Contains(quiz.Forms(topic), q.Form):
				t.Errorf("%s %d: %+v", topic, seed, q)
			case !strings.Contains(q.String(), q.Answer()):
				t.Errorf("%s %d: the answer %q is none of the choices\n%s", topic, seed, q.Answer(), q)
			}
			forms[q.Form]++
			letters[q.Right]++
			var back quiz.Question
			if text, err := json.Marshal(q); err != nil || json.Unmarshal(text, &back) != nil || !reflect.DeepEqual(q, back) {
				t.Errorf("%s %d: JSON changes it: %v", topic, seed, err)
			}
			if rules := ids(t, topic); len(rules) > 0 && !rules[q.Rule] {
				t.Errorf("%s/fidelity.md has no rule %q (%s)", topic, q.Rule, q.Form)
			}
		}
		if len(forms) < 3 || len(forms) != len(quiz.Forms(topic)) {
			t.Errorf("%s: questions of the forms %v, want all of %q", topic, forms, quiz.Forms(topic))
		}
		if letters[0] == each || letters[1] == each {
			t.Errorf("%s: the right choice is always in one place", topic)
		}
	}
	if q, err := quiz.New("", 3); err != nil || q.Topic == "" {
		t.Errorf("any topic: %v", err)
	}
	if _, err := quiz.New("toys", 3); err == nil || !strings.Contains(err.Error(), "want one of alloc, ") {
		t.Errorf("an unknown topic: %v", err)
	}
	if quiz.Forms("toys") != nil || (quiz.Question{}).Answer() != "" {
		t.Error("an unknown topic has forms, or no question an answer")
	}
}

// ids are the rules of a model's fidelity.md.
func ids(t *testing.T, model string) map[string]bool {
	text, err := os.ReadFile(filepath.Join("..", model, "fidelity.md"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), "| id | rule |") {
		return nil
	}
	out := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		if id, ok := strings.CutPrefix(line, "| "); ok {
			id, _, _ = strings.Cut(id, " ")
			out[id] = true
		}
	}
	return out
}

// TestKnown holds some answers that everybody can look up.
func TestKnown(t *testing.T) {
	for _, tt := range []struct {
		topic, form, text, right string
	}{
		{"gc", "barrier", "Yuasa's", "the old value"},
		{"gc", "barrier", "Dijkstra's", "the new value"},
		{"gc", "barrier", "hybrid", "both"},
		{"locks", "misuse", "go1.7:", "a panic, which recover can stop"},
		{"locks", "misuse", "go1.26:", "a fatal error, which recover cannot stop"},
		{"chanq", "woken", "go1.5,", "goroutine 3, which came later"},
		{"chanq", "woken", "go1.26,", "goroutine 1, which waited first"},
	} {
		found := 0
		for seed := uint64(0); seed < 400 && found < 2; seed++ {
			q, err := quiz.New(tt.topic, seed)
			if err != nil {
				t.Fatal(err)
			}
			if q.Form == tt.form && strings.Contains(q.Text, tt.text) {
				found++
				if !strings.HasPrefix(q.Choices[q.Right], tt.right) {
					t.Errorf("%s\nanswer %s, want %s", q, q.Answer(), tt.right)
				}
			}
		}
		if found == 0 {
			t.Errorf("no question like %s, %s", tt.topic, tt.text)
		}
	}
}

func FuzzNew(f *testing.F) {
	f.Add("gc", uint64(1))
	f.Fuzz(func(t *testing.T, topic string, seed uint64) {
		q, err := quiz.New(topic, seed)
		if err != nil && slices.Contains(quiz.Topics(), topic) {
			t.Fatal(err)
		}
		_ = q.String() + q.Answer()
	})
}
