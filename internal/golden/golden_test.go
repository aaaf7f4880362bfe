package golden

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/orrery-go/orrery/internal/toolchain"
	"github.com/orrery-go/orrery/release"
)

func TestSteps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		first := rapid.Int64Range(-10, 10).Draw(t, "first")
		values := rapid.SliceOfN(rapid.Int64Range(0, 3), 1, 60).Draw(t, "values")
		var s Steps
		for i, y := range values {
			s.Add(first+int64(i), y)
		}
		for i, y := range values {
			if got, err := s.At(first + int64(i)); err != nil || got != y {
				t.Fatalf("At(%d) = %d, %v; want %d of %v", first+int64(i), got, err, y, s)
			}
		}
		if got, err := s.At(first - 1); err == nil {
			t.Fatalf("below the first pair: %d", got)
		}
	})
}

type record struct {
	Sizes Steps
	Text  string
	Map   map[string][]int
}

func TestFormat(t *testing.T) {
	want := record{Steps{{1, 8}, {9, 16}}, `a "quoted", \ [text]`, map[string][]int{"b{": {1, 2}}}
	data, err := format(want)
	if err != nil {
		t.Fatal(err)
	}
	const text = `{
  "Sizes":[[1,8],[9,16]],
  "Text":"a \"quoted\", \\ [text]",
  "Map":{"b{":[1,2]}
}
`
	if diff := cmp.Diff(text, string(data)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var got record
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRecordAndLoad(t *testing.T) {
	root := t.TempDir()
	s := Set[map[string]int]{
		Probe: toolchain.Probe{Name: "p", Source: "package main\nimport \"os\"\nfunc main() { os.Stdout.WriteString(`{\"a\": 1}`) }\n"},
		Dir:   "x/xlive",
		Files: os.DirFS(filepath.Join(root, "x", "xlive")),
	}
	for i, want := range []bool{true, false} {
		changed, err := s.Record(t.Context(), release.Running, root)
		if err != nil || changed != want {
			t.Fatalf("record %d: changed %v, %v; want %v", i, changed, err, want)
		}
	}
	// Another answer is written, unless Same accepts the old one for it.
	s.Probe.Source = strings.Replace(s.Probe.Source, `"a": 1`, `"a": 2`, 1)
	s.Same = func(_ string, old, now map[string]int) bool { return old["a"]+1 == now["a"] }
	if changed, err := s.Record(t.Context(), release.Running, root); err != nil || changed {
		t.Errorf("an answer that could have been the old one: changed %v, %v", changed, err)
	}
	s.Same = nil
	if !s.same("", map[string]int{"a": 1}, map[string]int{"a": 1}) || s.same("", map[string]int{"a": 1}, map[string]int{"a": 2}) {
		t.Error("without Same, answers are the same if they are equal")
	}

	got, err := s.Load(release.Running)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]int{"a": 1}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, err := s.Load("go1.17.13"); err == nil {
		t.Error("loading a release that was not recorded succeeds")
	}
}

func TestLoadIsStrict(t *testing.T) {
	s := Set[record]{Files: fstest.MapFS{"testdata/golden/go1.2.2.json": {Data: []byte(`{"Sises": []}`)}}}
	if _, err := s.Load("go1.2.2"); err == nil {
		t.Error("a record with an unknown member loads")
	}
}

func TestClamped(t *testing.T) {
	for in, want := range map[string]string{
		"go1.17.1": "go1.17.13", "go1.2": "go1.2.2", "go1.99": "go1.27.4", "go1.26rc1": "go1.26.11",
	} {
		if got, err := Clamped(in); got != want {
			t.Errorf("Clamped(%s) = %s, %v; want %s", in, got, err, want)
		}
	}
	if got, err := Clamped("go1.1"); err == nil {
		t.Errorf("Clamped(go1.1) = %s", got)
	}
}
