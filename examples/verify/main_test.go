package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"reflect"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/orrery-go/orrery/claims"
	"github.com/orrery-go/orrery/internal/terminal"
	"github.com/orrery-go/orrery/internal/underrace"
)

func verify(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	code = run(t.Context(), args, &out, &err)
	return code, out.String(), err.String()
}

// remembered are the rows that were checked: all tests look at the printed answers of the
// same, and some take seconds to check.
var (
	remembered = map[string]claims.Observation{}
	tables     int // number of times that TestTable began: it checks afresh each time
)

func TestMain(m *testing.M) {
	check = func(id string) (claims.Observation, error) {
		if o, ok := remembered[id]; ok {
			return o, nil
		}
		o, err := claims.Check(id)
		if err == nil {
			remembered[id] = o
		}
		return o, err
	}
	os.Exit(m.Run())
}

func TestTable(t *testing.T) {
	if tables++; tables > 1 {
		clear(remembered)
	}
	for _, width := range []string{"50", "80", "131"} {
		t.Setenv("COLUMNS", width)
		args := []string{}
		if width == "80" && !underrace.On {
			args = append(args, "-slow") // once is enough; the tests of claims run them with the detector
		}
		code, out, stderr := verify(t, args...)
		if code != 0 {
			t.Fatalf("exit %d: %s\n%s", code, stderr, out)
		}
		limit, _ := terminal.Size(nil)
		for line := range strings.Lines(out) {
			if n := columnsOf(strings.TrimRight(line, "\n")); n > limit {
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
	for _, bad := range []struct {
		args []string
		want string // part of the output
	}{
		{[]string{"-section", "99"}, `no section "99" (want some of 1.0,`}, {[]string{"-section", "17,99"}, `no section "99"`},
		{[]string{"-verdict", "Holds"}, `no verdict "Holds" (want some of holds,`}, {[]string{"-nonsense"}, "not defined"},
		{[]string{"17_2"}, `no row "17_2" (they are named like`}, {[]string{"-section", "17", "17-2"}, "do not mix"},
		{[]string{"-lang", "fr"}, "want en or zh"},
	} {
		if code, out, stderr := verify(t, bad.args...); code != wrongArgument || out != "" || !strings.Contains(stderr, bad.want) {
			t.Errorf("%q: exit %d, %q", bad.args, code, stderr)
		}
	}
	if code, _, stderr := verify(t, "-h"); code != asExpected || !strings.Contains(stderr, "usage: verify") {
		t.Errorf("-h: exit %d, %q", code, stderr)
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

// TestRow checks that a row by name is printed whole.
func TestRow(t *testing.T) {
	code, out, stderr := verify(t, "17-2", "26-1")
	if code != asExpected {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	row, err := claims.Get("17-2")
	if err != nil {
		t.Fatal(err)
	}
	flat := strings.Join(strings.Fields(out), " ")
	for _, want := range []string{row.Claim, row.Fact, row.Source, row.Observe, row.Asks, "on record go1.2.2 - go1.15.15: 2048", "go1.18.10 - go1.27.4: 1536", "here " + runtime.Version() + ": 1536", "26-1 "} {
		if !strings.Contains(flat, strings.Join(strings.Fields(want), " ")) {
			t.Errorf("%q is missing in\n%s", want, out)
		}
	}
}

// TestDisagreement checks that the table says when a row is not confirmed.
func TestDisagreement(t *testing.T) {
	o, err := claims.Check("28-13")
	if err != nil {
		t.Fatal(err)
	}
	o.OK, o.Answers[0].OK = false, false
	var out bytes.Buffer
	show := newTable(&out, languages["en"], 0)
	if err := errors.Join(show.row(o), show.end()); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(strings.Join(strings.Fields(out.String()), " "), "NOT AS EXPECTED") || !strings.Contains(out.String(), "0 of 1 checked verdicts") {
		t.Errorf("got\n%s", out.String())
	}
}

// A sink keeps rows, and may cancel the context after the first.
type sink struct {
	rows int
	stop func()
}

func (s *sink) row(claims.Observation) error {
	s.rows++
	s.stop()
	return nil
}

func (s *sink) end() error { return nil }

// TestInterrupt checks that an interrupt ends a run at once, with the rows shown so far.
func TestInterrupt(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	show := &sink{stop: stop}
	defer func(was func(string) (claims.Observation, error)) { check = was }(check)
	over, asked := make(chan bool), new(atomic.Int32)
	defer close(over)
	check = func(string) (claims.Observation, error) { // of the second there is no answer as long as the test lasts
		if asked.Add(1) > 1 {
			<-over
		}
		return claims.Observation{OK: true}, nil
	}
	_, err := observe(ctx, claims.List()[:60], "", show, io.Discard)
	if !errors.Is(err, context.Canceled) || show.rows == 0 || show.rows == 60 {
		t.Errorf("%d rows, %v", show.rows, err)
	}
	var out, stderr bytes.Buffer
	if code := run(ctx, []string{"-slow"}, &out, &stderr); code != interrupted || !strings.Contains(stderr.String(), "interrupted") {
		t.Errorf("exit %d, %q", code, stderr.String())
	}
}

// TestChinese checks that the table and rows are Chinese, and as wide as they may be.
func TestChinese(t *testing.T) {
	code, out, _ := verify(t, "-lang", "zh", "-section", "17")
	if code != asExpected || !strings.Contains(out, "过时") || strings.Contains(out, "outdated") || !strings.Contains(out, "得到确认") || !strings.Contains(out, "溢出时，新容量") || !strings.Contains(out, "模型 1536") {
		t.Errorf("exit %d\n%s", code, out)
	}
	t.Setenv("COLUMNS", "60")
	code, out, _ = verify(t, "-lang", "zh", "17-2", "map-9", "26-1")
	for _, want := range []string{"过时，可观察", "1.18 起是", "笔记称", "这是定义，无可验证"} {
		if !strings.Contains(out, want) {
			t.Errorf("exit %d, %q is missing in\n%s", code, want, out)
		}
	}
	code, table, _ := verify(t, "-lang", "zh")
	if code != asExpected {
		t.Errorf("exit %d", code)
	}
	for line := range strings.Lines(out + table) {
		if n := columnsOf(strings.TrimRight(line, "\n")); n > 60 {
			t.Errorf("a line of %d: %s", n, line)
		}
	}
	for _, opening := range []string{"，", "。", "；", "）"} {
		if strings.Contains(out, "\n            "+opening) {
			t.Errorf("a line begins with %s\n%s", opening, out)
		}
	}
	for lang, w := range languages {
		for i, v := 0, reflect.ValueOf(w); i < v.NumField(); i++ {
			if v.Field(i).IsZero() {
				t.Errorf("%s: no word for %s", lang, v.Type().Field(i).Name)
			}
		}
		if w.lang != lang {
			t.Errorf("the words of %s are called %s", lang, w.lang)
		}
	}
}

func TestWrap(t *testing.T) {
	got := strings.Join(wrap("a bb  ccc dddddddd é", 4), "|")
	if want := "a bb|ccc|dddd|dddd|é"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	got = strings.Join(wrap("新容量，Go 1.18 起（含）", 6), "|")
	if want := "新容|量，Go|1.18|起|（含）"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
