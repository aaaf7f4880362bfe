package claims

import (
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/bench"
	"github.com/orrery-go/orrery/internal/toolchain"
	"github.com/orrery-go/orrery/release"
)

// unchecked is the number of rows that could have a check but have none yet. It may only
// fall.
const unchecked = 0

// An observed is what Check has returned for a row.
type observed struct {
	Observation
	err      error
	verified bool // by TestClaims
}

// lastObserved are the rows that were checked. The tests that look at all of them share
// these, since some take seconds to check.
var lastObserved = map[string]*observed{}

// lately returns what has been observed of a row, or checks it.
func lately(id string) *observed {
	if lastObserved[id] == nil {
		o, err := Check(id)
		lastObserved[id] = &observed{o, err, false}
	}
	return lastObserved[id]
}

// TestClaims checks every row that has a check, in subtests named
// Claims/17-2. It checks afresh each time that it runs.
func TestClaims(t *testing.T) {
	for _, row := range List() {
		if !row.Checked() {
			continue
		}
		t.Run(row.ID, func(t *testing.T) {
			if o := lastObserved[row.ID]; o != nil && o.verified {
				delete(lastObserved, row.ID)
			}
			o := lately(row.ID)
			o.verified = true
			o.verify(t, row.ID, o.err)
		})
	}
}

// TestUnchecked lists the rows without a check, and compares their number with
// unchecked.
func TestUnchecked(t *testing.T) {
	byPackage := map[string][]string{}
	n, definitions := 0, 0
	for _, row := range List() {
		switch {
		case row.Proof == Definition:
			definitions++
			if row.Checked() || row.Source == "" {
				t.Errorf("%s is a definition: it has a citation and no check", row.ID)
			}
		case !row.Checked():
			n++
			byPackage[row.Package] = append(byPackage[row.Package], row.ID)
		}
	}
	for _, p := range slices.Sorted(maps.Keys(byPackage)) {
		t.Logf("%-10s %3d not checked yet: %s", p, len(byPackage[p]), strings.Join(byPackage[p], " "))
	}
	t.Logf("%d rows: %d checked, %d not checked yet, %d definitions", len(List()), len(IDs()), n, definitions)
	if n != unchecked {
		t.Errorf("%d rows are not checked yet, the constant says %d", n, unchecked)
	}
}

// TestEveryCheckCanFail alters each expected answer, one at a time, and checks that the
// check then fails.
func TestEveryCheckCanFail(t *testing.T) {
	flipped := 0
	for _, id := range IDs() {
		o := lately(id)
		if o.err != nil {
			t.Error(o.err)
			continue
		}
		for i := range o.Row.Expect {
			row := o.Row
			row.Expect = slices.Clone(row.Expect)
			row.Expect[i].Answer += "?"
			flipped++
			if f, err := judge(row, slices.Clone(o.Answers)); err != nil || f.OK {
				t.Errorf("%s passes when it expects %q: %v", id, row.Expect, err)
			}
		}
	}
	t.Logf("%d expectations of %d checks altered", flipped, len(IDs()))
}

// TestAnswers checks that the answers of each row are of its kind: an observable answer
// comes from the running Go, too, and a model answers for every release.
func TestAnswers(t *testing.T) {
	for _, id := range IDs() {
		o := lately(id)
		if o.err != nil {
			t.Error(o.err)
			continue
		}
		by := map[By]int{}
		for _, a := range o.Answers {
			by[a.By]++
		}
		// Threads can be counted on Linux only, and its own mechanisms exist only there.
		elsewhere := slices.Contains([]string{"sched", "epollsim", "ipc"}, o.Row.Package) && runtime.GOOS != "linux"
		if o.Row.Proof == Observable && by[ByThis] != 1 && !elsewhere {
			t.Errorf("%s is observable, but %d answers are of the running Go", id, by[ByThis])
		}
		if by[ByModel] == 0 {
			t.Errorf("%s has no model", id)
		}
		all := toolchain.Releases()
		if first := checks[id].from; first != "" {
			all = slices.DeleteFunc(all, func(rel string) bool { return !since(rel, first) })
		}
		if n := by[ByRecord]; n != len(all) && (n != 0 || checks[id].record != nil) {
			t.Errorf("%s: %d of %d releases answered", id, n, len(all))
		}
		if len(o.Row.Expect) > 1 && by[ByModel] < len(toolchain.Releases()) {
			t.Errorf("%s expects changes that nothing shows", id)
		}
	}
}

// TestRecordsAreUsed checks that every recorded answer belongs to a check.
func TestRecordsAreUsed(t *testing.T) {
	for _, rel := range toolchain.Releases() {
		said, err := Golden.Load(rel)
		if err != nil {
			t.Fatal(err)
		}
		for id := range said {
			if _, ok := checks[id]; !ok {
				t.Errorf("%s answers %s, which has no check", rel, id)
			}
		}
	}
}

// TestVerdicts checks that each verdict follows from the answers.
func TestVerdicts(t *testing.T) {
	latest, err := release.Parse("")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range List() {
		if row.Claimed == "" {
			continue
		}
		var now, once bool
		for i, s := range row.Expect {
			once = once || s.Answer == row.Claimed
			now = now || s.Answer == row.Claimed && row.Expect.at(latest) == i
		}
		ok := map[Verdict]bool{
			Holds:     now,
			Imprecise: !now,
			Outdated:  once && !now,
			Wrong:     !once,
		}[row.Verdict]
		if !ok {
			t.Errorf("%s is said to be %s; it claims %q, and Go answers %q", row.ID, row.Verdict, row.Claimed, row.Expect)
		}
	}
}

// TestGolden asks the releases in ORRERY_TOOLCHAINS again.
func TestGolden(t *testing.T) {
	Golden.Test(t, func(t *testing.T, rel string, said Said) {
		r, err := release.Parse(rel)
		if err != nil {
			t.Fatal(err)
		}
		for id, got := range said {
			row, err := Get(id)
			if err != nil {
				t.Error(err)
			} else if want := row.Expect[row.Expect.at(r)].Answer; got != want {
				t.Errorf("%s: %s answers %q, expected %q", id, rel, got, want)
			}
		}
	})
}

func TestExpectation(t *testing.T) {
	const text = "2048 | go1.16: 1280 | go1.18: 1536"
	e, err := parseExpectation(text)
	if err != nil {
		t.Fatal(err)
	}
	if e.String() != text {
		t.Errorf("%q became %q", text, e)
	}
	for rel, want := range map[string]string{
		"go1.2": "2048", "go1.15.15": "2048", "go1.16": "1280", "go1.17.13": "1280", "go1.18beta1": "1536", "go1.99": "1536",
	} {
		r, err := release.Parse(rel)
		if err != nil {
			t.Fatal(err)
		}
		if got := e[e.at(r)].Answer; got != want {
			t.Errorf("%s: %s, want %s", rel, got, want)
		}
	}
	for _, bad := range []string{"1 | 2", "1 | go1.x: 2", "1 | go1.9: 1", "1 | go1.18: 2 | go1.16: 3"} {
		if e, err := parseExpectation(bad); err == nil {
			t.Errorf("%q parses to %q", bad, e)
		}
	}
}

func TestLedgerErrors(t *testing.T) {
	head := strings.Join(columns, "\t") + "\n"
	row := func(cells ...string) string { return head + strings.Join(cells, "\t") + "\n" }
	for name, text := range map[string]string{
		"columns":     "id\tkind\n",
		"short row":   head + "1-1\tmodel\n",
		"verdict":     row("1-1", "model", "gc", "true", "c", "", "", "", "", "", ""),
		"kind":        row("1-1", "guess", "gc", "holds", "c", "", "", "", "", "", ""),
		"no question": row("1-1", "model", "gc", "holds", "c", "", "", "", "", "", "1"),
		"no answer":   row("1-1", "model", "gc", "holds", "c", "", "", "", "q", "", ""),
		"twice":       row("1-1", "model", "gc", "holds", "c", "", "", "", "", "", "") + "1-1\tmodel\tgc\tholds\tc\t\t\t\t\t\t\n",
	} {
		if _, err := parseLedger(text); err == nil {
			t.Errorf("%s: parses", name)
		}
	}
}

func TestUnknown(t *testing.T) {
	if _, err := Check("99-1"); err == nil || errors.Is(err, ErrNoCheck) {
		t.Errorf("an unknown row: %v", err)
	}
	if _, err := Check("26-1"); !errors.Is(err, ErrNoCheck) {
		t.Errorf("a definition: %v", err)
	}
	if _, err := CheckOn(t.Context(), "1.17", "28-13"); err == nil {
		t.Error("a malformed release is asked")
	}
}

// A recorder is a testing.TB that remembers whether it failed.
type recorder struct {
	testing.TB
	errors []string
}

func (r *recorder) Helper()             {}
func (r *recorder) Logf(string, ...any) {}
func (r *recorder) Error(args ...any)   { r.errors = append(r.errors, fmt.Sprint(args...)) }
func (r *recorder) Errorf(f string, args ...any) {
	r.errors = append(r.errors, fmt.Sprintf(f, args...))
}

func TestVerifyFails(t *testing.T) {
	var r recorder
	Verify(&r, "28-13")
	if len(r.errors) != 0 {
		t.Errorf("28-13: %q", r.errors)
	}
	Verify(&r, "99-1", "26-1")
	if len(r.errors) != 2 {
		t.Errorf("an unknown row and a definition: %q, want two errors", r.errors)
	}
}

// TestString checks the text of an observation.
func TestString(t *testing.T) {
	e, err := parseExpectation("2048 | go1.16: 1280 | go1.18: 1536")
	if err != nil {
		t.Fatal(err)
	}
	o, err := judge(Row{Expect: e}, []Answer{
		{By: ByModel, Release: "go1.2.2", Got: "2048"}, {By: ByModel, Release: "go1.26.8", Got: "1536"},
		{By: ByRecord, Release: "go1.15.15", Got: "2048"}, {By: ByRecord, Release: "go1.16.15", Got: "1280"},
		{By: ByRecord, Release: "go1.17.13", Got: "1280"}, {By: ByRecord, Release: "go1.26.11", Got: "1536"},
		{By: ByThis, Release: "go1.26.8", Got: "1537"},
	})
	if err != nil || o.OK {
		t.Errorf("OK %v, %v", o.OK, err)
	}
	const want = "model 1536; go1.15.15 2048; go1.17.13 1280; go1.26.8 1537 (expected 1536)"
	if diff := cmp.Diff(want, o.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestQuick checks that most rows are quick.
func TestQuick(t *testing.T) {
	n := 0
	for _, row := range List() {
		if row.Checked() && !row.Quick() {
			n++
		}
	}
	if n == 0 || n > len(checks)/3 {
		t.Errorf("%d of %d rows are slow", n, len(checks))
	}
}

// TestBeside asks many questions at once: an experiment that counts what the process
// allocates must not see the others.
func TestBeside(t *testing.T) {
	var group sync.WaitGroup
	for range 8 {
		for _, id := range []string{"1.0-1", "1.0-2", "29-1", "29-3"} {
			group.Go(func() {
				if o, err := Check(id); err != nil || !o.OK {
					t.Errorf("%s: %v, %v", id, o, err)
				}
			})
		}
	}
	group.Wait()
}

// TestAgreed checks that the runs of a program must agree, except those that were
// disturbed.
func TestAgreed(t *testing.T) {
	run := func(log string, began time.Duration) bench.Ending {
		return bench.Ending{Result: &bench.Run{Log: log, Began: began}}
	}
	row := func(text string) programRow {
		return programRow{text, nil, func(t told) string { return strings.Join(t.texts(), " ") }}
	}
	plain, often := row("int x\nmain:\nmark {x}\n"), row(calls)
	a, b, late := run("1.0:a", 0), run("1.0:b", 0), run("1.0:b", time.Second)
	short, other := run("1.2", 0), run("1.8", 0) // marks of main: "short" and "long"
	for _, c := range []struct {
		row  programRow
		runs []bench.Ending
		want string
	}{
		{plain, []bench.Ending{a, a}, "a"},
		{plain, []bench.Ending{a, late, a}, "a"},
		{plain, []bench.Ending{a, a, b, a}, "a, or b"},
		{plain, []bench.Ending{late, late, a, late}, "a"},
		{plain, []bench.Ending{late, late}, "b"},
		{plain, nil, ""},
		{often, []bench.Ending{short, other, short}, "short"},
		{often, []bench.Ending{short, other}, "long, or short"},
	} {
		if got, err := c.row.agreed(c.runs, c.row.text == calls); got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%v: %q, %v, want %q", c.runs, got, err, c.want)
		}
	}
	crowd := row("main:\nmark calls\nsyscall 1s\nmark there\n")
	for within, want := range map[time.Duration]string{800 * time.Millisecond: "", time.Second: "system calls were over too early"} {
		e := bench.Ending{Result: &bench.Run{Log: "1.0 1.2", Marks: []bench.Where{{At: time.Second}, {At: time.Second + within}}}}
		if got := crowd.disturbed(e); got != want {
			t.Errorf("calls within %v: %q, want %q", within, got, want)
		}
	}
}
