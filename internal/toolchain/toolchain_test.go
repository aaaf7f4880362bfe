package toolchain

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/release"
)

const hello = `package main

import "fmt"
import "runtime"

func main() { fmt.Printf("{\"v\": %q, \"caps\": [%d]}", runtime.Version(), cap(append(make([]int, 1000, 1024), make([]int, 25)...))) }
`

type answer struct {
	V    string
	Caps []int
}

func TestRunRunning(t *testing.T) {
	got, err := Run[answer](t.Context(), release.Running, Probe{Name: "hello", Source: hello})
	if err != nil {
		t.Fatal(err)
	}
	if got.V != runtime.Version() || len(got.Caps) != 1 || got.Caps[0] != 1536 {
		t.Errorf("the probe says %+v on %s", got, runtime.Version())
	}
}

// TestRunHistoric runs on the releases named in ORRERY_TOOLCHAINS, and needs the network
// for those not in the module cache.
func TestRunHistoric(t *testing.T) {
	rels := Requested()
	if len(rels) == 0 {
		t.Skip("ORRERY_TOOLCHAINS is empty: no historic toolchain asked for")
	}
	for _, rel := range rels {
		got, err := Run[answer](t.Context(), rel, Probe{Name: "hello", Source: hello})
		if err != nil {
			t.Fatal(err)
		}
		if got.V != rel {
			t.Errorf("asked for %s, ran on %s", rel, got.V)
		}
	}
}

func TestBuildError(t *testing.T) {
	_, err := Output(t.Context(), release.Running, Probe{Name: "broken", Source: "package main\nfunc main() { x }\n"})
	var be *BuildError
	if !errors.As(err, &be) || !strings.Contains(be.Output, "undefined: x") {
		t.Errorf("got %v, want a BuildError that quotes the compiler", err)
	}
}

func TestProbeFails(t *testing.T) {
	_, err := Output(t.Context(), release.Running, Probe{Name: "boom", Source: "package main\nfunc main() { panic(\"boom\") }\n"})
	if err == nil || !strings.Contains(err.Error(), "boom") {
		t.Errorf("got %v, want the panic's text", err)
	}
	_, err = Run[answer](t.Context(), release.Running, Probe{Name: "nojson", Source: "package main\nfunc main() { print() }\n"})
	if err == nil || !strings.Contains(err.Error(), "did not print the JSON") {
		t.Errorf("got %v, want a complaint about the JSON", err)
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Output(ctx, release.Running, Probe{Name: "hello", Source: hello}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}

func TestUnknownRelease(t *testing.T) {
	for _, rel := range []string{"1.17", "go1", "go1.1.2", "gopher"} {
		if _, err := Root(t.Context(), rel); !errors.Is(err, ErrUnknownRelease) {
			t.Errorf("Root(%q): %v, want ErrUnknownRelease", rel, err)
		}
	}
}

func TestNoGo(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	for _, rel := range []string{release.Running, "go1.17.13"} {
		if _, err := Root(t.Context(), rel); !errors.Is(err, ErrNoGo) {
			t.Errorf("%s without a go command: %v", rel, err)
		}
	}
}

func TestNoNetwork(t *testing.T) {
	t.Setenv("GOPROXY", "off")
	t.Setenv("GOMODCACHE", t.TempDir())
	if _, err := Root(t.Context(), "go1.17.13"); !errors.Is(err, ErrNetwork) {
		t.Errorf("without a proxy: %v, want ErrNetwork", err)
	}
}

// TestExplain has a module proxy that lists two releases and can deliver neither.
func TestExplain(t *testing.T) {
	proxy := t.TempDir()
	dir := filepath.Join(proxy, "golang.org", "toolchain", "@v")
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	versions := []string{"v0.0.1-go1.17.13.linux-mips", "v0.0.1-go1.18.10." + platform()}
	write("list", strings.Join(versions, "\n"))
	for _, v := range versions {
		write(v+".info", `{"Version": "`+v+`"}`)
		write(v+".mod", "module golang.org/toolchain\n")
	}
	t.Setenv("GOPROXY", "file://"+filepath.ToSlash(proxy))
	t.Setenv("GOMODCACHE", t.TempDir())
	t.Setenv("GONOSUMDB", "*")
	for rel, want := range map[string]error{
		"go1.16":    ErrUnknownRelease, // go1.16.15
		"go1.17.13": ErrPlatform,
		"go1.18":    ErrNetwork,        // go1.18.10
		"go1.18.0":  ErrUnknownRelease, // as a module it would be go1.18
	} {
		if _, err := Root(t.Context(), rel); !errors.Is(err, want) {
			t.Errorf("Root(%s): %v, want %v", rel, err, want)
		}
	}
}

func TestReleases(t *testing.T) {
	rels := Releases()
	if len(rels) != 26 {
		t.Errorf("%d releases, want one of each minor release from 1.2 to 1.27", len(rels))
	}
	for i, name := range rels {
		r, err := release.Parse(name)
		if err != nil || r.Minor() != i+2 || r.Newer() {
			t.Errorf("release %d is %s, %v", i, r, err)
		}
	}
}
