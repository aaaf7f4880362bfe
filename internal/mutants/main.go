// Mutants changes a package's source at random places, one place at a time, and says
// which of the changes its tests notice:
//
//	go run ./internal/mutants -n 20 gc
//
// A change is another operator, a constant of one more or less, a condition turned
// round, or a statement that is left out. All mutants of a package are built at once,
// by go test -overlay: each is a function beside the one that it is a mutant of, and a
// variable of the environment says which is called. The files stay as they are. One
// that does not compile does not count. The same seed makes the same mutants of the
// same source. The package's own tests are run, and on what survives them its scenarios,
// which are run in package script, and those below its folder, its live twin before all.
//
// What survives is either untested or says the same in another way: equivalent.txt
// names those of the latter kind, with the reason. With -n 60 and seed 1 at least 95 in
// 100 of the others die in
//
//	layout, layout/areas, layout/gotypes, alloc, alloc/pages, alloc/profile, slicegrow,
//	slicegrow/dest, explore, chanq, locks, locks/rtmutex, gomap, gomap/syncmap, iface,
//	runes, escape, race, gc, gc/gclog, gc/marking, gc/pacer, ctxtree, epollsim,
//	epollsim/netpoll, ipc, lb, program, script, sched, sched/gomaxprocs, sched/interleave,
//	sched/leak, sched/runq, sched/schedtrace/explain, sched/timers, service, and service's
//	autoscale, breaker, cache, discovery, dist, gateway, limit, load, queueing, retry and
//	shed;
//
// the exit code says whether they still do. Another version of the source gives other
// mutants.
package main

import (
	_ "embed"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

//go:embed equivalent.txt
var equivalent string

var (
	only    = flag.String("run", "", "of the mutants chosen, try only those whose name matches this expression")
	verbose = flag.Bool("v", false, "name those that die, too")
)

func main() {
	n := flag.Int("n", 20, "number of mutants of each package")
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
	files, err := sources(folder)
	if err != nil {
		return false, err
	}
	var all []mutant
	for _, name := range slices.Sorted(maps.Keys(files)) {
		some, err := mutate(name, files[name])
		if err != nil {
			return false, err
		}
		all = append(all, some...)
	}
	reasons, err := known(folder, all)
	if err != nil {
		return false, err
	}
	rng := rand.New(rand.NewPCG(seed, 27))
	rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })

	dir, err := os.MkdirTemp("", "mutants")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(dir)
	before, err := noted(folder)
	if err != nil {
		return false, err
	}
	t := &tests{folder: filepath.ToSlash(folder), dir: dir, noted: before}
	chosen, err := t.build(files, all, n)
	if err != nil {
		return false, err
	}
	wanted, err := regexp.Compile(*only)
	if err != nil {
		return false, err
	}
	killed, survived, same := 0, 0, 0
	for _, id := range chosen {
		m := all[id-1]
		if !wanted.MatchString(m.String()) {
			continue
		}
		if reason, ok := reasons[m.String()]; ok {
			fmt.Printf("equivalent: %v\n\t%s\n", m, reason)
			same++
			continue
		}
		dies, err := t.run(id)
		switch {
		case err != nil:
			return false, err
		case dies:
			if *verbose {
				fmt.Println("dies:", m)
			}
			killed++
		default:
			fmt.Printf("survives: %v\n\tline %d\n", m, m.line)
			survived++
		}
	}
	if len(chosen) == 0 {
		return false, fmt.Errorf("%s: nothing to change", folder)
	}
	fmt.Printf("%s: of %d mutants, seed %d: %d killed, %d equivalent, %d survive; of %d places\n", folder, killed+same+survived, seed, killed, same, survived, len(all))
	return killed*100 >= (killed+survived)*95, nil
}

// known returns, by name, the reasons why the mutants in equivalent.txt are equivalent.
// A line is a mutant as it is printed, a tab, and the reason. It returns an error if a
// mutant of this folder no longer exists.
func known(folder string, all []mutant) (map[string]string, error) {
	is := map[string]bool{}
	for _, m := range all {
		is[m.String()] = true
	}
	reasons := map[string]string{}
	for line := range strings.Lines(equivalent) {
		name, reason, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		file, _, _ := strings.Cut(name, ", ")
		if path.Dir(file) != filepath.ToSlash(folder) {
			continue
		}
		if !is[name] {
			return nil, fmt.Errorf("equivalent.txt names a mutant that no longer exists: %s", name)
		}
		reasons[name] = reason
	}
	return reasons, nil
}
