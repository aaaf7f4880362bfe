package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"github.com/orrery-go/orrery/claims"
	"github.com/orrery-go/orrery/playground"
)

// The engine for a browser, with the view that a tag names, and the file of the toolchain that
// starts it.
const (
	engine  = "github.com/orrery-go/orrery/playground/wasm"
	support = "lib/wasm/wasm_exec.js"
)

// static writes the page, the ledger, and a WebAssembly engine for each view, for any
// host of static files. It builds the engines, so it needs the go command, and must run
// in the module.
func static(dir string) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	write := func(name string, data []byte) error { return os.WriteFile(filepath.Join(dir, name), data, 0o666) }
	views, err := abouts(write)
	if err != nil {
		return err
	}
	page, err := fs.Sub(files, "page")
	if err != nil {
		return err
	}
	err = fs.WalkDir(page, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(page, name)
		if err != nil {
			return err
		}
		if name == "engine.js" {
			if data, err = withEngines(data, views); err != nil {
				return err
			}
		}
		return write(name, data)
	})
	if err != nil {
		return err
	}
	rows, err := ledger()
	if err != nil {
		return err
	}
	if err := write("ledger.json", rows); err != nil {
		return err
	}
	root, err := run(nil, "go", "env", "GOROOT")
	if err != nil {
		return err
	}
	start, err := os.ReadFile(filepath.Join(strings.TrimSpace(root), filepath.FromSlash(support)))
	if err != nil {
		return err
	}
	if err := write("wasm_exec.js", start); err != nil {
		return err
	}
	return engines(dir, views)
}

// abouts writes the description of all views, which no engine for a single view has, and
// returns the views.
func abouts(write func(name string, data []byte) error) (views []string, err error) {
	for _, lang := range claims.Languages() {
		data := playground.Ask(fmt.Appendf(nil, `{"ask":"about","lang":%q}`, lang))
		if err := write("about."+lang+".json", data); err != nil {
			return nil, err
		}
		var a playground.Answer
		if err := json.Unmarshal(data, &a); err != nil {
			return nil, err
		}
		views = views[:0]
		for _, v := range a.About.Views {
			views = append(views, v.ID)
		}
	}
	return views, nil
}

// withEngines returns engine.js with the views that have an engine.
func withEngines(script []byte, views []string) ([]byte, error) {
	none := []byte("const views = [];")
	if bytes.Count(script, none) != 1 {
		return nil, fmt.Errorf("engine.js does not have %q once", none)
	}
	list, err := json.Marshal(views)
	if err != nil {
		return nil, err
	}
	return bytes.Replace(script, none, fmt.Appendf(nil, "const views = %s;", list), 1), nil
}

// engines builds the engine of each view, several at a time.
func engines(dir string, views []string) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	errs := make([]error, len(views))
	turns := make(chan bool, min(runtime.NumCPU(), 4)) // a linker takes some 200 MB
	var all sync.WaitGroup
	for i, v := range views {
		all.Go(func() {
			turns <- true
			defer func() { <-turns }()
			_, errs[i] = run([]string{"GOOS=js", "GOARCH=wasm"}, "go", "build", "-trimpath", "-ldflags=-s -w",
				"-tags=orrery_lean,orrery_"+v, "-o", filepath.Join(dir, v+".wasm"), engine)
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

// run runs a command and returns what it prints.
func run(env []string, name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), env...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, errs.Bytes())
	}
	return string(out), nil
}
