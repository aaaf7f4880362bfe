package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// The engine for a browser, and the file of the toolchain that starts it.
const (
	engine  = "github.com/orrery-go/orrery/playground/wasm"
	support = "lib/wasm/wasm_exec.js"
)

// static writes the page, the ledger and the engine as WebAssembly, for any host of
// files. It builds the engine, so that it wants the go command, and to be in the module.
func static(dir string) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
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
		data = bytes.ReplaceAll(data, []byte(`<meta name="engine" content="ask">`), []byte(`<meta name="engine" content="wasm">`))
		return os.WriteFile(filepath.Join(dir, name), data, 0o666)
	})
	if err != nil {
		return err
	}
	rows, err := ledger()
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "ledger.json"), rows, 0o666); err != nil {
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
	if err := os.WriteFile(filepath.Join(dir, "wasm_exec.js"), start, 0o666); err != nil {
		return err
	}
	out, err := filepath.Abs(filepath.Join(dir, "engine.wasm"))
	if err != nil {
		return err
	}
	_, err = run([]string{"GOOS=js", "GOARCH=wasm"}, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", out, engine)
	return err
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
