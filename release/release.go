// Package release parses, orders and clamps the names of Go releases.
//
// A model takes the name of the release that it follows in its Config, and chooses its
// rules once, when it is built. The names are those of [go/version]: "go1.17",
// "go1.17.13", "go1.27rc1". Besides, "" is [Latest], the newest release that this library
// knows, and "running" is the Go that the program was built with ([Running]).
//
// A name without a patch is the last patch of it: "go1.9" has the rules of go1.9.7, since
// that is what the models were held against. The first release of a minor version is
// "go1.9.0", although that was called go1.9 before Go 1.21. [Patches] lists the answers
// that patches have changed, and [Settings] those that GODEBUG changes.
//
// # Concurrent use
//
// A [Release] does not change, and several goroutines may use it at once.
package release

import (
	"fmt"
	"go/version"
	"runtime"
	"strconv"
	"strings"
)

// Latest is the newest release whose rules this library knows. It belongs to
// the library's version, not to the machine's, so that the same configuration
// gives the same events on every machine.
const Latest = "go1.27"

// Running names the release of the toolchain that built the program. Models take it as the
// Release of their Config, to be compared with the Go at hand.
const Running = "running"

// Known lists the releases that are on record, oldest first: the last patch of
// every minor release since 1.2. The slice is the caller's own.
func Known() []string {
	return []string{
		"go1.2.2", "go1.3.3", "go1.4.3", "go1.5.4", "go1.6.4", "go1.7.6", "go1.8.7", "go1.9.7",
		"go1.10.8", "go1.11.13", "go1.12.17", "go1.13.15", "go1.14.15", "go1.15.15", "go1.16.15",
		"go1.17.13", "go1.18.10", "go1.19.13", "go1.20.14", "go1.21.13", "go1.22.12", "go1.23.12",
		"go1.24.13", "go1.25.14", "go1.26.11", "go1.27.4",
	}
}

// A Release is a parsed release name. The zero Release is not valid; get one
// from [Parse].
type Release struct {
	name  string // as go/version spells it: "go1.17.13"
	minor int    // 17; clamped to Latest's
}

var latestMinor = mustMinor(Latest)

// Parse reads the name of a release.
//
// The empty name is [Latest], and [Running] is whichever Go runs the program.
// A release newer than Latest takes Latest's rules and says so in
// [Release.String], and so does a patch that is newer than the last known one of
// a minor version that still gets some. It returns an error if the name is
// malformed, longer than 100 bytes, of a Go 2, or of a patch that never was: go1.9.8.
func Parse(name string) (Release, error) {
	switch name {
	case "":
		name = Latest
	case Running:
		var err error
		if name, err = fromRuntime(runtime.Version()); err != nil {
			return Release{}, err
		}
	}
	if len(name) > maxName {
		return Release{}, fmt.Errorf("release: a name of %d bytes: %.60q (want at most %d)", len(name), name, maxName)
	}
	minor, err := minorOf(name)
	if err != nil {
		return Release{}, err
	}
	if err := exists(name, minor); err != nil {
		return Release{}, err
	}
	return Release{name: name, minor: min(minor, latestMinor)}, nil
}

// maxName bounds a name in bytes: the errors of all models quote it whole.
const maxName = 100

// supported is the oldest minor version that may get patches yet.
const supported = 26

// lastPatch returns the name of the last known patch of a minor version, "" if
// none is known.
func lastPatch(minor int) string {
	for _, name := range Known() {
		if m, err := minorOf(name); err == nil && m == minor {
			return name
		}
	}
	return ""
}

// exists refuses patches that a minor version never had and will not get.
func exists(name string, minor int) error {
	if last := lastPatch(minor); last != "" && minor < supported && version.Compare(name, last) > 0 {
		return fmt.Errorf("release: there is no %s: the last patch of go1.%d is %s", name, minor, last)
	}
	return nil
}

// Minor reports 17 for go1.17.13, and never more than Latest's.
func (r Release) Minor() int { return r.minor }

// Name returns the name as it was asked for, "go1.17.13".
func (r Release) Name() string { return r.name }

// Exact returns the name with its patch: "go1.9.7" for go1.9. A name that has one,
// a pre-release, and a minor version of which no patch is known, are as they were.
func (r Release) Exact() string {
	if version.Lang(r.name) != r.name || r.Newer() {
		return r.name
	}
	if last := lastPatch(r.minor); last != "" {
		return last
	}
	return r.name
}

// Newer reports whether r is newer than the newest rules known here.
func (r Release) Newer() bool { return version.Compare(version.Lang(r.name), Latest) > 0 }

// String returns the name, and for a release newer than [Latest] whose rules
// stand in: "go1.30.1 (rules of go1.27)".
func (r Release) String() string {
	if r.Newer() {
		return r.name + " (rules of " + Latest + ")"
	}
	return r.name
}

// AtLeast reports whether r has the rules that came with the other release, which
// may be a patch: go1.26 and go1.26.11 are at least go1.26.9, go1.26.8 is not. A
// pre-release has the rules of its release: go1.18beta1 is at least go1.18.
// It panics on a malformed other, which stands in the source of a model.
func (r Release) AtLeast(other string) bool {
	if !version.IsValid(other) {
		panic("release: AtLeast of malformed " + strconv.Quote(other))
	}
	return version.Compare(r.name, other) >= 0 || version.Lang(r.name) == other || r.name == version.Lang(other)
}

func minorOf(name string) (int, error) {
	if !version.IsValid(name) {
		return 0, fmt.Errorf("release: %.60q is not the name of a Go release (want %q, %q or like %q)",
			name, "", Running, "go1.17.13")
	}
	lang := version.Lang(name)
	major, minor, _ := strings.Cut(strings.TrimPrefix(lang, "go"), ".")
	if major != "1" {
		return 0, fmt.Errorf("release: %.60q is not a release of Go 1", name)
	}
	if minor == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(minor)
	if err != nil {
		return 0, fmt.Errorf("release: %.60q has no usable minor version", name)
	}
	return n, nil
}

func mustMinor(name string) int {
	n, err := minorOf(name)
	if err != nil {
		panic(err)
	}
	return n
}

// fromRuntime makes a release's name of what [runtime.Version] says: "go1.26.8",
// "go1.26.8 X:nodwarf5", "go1.26.8-vendor", "devel go1.28-0a1b2c3 Mon Nov 23".
func fromRuntime(v string) (string, error) {
	name := strings.TrimPrefix(v, "devel ")
	name, _, _ = strings.Cut(name, " ")
	name, _, _ = strings.Cut(name, "-")
	if !version.IsValid(name) {
		return "", fmt.Errorf("release: the running toolchain calls itself %.60q, which names no Go release", v)
	}
	return name, nil
}
