package escapelive

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/escape"
	"github.com/orrery-go/orrery/internal/toolchain"
	"github.com/orrery-go/orrery/release"
)

// newest returns the newest recorded release.
func newest() string { rels := releases(); return rels[len(rels)-1] }

// model returns the model's result for a file of the corpus.
func model(t *testing.T, s Source, c escape.Config) *escape.Result {
	t.Helper()
	l := &Loader{}
	p, err := l.Source(s.Name, map[string]string{s.Name + ".go": s.Text})
	if err != nil {
		t.Fatal(err)
	}
	r, err := escape.Analyze(*p, c)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func report(t *testing.T, rel string, s Source, compiler []Line, r *escape.Result) {
	t.Helper()
	lines := Lines(r)
	if v, err := release.Parse(rel); err == nil && !v.AtLeast("go1.22") {
		compiler, lines = Coarse(compiler), Coarse(lines)
	}
	missing, extra := Compare(compiler, lines)
	if v, err := release.Parse(rel); err == nil && !v.AtLeast("go1.18") {
		missing = slices.DeleteFunc(missing, func(l Line) bool { return wrapper(s, l, lines) })
	}
	for _, l := range missing[:min(len(missing), 40)] {
		t.Errorf("missing %v", l)
	}
	for _, l := range extra[:min(len(extra), 40)] {
		t.Errorf("extra   %v", l)
	}
	if len(missing)+len(extra) > 0 {
		t.Errorf("%d missing and %d extra of %d messages", len(missing), len(extra), len(compiler))
	}
}

// wrapper reports whether a message is about a parameter of a wrapper, which the
// compiler makes for a method of an interface or an embedded type. Up to Go 1.17 it
// printed messages about these, too, at the position of the method that is called: so
// the model has the same line already, or it is a line of an interface type. See
// fidelity.md, wrapper-messages.
func wrapper(s Source, l Line, model []Line) bool {
	if !strings.HasPrefix(l.Text, string(escape.LeakingParam)) && l.Text != string(escape.DoesNotEscape) {
		return false
	}
	text := strings.Split(s.Text, "\n")[l.Line-1]
	return slices.Contains(model, l) || strings.HasPrefix(text, "type ") && strings.Contains(text, " interface{")
}

// TestCorpus compares the model with the compiler of the Go at hand, including text and
// columns.
func TestCorpus(t *testing.T) {
	for _, s := range Sources {
		if !s.In(release.Running) {
			continue
		}
		lines, err := Compile(t.Context(), release.Running, s.Name, s.Text)
		if err != nil {
			t.Fatal(err)
		}
		if len(lines) == 0 && s.Name != "row29_3" {
			t.Errorf("the compiler says nothing about %s", s.Name)
		}
		report(t, release.Running, s, lines, model(t, s, escape.Config{Release: release.Running, Explain: true, Graph: true}))
	}
}

// TestGolden compares the model with the record of every release since 1.14; it compiles
// the corpus again with the releases in ORRERY_TOOLCHAINS.
func TestGolden(t *testing.T) {
	for _, rel := range releases() {
		t.Run(rel, func(t *testing.T) {
			all := 0
			for _, s := range Sources {
				if !s.In(rel) {
					continue
				}
				lines := Golden.Load(rel, s)
				all += len(lines)
				report(t, rel, s, lines, model(t, s, escape.Config{Release: rel}))
			}
			if all < 300 {
				t.Errorf("the record of %s has only %d messages", rel, all)
			}
		})
	}
	for _, rel := range toolchain.Requested() {
		t.Run(rel+"/afresh", func(t *testing.T) {
			for _, s := range Sources {
				if !s.In(rel) {
					continue
				}
				lines, err := Compile(t.Context(), rel, s.Name, s.Text)
				if err != nil {
					t.Fatal(err)
				}
				report(t, rel, s, lines, model(t, s, escape.Config{Release: rel}))
			}
		})
	}
}

// TestRecordReads checks that the record stays the same when it is written and read.
func TestRecordReads(t *testing.T) {
	if got := write(read(recorded())); got != recorded() {
		a, b := strings.Split(recorded(), "\n"), strings.Split(got, "\n")
		for i := range min(len(a), len(b)) {
			if a[i] != b[i] {
				t.Fatalf("the record changes when it is read and written: %q becomes %q", a[i], b[i])
			}
		}
		t.Error("the record changes when it is read and written")
	}
	if !slices.Contains(releases(), newest()) || !strings.Contains(recorded(), "\t14-27\n") {
		t.Error("the record has nothing that all releases say")
	}
}

func full(t *testing.T) {
	if os.Getenv("ORRERY_FULL") == "" {
		t.Skip("ORRERY_FULL is not set")
	}
}
