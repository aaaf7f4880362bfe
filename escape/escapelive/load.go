package escapelive

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/orrery-go/orrery/escape"
)

// A Loader reads Go source as the go command finds it, with all dependencies from
// source, so that all packages share their types.
type Loader struct {
	Fset *token.FileSet
	Go   string   // the go command; "" is the one on the path
	Dir  string   // where it runs; "" is the current one
	Env  []string // variables in addition to the environment
	Arch string   // "" is amd64

	listed map[string]*listed
	loaded map[string]*escape.Package
	active map[string]bool
}

// listed is the output of go list -json for a package.
type listed struct {
	Dir, ImportPath, Name string
	GoFiles, CgoFiles     []string
	ImportMap             map[string]string
	Standard, DepOnly     bool
	Module                *struct{ GoVersion string }
	Error                 *struct{ Err string }
}

func (l *Loader) command(args ...string) *exec.Cmd {
	name := l.Go
	if name == "" {
		name = "go"
	}
	arch := l.Arch
	if arch == "" {
		arch = "amd64"
	}
	cmd := exec.Command(name, args...)
	cmd.Dir = l.Dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=", "GOOS=linux", "GOARCH="+arch)
	cmd.Env = append(cmd.Env, l.Env...)
	return cmd
}

// List lists packages and all that they import. It returns the import paths of the
// packages that match the patterns.
func (l *Loader) List(patterns ...string) ([]string, error) {
	cmd := l.command(append([]string{"list", "-deps", "-json=Dir,ImportPath,Name,GoFiles,CgoFiles,ImportMap,Standard,DepOnly,Module,Error"}, patterns...)...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("escapelive: go list: %w: %s", err, stderr.String())
	}
	if l.listed == nil {
		l.listed = map[string]*listed{}
		l.loaded = map[string]*escape.Package{}
		l.active = map[string]bool{}
	}
	if l.Fset == nil {
		l.Fset = token.NewFileSet()
	}
	var named []string
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		p := new(listed)
		if err := dec.Decode(p); errors.Is(err, io.EOF) {
			return named, nil
		} else if err != nil {
			return nil, fmt.Errorf("escapelive: go list: %w", err)
		}
		if p.Error != nil {
			return nil, fmt.Errorf("escapelive: %s: %s", p.ImportPath, p.Error.Err)
		}
		if l.listed[p.ImportPath] == nil {
			l.listed[p.ImportPath] = p
		}
		if !p.DepOnly {
			named = append(named, p.ImportPath)
		}
	}
}

// Package returns a package that List has found, after parsing and type-checking it.
func (l *Loader) Package(path string) (*escape.Package, error) {
	if p := l.loaded[path]; p != nil {
		return p, nil
	}
	if path == "unsafe" {
		return &escape.Package{Fset: l.Fset, Types: types.Unsafe, Info: escape.NewInfo()}, nil
	}
	p := l.listed[path]
	if p == nil {
		return nil, fmt.Errorf("escapelive: the package %q was not listed", path)
	}
	if l.active[path] {
		return nil, fmt.Errorf("escapelive: %q imports itself", path)
	}
	l.active[path] = true
	defer delete(l.active, path)
	if len(p.CgoFiles) > 0 {
		return nil, fmt.Errorf("escapelive: %q uses cgo", path)
	}
	var files []*ast.File
	for _, name := range p.GoFiles {
		f, err := parser.ParseFile(l.Fset, filepath.Join(p.Dir, name), nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	version := ""
	if p.Module != nil && p.Module.GoVersion != "" {
		version = "go" + p.Module.GoVersion
	}
	return l.check(path, files, version, p.ImportMap)
}

// Source type-checks files whose imports List has found.
func (l *Loader) Source(path string, files map[string]string) (*escape.Package, error) {
	if l.Fset == nil {
		l.Fset = token.NewFileSet()
	}
	var parsed []*ast.File
	for name, text := range files {
		f, err := parser.ParseFile(l.Fset, name, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		parsed = append(parsed, f)
	}
	return l.check(path, parsed, "", nil)
}

type importer struct {
	l *Loader
	m map[string]string
}

func (i importer) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	if to := i.m[path]; to != "" {
		path = to
	}
	p, err := i.l.Package(path)
	if err != nil {
		return nil, err
	}
	return p.Types, nil
}

func (l *Loader) check(path string, files []*ast.File, version string, m map[string]string) (*escape.Package, error) {
	arch := l.Arch
	if arch == "" {
		arch = "amd64"
	}
	c := types.Config{Importer: importer{l, m}, Sizes: types.SizesFor("gc", arch), GoVersion: version, Error: func(error) {}}
	info := escape.NewInfo()
	t, err := c.Check(path, l.Fset, files, info)
	if err != nil {
		return nil, err
	}
	p := &escape.Package{Fset: l.Fset, Files: files, Types: t, Info: info}
	if l.loaded == nil {
		l.loaded = map[string]*escape.Package{}
	}
	l.loaded[path] = p
	return p, nil
}
