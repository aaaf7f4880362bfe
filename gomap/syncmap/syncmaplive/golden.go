package syncmaplive

import (
	"embed"
	"fmt"
	"hash/fnv"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/orrery-go/orrery/gomap/syncmap"
	"github.com/orrery-go/orrery/internal/golden"
	"github.com/orrery-go/orrery/internal/toolchain"
	"github.com/orrery-go/orrery/release"
)

// Answers are the probe's answers about a release. They are empty before Go 1.9, which
// brought sync.Map.
type Answers struct {
	Sums  []string          // of what programs return and of the whole state after each operation
	Texts map[string]string // of panics of keys that cannot be hashed, and whether the lock is left taken
}

//go:embed testdata/golden
var files embed.FS

//go:embed testdata/probe.go
var probe string

//go:embed testdata/maps.go
var probeMaps string

//go:embed testdata/later15.go
var later15 string

//go:embed testdata/later20.go
var later20 string

//go:embed testdata/later23.go
var later23 string

// The number of programs that every release ran, and of the operations of each.
const (
	recordedPrograms   = 20
	recordedOperations = 200
)

// Golden are the answers of every release since 1.2.
var Golden = golden.Set[Answers]{
	Probe: toolchain.Probe{
		Name:   "syncmaplive",
		Source: probe,
		More: map[string]string{
			"maps.go":    strings.NewReplacer("PROGRAMS", strconv.Itoa(recordedPrograms), "OPERATIONS", strconv.Itoa(recordedOperations)).Replace(probeMaps),
			"later15.go": later15, "later20.go": later20, "later23.go": later23,
		},
		Env: []string{"GOMAXPROCS=1"},
	},
	Files: files,
	Dir:   "gomap/syncmap/syncmaplive",
	Refer: true,
}

// Predict returns the answers of the model of a release.
func Predict(rel string) (a Answers, err error) {
	r, err := release.Parse(rel)
	if err != nil {
		return a, err
	}
	for seed := range uint64(recordedPrograms) {
		sum, err := predict(r, seed+1)
		if err != nil {
			return a, fmt.Errorf("%s, program %d: %w", rel, seed+1, err)
		}
		a.Sums = append(a.Sums, sum)
	}
	a.Texts = map[string]string{}
	for _, before := range []string{"empty", "stored", "loaded", "deleted", "cleared"} {
		for _, do := range []string{"load", "store", "loadOrStore", "delete"} {
			m, err := syncmap.New[any, any](syncmap.Config[any]{Release: rel})
			if err != nil {
				return a, err
			}
			a.Texts[before+" "+do] = unhashable(m, before, do)
		}
	}
	return a, nil
}

// predict runs the probe's program on the model.
func predict(r release.Release, seed uint64) (string, error) {
	pick := func(n int) int {
		seed = seed*6364136223846793005 + 1442695040888963407
		return int(seed >> 33 % uint64(n))
	}
	keys := []int{3, 10, 40}[pick(3)]
	m, err := syncmap.New[int, int](syncmap.Config[int]{
		Release: r.Name(),
		Hash:    func(k int, _ uint64) uint64 { return uint64(k/2) * 0x9E3779B97F4A7C15 >> 50 << 20 },
	})
	if err != nil {
		return "", err
	}
	trie := r.AtLeast("go1.24")
	if trie {
		m.Load(0)
	}
	sum := fnv.New32a()
	for range recordedOperations {
		op, k, v, old := pick(20), pick(keys), pick(3), pick(3)
		text, err := do(r, m, op, k, v, old)
		if err != nil {
			return "", err
		}
		if err := m.Check(); err != nil {
			return "", err
		}
		io.WriteString(sum, fmt.Sprintln(op, text, stateOf(m.Snapshot())))
	}
	return strconv.FormatUint(uint64(sum.Sum32()), 36), nil
}

func do(r release.Release, m *syncmap.Map[int, int], op, k, v, old int) (string, error) {
	var out syncmap.Outcome[int]
	var err error
	loaded := func() string { // in the probe's form: a value and whether it is there
		if !out.OK {
			return "<nil> false"
		}
		return fmt.Sprint(out.Value, out.OK)
	}
	switch {
	case op < 4:
		_, err = m.Store(k, v)
	case op < 7:
		out, err = m.Load(k)
		return loaded(), err
	case op < 10:
		out, err = m.LoadOrStore(k, v)
		return fmt.Sprint(out.Value, out.OK), err
	case op < 13:
		_, err = m.Delete(k)
	case op == 13 && r.AtLeast("go1.15"):
		out, err = m.LoadAndDelete(k)
		return loaded(), err
	case op == 14 && r.AtLeast("go1.20"):
		out, err = m.Swap(k, v)
		return loaded(), err
	case (op == 15 || op == 16) && r.AtLeast("go1.20"):
		out, err = m.CompareAndSwap(k, old, v)
		return fmt.Sprint(out.OK), err
	case op == 17 && r.AtLeast("go1.20"):
		out, err = m.CompareAndDelete(k, old)
		return fmt.Sprint(out.OK), err
	case op == 18 && r.AtLeast("go1.23") && v == 0:
		_, err = m.Clear()
	case op == 19:
		var all []string
		err = m.Range(func(k, v int) bool {
			all = append(all, fmt.Sprint(k, "=", v))
			return true
		})
		if !r.AtLeast("go1.24") {
			slices.Sort(all)
		}
		return fmt.Sprint(all), err
	}
	return "", err
}

// stateOf formats a snapshot as the probe formats the real state.
func stateOf(s syncmap.Snapshot[int, int]) string {
	if s.Design == syncmap.HashTrie {
		return trieOfNode(s, s.Nodes[0].Number, "")
	}
	list := func(entries []syncmap.EntryState[int, int]) string {
		var all []string
		for _, e := range entries {
			v := map[syncmap.State]string{syncmap.Deleted: "-", syncmap.Gone: "x"}[e.State]
			if v == "" {
				v = fmt.Sprint(e.Value)
			}
			all = append(all, fmt.Sprint(e.Key, "=", v))
		}
		slices.Sort(all)
		return fmt.Sprint(all)
	}
	return list(s.Read) + fmt.Sprint(s.Amended) + list(s.Dirty) + fmt.Sprint(s.HasDirty, s.Misses)
}

func trieOfNode(s syncmap.Snapshot[int, int], number int, path string) string {
	text := "{"
	for place := range 16 {
		for _, n := range s.Nodes {
			if n.Parent == number && n.Place == place {
				text += trieOfNode(s, n.Number, path+strconv.FormatInt(int64(place), 16))
			}
		}
		for _, e := range s.Trie {
			if e.Node == number && e.Place == place {
				text += fmt.Sprint(" ", path, place, ":", e.Key, "=", e.Value)
			}
		}
	}
	return text + "}"
}

// unhashable answers the probe's question about a key that cannot be hashed.
func unhashable(m *syncmap.Map[any, any], before, do string) string {
	if before != "empty" {
		m.Store(1, 1)
	}
	switch before {
	case "loaded":
		m.Load(2)
	case "deleted":
		m.Load(2)
		m.Delete(1)
	case "cleared":
		m.Delete(1)
		m.Load(2)
	}
	var err error
	switch do {
	case "load":
		_, err = m.Load([]int{1})
	case "store":
		_, err = m.Store([]int{1}, 1)
	case "loadOrStore":
		_, err = m.LoadOrStore([]int{1}, 1)
	case "delete":
		_, err = m.Delete([]int{1})
	}
	text := ""
	if err != nil {
		text = err.Error()
	}
	if m.Snapshot().Locked {
		text += ", locked"
	}
	return text
}
