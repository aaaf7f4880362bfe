package alloclive

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/alloc/pages"
	"github.com/orrery-go/orrery/release"
)

// pageProgram makes a program of n steps, with what they do in the model, which tells where
// the pages are that can be freed. Of some chunks nearly all pages are taken, and some huge
// pages are free.
func pageProgram(r *rand.Rand, n int) (steps []PageStep, model []Result, err error) {
	m := pageModel{release: "running"}
	do := func(verb PageVerb, a, b int64) {
		s := PageStep{verb, a, b}
		got, failed := m.do(s)
		if failed != nil {
			err = failed
		}
		steps, model = append(steps, s), append(model, got)
	}
	do(NewPages, []int64{2 << 20, 2 << 20, 2 << 20, 0}[r.IntN(4)], 0)
	long := 1 + r.IntN(3)
	var live [][2]int64 // first pages, and numbers of pages
	taken, most := int64(0), 2000+r.Int64N(12_000)
	for len(steps) < n && err == nil {
		switch k := r.IntN(200); {
		case k < 2:
			do(NextCycle, 0, 0)
		case k < 5:
			do(ToGoal, r.Int64N(most*lazyPage), 0)
		case k < 6:
			do(Force, []int64{1, 64 << 10, 3 << 20, r.Int64N(8 << 20), math.MaxInt64}[r.IntN(5)], 0)
		case k < 7:
			do(FlushPages, r.Int64N(4), 0)
		case k < 9 && len(live) > 0:
			from := r.IntN(len(live))
			to := from + r.IntN(min(len(live)-from, 400))
			share := []int{100, 90, 50, 5}[r.IntN(4)]
			kept := live[:from:from]
			for i, f := range live[from:] {
				if from+i <= to && r.IntN(100) < share {
					do(FreePages, f[0], f[1])
					taken -= f[1]
					continue
				}
				kept = append(kept, f)
			}
			live = kept
		case taken < most:
			size := 1 + r.Int64N(15)
			switch r.IntN(10 * long) {
			case 0:
				size = 16 + r.Int64N(1000)
			case 1:
				size = []int64{64, 256, 512}[r.IntN(3)]
			}
			do(AllocPages, r.Int64N(4), size)
			live = append(live, [2]int64{model[len(model)-1].N, size})
			taken += size
		}
	}
	return steps, model, err
}

// startPages starts a process whose runtime takes notes, in the full run.
func startPages(t *testing.T) *Real {
	t.Helper()
	if os.Getenv("ORRERY_FULL") == "" {
		t.Skip("builds a runtime: set ORRERY_FULL=1")
	}
	c, err := StartLazy(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// TestPages compares programs on a page allocator of the runtime's own code: each place,
// and each row that is given back, by force, as debug.FreeOSMemory and a memory limit do,
// and in the background, to a goal.
func TestPages(t *testing.T) {
	c := startPages(t)
	rnd := rand.New(rand.NewPCG(5, 8))
	places, rows, whole, background := 0, 0, 0, 0
	returned, kept := [2]int{}, [2]int{} // places that were in no use before, or given back, and others: to be cleared, or not
	for program := range 60 {
		steps, model, err := pageProgram(rnd, 3000)
		if err != nil {
			t.Fatal(err)
		}
		real, err := c.Pages(steps)
		if err != nil {
			t.Fatal(err)
		}
		if msg := comparePages(steps, model, real); msg != "" {
			t.Fatalf("program %d: %s", program, msg)
		}
		for i, s := range steps {
			if s.Verb == AllocPages {
				places++
				zero := 0
				if real[i].Zeroed {
					zero = 1
				}
				if real[i].Scavenged == s.B {
					returned[zero]++
				} else {
					kept[zero]++
				}
			}
			rows += len(real[i].Rows)
			if s.Verb != ToGoal {
				continue
			}
			background += len(real[i].Rows)
			for _, row := range real[i].Rows {
				if row[1] >= 256 {
					whole++
				}
			}
		}
	}
	t.Logf("%d places, of the system %v, others %v, to be cleared and not; %d rows given back, %d of them in the background, %d of a huge page or more; 0 mismatches", places, returned, kept, rows, background, whole)
	if places < 20_000 || background < 2000 || whole < 100 {
		t.Error("too few")
	}
}

var updatePages = flag.Bool("update", false, "record what the page allocator of the Go at hand does")

// TestPageRecord compares the record that the tests of package pages have of the runtime with
// what its code does now.
func TestPageRecord(t *testing.T) {
	c := startPages(t)
	if r, err := release.Parse(release.Running); err != nil || r.Minor() != 26 {
		t.Skipf("the record is of Go 1.26, and this is %v, %v", r, err)
	}
	// The first program: the background goes down from the highest page that was freed in the
	// cycle, and passes over what a chunk above it kept as long as it was nearly full; then
	// force does so, too, until something is freed above that.
	programs := [][]PageStep{{
		{NewPages, 0, 0}, {AllocPages, 0, 512}, {AllocPages, 0, 512},
		{FreePages, 512 + 192, 10}, {FreePages, 100, 20}, {NextCycle, 0, 0}, {ToGoal, 0, 0},
		{FreePages, 512 + 191, 1}, {FreePages, 512, 20}, {NextCycle, 0, 0}, {ToGoal, 0, 0}, {Force, math.MaxInt64, 0},
		{FreePages, 200, 1}, {Force, 1, 0}, {FreePages, 512 + 190, 1}, {Force, math.MaxInt64, 0},
		{FreePages, 512 + 202, 1}, {Force, math.MaxInt64, 0},
	}}
	rnd := rand.New(rand.NewPCG(5, 9))
	for range 5 {
		steps, _, err := pageProgram(rnd, 1000)
		if err != nil {
			t.Fatal(err)
		}
		programs = append(programs, steps)
	}
	got := ""
	for _, steps := range programs {
		real, err := c.Pages(steps)
		if err != nil {
			t.Fatal(err)
		}
		got += PageRecord(steps, real)
	}
	file := filepath.Join("..", "pages", "testdata", "runtime.txt")
	if *updatePages {
		if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("recorded and now: %s", d)
	}
}

func comparePages(steps []PageStep, model, real []Result) string {
	for i := range steps {
		if !reflect.DeepEqual(model[i], real[i]) {
			return fmt.Sprintf("step %d, %v: model %v, real %v", i, steps[i], model[i], real[i])
		}
	}
	return ""
}

// TestGoals compares the goals of the background scavenger: none is set that the heap has
// reached, or is less than a page of the machine above.
func TestGoals(t *testing.T) {
	c := startPages(t)
	rnd := rand.New(rand.NewPCG(5, 8))
	var of []Pace
	for i := range 5000 {
		of = append(of, Pace{rnd.Uint64N(64 << 20), rnd.Int64N(160 << 20), rnd.Uint64N(128 << 20), 1 + rnd.Uint64N(128<<20)})
		if i%100 == 0 {
			of[i].LastHeapGoal = 0
		}
	}
	real, err := c.Goals(of)
	if err != nil {
		t.Fatal(err)
	}
	const page = 4 << 10
	set, limits := 0, 0
	for i, p := range of {
		goal := uint64(pages.Goal(int64(p.InUse), int64(p.LastHeapGoal), int64(p.HeapGoal)))
		if p.LastHeapGoal == 0 && goal == math.MaxInt64 || real[i].Retained < goal+page {
			goal = math.MaxUint64
		} else {
			set++
		}
		limit := uint64(pages.LimitGoal(p.Limit))
		if real[i].Mapped <= limit {
			limit = math.MaxUint64
		} else {
			limits++
		}
		if goal != real[i].Goal || limit != real[i].Limit {
			t.Fatalf("%+v: model %d and %d, real %+v", p, goal, limit, real[i])
		}
	}
	t.Logf("%d goals and %d of limits, 0 mismatches", set, limits)
	if set < 500 || limits < 500 {
		t.Error("too few")
	}
}

// The comparison can fail.
func TestPagesBroken(t *testing.T) {
	if strconv.IntSize != 64 {
		t.Skip("a modelled heap has words of 8 bytes")
	}
	steps := []PageStep{{NewPages, 0, 0}, {AllocPages, 0, 3}, {FreePages, 0, 3}, {Force, math.MaxInt64, 0}}
	model, err := ModelPages("running", steps)
	if err != nil {
		t.Fatal(err)
	}
	for i := range steps {
		other, err := ModelPages("running", steps)
		if err != nil {
			t.Fatal(err)
		}
		other[i].N++
		if comparePages(steps, model, other) == "" {
			t.Errorf("step %d may be otherwise", i)
		}
	}
}
