// Package golden keeps the answers of real Go releases, so that a model can be
// compared with all of them without a network.
//
// A live twin declares one [Set]: the probe that asks, and the files that hold
// the answers, one JSON a release. internal/record writes the files; a test
// reads them with [Set.Test], and asks the toolchains named in
// ORRERY_TOOLCHAINS afresh.
package golden

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/internal/toolchain"
	"github.com/orrery-go/orrery/release"
)

// A Set has the answers of one probe on every recorded release, as values of type T.
type Set[T any] struct {
	Probe toolchain.Probe
	Files fs.FS  // holds testdata/golden/<release>.json, by go:embed
	Dir   string // the live twin's folder from the module's root: "alloc/alloclive"

	// Same reports whether two answers of a release differ at most in the random
	// choices of the release. nil: answers are the same every time.
	Same func(rel string, old, now T) bool

	// Refer says that the record does not repeat a text that an older release has at the
	// same place.
	Refer bool
}

// same compares a record with the current answer of the release.
func (s Set[T]) same(rel string, old, now T) bool {
	return cmp.Equal(old, now) || s.Same != nil && s.Same(rel, old, now)
}

// Name returns the folder of the set.
func (s Set[T]) Name() string { return s.Dir }

// Load returns the recorded answer of the release.
func (s Set[T]) Load(rel string) (T, error) {
	var v T
	data, err := fs.ReadFile(s.Files, "testdata/golden/"+rel+".json")
	if err != nil {
		return v, fmt.Errorf("golden: %s has no record of %s: %w", s.Dir, rel, err)
	}
	if s.Refer {
		if data, err = s.full(s.Files, rel); err != nil {
			return v, err
		}
	}
	if err := strict(data, &v); err != nil {
		return v, fmt.Errorf("golden: %s, %s: %w", s.Dir, rel, err)
	}
	return v, nil
}

// full returns the record of a release with its references resolved.
func (s Set[T]) full(files fs.FS, rel string) ([]byte, error) {
	v, err := read(files, rel)
	if err == nil {
		v, err = lengthen(v, func(rel string) (document, error) { return read(files, rel) })
	}
	if err != nil {
		return nil, fmt.Errorf("golden: %s, %s: %w", s.Dir, rel, err)
	}
	return json.Marshal(v)
}

// Ask runs the probe on the release and returns its answer.
func (s Set[T]) Ask(ctx context.Context, rel string) (T, error) {
	return toolchain.Run[T](ctx, rel, s.Probe)
}

// Record asks the release and writes its file below root, the module's root.
// It reports whether the file changed.
func (s Set[T]) Record(ctx context.Context, rel, root string) (changed bool, err error) {
	v, err := s.Ask(ctx, rel)
	if err != nil {
		return false, err
	}
	return s.write(rel, root, v)
}

// write writes a release's answer below root, and rewrites the records that refer to the
// old one.
func (s Set[T]) write(rel, root string, v T) (changed bool, err error) {
	dir := filepath.Join(root, filepath.FromSlash(s.Dir))
	if err := os.MkdirAll(filepath.Join(dir, "testdata", "golden"), 0o777); err != nil {
		return false, err
	}
	data, err := format(v)
	if err != nil {
		return false, err
	}
	text, err := os.ReadFile(s.file(dir, rel))
	if err == nil && s.Refer {
		text, err = s.full(os.DirFS(dir), rel)
	}
	var old T
	if err == nil && (bytes.Equal(text, data) || strict(text, &old) == nil && s.same(rel, old, v)) {
		return false, nil
	}
	if s.Refer {
		return true, s.writeAll(dir, rel, data)
	}
	return true, os.WriteFile(s.file(dir, rel), data, 0o666)
}

func (s Set[T]) file(dir, rel string) string {
	return filepath.Join(dir, "testdata", "golden", rel+".json")
}

// writeAll writes the records of all releases, one of which is new, with references.
func (s Set[T]) writeAll(dir, rel string, data []byte) error {
	records := map[string]document{}
	for _, r := range toolchain.Releases() {
		text := data
		if r != rel {
			var err error
			if text, err = s.full(os.DirFS(dir), r); errors.Is(err, fs.ErrNotExist) {
				continue
			} else if err != nil {
				return err
			}
		}
		var v document
		if err := json.Unmarshal(text, &v); err != nil {
			return err
		}
		records[r] = v
	}
	shorten(toolchain.Releases(), records)
	for r, v := range records {
		text, err := format(v)
		if err != nil {
			return err
		}
		if err := os.WriteFile(s.file(dir, r), text, 0o666); err != nil {
			return err
		}
	}
	return nil
}

// Test calls check with the answers of every release of [toolchain.Releases],
// each in a subtest. A release without a record fails. For each release in
// ORRERY_TOOLCHAINS it also asks anew, compares the answer with the record
// where there is one, and calls check with it.
func (s Set[T]) Test(t *testing.T, check func(t *testing.T, rel string, answer T)) {
	for _, rel := range toolchain.Releases() {
		t.Run(rel, func(t *testing.T) {
			v, err := s.Load(rel)
			if err != nil {
				t.Fatal(err)
			}
			check(t, rel, v)
		})
	}
	for _, rel := range toolchain.Requested() {
		t.Run(rel+"/afresh", func(t *testing.T) {
			v, err := s.Ask(t.Context(), rel)
			if err != nil {
				t.Fatal(err)
			}
			if old, err := s.Load(rel); err == nil && !s.same(rel, old, v) {
				t.Errorf("%s now answers otherwise than recorded (-recorded +now):\n%s", rel, cmp.Diff(old, v))
			}
			check(t, rel, v)
		})
	}
}

// Clamped returns the newest recorded release that is not newer than rel. A check uses
// its record for a release that has none.
func Clamped(rel string) (string, error) {
	want, err := release.Parse(rel)
	if err != nil {
		return "", err
	}
	rels := toolchain.Releases()
	for i := len(rels) - 1; i >= 0; i-- {
		if r, err := release.Parse(rels[i]); err == nil && r.Minor() <= want.Minor() {
			return rels[i], nil
		}
	}
	return "", fmt.Errorf("golden: no release as old as %s is recorded", rel)
}

func strict(data []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	return dec.Decode(v)
}

// format writes JSON with a line for each member of the outermost object, so that a
// changed answer is a changed line.
func format(v any) ([]byte, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	var out strings.Builder
	depth, quoted := 0, false
	for i, c := range data {
		closing := !quoted && (c == '}' || c == ']')
		if closing {
			depth--
			if depth == 0 {
				out.WriteByte('\n')
			}
		}
		out.WriteByte(c)
		switch {
		case c == '"' && !escaped(data, i):
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			depth++
			if depth == 1 {
				out.WriteString("\n  ")
			}
		case c == ',' && depth == 1:
			out.WriteString("\n  ")
		}
	}
	out.WriteByte('\n')
	return []byte(out.String()), nil
}

// escaped reports whether an odd number of backslashes stands before data[i].
func escaped(data []byte, i int) bool {
	n := 0
	for i > n && data[i-1-n] == '\\' {
		n++
	}
	return n%2 == 1
}
