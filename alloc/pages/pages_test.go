package pages_test

import (
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/orrery-go/orrery/alloc/pages"
)

var releases = []string{"go1.2", "go1.3", "go1.8", "go1.11", "go1.13", "go1.14", "go1.17", "go1.26", ""}

func heap(t rapid.TB, c pages.Config) *pages.Heap {
	t.Helper()
	h, err := pages.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// A naive has a flag for each page, and examines all of them.
type naive struct {
	taken []bool
	best  bool
}

// find returns the lowest row of n free pages, or, with shortest, the lowest of the
// shortest rows that are long enough; -1 if there is none.
func (m *naive) find(n int) int64 {
	at, length := -1, math.MaxInt
	for i := 0; i < len(m.taken); {
		j := i
		for j < len(m.taken) && !m.taken[j] {
			j++
		}
		if j-i >= n && j-i < length {
			at, length = i, j-i
			if !m.best {
				break
			}
		}
		i = max(j, i+1)
	}
	return int64(at)
}

// length returns the length of the free row that begins with a page.
func (m *naive) length(page int64) (n int) {
	for i := int(page); i < len(m.taken) && !m.taken[i]; i++ {
		n++
	}
	return n
}

// rows returns the free rows, and the length of the longest.
func (m *naive) rows() (rows []pages.Run, longest int64) {
	rows = []pages.Run{}
	for i := int64(0); i < int64(len(m.taken)); i++ {
		if n := int64(m.length(i)); n > 0 {
			rows, longest = append(rows, pages.Run{Page: i, Pages: n}), max(longest, n)
			i += n
		}
	}
	return rows, longest
}

// TestAgainstNaive takes and frees pages in any order: whole runs, parts of them, and
// neighbours at once. Requests of 16 pages or more bypass the page caches: they get the
// result of a search of all pages.
func TestAgainstNaive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		release := rapid.SampledFrom(releases).Draw(t, "release")
		h := heap(t, pages.Config{Release: release, Procs: 2, Limit: 128 << 20})
		m := naive{best: slices.Contains(releases[:5], release)}
		lists := slices.Contains(releases[:4], release)
		cached := func(page int64) bool {
			for _, c := range h.Snapshot().Caches {
				if c.Pages > 0 && page/64 == c.Page/64 {
					return true
				}
			}
			return false
		}
		var runs []pages.Run
		described := map[int64]bool{} // pages with a descriptor: the first of each run
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			for int64(len(m.taken)) < h.Mapped() {
				m.taken = append(m.taken, false)
			}
			switch {
			case len(runs) > 0 && rapid.IntRange(0, 2).Draw(t, "free") == 0:
				i := rapid.IntRange(0, len(runs)-1).Draw(t, "run")
				r := runs[i]
				runs = slices.Delete(runs, i, i+1)
				switch rapid.IntRange(0, 3).Draw(t, "part") {
				case 0: // a part of it
					from := rapid.Int64Range(0, r.Pages-1).Draw(t, "from")
					n := rapid.Int64Range(1, r.Pages-from).Draw(t, "n")
					if from > 0 {
						runs = append(runs, pages.Run{Page: r.Page, Pages: from})
					}
					if from+n < r.Pages {
						runs = append(runs, pages.Run{Page: r.Page + from + n, Pages: r.Pages - from - n})
					}
					r.Page, r.Pages = r.Page+from, n
				case 1: // with the one after it
					if j := slices.IndexFunc(runs, func(o pages.Run) bool { return o.Page == r.Page+r.Pages }); j >= 0 {
						r.Pages += runs[j].Pages
						runs = slices.Delete(runs, j, j+1)
					}
				}
				if err := h.Free(0, r.Page, r.Pages); err != nil {
					t.Fatal(err)
				}
				if err := h.Free(0, r.Page, r.Pages); err == nil {
					t.Fatalf("%+v is freed twice", r)
				}
				for j := range r.Pages {
					m.taken[r.Page+j] = false
					delete(described, r.Page+j)
				}
			case rapid.IntRange(0, 9).Draw(t, "other") == 0:
				h.FlushCache(rapid.IntRange(-1, 2).Draw(t, "P"))
				h.Scavenge(rapid.Int64Range(0, 4<<20).Draw(t, "scavenge"))
			default:
				n := rapid.OneOf(rapid.IntRange(1, 15), rapid.IntRange(16, 700)).Draw(t, "pages")
				h.FlushCache(0)
				h.FlushCache(1)
				want := m.find(n)
				r, err := h.Alloc(rapid.IntRange(0, 1).Draw(t, "p"), int64(n))
				if errors.Is(err, pages.OutOfMemory) {
					if want >= 0 {
						t.Fatalf("%d pages are at %d, and the heap is full", n, want)
					}
					continue
				}
				if err != nil {
					t.Fatal(err)
				}
				// Among rows of equal length, the lists of Go 1.11 and before do not
				// have the lowest first.
				if want >= 0 && n >= 16 && r.Page != want && (!lists || m.length(r.Page) != m.length(want)) {
					t.Fatalf("%d pages are taken at %d, want %d", n, r.Page, want)
				}
				for int64(len(m.taken)) < h.Mapped() {
					m.taken = append(m.taken, false)
				}
				for j := range r.Pages {
					if m.taken[r.Page+j] {
						t.Fatalf("page %d is taken twice", r.Page+j)
					}
					m.taken[r.Page+j] = true
				}
				described[r.Page] = true
				runs = append(runs, r)
			}
			if err := h.Check(); err != nil {
				t.Fatal(err)
			}
			if want := int64(len(described) + len(h.Snapshot().Free)); m.best && h.Descriptors() != want {
				t.Fatalf("%d descriptors, want one for each run and free row: %d", h.Descriptors(), want)
			}
		}
		free := 0
		for i, taken := range m.taken {
			if !taken && !cached(int64(i)) {
				free++
			}
		}
		s := h.Snapshot()
		total := int64(0)
		for _, r := range s.Free {
			total += r.Pages
		}
		if total+s.Stats.Cached+s.Stats.InUse != s.Stats.Mapped || total < int64(free) {
			t.Fatalf("%d free, %d by the flags: %+v", total, free, s.Stats)
		}
		// Without page caches what is free is in rows, each as long as it can be.
		h.FlushCache(0)
		h.FlushCache(1)
		s = h.Snapshot()
		rows, longest := m.rows()
		if d := cmp.Diff(rows, s.Free); d != "" || s.Longest != longest {
			t.Fatalf("the longest row has %d pages, want %d; by the flags and in the heap: %s", s.Longest, longest, d)
		}
	})
}

// TestExactFit checks that a row of exactly the requested length is found, wherever it
// is.
func TestExactFit(t *testing.T) {
	for _, release := range releases {
		h := heap(t, pages.Config{Release: release})
		var runs []pages.Run
		for range 60 {
			r, err := h.Alloc(0, 20)
			if err != nil {
				t.Fatal(err)
			}
			runs = append(runs, r)
		}
		for _, i := range []int{3, 40, 50} {
			if err := h.Free(0, runs[i].Page, 20); err != nil {
				t.Fatal(err)
			}
		}
		order := []int{3, 40, 50}
		if i := slices.Index(releases, release); 0 <= i && i < 4 {
			slices.Reverse(order) // the row that became free last is first in its list
		}
		for _, i := range order {
			if r, err := h.Alloc(0, 20); err != nil || r.Page != runs[i].Page {
				t.Errorf("%s: 20 pages are taken at %d, want %d, %v", release, r.Page, runs[i].Page, err)
			}
		}
	}
}

// TestZeroed checks that pages are known to be zero until they are used, and since Go 1.26
// again after they were returned to the system.
func TestZeroed(t *testing.T) {
	for _, release := range []string{"go1.25", "go1.26"} {
		zeroed(t, release, release == "go1.26")
	}
}

func zeroed(t *testing.T, release string, returned bool) {
	h := heap(t, pages.Config{Release: release})
	r, err := h.Alloc(0, 100)
	if err != nil || !r.Zeroed || r.Scavenged != 100 {
		t.Fatalf("%+v, %v", r, err)
	}
	if err := h.Free(0, r.Page, r.Pages); err != nil {
		t.Fatal(err)
	}
	if r, err = h.Alloc(0, 100); err != nil || r.Zeroed || r.Scavenged != 0 {
		t.Fatalf("used pages: %+v, %v", r, err)
	}
	if err := h.Free(0, r.Page, r.Pages); err != nil {
		t.Fatal(err)
	}
	if got := h.Scavenge(math.MaxInt64); got != 100*h.PageSize() {
		t.Fatalf("%d bytes are given back", got)
	}
	if r, err = h.Alloc(0, 100); err != nil || r.Zeroed != returned || r.Scavenged != 100 {
		t.Fatalf("%s: pages that were given back: %+v, %v", release, r, err)
	}
}

// TestGoal checks the scavenger's goals: a tenth above the collector's goal, and 95% of
// a memory limit.
func TestGoal(t *testing.T) {
	if got := pages.Goal(100<<20, 100<<20, 150<<20); got != 165<<20 {
		t.Errorf("%d bytes are retained", got)
	}
	if got := pages.Goal(4<<10, 4<<10, 4<<10); got != 8<<10 {
		t.Errorf("a tenth more than a page of the machine is %d bytes: want two pages", got)
	}
	if got := pages.Goal(100<<20, 0, 150<<20); got != math.MaxInt64 {
		t.Errorf("before the first collection the goal is %d", got)
	}
	if got := pages.LimitGoal(1000); got != 950 {
		t.Errorf("of a limit of 1000 bytes %d are the goal", got)
	}
	h := heap(t, pages.Config{})
	r, err := h.Alloc(0, 1024)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Free(0, r.Page+3, r.Pages-3); err != nil {
		t.Fatal(err)
	}
	if got := h.ScavengeTo(1 << 20); got != 0 {
		t.Errorf("%d bytes are given back before a collection", got)
	}
	h.Collected()
	for _, want := range []int64{2 << 20, 4 << 20, 6 << 20, 6<<20 + 64<<10} { // huge pages, but the last
		got := h.ScavengeTo(8<<20 - want)
		if s := h.Stats(); s.Scavenged*h.PageSize() != want || got == 0 {
			t.Errorf("%d bytes of 8 MiB are given back, want %d", s.Scavenged*h.PageSize(), want)
		}
	}
}

// TestDense checks that the background scavenger leaves a chunk alone in which nearly all
// pages are taken, until that was so in no part of a cycle; force does not.
func TestDense(t *testing.T) {
	h := heap(t, pages.Config{NoHugePages: true})
	r, err := h.Alloc(0, 512)
	if err != nil {
		t.Fatal(err)
	}
	free := func(page, n int64) {
		if err := h.Free(0, r.Page+page, n); err != nil {
			t.Fatal(err)
		}
		h.Collected()
	}
	free(0, 16)
	if got := h.ScavengeTo(0); got != 0 {
		t.Errorf("%d bytes are given back of a chunk with 496 pages in use", got)
	}
	free(100, 1)
	free(102, 1)
	h.Collected()
	if got := h.ScavengeTo(0); got != 18*h.PageSize() {
		t.Errorf("%d bytes are given back of 18 pages", got)
	}
	free(104, 1)
	if got := h.Scavenge(1); got != h.PageSize() {
		t.Errorf("%d bytes are given back by force", got)
	}
}

func TestBadInput(t *testing.T) {
	for _, c := range []pages.Config{{Release: "1.17"}, {Procs: -1}, {Procs: 1025}, {Limit: -1}, {Limit: 1 << 37}} {
		if _, err := pages.New(c); err == nil {
			t.Errorf("New(%+v) succeeds", c)
		}
	}
	for _, release := range releases {
		h := heap(t, pages.Config{Release: release, Limit: 70 << 20})
		for range 2 { // the second fills the page cache
			if _, err := h.Alloc(0, 3); err != nil {
				t.Fatal(err)
			}
		}
		for _, bad := range [][2]int64{{0, 0}, {0, -1}, {-1, 1}, {0, 7}, {6, 1}, {0, math.MaxInt64}, {math.MaxInt64, 1}} {
			if err := h.Free(0, bad[0], bad[1]); err == nil {
				t.Errorf("%s: Free(%d, %d) succeeds", release, bad[0], bad[1])
			}
		}
		for _, p := range []int{-1, 1} {
			if err := h.Free(p, 0, 3); err == nil {
				t.Errorf("%s: P %d gives pages back", release, p)
			}
		}
		for _, bad := range [][2]int64{{-1, 1}, {1, 1}, {0, 0}, {0, -1}, {0, math.MaxInt64}} {
			if _, err := h.Alloc(int(bad[0]), bad[1]); err == nil {
				t.Errorf("%s: Alloc(%d, %d) succeeds", release, bad[0], bad[1])
			}
		}
		if err := h.Check(); err != nil {
			t.Errorf("%s: %v", release, err)
		}
	}
}

func FuzzPages(f *testing.F) {
	f.Add("", []byte{1, 3, 2, 200, 0, 0, 1, 17})
	f.Add("go1.12", []byte{1, 3, 2, 200, 0, 0, 3, 9})
	f.Fuzz(func(t *testing.T, release string, data []byte) {
		h, err := pages.New(pages.Config{Release: release, Procs: 2, Limit: 96 << 20})
		if err != nil {
			return
		}
		for len(data) >= 2 && len(data) < 400 {
			verb, arg := data[0], int64(int8(data[1]))
			data = data[2:]
			switch verb % 6 {
			case 0, 1:
				_, _ = h.Alloc(int(verb/6)%3, arg)
			case 2:
				_, _ = h.Alloc(0, arg*17)
			case 3:
				_ = h.Free(0, arg*3, int64(verb/6))
			case 4:
				h.Scavenge(arg << 12)
			case 5:
				h.FlushCache(int(arg))
			}
			if err := h.Check(); err != nil {
				t.Fatal(err)
			}
		}
	})
}
