// Package toolchain runs a small program on a Go release of the past and decodes its
// output.
//
// Every Go release since 1.2.2 is a module, golang.org/toolchain, that holds
// its GOROOT. The go command of the machine fetches it into the module cache,
// verified like any other module. A probe is built with that release's own
// compiler and runs on its own runtime.
//
// It writes to the module cache, to a folder per release inside GOCACHE, and to
// a temporary directory that it removes. Inside the module cache it sets the
// execute bits that module zips cannot carry, as the go command does itself
// when it switches toolchains (cmd/go/internal/toolchain/select.go).
package toolchain

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/version"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/orrery-go/orrery/release"
)

// The reasons why a requested release cannot be used. Errors wrap these.
var (
	ErrUnknownRelease = errors.New("no such Go release among the toolchain modules")
	ErrPlatform       = errors.New("this release has no toolchain for this platform")
	ErrNetwork        = errors.New("the toolchain is not in the module cache and could not be fetched")
	ErrNoGo           = errors.New("there is no go command on the path")
)

// Releases returns the releases that goldens are recorded for, oldest first: see
// [release.Known].
func Releases() []string { return release.Known() }

// A Probe is a program that prints one JSON value to standard output. Its
// source is in the Go of 1.2, so that every release can build it.
type Probe struct {
	Name   string   // for error messages: "alloclive"
	Source string   // the whole main package, or one file of it
	Flags  []string // of go build, such as -gcflags=-l
	Env    []string // of the running program, such as GOMAXPROCS=1

	More map[string]string         // its other files, by name: assembly, and files that only some releases build
	Also func(rel string) []string // further flags for a release
}

// A BuildError says that a release's compiler refused a probe.
type BuildError struct {
	Release, Probe string
	Output         string // of the compiler
}

func (e *BuildError) Error() string {
	return fmt.Sprintf("toolchain: %s does not build the probe %s:\n%s", e.Release, e.Probe, e.Output)
}

// Run builds the probe with the release's compiler, runs it, and decodes its output
// into a T. The release "running" is the Go of the calling program.
//
// It returns [ErrUnknownRelease] if the release is unknown, [ErrPlatform] if it was
// not built for this platform, [ErrNetwork] if there is no network, [ErrNoGo] if
// there is no go command, and a [*BuildError] if the probe does not build.
func Run[T any](ctx context.Context, rel string, p Probe) (T, error) {
	var v T
	out, err := Output(ctx, rel, p)
	if err != nil {
		return v, err
	}
	if err := json.Unmarshal(out, &v); err != nil {
		return v, fmt.Errorf("toolchain: the probe %s on %s did not print the JSON of a %T: %w\n%.300s", p.Name, rel, v, err, out)
	}
	return v, nil
}

// Output is [Run] without decoding: it returns the output.
func Output(ctx context.Context, rel string, p Probe) ([]byte, error) {
	tc, err := find(ctx, rel)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "orrery-probe-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if err := p.write(dir); err != nil {
		return nil, err
	}

	bin := filepath.Join(dir, "probe.exe")
	args := append([]string{"build", "-o", bin}, p.Flags...)
	if p.Also != nil {
		args = append(args, p.Also(tc.release)...)
	}
	build := tc.command(ctx, dir, append(args, p.what())...)
	if p.More != nil {
		build.Env = append(build.Environ(), "GO111MODULE=off")
	}
	if out, err := build.CombinedOutput(); err != nil {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("toolchain: building %s with %s: %w", p.Name, rel, ctx.Err())
		}
		if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) {
			return nil, fmt.Errorf("toolchain: running the go command of %s: %w", rel, err)
		}
		return nil, &BuildError{Release: rel, Probe: p.Name, Output: strings.TrimSpace(string(out))}
	}

	var stdout, stderr bytes.Buffer
	run := exec.CommandContext(ctx, bin)
	run.Dir, run.Stdout, run.Stderr = dir, &stdout, &stderr
	run.Env = append(Quiet(os.Environ()), p.Env...)
	if err := run.Run(); err != nil {
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return nil, fmt.Errorf("toolchain: the probe %s on %s: %w\n%s", p.Name, rel, err, tail(stderr.String()))
	}
	return stdout.Bytes(), nil
}

// write writes the program's files into a folder.
func (p Probe) write(dir string) error {
	err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(p.Source), 0o666)
	for name, text := range p.More {
		err = errors.Join(err, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666))
	}
	return err
}

// what returns the argument of go build: the name of a single file, so that no other is
// built; or, for several files, their folder, so that build constraints apply, which
// needs GOPATH mode.
func (p Probe) what() string {
	if p.More != nil {
		return "."
	}
	return "main.go"
}

// Root returns the GOROOT of a release, fetching it when it is not in the
// module cache. Errors are those of [Run].
func Root(ctx context.Context, rel string) (string, error) {
	tc, err := find(ctx, rel)
	return tc.root, err
}

// toolchain is a go command that can be run.
type toolchain struct {
	release string
	root    string   // GOROOT
	env     []string // nil: the caller's own
}

func find(ctx context.Context, rel string) (toolchain, error) {
	if _, err := exec.LookPath("go"); err != nil {
		return toolchain{}, fmt.Errorf("toolchain: %s: %w", rel, ErrNoGo)
	}
	if rel == release.Running {
		return running(ctx)
	}
	r, err := release.Parse(rel)
	if err != nil {
		return toolchain{}, fmt.Errorf("%w: %w", ErrUnknownRelease, err)
	}
	name := moduleName(r)
	root, err := fetch(ctx, name)
	if err != nil {
		return toolchain{}, err
	}
	if err := setExecutable(root); err != nil {
		return toolchain{}, err
	}
	cache, err := goEnv(ctx, "GOCACHE")
	if err != nil {
		return toolchain{}, err
	}
	return toolchain{name, root, []string{
		"GOTOOLCHAIN=local",
		"GOROOT=" + root,
		"GO111MODULE=off",
		"GOFLAGS=",
		"GOENV=off",
		"GOPATH=" + filepath.Join(os.TempDir(), "orrery-no-gopath"),
		"GOCACHE=" + filepath.Join(cache, "orrery", name),
	}}, nil
}

// moduleName returns the name of a release in the toolchain modules: before Go 1.21 the
// first release of a minor version has no ".0" there.
func moduleName(r release.Release) string {
	name := r.Exact()
	if first, ok := strings.CutSuffix(name, ".0"); ok && r.Minor() < 21 {
		return first
	}
	return name
}

// running returns the go command on the path, which must be of the release that built
// this program: otherwise a probe would answer for a different Go.
func running(ctx context.Context) (toolchain, error) {
	v, err := goEnv(ctx, "GOVERSION")
	if err != nil {
		return toolchain{}, err
	}
	if v != runtime.Version() {
		return toolchain{}, fmt.Errorf("toolchain: this program was built by %s, but the go command on the path is %s", runtime.Version(), v)
	}
	root, err := goEnv(ctx, "GOROOT")
	return toolchain{v, root, nil}, err
}

func (tc toolchain) command(ctx context.Context, dir string, args ...string) *exec.Cmd {
	name := "go"
	if tc.env != nil {
		name = filepath.Join(tc.root, "bin", "go")
	}
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = append(Quiet(os.Environ()), "PWD="+dir)
	if tc.env != nil {
		cmd.Env = append(cmd.Env, "GOOS="+runtime.GOOS, "GOARCH="+hostArch())
	}
	cmd.Env = append(cmd.Env, tc.env...)
	return cmd
}

// Quiet removes from an environment the variables that would affect a build or the
// behavior of the runtime.
func Quiet(env []string) []string {
	var out []string
	for _, kv := range env {
		switch name, _, _ := strings.Cut(kv, "="); name {
		case "GODEBUG", "GOGC", "GOMEMLIMIT", "GOMAXPROCS", "GOTRACEBACK", "GOEXPERIMENT", "GOFLAGS", "GOWORK":
		default:
			out = append(out, kv)
		}
	}
	return out
}

// hostArch returns the architecture to fetch toolchains for: a test built with
// GOARCH=386 still runs on a machine whose toolchains are amd64's.
func hostArch() string {
	if runtime.GOARCH == "386" {
		return "amd64"
	}
	return runtime.GOARCH
}

func platform() string { return runtime.GOOS + "-" + hostArch() }

func fetch(ctx context.Context, name string) (string, error) {
	if version.Compare(name, "go1.2.2") < 0 {
		return "", fmt.Errorf("toolchain: %s: %w (the oldest is go1.2.2)", name, ErrUnknownRelease)
	}
	var got struct{ Dir, Error string }
	module := "golang.org/toolchain@v0.0.1-" + name + "." + platform()
	out, err := goOutput(ctx, "mod", "download", "-json", module)
	if jsonErr := json.Unmarshal(out, &got); jsonErr != nil {
		return "", fmt.Errorf("toolchain: fetching %s: %w", name, errors.Join(err, jsonErr))
	}
	if got.Error == "" && got.Dir != "" {
		return got.Dir, nil
	}
	if ctx.Err() != nil {
		return "", fmt.Errorf("toolchain: fetching %s: %w", name, ctx.Err())
	}
	return "", explain(ctx, name, got.Error)
}

// explain finds the reason why a toolchain could not be fetched, by the list of existing
// ones: the go command's error quotes the proxy's text, which can change.
func explain(ctx context.Context, name, text string) error {
	out, err := goOutput(ctx, "list", "-m", "-versions", "golang.org/toolchain")
	if err != nil || !bytes.Contains(out, []byte("v0.0.1-go1.")) {
		return fmt.Errorf("toolchain: %s: %w: %s", name, ErrNetwork, firstLine(text))
	}
	for v := range strings.FieldsSeq(string(out)) {
		v = strings.TrimPrefix(v, "v0.0.1-"+name+".")
		if v == platform() {
			// The toolchain exists, so the network failed.
			return fmt.Errorf("toolchain: %s: %w: %s", name, ErrNetwork, firstLine(text))
		}
		if strings.HasPrefix(v, runtime.GOOS+"-") || strings.HasPrefix(v, "linux-") {
			return fmt.Errorf("toolchain: %s on %s: %w", name, platform(), ErrPlatform)
		}
	}
	return fmt.Errorf("toolchain: %s: %w", name, ErrUnknownRelease)
}

// setExecutable sets the execute bits of the programs in an unpacked toolchain.
func setExecutable(root string) error {
	for _, pattern := range []string{"bin/*", "pkg/tool/*/*"} {
		files, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(pattern)))
		if err != nil {
			return err
		}
		for _, f := range files {
			fi, err := os.Stat(f)
			if err != nil {
				return err
			}
			if fi.Mode().IsRegular() && fi.Mode()&0o111 == 0 {
				if err := os.Chmod(f, fi.Mode()|0o111); err != nil {
					return fmt.Errorf("toolchain: cannot make %s executable: %w", filepath.Base(f), err)
				}
			}
		}
	}
	return nil
}

func goEnv(ctx context.Context, name string) (string, error) {
	out, err := goOutput(ctx, "env", name)
	return strings.TrimSpace(string(out)), err
}

// goOutput runs the machine's own go command outside any module, so that the caller's
// go.mod and go.work have no effect.
func goOutput(ctx context.Context, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = os.TempDir()
	cmd.Env = append(Quiet(os.Environ()), "GOWORK=off", "GOFLAGS=-mod=mod")
	out, err := cmd.Output()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return out, fmt.Errorf("go %s: %s", strings.Join(args, " "), firstLine(string(exit.Stderr)))
	}
	return out, err
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(strings.TrimSpace(s), "\n")
	return s
}

func tail(s string) string {
	const keep = 2000
	if s = strings.TrimSpace(s); len(s) > keep {
		s = "..." + s[len(s)-keep:]
	}
	return s
}
