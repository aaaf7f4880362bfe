package alloclive

import (
	"bufio"
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/alloc"
	"github.com/orrery-go/orrery/internal/toolchain"
	"github.com/orrery-go/orrery/release"
)

// TestTable compares the computed classes with the table that the runtime's own
// generator left as a comment in sizeclasses.go: of the running Go, and, since their
// toolchains must be fetched, only with ORRERY_FULL of all releases since 1.8.
func TestTable(t *testing.T) {
	rels := []string{release.Running}
	if os.Getenv("ORRERY_FULL") != "" {
		rels = append(rels, toolchain.Releases()[6:]...)
	}
	for _, rel := range rels {
		t.Run(rel, func(t *testing.T) {
			root, err := toolchain.Root(t.Context(), rel)
			if errors.Is(err, toolchain.ErrNoGo) {
				t.Skip("a test program run by itself: ", err)
			}
			if err != nil {
				t.Fatal(err)
			}
			classes := rulesOf(t, rel).Classes()
			rows := tableRows(t, root)
			if len(rows) != len(classes) {
				t.Fatalf("the table has %d classes, the model %d", len(rows), len(classes))
			}
			for i, row := range rows {
				if want := tableRow(classes[i])[:len(row)]; strings.Join(row, " ") != strings.Join(want, " ") {
					t.Errorf("class %d: model %v, table %v", i+1, want, row)
				}
			}
		})
	}
}

func rulesOf(t *testing.T, rel string) *alloc.Rules {
	r, err := alloc.ForRelease(rel)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// tableRows parses lines like "//     3         24        8192      341".
func tableRows(t *testing.T, root string) [][]string {
	var data []byte
	var err error
	for _, name := range []string{"internal/runtime/gc/sizeclasses.go", "runtime/sizeclasses.go"} {
		if data, err = os.ReadFile(filepath.Join(root, "src", filepath.FromSlash(name))); err == nil {
			break
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	var rows [][]string
	for s := bufio.NewScanner(bytes.NewReader(data)); s.Scan(); {
		fields := strings.Fields(strings.TrimPrefix(s.Text(), "//"))
		if len(fields) >= 5 && fields[0] == strconv.Itoa(len(rows)+1) {
			rows = append(rows, fields)
		}
	}
	return rows
}

// tableRow formats a class as the generator does. Older tables lack the last two
// columns.
func tableRow(c alloc.Class) []string {
	n := func(v int64) string { return strconv.FormatInt(v, 10) }
	return []string{
		strconv.Itoa(c.Index), n(c.Size), n(c.SpanBytes), n(c.Objects), n(c.TailWaste),
		strconv.FormatFloat(100*c.MaxWaste, 'f', 2, 64) + "%", n(c.MinAlign),
	}
}
