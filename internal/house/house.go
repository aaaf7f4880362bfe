// Package house holds the rules that keep the library's folders in order: the floor of
// each, the packages that it may import, and the files that a model's folder must have.
// Its test enforces them.
package house

import (
	"fmt"
	"slices"
	"strings"
)

// Module is the path of the module. internal/rename changes it.
const Module = "github.com/orrery-go/orrery"

// Pinned is the release whose source the fidelity tables cite.
const Pinned = "go1.26"

// models are the folders of floor 1, with the models each may build upon.
var models = map[string][]string{
	"alloc":     nil,
	"chanq":     nil,
	"ctxtree":   nil,
	"epollsim":  nil,
	"escape":    nil,
	"explore":   nil,
	"gc":        nil,
	"gomap":     {"layout", "alloc"},
	"iface":     {"layout"},
	"ipc":       nil,
	"layout":    nil,
	"lb":        nil,
	"locks":     nil,
	"program":   nil,
	"race":      nil,
	"runes":     {"alloc"},
	"sched":     {"program", "chanq", "locks"},
	"service":   {"lb"},
	"slicegrow": {"alloc"},
	"textbook":  nil,
}

// Floor returns the floor of a folder, which is named relative to the module's root.
func Floor(folder string) (int, error) {
	top, _, _ := strings.Cut(folder, "/")
	switch {
	case folder == ".":
		return 0, fmt.Errorf("house: the module's root holds no package")
	case top == "examples", folder == "internal/record":
		return 5, nil
	case top == "claims", top == "playground":
		return 4, nil
	case isLive(folder), top == "bench", folder == "sched/schedtrace/note": // note does to a program what it says
		return 3, nil
	case slices.Contains([]string{"draw", "script", "quiz", "sched/schedtrace", "sched/schedtrace/gotrace", "sched/schedtrace/whatif", "sched/schedtrace/explain", "ctxtree/ctxadapter", "gc/gclog"}, folder):
		return 2, nil
	case isModel(top):
		return 1, nil
	case top == "internal", top == "crash", top == "release":
		return 0, nil
	}
	return 0, fmt.Errorf("house: %s is on no floor: give it one", folder)
}

func isModel(folder string) bool { _, ok := models[folder]; return ok }

// isLive reports whether the folder is the live twin of a model or of one of its
// packages, such as chanq/chanqlive or locks/rtmutex/rtmutexlive, or lies inside one, as
// the main package of a child does.
func isLive(folder string) bool {
	parts := strings.Split(folder, "/")
	for i := 1; i < len(parts); i++ {
		if isModel(parts[0]) && parts[i] == parts[i-1]+"live" {
			return true
		}
	}
	return false
}

// MayImport returns the reason why the folder must not import the other one, both named
// relative to the module's root, or nil if it may.
func MayImport(folder, other string) error {
	from, err := Floor(folder)
	if err != nil {
		return err
	}
	to, err := Floor(other)
	if err != nil {
		return err
	}
	top, _, _ := strings.Cut(folder, "/")
	otherTop, _, _ := strings.Cut(other, "/")
	switch {
	case from == 1 && to == 0 && !slices.Contains([]string{"crash", "internal/brief", "internal/choice", "internal/coretype", "internal/names", "internal/packed", "internal/sizes", "release"}, other):
		return fmt.Errorf("house: the model %s may import crash, release, internal/brief, internal/choice, internal/coretype, internal/names, internal/packed and internal/sizes, not %s", folder, other)
	case from == 1 && to == 1 && top != otherTop && !slices.Contains(models[top], otherTop):
		return fmt.Errorf("house: the model %s may not build upon %s", folder, other)
	case from == 3 && to == 1 && top != otherTop && top != "bench" && otherTop != "program":
		return fmt.Errorf("house: the live twin %s is of %s, not of %s", folder, top, otherTop)
	case to > from, to == from && from != 0 && from != 1 && top != otherTop:
		return fmt.Errorf("house: %s (floor %d) imports %s (floor %d): imports only go down", folder, from, other, to)
	}
	return nil
}

// external are the only modules that may be imported, besides the standard library.
var external = []string{
	"github.com/google/go-cmp",
	"golang.org/x/exp/trace",
	"golang.org/x/sys",
	"pgregory.net/rapid",
}

// impure are the packages that a model must not import, because their results differ
// from run to run or from machine to machine.
var impure = []string{"sync", "sync/", "os", "os/", "net", "net/", "syscall", "runtime", "runtime/", "unsafe", "math/rand", "crypto/rand", "log", "log/", "testing", "plugin"}

// impureCall reports whether a model must not use the name of a package that it may
// import: of time the clock and timers, of math/rand/v2 the shared source.
func impureCall(pkg, name string) bool {
	switch pkg {
	case "time":
		return slices.Contains([]string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "NewTimer", "NewTicker", "Tick", "Local", "LoadLocation"}, name)
	case "math/rand/v2":
		return !slices.Contains([]string{"New", "NewPCG", "NewChaCha8", "NewZipf", "Rand", "PCG", "ChaCha8", "Source", "Zipf"}, name)
	}
	return false
}

// forbidden returns the pattern that matches the import path: a pattern that ends in a
// slash matches everything below it.
func forbidden(importPath string, patterns []string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		return importPath == p || strings.HasSuffix(p, "/") && strings.HasPrefix(importPath, p)
	})
}
