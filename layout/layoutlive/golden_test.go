package layoutlive

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/layout"
)

// TestGolden checks each release's rules against what that release answered.
func TestGolden(t *testing.T) {
	Golden.Test(t, func(t *testing.T, release string, a Answers) {
		r := rules(t, "amd64", release)
		if len(a.Types) != 57 || len(a.Maps) != 24 {
			t.Errorf("%d types and %d maps are recorded", len(a.Types), len(a.Maps))
		}
		for text, want := range a.Types {
			l, err := r.Of(parse(t, text))
			if err != nil {
				t.Fatal(err)
			}
			got := []int64{l.Size, l.Align, l.PtrBytes}
			if want[2] < 0 { // the release does not report it
				got[2] = want[2]
			}
			for _, f := range l.Fields {
				got = append(got, f.Offset)
			}
			if diff := cmp.Diff(got, want); diff != "" {
				t.Errorf("%s (-model +real):\n%s", text, diff)
			}
		}
		for text, want := range a.Maps {
			typ := parse(t, text).(*layout.Map)
			m, err := r.Map(typ.Key, typ.Elem)
			if err != nil {
				t.Fatal(err)
			}
			got := []int64{m.Unit.Size, m.Unit.PtrBytes}
			if want[1] < 0 {
				got[1] = want[1]
			}
			if diff := cmp.Diff(got, want); diff != "" {
				t.Errorf("%s (-model +real):\n%s", text, diff)
			}
		}
		m, err := r.Map(layout.Int, layout.Int)
		if err != nil {
			t.Fatal(err)
		}
		growth := []int64{9} // a map's first bucket or group is filled to the last slot
		for units := int64(2); len(growth) < 6; units *= 2 {
			growth = append(growth, int64(m.MaxLoad*float64(units))+1)
		}
		if diff := cmp.Diff(growth, a.Growth); diff != "" {
			t.Errorf("growth (-model +real):\n%s", diff)
		}
		for what, pair := range map[string][2]string{
			"tags":          {"struct{ A int `json:\"a\"` }", "struct{ A int }"},
			"array pointer": {"[]byte", "*[4]byte"},
			"array":         {"[]byte", "[4]byte"},
		} {
			v, err := r.Convertible(parse(t, pair[0]), parse(t, pair[1]))
			if want, ok := a.Conversions[what]; err != nil || v.OK != want || !ok {
				t.Errorf("%s: model %+v, %v; real %v", what, v, err, want)
			}
		}
	})
}

func parse(t testing.TB, text string) layout.Type {
	t.Helper()
	typ, err := layout.Parse(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return typ
}
