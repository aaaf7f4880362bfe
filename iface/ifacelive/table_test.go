package ifacelive_test

import (
	_ "embed"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/iface"
	"github.com/orrery-go/orrery/iface/source"
	"github.com/orrery-go/orrery/internal/toolchain"
	"github.com/orrery-go/orrery/release"
)

//go:embed testdata/tables.go
var tablesProbe string

// A realTable is the runtime's table of itabs.
type realTable struct {
	Size, Count int
	Entries     []struct {
		Slot        int
		Inter, Type string
		Home        uint32
		Bad         bool
	}
}

// tables is the output of the probe.
type tables struct {
	Before, After realTable
	Caches        []struct {
		Mask  int
		Slots []int
		Miss  int
	}
	Found bool
}

const tableTypes, tableInters = 24, 50

// tableSource declares types, every second with a method, and interfaces, and asserts
// each value to each interface.
func tableSource() (decls []string, probe string) {
	for i := range tableTypes {
		decls = append(decls, fmt.Sprintf("type T%d struct { n [%d]int }", i, i))
		if i%2 == 0 {
			decls = append(decls, fmt.Sprintf("func (T%d) M%d() {}", i, i%6))
		}
	}
	for i := range tableInters {
		decls = append(decls, fmt.Sprintf("type I%d interface { M%d() }", i, i))
	}
	var b strings.Builder
	b.WriteString("package main\n\n" + strings.Join(decls, "\n") + "\n\nvar values = []any{")
	for i := range tableTypes {
		fmt.Fprintf(&b, "T%d{}, ", i)
	}
	b.WriteString("}\n\nvar oks int\n\n")
	for i := range tableInters {
		fmt.Fprintf(&b, "//go:noinline\nfunc ask%d(x any) { if _, ok := x.(I%d); ok { oks++ } }\n\n", i, i)
	}
	b.WriteString("func ask() {\nfor _, x := range values {\n")
	for i := range tableInters {
		fmt.Fprintf(&b, "ask%d(x)\n", i)
	}
	b.WriteString("}\n}\n")
	return append(decls, "type Target interface { M0() }"), b.String()
}

func askTables(t *testing.T) tables {
	t.Helper()
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		t.Skip("the symbols of an ELF executable on amd64 are looked at")
	}
	_, more := tableSource()
	got, err := toolchain.Run[tables](t.Context(), release.Running, toolchain.Probe{
		Name: "tables", Source: tablesProbe, More: map[string]string{"cases.go": more}, Flags: []string{"-ldflags=-checklinkname=0"}, Env: []string{"GOMAXPROCS=1"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// tableProgram returns the same program in the model.
func tableProgram(t *testing.T, choose func(int) int) (*source.Program, []iface.Value) {
	t.Helper()
	decls, _ := tableSource()
	p, err := source.New(iface.Config{Release: "running", Choose: choose})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range decls {
		if _, err := p.Do(d); err != nil {
			t.Fatal(err)
		}
	}
	var values []iface.Value
	for i := range tableTypes {
		name := fmt.Sprintf("v%d", i)
		if _, err := p.Do(fmt.Sprintf("%s := any(T%d{})", name, i)); err != nil {
			t.Fatal(err)
		}
		v, err := p.Var(name)
		if err != nil {
			t.Fatal(err)
		}
		values = append(values, v)
	}
	return p, values
}

// TestTable compares the runtime's table of itabs with the model's, after the same
// assertions. The real one also has other itabs; an itab that these have displaced is
// further along its probe sequence.
func TestTable(t *testing.T) {
	got := askTables(t)
	p, values := tableProgram(t, nil)
	for _, v := range values {
		for i := range tableInters {
			to, err := p.Type(fmt.Sprintf("I%d", i))
			if err != nil {
				t.Fatal(err)
			}
			a, err := p.Runtime().Assertion(v.Type(), to)
			if err != nil {
				t.Fatal(err)
			}
			if _, _, err := a.Do(v); err != nil {
				t.Fatal(err)
			}
		}
	}
	s := p.Runtime().Snapshot()
	real := map[string]int{}
	bad := map[string]bool{}
	taken := map[int]bool{}
	home := map[string]uint32{}
	for _, e := range got.After.Entries {
		key := e.Type + " " + e.Inter
		real[key], bad[key], home[key] = e.Slot, e.Bad, e.Home
		taken[e.Slot] = true
	}
	if s.Table != got.After.Size || got.After.Count != len(got.After.Entries) {
		t.Errorf("a table of %d, model %d; %d counted, %d there", got.After.Size, s.Table, got.After.Count, len(got.After.Entries))
	}
	same, aside := 0, 0
	for _, tab := range s.Itabs {
		key := tab.Type + " " + tab.Inter
		slot, ok := real[key]
		if !ok || bad[key] != (tab.Misses != "") {
			t.Errorf("%s: there %v, bad %v, model %q", key, ok, bad[key], tab.Misses)
			continue
		}
		if slot == tab.Slot {
			same++
			continue
		}
		// Its slot in the model is taken, and so are all before it.
		aside++
		h := int(home[key]) & (got.After.Size - 1)
		for i := 1; h != slot; i++ {
			if !taken[h] || i > 100 {
				t.Errorf("%s is at %d, model %d: %d on its way is free", key, slot, tab.Slot, h)
				break
			}
			h = (h + i) & (got.After.Size - 1)
		}
	}
	if same < 2*aside {
		t.Errorf("%d itabs are at the model's place, %d aside", same, aside)
	}
	for i := range 3 { // types without a method table have none
		if _, ok := real[fmt.Sprintf("struct {} main.I%d", i)]; ok {
			t.Error("struct{} has an itab")
		}
	}
	if !slices.ContainsFunc(got.Before.Entries, func(e struct {
		Slot        int
		Inter, Type string
		Home        uint32
		Bad         bool
	}) bool {
		return e.Inter == "error" && !e.Bad
	}) {
		t.Error("no itab of a conversion is there from the start")
	}
	t.Logf("%d itabs in a table of %d, %d at the model's place, %d pushed aside by others", len(s.Itabs), s.Table, same, aside)
}

// TestCache compares the cache of an assertion with the model's after each type that
// enters it, and the number of misses that this took: one in 1,024 misses at first, and
// fewer the larger the cache is.
func TestCache(t *testing.T) {
	got := askTables(t)
	if !got.Found {
		t.Skip("the executable has no symbol of the place")
	}
	// In the model every miss replaces the cache.
	p, values := tableProgram(t, func(int) int { return 0 })
	to, err := p.Type("Target")
	if err != nil {
		t.Fatal(err)
	}
	a, err := p.Runtime().Assertion(values[0].Type(), to)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range got.Caches {
		if _, _, err := a.Do(values[i]); err != nil {
			t.Fatal(err)
		}
		cache := a.Cache()
		var slots []int
		for j := range i + 1 {
			slots = append(slots, slices.Index(cache, fmt.Sprintf("main.T%d", j)))
		}
		if len(cache) != c.Mask+1 || !slices.Equal(slots, c.Slots) {
			t.Errorf("after %d types: a cache of %d with %v, model %d with %v", i+1, c.Mask+1, c.Slots, len(cache), slots)
		}
	}
	sum, expected := 0.0, 0.0
	size := 1
	for i, c := range got.Caches {
		if i > 0 {
			size = got.Caches[i-1].Mask + 1
		}
		sum += float64(c.Miss) / float64(1024*size)
		expected++
	}
	// A sum of n waits, each of mean 1: the deviation is the root of n.
	if n := float64(len(got.Caches)); sum < n-6*math.Sqrt(n) || sum > n+6*math.Sqrt(n) {
		t.Errorf("the misses are %.1f times as many as expected", sum/n)
	}
	t.Logf("%d entries, %.2f of the misses that were expected", len(got.Caches), sum/expected)
}
