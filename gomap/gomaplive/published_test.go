package gomaplive_test

import (
	"errors"
	"fmt"
	"math"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/gomap"
	"github.com/orrery-go/orrery/gomap/gomaplive"
	"github.com/orrery-go/orrery/gomap/gomaplive/puzzles"
	"github.com/orrery-go/orrery/gomap/syncmap"
	"github.com/orrery-go/orrery/internal/toolchain"
	"github.com/orrery-go/orrery/release"
)

// A model is a map of the model in a puzzle: an error ends the puzzle.
type model[K comparable] struct{ *gomap.Map[K, int] }

func make1[K comparable](rel string, seed uint64) model[K] {
	m, err := gomap.New[K, int](gomap.Config[K]{Release: rel, Seed: seed})
	must(err)
	return model[K]{m}
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func (m model[K]) put(k K, v int) { _, err := m.Put(k, v); must(err) }
func (m model[K]) remove(k K)     { _, err := m.Delete(k); must(err) }
func (m model[K]) has(k K) bool   { _, ok, err := m.Get(k); must(err); return ok }

func modelNumbers(rel string, n int, seed uint64) model[int] {
	m := make1[int](rel, seed)
	for i := range n {
		m.put(i, i)
	}
	return m
}

// published are puzzles, with the answer of Go and of the model.
var published = []struct {
	name, want string // "a | go1.21: b"
	model      func(rel string) string
}{
	{"emptied in a growth", "none | go1.11: some | go1.21: none", func(rel string) string {
		for trial := range 400 {
			m := modelNumbers(rel, 96, uint64(trial))
			late, empty := 0, false
			for range m.All() {
				if empty {
					late++
					continue
				}
				for i := range trial % 20 {
					m.put(1000+i, 1)
				}
				_, err := m.Clear()
				must(err)
				empty = true
			}
			if late > 0 {
				return "some"
			}
		}
		return "none"
	}},
	{"NaN deleted in a loop", "2 false", func(rel string) string {
		m := make1[float64](rel, 1)
		for i, k := range []float64{1, 2, math.NaN(), math.Inf(1), math.NaN()} {
			m.put(k, i)
		}
		for k := range m.All() {
			m.remove(k)
		}
		return fmt.Sprint(m.Len(), m.has(math.NaN()))
	}},
	{"adds while it ranges", "once", func(rel string) string {
		for n := 1; n < 60; n++ {
			m, came := modelNumbers(rel, n, uint64(n)), map[int]int{}
			for k := range m.All() {
				came[k]++
				m.put(k+1000, 1)
				if m.Len() > 100_000 {
					return "no end"
				}
			}
			for k := range n {
				if came[k] != 1 {
					return fmt.Sprint(k, " came ", came[k], " times")
				}
			}
		}
		return "once"
	}},
	{"deletes the others", "1 1", func(rel string) string {
		n, m := 0, modelNumbers(rel, 50, 1)
		for k := range m.All() {
			n++
			for i := range 50 {
				if i != k {
					m.remove(i)
				}
			}
		}
		return fmt.Sprint(n, m.Len())
	}},
	{"orders of three", "1 | go1.3: 3", func(rel string) string {
		m, seen := modelNumbers(rel, 3, 1), map[string]bool{}
		for range 1000 {
			text := ""
			for k := range m.All() {
				text += fmt.Sprint(k)
			}
			seen[text] = true
		}
		return fmt.Sprint(len(seen))
	}},
	{"ones of several types", "6 2", func(rel string) string {
		m := make1[any](rel, 1)
		for _, k := range []any{1, int64(1), 1.0, "1", int64(1), [1]int{1}, [1]any{1}} {
			n, _, err := m.Get(k)
			must(err)
			m.put(k, n+1)
		}
		n, _, err := m.Get(int64(1))
		must(err)
		return fmt.Sprint(m.Len(), n)
	}},
	{"NaN inside", "2 false", func(rel string) string {
		m := make1[any](rel, 1)
		k := [2]any{1, math.NaN()}
		m.put(k, 1)
		m.put(k, 2)
		found := m.has(k)
		m.remove(k)
		return fmt.Sprint(m.Len(), found)
	}},
	{"updated in a growth", "those of now", func(rel string) string {
		for n := 2; n < 40; n++ {
			m := modelNumbers(rel, n, uint64(n))
			first := true
			for k, v := range m.All() {
				if !first {
					if k < n && v != 777 {
						return "old ones come"
					}
					continue
				}
				first = false
				for i := range n {
					m.put(i, 777)
				}
				for i := range 4 * n {
					m.put(5000+i, 1)
				}
			}
		}
		return "those of now"
	}},
	{"renames all", "20 20", func(rel string) string {
		m := modelNumbers(rel, 20, 1)
		for k, v := range m.All() {
			if k < 100 {
				m.remove(k)
				m.put(k+100, v)
			}
		}
		sum := 0
		for k, v := range m.All() {
			if k == v+100 {
				sum++
			}
		}
		return fmt.Sprint(m.Len(), sum)
	}},
	{"unhashable in nil", "0 0 | go1.12: runtime error: hash of unhashable type []int | go1.25: hash of unhashable type: []int", func(rel string) string {
		m, err := gomap.New[any, int](gomap.Config[any]{Release: rel, Nil: true})
		must(err)
		_, err = m.Delete(1)
		must(err)
		n, _, err := m.Get([]int{1})
		if c := (*crash.Error)(nil); errors.As(err, &c) {
			return c.Text
		}
		return fmt.Sprint(n, m.Len())
	}},
}

// answerAt returns the answer of a release.
func answerAt(t *testing.T, text, rel string) string {
	t.Helper()
	r, err := release.Parse(rel)
	if err != nil {
		t.Fatal(err)
	}
	answer := ""
	for part := range strings.SplitSeq(text, " | ") {
		from, what, later := strings.Cut(part, ": ")
		if later && strings.HasPrefix(from, "go1.") {
			if r.AtLeast(from) {
				answer = what
			}
		} else {
			answer = part
		}
	}
	return answer
}

// TestPublished gives puzzles and bug reports about maps to the model of every release,
// to the Go that runs it, and to the releases in ORRERY_TOOLCHAINS.
func TestPublished(t *testing.T) {
	for _, p := range published {
		for _, rel := range append(release.Known(), release.Running) {
			if got, want := p.model(rel), answerAt(t, p.want, rel); got != want {
				t.Errorf("%s: the model of %s says %q, want %q", p.name, rel, got, want)
			}
		}
		if got, want := puzzles.MapPuzzles[p.name](), answerAt(t, p.want, release.Running); got != want {
			t.Errorf("%s: this Go answers %q, want %q", p.name, got, want)
		}
	}
	if len(published) != len(puzzles.MapPuzzles) {
		t.Errorf("%d puzzles, and %d answers", len(puzzles.MapPuzzles), len(published))
	}
	for rel := range strings.SplitSeq(os.Getenv("ORRERY_TOOLCHAINS"), ",") {
		if rel == "" {
			continue
		}
		source, err := os.ReadFile("puzzles/puzzles.go")
		if err != nil {
			t.Fatal(err)
		}
		said, err := toolchain.Run[map[string]string](t.Context(), rel, toolchain.Probe{
			Name:   "puzzles",
			Source: "package main\n\nimport (\n\t\"encoding/json\"\n\t\"os\"\n)\n\nfunc main() {\n\tout := map[string]string{}\n\tfor name, ask := range MapPuzzles {\n\t\tout[name] = ask()\n\t}\n\tjson.NewEncoder(os.Stdout).Encode(out)\n}\n",
			More:   map[string]string{"puzzles.go": strings.Replace(string(source), "package puzzles", "package main", 1)},
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range published {
			if want := answerAt(t, p.want, rel); said[p.name] != want {
				t.Errorf("%s: %s answers %q, want %q", p.name, rel, said[p.name], want)
			}
		}
	}
}

// TestNeverShrinks checks that an emptied map keeps its tables: golang/go#20135.
func TestNeverShrinks(t *testing.T) {
	real, m := map[int]int{}, make1[int](release.Running, 1)
	for i := range 5000 {
		real[i] = i
		m.put(i, i)
	}
	full, size := gomaplive.Look(real).Slots(), slotsOf(m)
	for i := range 5000 {
		delete(real, i)
		m.remove(i)
	}
	if now := gomaplive.Look(real).Slots(); now != full || slotsOf(m) != size || size == 0 {
		t.Errorf("slots: %d, then %d; in the model %d, then %d", full, now, size, slotsOf(m))
	}
}

func slotsOf(m model[int]) (n int) {
	for _, t := range m.Snapshot().Tables {
		n += t.Capacity
	}
	return n
}

// TestClearNaN checks that clear deletes entries that no delete can: golang/go#56351.
func TestClearNaN(t *testing.T) {
	real := map[float64]int{math.NaN(): 1, 2: 2}
	clear(real)
	for _, rel := range []string{"go1.20", "go1.21", "go1.24", release.Running} {
		m := make1[float64](rel, 1)
		m.put(math.NaN(), 1)
		m.put(2, 2)
		if _, err := m.Clear(); err != nil {
			t.Fatal(err)
		}
		want := len(real)
		if rel == "go1.20" { // it has a loop of deletes instead of clear
			want = 1
		}
		if m.Len() != want {
			t.Errorf("%s: %d entries are left, want %d", rel, m.Len(), want)
		}
	}
}

// TestExpunged checks that a key that was expunged from a sync.Map comes back as new.
func TestExpunged(t *testing.T) {
	var real sync.Map
	real.Store("a", 1)
	real.Store("b", 2)
	real.Range(func(any, any) bool { return true })
	real.Delete("a")
	real.Store("c", 3)
	value, loaded := real.LoadOrStore("a", 9)
	want := fmt.Sprint(value, loaded)
	for _, rel := range []string{"go1.9", "go1.15", "go1.20", "go1.23", "go1.24", release.Running} {
		m, err := syncmap.New[string, any](syncmap.Config[string]{Release: rel})
		if err != nil {
			t.Fatal(err)
		}
		for _, step := range []func() error{
			func() error { _, err := m.Store("a", 1); return err },
			func() error { _, err := m.Store("b", 2); return err },
			func() error { return m.Range(func(string, any) bool { return true }) },
			func() error { _, err := m.Delete("a"); return err },
			func() error { _, err := m.Store("c", 3); return err },
		} {
			if err := step(); err != nil {
				t.Fatal(err)
			}
		}
		o, err := m.LoadOrStore("a", 9)
		if got := fmt.Sprint(o.Value, o.OK); err != nil || got != want {
			t.Errorf("%s: %s, %v, want %s", rel, got, err, want)
		}
	}
}
