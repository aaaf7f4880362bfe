package golden

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// TestRefer checks that records stay the same when references are inserted and resolved
// again, and that no text is written twice.
func TestRefer(t *testing.T) {
	rels := []string{"go1.2.2", "go1.4.3", "go1.10.8", "go1.27.4"}
	rapid.Check(t, func(t *rapid.T) {
		said := rapid.SampledFrom([]any{"short", "a text of some length", "another of some length", []any{"in a list of its own", "in a list of its own"}, float64(3)})
		full, short := map[string]document{}, map[string]document{}
		for _, rel := range rels {
			list := rapid.SliceOfN(said, 1, 5).Draw(t, rel)
			full[rel], short[rel] = clone(list), clone(list)
		}
		shorten(rels, short)
		seen := map[string]bool{}
		for _, rel := range rels {
			texts(clone(short[rel].([]any)), "", func(place, text string) string {
				if seen[place+text] && !strings.HasPrefix(text, refers) {
					t.Errorf("%s is there twice", text)
				}
				seen[place+text] = true
				return text
			})
			got, err := lengthen(clone(short[rel].([]any)), func(rel string) (document, error) { return clone(short[rel].([]any)), nil })
			if diff := cmp.Diff(full[rel], got); diff != "" || err != nil {
				t.Errorf("%s: %v\n%s", rel, err, diff)
			}
		}
	})
}

func clone(v []any) []any {
	out := make([]any, len(v))
	for i := range v {
		if out[i] = v[i]; v[i] != nil {
			if list, ok := v[i].([]any); ok {
				out[i] = clone(list)
			}
		}
	}
	return out
}

// TestReferenceToNothing checks that a reference to a missing text is refused.
func TestReferenceToNothing(t *testing.T) {
	files := fstest.MapFS{
		"testdata/golden/go1.4.3.json":  {Data: []byte(`{"Logs":["a text of some length"]}`)},
		"testdata/golden/go1.5.4.json":  {Data: []byte(`{"Logs":["=go1.4.3"]}`)},
		"testdata/golden/go1.6.4.json":  {Data: []byte(`{"Logs":["=go1.4.3","=go1.4.3"]}`)},
		"testdata/golden/go1.7.6.json":  {Data: []byte(`{"Logs":["=go1.5.4"]}`)},
		"testdata/golden/go1.8.7.json":  {Data: []byte(`{"Logs":["=go1.3"]}`)},
		"testdata/golden/go1.9.7.json":  {Data: []byte(`{"Logs":["="]}`)},
		"testdata/golden/go1.10.8.json": {Data: []byte(`{"Others":["=go1.4.3"]}`)},
	}
	s := Set[struct{ Logs []string }]{Files: files, Dir: "x", Refer: true}
	for rel, ok := range map[string]bool{"go1.4.3": true, "go1.5.4": true, "go1.6.4": false, "go1.7.6": false, "go1.8.7": false, "go1.9.7": false, "go1.10.8": false} {
		if v, err := s.Load(rel); (err == nil) != ok || ok && v.Logs[0] != "a text of some length" {
			t.Errorf("%s: %v, %v", rel, v, err)
		}
	}
}

// TestRecordRefers checks that the records of newer releases keep their meaning when an
// older release is recorded again.
func TestRecordRefers(t *testing.T) {
	dir := t.TempDir()
	golden := filepath.Join(dir, "testdata", "golden")
	if err := os.MkdirAll(golden, 0o777); err != nil {
		t.Fatal(err)
	}
	for rel, text := range map[string]string{"go1.4.3": `{"Logs":["a text of some length"]}`, "go1.5.4": `{"Logs":["=go1.4.3"]}`, "go1.6.4": `{"Logs":["=go1.4.3"]}`} {
		if err := os.WriteFile(filepath.Join(golden, rel+".json"), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	s := Set[struct{ Logs []string }]{Files: os.DirFS(dir), Dir: ".", Refer: true}
	if _, err := s.write("go1.4.3", dir, struct{ Logs []string }{[]string{"now it says another"}}); err != nil {
		t.Fatal(err)
	}
	for rel, want := range map[string]string{"go1.4.3": "now it says another", "go1.5.4": "a text of some length", "go1.6.4": "a text of some length"} {
		if v, err := s.Load(rel); err != nil || v.Logs[0] != want {
			t.Errorf("%s: %v, %v", rel, v, err)
		}
	}
}
