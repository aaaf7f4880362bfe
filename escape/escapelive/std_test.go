package escapelive

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/escape"
	"github.com/orrery-go/orrery/internal/toolchain"
	"github.com/orrery-go/orrery/release"
)

// A count has the numbers of compared messages of one kind.
type count struct{ compiler, model, same int }

func (c *count) add(compiler, model, missing int) {
	c.compiler += compiler
	c.model += model
	c.same += compiler - missing
}

// recall returns the share of the compiler's messages that the model has; precision
// returns the share of the model's messages that the compiler has.
func (c count) recall() float64 {
	if c.compiler == 0 {
		return 1
	}
	return float64(c.same) / float64(c.compiler)
}

func (c count) precision() float64 {
	if c.model == 0 {
		return 1
	}
	return float64(c.same) / float64(c.model)
}

// compareStd compares packages of the standard library. It counts messages of the
// packages' own files and of instances of other packages' functions separately.
func compareStd(t *testing.T, paths ...string) (own, instances count, kinds map[escape.Verdict]*count) {
	l := &Loader{}
	if _, err := l.List(paths...); err != nil {
		t.Fatal(err)
	}
	kinds = map[escape.Verdict]*count{}
	for _, path := range paths {
		p, err := l.Package(path)
		if err != nil {
			t.Fatal(err)
		}
		real, err := l.Build(path)
		if err != nil {
			t.Fatal(err)
		}
		r, err := escape.Analyze(*p, escape.Config{Release: release.Running, Import: l.Package})
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Omitted) > 0 {
			t.Errorf("%s: not at hand: %v", path, r.Omitted)
		}
		files := map[string]bool{}
		for _, f := range p.Files {
			files[filepath.Base(p.Fset.Position(f.Pos()).Filename)] = true
		}
		generic := map[Line]bool{} // about instances
		for _, d := range r.Diagnostics {
			if d.Instance {
				generic[Line{filepath.Base(d.File), d.Line, d.Column, d.Text}] = true
			}
		}
		isOwn := func(l Line) bool { return files[l.File] && !generic[l] }
		model := Lines(r)
		missing, extra := Compare(real, model)
		var a, b count
		for _, line := range real {
			if isOwn(line) {
				a.compiler++
			} else {
				b.compiler++
			}
		}
		for _, line := range model {
			if isOwn(line) {
				a.model++
			} else {
				b.model++
			}
		}
		a.same, b.same = a.compiler, b.compiler
		for _, line := range missing {
			t.Logf("%s missing %v", path, line)
			if isOwn(line) {
				a.same--
			} else {
				b.same--
			}
		}
		for _, line := range extra {
			t.Logf("%s extra   %v", path, line)
		}
		for _, v := range verdicts {
			k := kinds[v]
			if k == nil {
				k = new(count)
				kinds[v] = k
			}
			k.add(number(real, v), number(model, v), number(missing, v))
		}
		t.Logf("%-24s own messages: recall %d/%d, precision %d/%d; of instances: %d/%d, %d/%d", path, a.same, a.compiler, a.same, a.model, b.same, b.compiler, b.same, b.model)
		own.add(a.compiler, a.model, a.compiler-a.same)
		instances.add(b.compiler, b.model, b.compiler-b.same)
	}
	t.Logf("together: own messages: recall %.4f, precision %.4f of %d; of instances: %.4f, %.4f of %d",
		own.recall(), own.precision(), own.compiler, instances.recall(), instances.precision(), instances.compiler)
	for _, v := range verdicts {
		t.Logf("%-24s recall %.4f, precision %.4f of %d", v, kinds[v].recall(), kinds[v].precision(), kinds[v].compiler)
	}
	return own, instances, kinds
}

var verdicts = []escape.Verdict{escape.MovedToHeap, escape.EscapesToHeap, escape.DoesNotEscape, escape.LeakingParam, escape.LeakingContent, escape.LeakingToResult, escape.SelfAssignment, escape.ZeroCopy, escape.UnsafeUintptr}

func number(lines []Line, v escape.Verdict) int {
	n := 0
	for _, l := range lines {
		if Verdict(l.Text) == v {
			n++
		}
	}
	return n
}

// TestStd compares packages that were used while the model was made.
func TestStd(t *testing.T) {
	full(t)
	own, instances, kinds := compareStd(t, "strings", "bytes", "sort", "container/list", "container/heap", "container/ring", "encoding/json", "context")
	if own.recall() < 0.99 || own.precision() < 0.995 {
		t.Error("fewer than 99% of the compiler's messages, or more than 0.5% others")
	}
	if instances.recall() < 0.85 {
		t.Error("fewer than 85% of the messages about instances")
	}
	for _, v := range []escape.Verdict{escape.MovedToHeap, escape.LeakingParam, escape.LeakingContent, escape.LeakingToResult} {
		if kinds[v].recall() < 1 {
			t.Errorf("not all of %q", v)
		}
	}
}

// TestMore compares packages that were not used while the model was made, and logs the
// results. Some have dependencies that need inlining.
func TestMore(t *testing.T) {
	full(t)
	own, _, _ := compareStd(t, "archive/zip", "bufio", "compress/bzip2", "encoding/asn1", "go/printer", "image/png", "math/big", "mime/multipart", "net/textproto", "text/tabwriter", "os", "crypto/x509")
	if own.recall() < 0.98 || own.precision() < 0.98 {
		t.Error("fewer than 98% of the compiler's messages, or more than 2% others")
	}
}

// expectations matches what a test of the compiler expects: regular expressions after
// ERROR, for its own line or, with LINE+1, for another.
var (
	errorComment = regexp.MustCompile(`// (?:GC_)?ERROR (.*)`)
	quoted       = regexp.MustCompile(`"([^"]*)"|` + "`([^`]*)`")
)

// TestGorootTest runs the model on GOROOT/test/escape*.go, and checks every message of
// the compiler and every expectation.
func TestGorootTest(t *testing.T) {
	full(t)
	files := testFiles(t, "escape*.go")
	if len(files) < 20 {
		t.Fatalf("%d files in GOROOT/test", len(files))
	}
	var lines, met, total count
	for _, name := range files {
		base := filepath.Base(name)
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		src := string(text)
		if base == "escape_runtime_atomic.go" || !strings.Contains(src, "-m -l") && !strings.Contains(src, "-m=1 -l") && !strings.Contains(src, "-m") || strings.Contains(src, "//go:build") {
			continue // it is about package runtime, or for another flag or system
		}
		l := &Loader{Dir: t.TempDir()}
		if err := Temporary(l.Dir, map[string]string{base: src}); err != nil {
			t.Fatal(err)
		}
		named, err := l.List(".")
		if err != nil {
			t.Fatal(err)
		}
		p, err := l.Package(named[0])
		if err != nil {
			t.Fatal(err)
		}
		real, err := l.Build(named[0])
		if err != nil {
			t.Fatal(err)
		}
		r, err := escape.Analyze(*p, escape.Config{Release: release.Running, Import: l.Package})
		if err != nil {
			t.Fatal(err)
		}
		model := Lines(r)
		missing, extra := Compare(real, model)
		for _, m := range missing {
			t.Logf("missing %v", m)
		}
		for _, m := range extra {
			t.Logf("extra   %v", m)
		}
		total.add(len(real), len(model), len(missing))
		// Only files for -m -l alone have expectations for these flags.
		if !strings.HasPrefix(src, "// errorcheck -0 -m -l\n") {
			continue
		}
		byLine := map[int][]string{}
		for _, m := range model {
			if m.File == base {
				byLine[m.Line] = append(byLine[m.Line], m.Text)
			}
		}
		for i, line := range strings.Split(src, "\n") {
			m := errorComment.FindStringSubmatch(line)
			if m == nil {
				continue
			}
			for _, q := range quoted.FindAllStringSubmatch(m[1], -1) {
				re, err := regexp.Compile(strings.ReplaceAll(q[1]+q[2], `\\`, `\`))
				if err != nil {
					continue
				}
				met.compiler++
				for _, text := range byLine[i+1] {
					if re.MatchString(text) {
						met.same++
						break
					}
				}
			}
		}
		lines.add(len(real), len(model), len(missing))
	}
	t.Logf("all files: recall %d/%d, precision %d/%d; expectations of -m -l: %d of %d met", total.same, total.compiler, total.same, total.model, met.same, met.compiler)
	if total.recall() < 0.99 || total.precision() < 0.995 || total.compiler < 1000 {
		t.Error("fewer than 99% of the compiler's messages, or more than 0.5% others")
	}
	if float64(met.same) < 0.99*float64(met.compiler) || met.compiler < 900 {
		t.Error("fewer than 99% of the expectations are met")
	}
}

// TestFixedBugs runs the model on the bug reports about escape analysis in GOROOT/test.
func TestFixedBugs(t *testing.T) {
	full(t)
	files := testFiles(t, filepath.Join("fixedbugs", "issue*.go"))
	var total count
	n := 0
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		src := string(text)
		head, _, _ := strings.Cut(src, "\n")
		if !strings.HasPrefix(head, "// errorcheck") || !strings.Contains(head, "-m") || !regexp.MustCompile("escape|leak|moved to heap").MatchString(src) || strings.Contains(head, "checkptr") {
			continue
		}
		l := &Loader{Dir: t.TempDir()}
		if err := Temporary(l.Dir, map[string]string{filepath.Base(name): src}); err != nil {
			t.Fatal(err)
		}
		named, err := l.List(".")
		if err != nil {
			continue // for another system
		}
		p, err := l.Package(named[0])
		if err != nil {
			continue
		}
		real, err := l.Build(named[0])
		if err != nil {
			continue
		}
		r, err := escape.Analyze(*p, escape.Config{Release: release.Running, Import: l.Package})
		if err != nil {
			t.Fatal(err)
		}
		n++
		missing, extra := Compare(real, Lines(r))
		for _, m := range missing {
			t.Errorf("missing %v", m)
		}
		for _, m := range extra {
			t.Errorf("extra   %v", m)
		}
		total.add(len(real), len(r.Diagnostics), len(missing))
	}
	t.Logf("%d files: recall %d/%d, precision %d/%d", n, total.same, total.compiler, total.same, total.model)
	if n < 10 {
		t.Errorf("only %d files", n)
	}
}

// TestTypeParameters runs the model on the one-file programs of GOROOT/test/typeparam.
// All are in one module, which is compiled but not linked.
func TestTypeParameters(t *testing.T) {
	full(t)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module temporary\n\ngo 1.26\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, name := range testFiles(t, filepath.Join("typeparam", "*.go")) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		head, _, _ := strings.Cut(string(text), "\n")
		if head != "// run" && head != "// compile" && head != "// build" {
			continue
		}
		base := filepath.Base(name)
		sub := filepath.Join(dir, "p"+strings.TrimSuffix(base, ".go"))
		if err := os.Mkdir(sub, 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(sub, base), text, 0o666); err != nil {
			t.Fatal(err)
		}
		n++
	}
	l := &Loader{Dir: dir}
	named, err := l.List("./...")
	if err != nil {
		t.Fatal(err)
	}
	out, err := l.command("list", "-export", "-gcflags=temporary/...=-m -l", "./...").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	real := map[string][]Line{}
	path := ""
	for text := range strings.Lines(string(out)) {
		if name, ok := strings.CutPrefix(text, "# "); ok {
			path = strings.TrimSpace(name)
		}
		real[path] = append(real[path], Parse(text)...)
	}
	var total count
	for _, path := range named {
		p, err := l.Package(path)
		if err != nil {
			t.Fatal(err)
		}
		r, err := escape.Analyze(*p, escape.Config{Release: release.Running, Import: l.Package})
		if err != nil {
			t.Fatal(err)
		}
		missing, extra := Compare(real[path], Lines(r))
		for _, m := range missing {
			t.Errorf("missing %v", m)
		}
		for _, m := range extra {
			t.Errorf("extra   %v", m)
		}
		total.add(len(real[path]), len(r.Diagnostics), len(missing))
	}
	t.Logf("%d files: recall %d/%d, precision %d/%d", n, total.same, total.compiler, total.same, total.model)
	if n < 150 || total.compiler < 1500 {
		t.Errorf("only %d files, %d messages", n, total.compiler)
	}
}

// testFiles finds files of GOROOT/test. A toolchain that was fetched as a module has
// none: then it uses the files of the installed Go with the Go at hand. The full run
// fails if there are none at all.
func testFiles(t *testing.T, pattern string) []string {
	root, err := toolchain.Root(t.Context(), release.Running)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "env", "GOROOT")
	cmd.Env = append(os.Environ(), "GOTOOLCHAIN=local", "GOROOT=")
	installed, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, root := range []string{root, strings.TrimSpace(string(installed))} {
		files, err := filepath.Glob(filepath.Join(root, "test", pattern))
		if err != nil {
			t.Fatal(err)
		}
		if len(files) > 0 {
			return files
		}
	}
	t.Fatalf("neither %s nor the installed Go at %s has a folder test: install the distribution, of which it is a part", root, installed)
	return nil
}
