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
	"unicode"

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

// The same question in Chinese: the letter of the answer is the same.
func ExampleIn() {
	for _, lang := range quiz.Languages() {
		q, err := quiz.In(lang, "pacer", 3)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Print(q)
		fmt.Println(q.Answer(), "/", q.Source())
	}
}

// TestQuestions makes questions of every kind of every topic and checks their form:
// distinct choices, one of which is right, and the same question for the same seed, in
// each language.
func TestQuestions(t *testing.T) {
	each, most := 8, uint64(200) // questions of each kind, and seeds to try for them
	if os.Getenv("ORRERY_FULL") != "" {
		each, most = 150, 2000
	}
	for _, topic := range quiz.Topics() {
		t.Run(topic, func(t *testing.T) {
			t.Parallel()
			forms, letters, texts := map[string]int{}, map[int]int{}, map[string]int{}
			enough := func() bool {
				for _, f := range quiz.Forms(topic) {
					if forms[f] < each {
						return false
					}
				}
				return true
			}
			rules := ids(t, topic)
			seed := uint64(0)
			for ; seed < most && !enough(); seed++ {
				q := asked(t, topic, seed)
				forms[q.Form]++
				letters[q.Right]++
				texts[q.Text+strings.Join(q.Choices, "|")]++
				if !rules[q.Rule] {
					t.Errorf("%s has no rule %q (%s)", q.Source(), q.Rule, q.Form)
				}
			}
			if len(forms) < 3 || !enough() {
				t.Errorf("questions of the forms %v, want %d of each of %q", forms, each, quiz.Forms(topic))
			}
			for i := range letters {
				if letters[i] == int(seed) {
					t.Error("the right choice is always in one place")
				}
			}
			if len(texts) < int(seed)/2 {
				t.Errorf("only %d of %d questions are different", len(texts), seed)
			}
		})
	}
}

// asked makes the question of a seed, and checks its form.
func asked(t *testing.T, topic string, seed uint64) quiz.Question {
	t.Helper()
	q, err := quiz.New(topic, seed)
	if err != nil {
		t.Fatalf("%d: %v", seed, err)
	}
	again, err := quiz.In("en", topic, seed)
	if err != nil || !reflect.DeepEqual(q, again) {
		t.Fatalf("%d: another question the second time: %v", seed, err)
	}
	zh, err := quiz.In("zh", topic, seed)
	if err != nil {
		t.Fatalf("%d: in Chinese: %v", seed, err)
	}
	if zh.Form != q.Form || zh.Right != q.Right || len(zh.Choices) != len(q.Choices) || zh.Rule != q.Rule {
		t.Errorf("%d: another question in Chinese\n%s\n%s", seed, q, zh)
	}
	if !strings.ContainsFunc(zh.Text, han) || strings.ContainsFunc(q.Text+q.Why+strings.Join(q.Choices, ""), func(r rune) bool { return strings.ContainsRune("，。？；：、的了吗几", r) }) {
		t.Errorf("%d: the languages are mixed\n%s%s\n%s", seed, q, q.Why, zh)
	}
	for i, c := range zh.Choices {
		if en := q.Choices[i]; c != en && !strings.ContainsFunc(c, chinese) {
			t.Errorf("%d: the choice %q is %q in Chinese", seed, en, c)
		}
	}
	for _, q := range []quiz.Question{q, zh} {
		sorted := slices.Sorted(slices.Values(q.Choices))
		switch {
		case len(q.Choices) < 2 || len(q.Choices) > 4, len(slices.Compact(sorted)) != len(q.Choices), q.Right < 0 || q.Right >= len(q.Choices):
			t.Errorf("%d: choices %q, right %d", seed, q.Choices, q.Right)
		case q.Text == "" || q.Why == "" || q.Rule == "" || slices.Contains(q.Choices, ""):
			t.Errorf("%d: something is missing in %+v", seed, q)
		case q.Topic != topic || q.Seed != seed || !slices.Contains(quiz.Forms(topic), q.Form):
			t.Errorf("%d: %+v", seed, q)
		case !strings.Contains(q.String(), q.Answer()):
			t.Errorf("%d: the answer %q is not one of the choices\n%s", seed, q.Answer(), q)
		case strings.Contains(q.String()+q.Why, "%!"):
			t.Errorf("%d: a verb without its argument\n%s%s", seed, q, q.Why)
		}
		var back quiz.Question
		if text, err := json.Marshal(q); err != nil || json.Unmarshal(text, &back) != nil || !reflect.DeepEqual(q, back) {
			t.Errorf("%d: JSON changes it: %v", seed, err)
		}
	}
	return q
}

func han(r rune) bool { return unicode.Is(unicode.Han, r) }

func chinese(r rune) bool { return han(r) || r == '：' || r == '，' }

func TestArguments(t *testing.T) {
	if q, err := quiz.New("", 3); err != nil || q.Topic == "" {
		t.Errorf("any topic: %v", err)
	}
	if _, err := quiz.New("toys", 3); err == nil || !strings.Contains(err.Error(), "want one of alloc, ") {
		t.Errorf("an unknown topic: %v", err)
	}
	if _, err := quiz.In("fr", "gc", 3); err == nil || !strings.Contains(err.Error(), "want one of en, zh") {
		t.Errorf("an unknown language: %v", err)
	}
	if quiz.Forms("toys") != nil || (quiz.Question{}).Answer() != "" || (quiz.Question{}).Source() != "" {
		t.Error("an unknown topic has forms, or no question an answer")
	}
	if q, err := quiz.New("pacer", 1); err != nil || !strings.HasPrefix(q.Source(), "gc/fidelity.md, pacer-") {
		t.Errorf("the pacer's rules are of %q, %v", q.Source(), err)
	}
}

// ids returns the rules of a topic's fidelity.md.
func ids(t *testing.T, topic string) map[string]bool {
	t.Helper()
	q, err := quiz.New(topic, 0)
	if err != nil {
		t.Fatal(err)
	}
	file, _, _ := strings.Cut(q.Source(), ", ")
	text, err := os.ReadFile(filepath.Join("..", file))
	if err != nil {
		t.Fatal(err)
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

// TestKnown checks some well-known answers.
func TestKnown(t *testing.T) {
	for _, tt := range []struct {
		topic, form, text, right string
	}{
		{"gc", "barrier", "Yuasa's", "the old value"},
		{"gc", "barrier", "Dijkstra's", "the new value"},
		{"gc", "barrier", "hybrid", "both"},
		{"locks", "misuse", "go1.7: what is the result of Unlock on a sync.Mutex", "a panic, which recover can stop"},
		{"locks", "misuse", "go1.26: what is the result of Unlock on a sync.Mutex", "a fatal error, which recover cannot stop"},
		{"locks", "barging", "go1.8:", "whichever locks it first"},
		{"chanq", "woken", "go1.5,", "goroutine 3, which came later"},
		{"chanq", "woken", "go1.26,", "goroutine 1, which waited first"},
		{"gomap", "misuse", "go1.5: what comes of m[1] = 1, while", "nothing is noticed"},
		{"gomap", "misuse", "go1.26: what comes of m[1] = 1, while", "a fatal error: concurrent map writes"},
		{"epollsim", "error", "a regular file", "EPERM"},
		{"epollsim", "error", "with a pipe that has been added", "EEXIST"}, // the first such is an ADD
		{"lb", "layers", "HTTPS that it passes on: can it choose the server by the path", "no"},
		{"escape", "size", "go1.26, no inlining:\n    func f() int { var b [10240 << 10]byte", "on the heap"},
		{"escape", "size", "go1.21, no inlining:\n    func f() int { var b [10240 << 10]byte", "on the stack"},
		{"pacer", "workers", "GOMAXPROCS=8,", "2 dedicated, no"},
		{"pacer", "workers", "GOMAXPROCS=1,", "0 dedicated, and a fractional"},
		{"runes", "encoding", "0xD8", "EF BF BD"},
	} {
		found := 0
		for seed := uint64(0); seed < 600 && found < 1; seed++ {
			q, err := quiz.New(tt.topic, seed)
			if err != nil {
				t.Fatal(err)
			}
			if q.Form == tt.form && strings.Contains(q.Text, tt.text) {
				if tt.right == "EEXIST" && !strings.Contains(q.Text, "ADD") {
					continue
				}
				found++
				if !strings.HasPrefix(q.Choices[q.Right], tt.right) {
					t.Errorf("%s\nanswer %s, want %s", q, q.Answer(), tt.right)
				}
			}
		}
		if found == 0 {
			t.Errorf("no question like %s, %s, %s", tt.topic, tt.form, tt.text)
		}
	}
}

func FuzzNew(f *testing.F) {
	f.Add("gc", uint64(1))
	f.Fuzz(func(t *testing.T, topic string, seed uint64) {
		q, err := quiz.In("zh", topic, seed)
		if err != nil && slices.Contains(quiz.Topics(), topic) {
			t.Fatal(err)
		}
		_ = q.String() + q.Answer()
	})
}
