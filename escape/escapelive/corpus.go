package escapelive

import (
	"context"
	"embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/orrery-go/orrery/internal/toolchain"
	"github.com/orrery-go/orrery/release"
)

// Corpus are source files that import nothing, each a package, with a function for
// every rule.
//
//go:embed testdata/corpus/*.go
var corpus embed.FS

//go:embed testdata/corpus.txt
var recorded string

// A Source is a file of the corpus and the release since which it compiles.
type Source struct{ Name, Since string }

// Sources are the files of the corpus.
var Sources = []Source{
	{"base", "go1.14"},
	{"generic", "go1.20"},
	{"iter", "go1.23"},
	{"value", "go1.26"},
}

// Text is the source of a file of the corpus.
func (s Source) Text() string {
	text, err := corpus.ReadFile("testdata/corpus/" + s.Name + ".go")
	if err != nil {
		return err.Error() // which does not compile
	}
	return string(text)
}

// In reports whether a release compiles the file.
func (s Source) In(rel string) bool {
	r, err := release.Parse(rel)
	return err == nil && r.AtLeast(s.Since)
}

// Compile asks the compiler of a release about a file that imports nothing. The
// release "running" is the Go of the calling program.
func Compile(ctx context.Context, rel, name, text string, flags ...string) ([]Line, error) {
	root, err := toolchain.Root(ctx, rel)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "orrery-escape-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, name+".go"), []byte(text), 0o666); err != nil {
		return nil, err
	}
	tools := filepath.Join(root, "pkg", "tool", runtime.GOOS+"_"+runtime.GOARCH)
	args := append([]string{"-p", name, "-m", "-l", "-o", os.DevNull}, flags...)
	cmd := exec.CommandContext(ctx, filepath.Join(tools, "compile"), append(args, name+".go")...)
	cmd.Dir = dir
	cmd.Env = append(toolchain.Quiet(os.Environ()), "GOROOT="+root, "PWD="+dir)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("escapelive: the compiler of %s: %w: %s", rel, err, out)
	}
	return Parse(string(out)), nil
}

// A Record has the compiler's messages about the corpus, release by release. One file
// has them all, each message with the releases that print it, since most are the same
// in all.
type Record struct{}

// Golden is the record of the releases since 1.14.
var Golden Record

// Name reports the folder that the record belongs to.
func (Record) Name() string { return "escape/escapelive" }

// Record asks the release about the corpus and writes the record below root, the
// module's root. It reports whether the record changed.
func (Record) Record(ctx context.Context, rel, root string) (changed bool, err error) {
	if !Sources[0].In(rel) {
		return false, nil
	}
	name := filepath.Join(root, "escape", "escapelive", "testdata", "corpus.txt")
	text, err := os.ReadFile(name)
	if err != nil && !os.IsNotExist(err) {
		return false, err
	}
	all := read(string(text))
	now := map[string]int{}
	for _, s := range Sources {
		if !s.In(rel) {
			continue
		}
		lines, err := Compile(ctx, rel, s.Name, s.Text())
		if err != nil {
			return false, err
		}
		for _, l := range lines {
			now[l.String()]++
		}
	}
	all[rel] = now
	out := write(all)
	if out == string(text) {
		return false, nil
	}
	return true, os.WriteFile(name, []byte(out), 0o666)
}

// Load is the record of a release: the messages about one file of the corpus.
func (Record) Load(rel string, s Source) []Line {
	var out []Line
	for text, n := range read(recorded)[rel] {
		if strings.HasPrefix(text, s.Name+".go:") {
			for range n {
				out = append(out, Parse(text)...)
			}
		}
	}
	return out
}

// releases are those of the record.
func releases() []string {
	return slices.DeleteFunc(toolchain.Releases(), func(rel string) bool { return !Sources[0].In(rel) })
}

// read reads the record: lines like "base.go:3:5: moved to heap: x\t14-24 26", or with
// a count "x2" of a message that comes twice.
func read(text string) map[string]map[string]int {
	out := map[string]map[string]int{}
	rels := releases()
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		msg, which, ok := strings.Cut(line, "\t")
		if !ok {
			continue
		}
		n := 1
		for part := range strings.FieldsSeq(which) {
			if _, err := fmt.Sscanf(part, "x%d", &n); err == nil {
				continue
			}
			var from, to int
			if _, err := fmt.Sscanf(part, "%d-%d", &from, &to); err != nil {
				fmt.Sscanf(part, "%d", &from)
				to = from
			}
			for _, rel := range rels {
				r, err := release.Parse(rel)
				if err == nil && from <= r.Minor() && r.Minor() <= to {
					if out[rel] == nil {
						out[rel] = map[string]int{}
					}
					out[rel][msg] = n
				}
			}
		}
	}
	return out
}

func write(all map[string]map[string]int) string {
	type key struct {
		msg string
		n   int
	}
	which := map[key][]int{}
	for _, rel := range releases() {
		r, err := release.Parse(rel)
		if err != nil {
			continue
		}
		for msg, n := range all[rel] {
			which[key{msg, n}] = append(which[key{msg, n}], r.Minor())
		}
	}
	var lines []string
	for k, minors := range which {
		var b strings.Builder
		b.WriteString(k.msg + "\t")
		if k.n > 1 {
			fmt.Fprintf(&b, "x%d ", k.n)
		}
		for i := 0; i < len(minors); {
			j := i
			for j+1 < len(minors) && minors[j+1] == minors[j]+1 {
				j++
			}
			if i > 0 {
				b.WriteByte(' ')
			}
			fmt.Fprintf(&b, "%d", minors[i])
			if j > i {
				fmt.Fprintf(&b, "-%d", minors[j])
			}
			i = j + 1
		}
		lines = append(lines, b.String())
	}
	slices.SortFunc(lines, func(a, b string) int {
		textA, _, _ := strings.Cut(a, "\t")
		textB, _, _ := strings.Cut(b, "\t")
		x, y := Parse(textA), Parse(textB)
		if len(x) == 1 && len(y) == 1 {
			if c := strings.Compare(x[0].File, y[0].File); c != 0 {
				return c
			}
			if x[0].Line != y[0].Line {
				return x[0].Line - y[0].Line
			}
			if x[0].Column != y[0].Column {
				return x[0].Column - y[0].Column
			}
		}
		return strings.Compare(a, b)
	})
	return strings.Join(lines, "\n") + "\n"
}
