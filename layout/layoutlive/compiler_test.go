package layoutlive

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/layout"
	"github.com/orrery-go/orrery/release"
)

// full reports whether the slow tests run, too. Tests call it, so that go test knows
// what the result depends on.
func full() bool { return os.Getenv("ORRERY_FULL") != "" }

// TestCompiler compiles constants that overflow unless the compiler and the model agree,
// for every GOARCH; it does not run the result. Without ORRERY_FULL it does so for 386
// and amd64, with fewer types.
func TestCompiler(t *testing.T) {
	needGo(t)
	archs, n := []string{"386", "amd64"}, 100
	if full() {
		archs, n = goarchs(t), 2000
	}
	sources := randomSources(n)
	for _, arch := range archs {
		t.Run(arch, func(t *testing.T) {
			r := rules(t, arch, release.Running)
			src := strings.Builder{}
			src.WriteString("package p\n\nimport (\n\t\"sync/atomic\"\n\t\"unsafe\"\n)\n\nvar _ atomic.Int64\n")
			facts := 0
			for i, text := range sources {
				l, err := r.Of(parse(t, text))
				if err != nil {
					t.Fatalf("%s: %v", text, err)
				}
				fmt.Fprintf(&src, "\ntype T%d %s\n", i, text)
				fmt.Fprintf(&src, "const _ = -uint(unsafe.Sizeof(T%d{}) ^ %d)\n", i, l.Size)
				fmt.Fprintf(&src, "const _ = -uint(unsafe.Alignof(T%d{}) ^ %d)\n", i, l.Align)
				for _, f := range l.Fields {
					fmt.Fprintf(&src, "const _ = -uint(unsafe.Offsetof(T%d{}.%s) ^ %d)\n", i, f.Name, f.Offset)
				}
				facts += 2 + len(l.Fields)
			}
			if out, err := compile(t, arch, src.String()); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			t.Logf("%d types, %d facts, 0 mismatches", n, facts)

			// If one fact were wrong, the compiler would report it.
			wrong := strings.Replace(src.String(), " ^ ", " ^ 1 ^ ", 1)
			if out, err := compile(t, arch, wrong); err == nil || !strings.Contains(out, "p.go:11:") {
				t.Errorf("the compiler accepts a wrong size: %v\n%s", err, out)
			}
		})
	}
}

// TestLimits compares the largest types with the compiler: it accepts a type of the
// model's limit, and refuses those that the model refuses.
func TestLimits(t *testing.T) {
	needGo(t)
	archs := []string{"386", "amd64"}
	if full() {
		archs = goarchs(t)
	}
	for _, arch := range archs {
		r := rules(t, arch, release.Running)
		limit := int64(1) << 50
		if r.Word() == 4 {
			limit = 1<<31 - 1
		}
		fits := fmt.Sprintf("[%d]byte", limit-1)
		for text, want := range map[string]bool{
			fits:                           true,
			"struct{ a " + fits + " }":     true,
			fmt.Sprintf("[%d]byte", limit): r.Word() == 4 && arch != "mips" && arch != "mipsle",
			fmt.Sprintf("struct{ a [%d]byte }", limit):      false,
			fmt.Sprintf("[%d]byte", 2*limit):                false,
			fmt.Sprintf("struct{ a, b [%d]byte }", limit/2): r.Word() == 4, // the sum is the limit, or one less
		} {
			_, modelErr := r.Extent(parse(t, text))
			if got := modelErr == nil; got != want {
				t.Errorf("%s, %s: model %v", arch, text, modelErr)
			}
			// Only a pointer to the type, since no program could have a variable of it.
			out, err := compile(t, arch, "package p\n\ntype T "+text+"\n\nvar P *T\n\nfunc F() *T { return new(T) }\n")
			if (err == nil) != want {
				t.Errorf("%s, %s: compiler %v, want it to compile: %v\n%s", arch, text, err, want, out)
			}
		}
	}
}

func needGo(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("no go command: the toolchain is not installed here")
	}
	out, err := exec.Command("go", "env", "GOVERSION").Output()
	if v := strings.TrimSpace(string(out)); err != nil || v != runtime.Version() {
		t.Skipf("this test was built by %s, but the go command is %s (%v)", runtime.Version(), v, err)
	}
}

// goarchs returns every architecture that Go supports, by the go command.
func goarchs(t *testing.T) []string {
	out, err := exec.Command("go", "tool", "dist", "list").Output()
	if err != nil {
		t.Fatal(err)
	}
	var archs []string
	for line := range strings.Lines(string(out)) {
		_, arch, _ := strings.Cut(strings.TrimSpace(line), "/")
		if !slices.Contains(archs, arch) {
			archs = append(archs, arch)
		}
		if !slices.Contains(layout.Archs(), arch) {
			t.Errorf("Go supports %s, and the model does not know it", arch)
		}
	}
	return archs
}

// compile compiles a package of one file.
func compile(t *testing.T, arch, src string) (string, error) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module example.com/p\n\ngo 1.26\n", "p.go": src} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	goos := "linux"
	if arch == "wasm" {
		goos = "js"
	}
	cmd := exec.CommandContext(t.Context(), "go", "build", "-gcflags=-e", ".")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOOS="+goos, "GOARCH="+arch, "GOFLAGS=", "GOWORK=off", "CGO_ENABLED=0")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// randomSources makes struct types as source, in the part of Go that Parse reads.
func randomSources(n int) []string {
	rnd := rand.New(rand.NewPCG(11, 11))
	leaves := []string{
		"bool", "int", "int8", "int16", "int32", "int64", "uint", "uintptr", "float32", "float64", "complex64", "complex128",
		"string", "unsafe.Pointer", "error", "any", "[]byte", "map[string]int", "chan int", "func(int) string", "*int", "struct{}",
		"atomic.Int64", "atomic.Int32", "atomic.Bool", "atomic.Uint64", "atomic.Pointer[int]", "atomic.Value", "[0]int64", "[0]complex128",
	}
	var structure func(depth int) string
	structure = func(depth int) string {
		var b strings.Builder
		b.WriteString("struct{")
		for i := range rnd.IntN(7) {
			t := leaves[rnd.IntN(len(leaves))]
			if depth > 0 && rnd.IntN(3) == 0 {
				t = structure(depth - 1)
			}
			if rnd.IntN(4) == 0 {
				t = fmt.Sprintf("[%d]%s", rnd.IntN(5), t)
			}
			fmt.Fprintf(&b, " f%d %s;", i, t)
		}
		return b.String() + " }"
	}
	out := make([]string, n)
	for i := range out {
		out[i] = structure(2)
	}
	return out
}
