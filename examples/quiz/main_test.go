package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// TestQuiz gives ten right answers, and then wrong ones.
func TestQuiz(t *testing.T) {
	for i, topic := range []string{"", "ledger", "layout", "epollsim"} {
		lang, score := "en", "%d of 10 right."
		if i%2 == 1 {
			lang, score = "zh", "10 题答对 %d 题。"
		}
		var right, wrong strings.Builder
		for seed := range uint64(10) {
			q, err := question(lang, topic, 40+seed)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&right, "%c\n", 'a'+q.Right)
			fmt.Fprintf(&wrong, "z\n%c\n", 'a'+(q.Right+1)%len(q.Choices)) // z is asked again
		}
		args := []string{"-topic", topic, "-seed", "40", "-lang", lang}
		for _, k := range []struct {
			in   string
			code int
			want string
		}{{right.String(), 0, fmt.Sprintf(score, 10)}, {wrong.String(), 1, fmt.Sprintf(score, 0)}, {"", 1, "0"}} {
			var out, stderr bytes.Buffer
			if code := run(args, strings.NewReader(k.in), &out, &stderr); code != k.code && k.in != "" || !strings.Contains(out.String(), k.want) {
				t.Errorf("%q: exit %d, want %d and %q\n%s%s", topic, code, k.code, k.want, out.String(), stderr.String())
			}
		}
	}
}

func TestAnswers(t *testing.T) {
	var one, two, stderr bytes.Buffer
	args := []string{"-answers", "-seed", "7", "-n", "5"}
	if run(args, nil, &one, &stderr) != 0 || run(args, nil, &two, &stderr) != 0 || one.String() != two.String() || !strings.Contains(one.String(), "fidelity.md") {
		t.Errorf("%s%s", one.String(), stderr.String())
	}
	one.Reset()
	if code := run([]string{"-topic", "list"}, nil, &one, &stderr); code != 0 || !strings.Contains(one.String(), "gomap      grow, place") || !strings.Contains(one.String(), "ledger     claim") {
		t.Errorf("the topics: exit %d\n%s", code, one.String())
	}
	for _, bad := range [][]string{{"-lang", "fr"}, {"-topic", "list", "more"}, {"-topic", "toys"}, {"-n", "0"}, {"more"}, {"-nonsense"}} {
		if code := run(bad, nil, &one, &stderr); code != 2 {
			t.Errorf("%q: exit %d", bad, code)
		}
	}
}
