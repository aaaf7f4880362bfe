package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// on is the environment variable that selects a mutant.
const on = "ORRERY_MUTANT"

// selector is a file that is added to the package.
const selector = `
import (
	mutantOS "os"
	mutantConv "strconv"
)

var mutantOn = func() int { n, _ := mutantConv.Atoi(mutantOS.Getenv("` + on + `")); return n }()
`

// tests are the tests of a package that contains mutants.
type tests struct {
	folder, dir string
	overlay     string
	programs    []program // the package's own first
	all         bool      // also those of its scenarios and of the packages below the folder
	noted       map[string]bool
}

// A program has the tests of one package, or those that only matches, and the time that
// they may take: tests of a mutant that never ends are stopped after it.
type program struct {
	folder, name string
	only         string
	limit        time.Duration
}

// build inserts mutants into the package, and returns the numbers of the first n that
// compile; 1 is the first.
func (t *tests) build(files map[string][]byte, all []mutant, n int) (chosen []int, err error) {
	// It tries twice as many as are wanted, since a few do not compile.
	broken := map[int]bool{}
	for some := min(2*n, len(all)); ; some = min(2*some, len(all)) {
		var candidates []int
		for id := 1; id <= some; id++ {
			candidates = append(candidates, id)
		}
		if err := t.write(files, all, candidates); err != nil {
			return nil, err
		}
		out, err := exec.Command("go", "build", "-gcflags=-e", "-overlay", t.overlay, "./"+t.folder).CombinedOutput()
		found := regexp.MustCompile(`mutant(\d+)\.go:`).FindAllSubmatch(out, -1)
		if err != nil && len(found) == 0 {
			return nil, fmt.Errorf("%s: %w\n%s", t.folder, err, out)
		}
		for _, f := range found {
			id, err := strconv.Atoi(string(f[1]))
			if err != nil {
				return nil, err
			}
			broken[id] = true
		}
		candidates = slices.DeleteFunc(candidates, func(id int) bool { return broken[id] })
		if len(candidates) >= n || some == len(all) {
			chosen = candidates[:min(n, len(candidates))]
			break
		}
	}
	if err := t.write(files, all, chosen); err != nil {
		return nil, err
	}
	own, err := t.program(t.folder, "")
	t.programs = []program{own}
	return chosen, err
}

// write writes the files with their mutants, and the overlay for the go command.
func (t *tests) write(files map[string][]byte, all []mutant, ids []int) error {
	byFile := map[string]map[int]mutant{}
	for _, id := range ids {
		m := all[id-1]
		if byFile[m.file] == nil {
			byFile[m.file] = map[int]mutant{}
		}
		byFile[m.file][id] = m
	}
	replace := map[string]string{}
	put := func(as string, source []byte) error {
		original, err := filepath.Abs(as)
		if err != nil {
			return err
		}
		replace[original] = filepath.Join(t.dir, fmt.Sprint(len(replace), ".go"))
		return os.WriteFile(replace[original], source, 0o666)
	}
	for name, mutants := range byFile {
		if err := put(name, with(files[name], mutants)); err != nil {
			return err
		}
	}
	out, err := exec.Command("go", "list", "-f", "{{.Name}}", "./"+t.folder).Output()
	if err != nil {
		return fmt.Errorf("go list: %w", err)
	}
	if err := put(filepath.Join(t.folder, "mutant_on.go"), []byte("package "+strings.TrimSpace(string(out))+"\n"+selector)); err != nil {
		return err
	}
	list, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return err
	}
	t.overlay = filepath.Join(t.dir, "overlay.json")
	return os.WriteFile(t.overlay, list, 0o666)
}

// program builds the tests of a package, which must pass while no mutant is selected.
func (t *tests) program(folder, only string) (program, error) {
	p := program{folder: folder, name: filepath.Join(t.dir, strings.ReplaceAll(folder, "/", "-")+".test"), only: only}
	if out, err := exec.Command("go", "test", "-c", "-vet=off", "-overlay", t.overlay, "-o", p.name, "./"+folder).CombinedOutput(); err != nil {
		return p, fmt.Errorf("%s: %w\n%s", folder, err, out)
	}
	if _, err := os.Stat(p.name); errors.Is(err, fs.ErrNotExist) {
		return program{}, nil // it has no tests
	}
	start := time.Now()
	if out, err := p.command(context.Background(), 0, 10*time.Minute).CombinedOutput(); err != nil {
		return p, fmt.Errorf("%s fails as it is: %w\n%s", folder, err, out)
	}
	p.limit = 10*time.Second + 5*time.Since(start)
	return p, nil
}

func (p program) command(ctx context.Context, id int, limit time.Duration) *exec.Cmd {
	c := exec.CommandContext(ctx, p.name, "-test.failfast", "-test.timeout", limit.String(), "-test.run", p.only)
	c.Dir = p.folder
	c.Env = append(os.Environ(), fmt.Sprintf("%s=%d", on, id))
	return c
}

// run reports whether a test notices a mutant.
func (t *tests) run(id int) (dies bool, err error) {
	for i := 0; ; i++ {
		if i == len(t.programs) {
			if t.all {
				return false, nil
			}
			if err := t.buildOthers(); err != nil {
				return false, err
			}
			if i == len(t.programs) {
				return false, nil
			}
		}
		if p := t.programs[i]; p.name != "" {
			// A mutant that hangs before the tests begin escapes their own time limit.
			ctx, cancel := context.WithTimeout(context.Background(), 2*p.limit)
			err := p.command(ctx, id, p.limit).Run()
			cancel()
			if err := t.forget(); err != nil {
				return false, err
			}
			if err != nil {
				return true, nil
			}
		}
	}
}

// buildOthers builds the tests of the package's scenarios and of the packages below it.
func (t *tests) buildOthers() error {
	t.all = true
	scenarios, err := t.program("script", "^TestScenarios$/^"+path.Base(t.folder)+"$")
	if err != nil {
		return err
	}
	t.programs = append(t.programs, scenarios)
	out, err := exec.Command("go", "list", "-f", "{{.Dir}}", "./"+t.folder+"/...").Output()
	if err != nil {
		return fmt.Errorf("go list: %w", err)
	}
	here, err := os.Getwd()
	if err != nil {
		return err
	}
	for _, dir := range slices.Sorted(strings.FieldsSeq(string(out))) {
		folder, err := filepath.Rel(here, dir)
		if err != nil {
			return err
		}
		if folder = filepath.ToSlash(folder); folder == t.folder {
			continue
		}
		p, err := t.program(folder, "")
		if err != nil {
			return err
		}
		t.programs = append(t.programs, p)
	}
	return nil
}

// noted lists the failures that package rapid has saved next to the tests of a folder.
func noted(folder string) (map[string]bool, error) {
	files := map[string]bool{}
	err := filepath.WalkDir(folder, func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.Contains(filepath.ToSlash(name), "/testdata/rapid/") {
			files[name] = true
		}
		return err
	})
	return files, err
}

// forget removes the new ones, which are due to the mutant.
func (t *tests) forget() error {
	now, err := noted(t.folder)
	if err != nil {
		return err
	}
	for name := range now {
		if !t.noted[name] {
			if err := os.Remove(name); err != nil {
				return err
			}
		}
	}
	return nil
}
