// Record asks Go releases what the models predict, and writes their answers to
// the goldens of the live twins.
//
//	go run ./internal/record                                    every release, every package
//	go run ./internal/record -release go1.17.13                 one release
//	go run ./internal/record alloc/alloclive slicegrow/slicegrowlive
//
// It leaves the tree as it was when no answer changed. A release that is not in
// the module cache is fetched.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"

	"github.com/orrery-go/orrery/alloc/alloclive"
	"github.com/orrery-go/orrery/bench"
	"github.com/orrery-go/orrery/chanq/chanqlive"
	"github.com/orrery-go/orrery/claims"
	"github.com/orrery-go/orrery/ctxtree/ctxtreelive"
	"github.com/orrery-go/orrery/escape/escapelive"
	"github.com/orrery-go/orrery/gc/gclive"
	"github.com/orrery-go/orrery/gc/pacer/pacerlive"
	"github.com/orrery-go/orrery/gomap/gomaplive"
	"github.com/orrery-go/orrery/gomap/syncmap/syncmaplive"
	"github.com/orrery-go/orrery/iface/ifacelive"
	"github.com/orrery-go/orrery/internal/toolchain"
	"github.com/orrery-go/orrery/layout/layoutlive"
	"github.com/orrery-go/orrery/locks/lockslive"
	"github.com/orrery-go/orrery/locks/rtmutex/rtmutexlive"
	"github.com/orrery-go/orrery/race/racelive"
	"github.com/orrery-go/orrery/runes/runeslive"
	"github.com/orrery-go/orrery/sched/timers/timerslive"
	"github.com/orrery-go/orrery/slicegrow/slicegrowlive"
)

// A set is any [golden.Set].
type set interface {
	Name() string
	Record(ctx context.Context, rel, root string) (changed bool, err error)
}

var sets = []set{
	alloclive.Golden,
	bench.Golden,
	chanqlive.Golden,
	ctxtreelive.Golden,
	escapelive.Golden,
	gclive.Golden,
	ifacelive.Golden,
	pacerlive.Golden,
	gomaplive.Golden,
	syncmaplive.Golden,
	layoutlive.Golden,
	lockslive.Golden,
	rtmutexlive.Golden,
	racelive.Golden,
	runeslive.Golden,
	timerslive.Golden,
	slicegrowlive.Golden,
	claims.Golden,
}

func main() {
	rel := flag.String("release", "", "only this release, such as go1.17.13 (default: the last patch of each since 1.2)")
	flag.Usage = func() {
		fmt.Fprintf(flag.CommandLine.Output(), "usage: go run ./internal/record [-release go1.17.13] [package ...]\npackages: %s\n", strings.Join(names(), ", "))
		flag.PrintDefaults()
	}
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := record(ctx, *rel, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "record:", err)
		os.Exit(1)
	}
}

func record(ctx context.Context, rel string, packages []string) error {
	root, err := moduleRoot()
	if err != nil {
		return err
	}
	rels := toolchain.Releases()
	if rel != "" {
		if !slices.Contains(rels, rel) {
			return fmt.Errorf("goldens are kept for %s, not for %q", strings.Join(rels, " "), rel)
		}
		rels = []string{rel}
	}
	chosen := sets
	if len(packages) > 0 {
		chosen = nil
		for _, p := range packages {
			p = strings.Trim(filepath.ToSlash(filepath.Clean(p)), "/")
			i := slices.Index(names(), p)
			if i < 0 {
				return fmt.Errorf("no goldens in %s (want some of %s)", p, strings.Join(names(), ", "))
			}
			chosen = append(chosen, sets[i])
		}
	}
	var errs []error
	for _, s := range chosen {
		for _, r := range rels {
			changed, err := s.Record(ctx, r, root)
			switch {
			case err != nil:
				errs = append(errs, fmt.Errorf("%s: %w", s.Name(), err))
				fmt.Printf("%-28s %-10s failed\n", s.Name(), r)
			case changed:
				fmt.Printf("%-28s %-10s changed\n", s.Name(), r)
			default:
				fmt.Printf("%-28s %-10s as recorded\n", s.Name(), r)
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
		}
	}
	return errors.Join(errs...)
}

func names() []string {
	var out []string
	for _, s := range sets {
		out = append(out, s.Name())
	}
	return out
}

func moduleRoot() (string, error) {
	out, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("finding the module: %w", err)
	}
	mod := strings.TrimSpace(string(out))
	if mod == "" || mod == os.DevNull {
		return "", errors.New("not inside the module")
	}
	return filepath.Dir(mod), nil
}
