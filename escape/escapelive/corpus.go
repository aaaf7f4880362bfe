package escapelive

import (
	"bytes"
	"compress/gzip"
	"context"
	_ "embed"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/orrery-go/orrery/internal/toolchain"
	"github.com/orrery-go/orrery/release"
)

// A Source is a file of the corpus: a package of its own that imports nothing but
// unsafe, with a function for every rule. Since is the release since which it compiles.
type Source struct{ Name, Since, Text string }

// Sources are the files of the corpus.
var Sources = append([]Source{
	{"base", "go1.14", baseSource},
	{"generic", "go1.20", genericSource},
	{"iter", "go1.23", iterSource},
	{"method", "go1.20", methodSource},
	{"value", "go1.26", valueSource},
	{"puzzle", "go1.14", puzzleSource},
	{"nested", "go1.23", nestedSource},
	{"temps", "go1.22", tempsSource},
	{"sizes", "go1.14", sizesSource},
	{"initial", "go1.22", initialSource},
	{"blank", "go1.22", blankSource},
	{"mention", "go1.23", mentionSource},
	{"loops", "go1.23", loopsSource},
	{"callees", "go1.27", calleesSource},
}, ledgerSources()...)

//go:embed testdata/corpus.txt.gz
var packed []byte

// recorded is the text of the record.
var recorded = sync.OnceValue(func() string { return unpack(packed) })

// messages is the record, read once.
var messages = sync.OnceValue(func() map[string]map[string]int { return read(recorded()) })

func unpack(data []byte) string {
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return "" // TestGolden fails
	}
	text, err := io.ReadAll(r)
	if err != nil {
		return ""
	}
	return string(text)
}

func pack(text string) ([]byte, error) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write([]byte(text)); err != nil {
		return nil, err
	}
	err = w.Close()
	return b.Bytes(), err
}

// In reports whether a release compiles the file.
func (s Source) In(rel string) bool {
	r, err := release.Parse(rel)
	return err == nil && r.AtLeast(s.Since)
}

// Compile returns the messages of a release's compiler about a file that imports
// nothing. The release "running" is the Go of the calling program.
func Compile(ctx context.Context, rel, name, text string, flags ...string) ([]Line, error) {
	out, err := compile(ctx, rel, name, text, flags...)
	return Parse(out), err
}

func compile(ctx context.Context, rel, name, text string, flags ...string) (string, error) {
	dir, err := os.MkdirTemp("", "orrery-escape-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	return compileIn(ctx, dir, rel, name, text, flags...)
}

// compileIn is compile that leaves the package in a file in dir.
func compileIn(ctx context.Context, dir, rel, name, text string, flags ...string) (string, error) {
	root, err := toolchain.Root(ctx, rel)
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(filepath.Join(dir, name+".go"), []byte(text), 0o666); err != nil {
		return "", err
	}
	tools := filepath.Join(root, "pkg", "tool", runtime.GOOS+"_"+runtime.GOARCH)
	// A compiler that fails removes its output file, and for root that includes
	// os.DevNull.
	args := append([]string{"-p", name, "-m", "-l", "-o", filepath.Join(dir, name+".o")}, flags...)
	cmd := exec.CommandContext(ctx, filepath.Join(tools, "compile"), append(args, name+".go")...)
	cmd.Dir = dir
	cmd.Env = append(toolchain.Quiet(os.Environ()), "GOROOT="+root, "PWD="+dir)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("escapelive: the compiler of %s: %w: %s", rel, err, out)
	}
	return string(out), nil
}

// A Record holds the compiler's messages about the corpus, release by release. They are
// in one file, each message with the releases that print it, since most are the same in
// all.
type Record struct{}

// Golden is the record of the releases since 1.14.
var Golden Record

// Name returns the folder of the record.
func (Record) Name() string { return "escape/escapelive" }

// Record compiles the corpus with the release and writes the messages into the record
// below root, the root of the module. It reports whether the record changed.
func (Record) Record(ctx context.Context, rel, root string) (changed bool, err error) {
	if !Sources[0].In(rel) {
		return false, nil
	}
	name := filepath.Join(root, "escape", "escapelive", "testdata", "corpus.txt.gz")
	data, err := os.ReadFile(name)
	if err != nil && !os.IsNotExist(err) {
		return false, err
	}
	text := unpack(data)
	all := read(text)
	now := map[string]int{}
	for _, s := range Sources {
		if !s.In(rel) {
			continue
		}
		lines, err := Compile(ctx, rel, s.Name, s.Text)
		if err != nil {
			return false, err
		}
		for _, l := range lines {
			now[l.String()]++
		}
	}
	all[rel] = now
	out := write(all)
	if out == text {
		return false, nil
	}
	if data, err = pack(out); err != nil {
		return false, err
	}
	return true, os.WriteFile(name, data, 0o666)
}

// Load returns the record of a release: the messages about one file of the corpus.
func (Record) Load(rel string, s Source) []Line {
	var out []Line
	for text, n := range messages()[rel] {
		if strings.HasPrefix(text, s.Name+".go:") {
			for range n {
				out = append(out, Parse(text)...)
			}
		}
	}
	return out
}

// releases returns the releases of the record.
func releases() []string {
	return slices.DeleteFunc(toolchain.Releases(), func(rel string) bool { return !Sources[0].In(rel) })
}

// read parses the record: lines like "base.go:3:5: moved to heap: x\t14-24 26", with a
// count "x2" if the message comes twice.
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
