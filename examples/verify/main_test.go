package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/orrery-go/orrery/claims"
)

func verify(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	code = run(t.Context(), args, &out, &err)
	return code, out.String(), err.String()
}

func TestTable(t *testing.T) {
	for _, width := range []string{"50", "80", "131"} {
		t.Setenv("COLUMNS", width)
		args := []string{}
		if width == "80" {
			args = append(args, "-slow") // once is enough
		}
		code, out, stderr := verify(t, args...)
		if code != 0 {
			t.Fatalf("exit %d: %s\n%s", code, stderr, out)
		}
		limit, _ := terminal(nil)
		for line := range strings.Lines(out) {
			if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > max(limit, 61) {
				t.Errorf("COLUMNS=%s: a line of %d: %s", width, n, line)
			}
		}
		if strings.Contains(out, "\x1b") {
			t.Error("colours outside a terminal")
		}
		for _, row := range claims.List() {
			want := row.Quick() || row.Checked() && len(args) > 0
			if strings.Contains(out, "\n"+row.ID+" ") != want {
				t.Errorf("COLUMNS=%s: row %s is printed: %v", width, row.ID, !want)
			}
		}
	}
}

func TestSelection(t *testing.T) {
	code, out, _ := verify(t, "-section", "28", "-verdict", "wrong,outdated")
	if code != 0 || !strings.Contains(out, "28-13") || !strings.Contains(out, "28-14") || strings.Contains(out, "28-12") {
		t.Errorf("exit %d:\n%s", code, out)
	}
	code, out, _ = verify(t)
	if code != 0 || !strings.Contains(out, "17-2 ") || strings.Contains(out, "28-10 ") || !strings.Contains(out, "takes longer: -slow") {
		t.Errorf("exit %d, the quick rows:\n%s", code, out)
	}
	code, out, _ = verify(t, "-all")
	if code != 0 || !strings.Contains(out, "26-1 ") || !strings.Contains(out, "27-1 ") {
		t.Errorf("exit %d, -all shows not all", code)
	}
	for _, bad := range [][]string{{"-section", "99"}, {"-verdict", "true"}, {"-nonsense"}} {
		if code, _, stderr := verify(t, bad...); code != 2 || stderr == "" {
			t.Errorf("%q: exit %d, %q", bad, code, stderr)
		}
	}
	if code, _, stderr := verify(t, "-release", "1.17"); code != 1 || !strings.Contains(stderr, "1.17") {
		t.Errorf("a malformed release: exit %d, %q", code, stderr)
	}
}

func TestJSON(t *testing.T) {
	code, out, _ := verify(t, "-json", "-section", "28")
	var seen []claims.Observation
	if err := json.Unmarshal([]byte(out), &seen); err != nil || code != 0 {
		t.Fatalf("exit %d, %v", code, err)
	}
	if len(seen) == 0 || len(seen[0].Answers) == 0 || !seen[0].OK || seen[0].Row.ID == "" {
		t.Errorf("got %+v", seen)
	}
}

// TestDisagreement shows that the table says so when a row is not confirmed.
func TestDisagreement(t *testing.T) {
	o, err := claims.Check("28-13")
	if err != nil {
		t.Fatal(err)
	}
	if !confirmed([]claims.Observation{o}) {
		t.Error("28-13 is not confirmed")
	}
	o.OK, o.Answers[0].OK = false, false
	if confirmed([]claims.Observation{o}) {
		t.Error("a row that is not as expected is confirmed: verify would exit with 0")
	}
	var out bytes.Buffer
	if err := printTable(&out, []claims.Observation{o}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(strings.Join(strings.Fields(out.String()), " "), "NOT AS EXPECTED") || !strings.Contains(out.String(), "0 of 1 checked verdicts") {
		t.Errorf("got\n%s", out.String())
	}
}

func TestWrap(t *testing.T) {
	got := strings.Join(wrap("a bb  ccc dddddddd é", 4), "|")
	if want := "a bb|ccc|dddd|dddd|é"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
