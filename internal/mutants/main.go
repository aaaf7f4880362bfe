// Mutants changes a package's source at random places, one place at a time, and says
// which of the changes its tests notice:
//
//	go run ./internal/mutants -n 20 gc
//
// A change is another operator, a constant of one more or less, a condition turned
// round, or a statement that is left out. It is put under the tests by go test
// -overlay; the files stay as they are. One that does not compile does not count. The
// same seed makes the same mutants of the same source.
//
// What survives is either untested or says the same in another way: equivalent.txt
// names those of the latter kind, with the reason.
package main

import (
	_ "embed"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

//go:embed equivalent.txt
var equivalent string

func main() {
	n := flag.Int("n", 20, "make so many mutants of each package")
	seed := flag.Uint64("seed", 1, "of the choice of places")
	flag.Parse()
	if flag.NArg() == 0 {
		fmt.Fprintln(os.Stderr, "mutants: name packages, by their folders: go run ./internal/mutants -n 20 gc locks")
		os.Exit(2)
	}
	survived := false
	for _, folder := range flag.Args() {
		ok, err := attack(filepath.Clean(folder), *n, *seed)
		if err != nil {
			fmt.Fprintln(os.Stderr, "mutants:", err)
			os.Exit(1)
		}
		survived = survived || !ok
	}
	if survived {
		os.Exit(1)
	}
}

// attack tests n mutants of a package. It reports whether at least 95 in 100 of those
// that are not equivalent were killed.
func attack(folder string, n int, seed uint64) (bool, error) {
	all, err := find(folder)
	if err != nil {
		return false, err
	}
	rng := rand.New(rand.NewPCG(seed, 27))
	rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	killed, tried, same := 0, 0, 0
	for _, m := range all {
		if tried == n {
			break
		}
		if slices.Contains(known(), m.String()) {
			same++
			continue
		}
		compiles, dies, err := test(folder, m)
		switch {
		case err != nil:
			return false, err
		case !compiles:
			continue
		case dies:
			killed++
		default:
			fmt.Println("survives:", m)
		}
		tried++
	}
	if tried == 0 {
		return false, fmt.Errorf("%s: nothing to change", folder)
	}
	fmt.Printf("%s: %d of %d killed (%.0f%%), of %d places; %d known to be equivalent\n", folder, killed, tried, 100*float64(killed)/float64(tried), len(all), same)
	return killed*100 >= tried*95, nil
}

// forget removes the failures that package rapid has noted beside the tests, to try
// them again: they are the mutant's.
func forget(folder string) error {
	return filepath.WalkDir(folder, func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && d.Name() == "rapid" && filepath.Base(filepath.Dir(name)) == "testdata" {
			if err := os.RemoveAll(name); err != nil {
				return err
			}
			return filepath.SkipDir
		}
		return err
	})
}

// known are the mutants that equivalent.txt names. A line is a mutant as it is printed,
// a tab, and the reason.
func known() (names []string) {
	for line := range strings.Lines(equivalent) {
		if name, _, ok := strings.Cut(line, "\t"); ok && !strings.HasPrefix(line, "#") {
			names = append(names, name)
		}
	}
	return names
}

// test runs the package's tests, and those of what lies below it, on a mutant.
func test(folder string, m mutant) (compiles, dies bool, err error) {
	dir, err := os.MkdirTemp("", "mutants")
	if err != nil {
		return false, false, err
	}
	defer os.RemoveAll(dir)
	source := filepath.Join(dir, "mutant.go")
	if err := os.WriteFile(source, m.source, 0o666); err != nil {
		return false, false, err
	}
	original, err := filepath.Abs(m.file)
	if err != nil {
		return false, false, err
	}
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {original: source}})
	if err != nil {
		return false, false, err
	}
	list := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(list, overlay, 0o666); err != nil {
		return false, false, err
	}
	if exec.Command("go", "build", "-overlay", list, "./"+folder).Run() != nil {
		return false, false, nil
	}
	pattern := "./" + filepath.ToSlash(folder)
	out, err := exec.Command("go", "test", "-overlay", list, "-vet=off", "-timeout", "180s", pattern, pattern+"/...").CombinedOutput()
	if err := forget(folder); err != nil {
		return false, false, err
	}
	if err != nil && strings.Contains(string(out), "[build failed]") {
		return false, false, nil
	}
	return true, err != nil, nil
}
