package ctxtreelive

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/ctxtree"
	"github.com/orrery-go/orrery/release"
)

// TestGolden compares the model of each release with its recorded contexts.
func TestGolden(t *testing.T) {
	programs := Recorded()
	Golden.Test(t, func(t *testing.T, rel string, a Answers) {
		r, err := release.Parse(rel)
		if err != nil {
			t.Fatal(err)
		}
		if !r.AtLeast("go1.7") {
			if _, err := ctxtree.New(ctxtree.Config{Release: rel}); err == nil || !reflect.DeepEqual(a, Answers{}) {
				t.Errorf("the model has a tree: %v; the release answers %+v", err, a)
			}
			return
		}
		if !a.Package || len(a.Logs)+len(a.Hashes) != len(programs) {
			t.Fatalf("%d programs have %d logs", len(programs), len(a.Logs)+len(a.Hashes))
		}
		operations := 0
		for i, p := range programs {
			model, err := Predict(rel, p)
			if j := i - len(Lessons); j >= 0 {
				if err != nil || hash(model) != a.Hashes[j] {
					t.Fatalf("program %d, %s: %v, model %s", i, p, err, model)
				}
			} else if err != nil || model != a.Logs[i] {
				t.Fatalf("program %d, %s: %v\n(-model +real):\n%s", i, p, err, cmp.Diff(strings.Split(model, "|"), strings.Split(a.Logs[i], "|")))
			}
			operations += len(strings.Fields(p)) - 1
		}
		t.Logf("%d programs, %d operations", len(programs), operations)
		for what, got := range map[string][2]any{
			"panics": {modelPanics(t, rel), a.Panics}, "types": {modelTypes(t, rel), a.Types},
			"frames": {modelFrames(t, rel), a.Frames}, "functions": {modelAPI(t, rel), a.API},
		} {
			if diff := cmp.Diff(got[0], got[1]); diff != "" {
				t.Errorf("%s (-model +real):\n%s", what, diff)
			}
		}
	})
}

// TestRecorded checks that the programs are sensible: in the newest release, each shows
// what its comment says.
func TestRecorded(t *testing.T) {
	for i, p := range Recorded() {
		log, err := Predict("", p)
		if err != nil {
			t.Errorf("%s: %v", p, err)
		}
		if i >= len(Lessons) && strings.Contains("|"+log, "|?") {
			t.Errorf("%s: %s", p, log)
		}
	}
}

func newTree(t *testing.T, rel string) *ctxtree.Tree {
	t.Helper()
	m, err := ctxtree.New(ctxtree.Config{Release: rel})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// modelPanics returns the model's texts for the probe's panics.
func modelPanics(t *testing.T, rel string) map[string]string {
	m := newTree(t, rel)
	out := map[string]string{}
	try := func(name string, err error) {
		var c *crash.Error
		switch {
		case errors.As(err, &c):
			out[name] = c.Text
		case err == nil:
			out[name] = ""
		}
	}
	of := func(_ any, err error) error { return err }
	try("WithCancel(nil)", of(m.WithCancel(0)))
	try("WithDeadline(nil)", of(m.WithDeadline(0, 0)))
	try("WithTimeout(nil)", of(m.WithTimeout(0, time.Hour)))
	v, err := m.WithValue(0, 1, 1)
	try("WithValue(nil)", err)
	all := func(name string, f func() error) {
		if err == nil {
			try(name, f())
		} else {
			try(name, err)
		}
	}
	all("WithValue(nil).found", func() error { return of(m.Value(v, 1)) })
	all("WithValue(nil).missed", func() error { return of(m.Value(v, 2)) })
	all("WithValue(nil).Err", func() error { return of(m.Err(v)) })
	all("WithValue(nil).Done", func() error { return of(m.Done(v)) })
	all("WithValue(nil).Deadline", func() error { _, _, err := m.Deadline(v); return err })
	all("WithCancel(WithValue(nil))", func() error { return of(m.WithCancel(v)) })
	all("WithValue(nil).String", func() error {
		name, err := m.Name(v)
		if err == nil {
			out["the name"] = name
		}
		return err
	})
	bg := ctxtree.Background
	try("WithValue(nil key)", of(m.WithValue(bg, nil, 1)))
	try("WithValue(nil, nil key)", of(m.WithValue(0, nil, 1)))
	try("WithValue(slice)", of(m.WithValue(bg, []int{1}, 1)))
	try("WithValue(func)", of(m.WithValue(bg, func() {}, 1)))
	type hides struct{ X any }
	w, err := m.WithValue(bg, hides{[]int{1}}, 1)
	try("WithValue(struct with slice)", err)
	try("Value(struct with slice)", of(m.Value(w, hides{[]int{1}})))
	c, err := m.WithCustom(bg, ctxtree.Custom{Done: ctxtree.Own, Err: ctxtree.Own})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Finish(c, ""); err != nil {
		t.Fatal(err)
	}
	try("done without error", of(m.WithCancel(c)))
	try("WithCancelCause(nil)", of(m.WithCancelCause(0)))
	try("Cause(nil)", of(m.Cause(0)))
	try("WithoutCancel(nil)", of(m.WithoutCancel(0)))
	try("AfterFunc(nil)", of(m.AfterFunc(0)))
	try("WithTimeoutCause(nil)", of(m.WithTimeoutCause(0, time.Hour, "")))
	return out
}

func modelTypes(t *testing.T, rel string) map[string]string {
	m := newTree(t, rel)
	out := map[string]string{}
	tell := func(name string, n ctxtree.Node, err error) ctxtree.Node {
		if err != nil {
			return 0
		}
		typ := m.Snapshot().Nodes[n-1].Type
		star := "*"
		switch typ {
		case ctxtree.BackgroundCtx, ctxtree.TodoCtx, ctxtree.WithoutCancelCtx:
			star = ""
		}
		out[name] = star + "context." + string(typ)
		return n
	}
	tell("background", ctxtree.Background, nil)
	tell("todo", ctxtree.TODO, nil)
	c, err := m.WithCancel(ctxtree.Background)
	tell("cancel", c, err)
	timeout, err := m.WithTimeout(c, time.Hour)
	tell("timeout", timeout, err)
	later, err := m.WithTimeout(timeout, 2*time.Hour)
	tell("later timeout", later, err)
	v, err := m.WithValue(c, 1, 1)
	tell("value", v, err)
	w, err := m.WithoutCancel(c)
	tell("without cancel", w, err)
	return out
}

// chains are the probe's chains: a letter for each context.
var chains = []string{"", "v", "vv", "vvvvvvvvvv", "c", "cc", "vcvc", "ct", "e", "ve", "ev", "vev", "vvevve", "cecv"}

func modelFrames(t *testing.T, rel string) map[string]int {
	out := map[string]int{}
	for _, chain := range chains {
		m := newTree(t, rel)
		n, err := m.WithCustom(ctxtree.Background, ctxtree.Custom{Value: ctxtree.None})
		for _, k := range chain {
			if err != nil {
				t.Fatal(err)
			}
			switch k {
			case 'v':
				n, err = m.WithValue(n, 1, 1)
			case 'c':
				n, err = m.WithCancel(n)
			case 't':
				n, err = m.WithTimeout(n, time.Hour)
			case 'e':
				n, err = m.WithCustom(n, ctxtree.Custom{})
			}
		}
		l, err := m.Value(n, "none")
		if err != nil {
			t.Fatal(err)
		}
		out[chain] = l.Frames
	}
	return out
}

func modelAPI(t *testing.T, rel string) []string {
	var out []string
	m := newTree(t, rel)
	for _, f := range []struct {
		name string
		try  func() error
	}{
		{"WithCancelCause", func() error { _, err := m.WithCancelCause(1); return err }},
		{"Cause", func() error { _, err := m.Cause(1); return err }},
		{"AfterFunc", func() error { _, err := m.AfterFunc(1); return err }},
		{"WithoutCancel", func() error { _, err := m.WithoutCancel(1); return err }},
		{"WithDeadlineCause", func() error { _, err := m.WithDeadlineCause(1, 1, ""); return err }},
		{"WithTimeoutCause", func() error { _, err := m.WithTimeoutCause(1, 1, ""); return err }},
	} {
		if err := f.try(); err == nil {
			out = append(out, f.name)
		} else if !strings.HasPrefix(err.Error(), fmt.Sprintf("ctxtree: %s came with go1.2", f.name)) {
			t.Error(err)
		}
	}
	return slices.Clip(out)
}
