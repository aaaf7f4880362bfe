package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// TestQuiz answers ten questions rightly, and then wrongly.
func TestQuiz(t *testing.T) {
	for _, topic := range []string{"", "ledger", "layout"} {
		var right, wrong strings.Builder
		for seed := range uint64(10) {
			q, err := question(topic, 40+seed)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&right, "%c\n", 'a'+q.Right)
			fmt.Fprintf(&wrong, "z\n%c\n", 'a'+(q.Right+1)%len(q.Choices)) // z is asked again
		}
		args := []string{"-topic", topic, "-seed", "40"}
		for _, k := range []struct {
			in   string
			code int
			want string
		}{{right.String(), 0, "10 of 10 right."}, {wrong.String(), 1, "0 of 10 right."}, {"", 1, "0 of 0 right."}} {
			var out, stderr bytes.Buffer
			if code := run(args, strings.NewReader(k.in), &out, &stderr); (code != k.code && k.in != "") || !strings.Contains(out.String(), k.want) {
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
	for _, bad := range [][]string{{"-topic", "toys"}, {"-n", "0"}, {"more"}, {"-nonsense"}} {
		if code := run(bad, nil, &one, &stderr); code != 2 {
			t.Errorf("%q: exit %d", bad, code)
		}
	}
}
