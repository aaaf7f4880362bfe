package release

import (
	"go/build"
	"go/version"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for _, tt := range []struct {
		in, str string
		minor   int
	}{
		{"", "go1.27", 27},
		{"go1", "go1", 0},
		{"go1.2.2", "go1.2.2", 2},
		{"go1.17.13", "go1.17.13", 17},
		{"go1.27rc1", "go1.27rc1", 27},
		{"go1.28", "go1.28 (rules of go1.27)", 27},
		{"go1.99.3", "go1.99.3 (rules of go1.27)", 27},
	} {
		r, err := Parse(tt.in)
		if err != nil {
			t.Errorf("Parse(%q): %v", tt.in, err)
			continue
		}
		if r.String() != tt.str || r.Minor() != tt.minor {
			t.Errorf("Parse(%q) = %s, minor %d; want %s, %d", tt.in, r, r.Minor(), tt.str, tt.minor)
		}
	}
	for _, bad := range []string{"1.17", "go", "go2", "go2.1", "go1.", "go1.x", "go1.9.8", "go1.17.14", "go1.25.99", "Go1.17", " go1.17", "go1.99999999999999999999",
		"go1.26.8-" + strings.Repeat("vendor", 100)} {
		if r, err := Parse(bad); err == nil || len(err.Error()) > 200 {
			t.Errorf("Parse(%q) = %s, %v; want a short error", bad, r, err)
		}
	}
}

func TestRunning(t *testing.T) {
	r, err := Parse(Running)
	if err != nil {
		t.Fatal(err)
	}
	if !version.IsValid(r.Name()) {
		t.Errorf("Parse(Running) = %q, not a release", r.Name())
	}
	for in, want := range map[string]string{
		"go1.26.8":                        "go1.26.8",
		"go1.26.8 X:nodwarf5":             "go1.26.8",
		"go1.26.8-vendor":                 "go1.26.8",
		"devel go1.28-0a1b2c3 Mon Nov 23": "go1.28",
		"devel +0a1b2c3 Mon Nov 23":       "",
		"gccgo":                           "",
	} {
		got, err := fromRuntime(in)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("fromRuntime(%q) = %q, %v; want %q", in, got, err, want)
		}
	}
}

func TestAtLeast(t *testing.T) {
	for _, tt := range []struct {
		name, other string
		want        bool
	}{
		{"go1.17.13", "go1.18", false},
		{"go1.18", "go1.18", true},
		{"go1.18beta1", "go1.18", true},
		{"go1.9.7", "go1.10", false},
		{"go1.10", "go1.9.7", true},
		{"go1.22.0", "go1.22.1", false},
		{"go1.26.8", "go1.26.9", false},
		{"go1.26.9", "go1.26.9", true},
		{"go1.26.11", "go1.26.9", true},
		{"go1.26", "go1.26.9", true}, // the last patch
		{"go1.26rc1", "go1.26.9", false},
		{"go1.27.0", "go1.26.9", true},
		{"go1.27.0", "go1.27.2", false},
		{"", "go1.27.2", true},
		{"go1.9.0", "go1.9.2", false},
		{"go1.9", "go1.9.2", true},
		{"go1.40", "go1.27", true},
	} {
		r, err := Parse(tt.name)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.AtLeast(tt.other); got != tt.want {
			t.Errorf("%s.AtLeast(%s) = %v", tt.name, tt.other, got)
		}
	}
}

func TestExact(t *testing.T) {
	for in, want := range map[string]string{
		"": "go1.27.4", "go1.9": "go1.9.7", "go1.9.0": "go1.9.0", "go1.26": "go1.26.11", "go1.26.8": "go1.26.8", "go1.26.99": "go1.26.99",
		"go1.18rc1": "go1.18rc1", "go1.30": "go1.30", "go1": "go1", "go1.1": "go1.1",
	} {
		r, err := Parse(in)
		if err != nil || r.Exact() != want {
			t.Errorf("Parse(%q).Exact() = %q, %v; want %q", in, r.Exact(), err, want)
		}
	}
}

// TestPatches checks the form of the table: real patches, in order, each of a model.
func TestPatches(t *testing.T) {
	last := ""
	for _, p := range Patches() {
		r, err := Parse(p.Release)
		if err != nil || r.Exact() != p.Release || version.Compare(p.Release, last) < 0 || p.Model == "" || p.Rule == "" || p.What == "" {
			t.Errorf("%+v: %v", p, err)
		}
		last = p.Release
	}
}

// TestSettings checks the form of the table: values of GODEBUG, each in some releases,
// that change a rule of a model.
func TestSettings(t *testing.T) {
	for _, s := range Settings() {
		name, _, ok := strings.Cut(s.GODEBUG, "=")
		since, err := Parse(s.Since)
		if !ok || name == "" || err != nil || s.What == "" {
			t.Errorf("%+v: %v", s, err)
		}
		for _, later := range []string{s.Until, s.GoLine} {
			if r, err := Parse(later); err != nil || later != "" && later != s.Since && !r.AtLeast(since.Name()) {
				t.Errorf("%s: %q is before %s, %v", s.GODEBUG, later, s.Since, err)
			}
		}
		table, err := os.ReadFile(filepath.Join("..", s.Model, "fidelity.md"))
		if err != nil || !strings.Contains(string(table), "| "+s.Rule+" |") {
			t.Errorf("%s: %s has no rule %s, %v", s.GODEBUG, s.Model, s.Rule, err)
		}
	}
}

// passedOver are the settings of package runtime that change no answer of a model.
var passedOver = strings.Fields(`adaptivestackstart cgocheck checkfinalizers clobberfree dataindependenttiming decoratemappings
	disablethp dontfreezetheworld gccheckmark gcpacertrace gcshrinkstackoff harddecommit inittrace invalidptr madvdontneed
	panicnil profstackdepth runtimecontentionstacks scavtrace scheddetail schedtrace traceadvanceperiod traceallocfree
	tracecheckstackownership tracebackancestors tracebacklabels tracefpunwindoff`)

// TestSettingsOfRuntime checks that each setting of the Go at hand is in the table or
// passed over, since a new release may have a new one.
func TestSettingsOfRuntime(t *testing.T) {
	source, err := os.ReadFile(filepath.Join(build.Default.GOROOT, "src", "runtime", "runtime1.go"))
	if err != nil {
		t.Skip(err)
	}
	_, rest, _ := strings.Cut(string(source), "var dbgvars = ")
	table, _, _ := strings.Cut(rest, "\n}\n")
	names := regexp.MustCompile(`name: "([a-z]+)"`).FindAllStringSubmatch(table, -1)
	if len(names) < 20 {
		t.Fatalf("%d settings found in runtime1.go", len(names))
	}
	have := map[string]bool{}
	for _, n := range names {
		have[n[1]] = true
		listed := slices.ContainsFunc(Settings(), func(s Setting) bool { return strings.HasPrefix(s.GODEBUG, n[1]+"=") })
		if listed == slices.Contains(passedOver, n[1]) {
			t.Errorf("GODEBUG=%s is to be either in Settings or passed over", n[1])
		}
	}
	running, err := Parse(Running)
	if err != nil {
		t.Skip(err)
	}
	for _, s := range Settings() {
		name, _, _ := strings.Cut(s.GODEBUG, "=")
		if gone := s.Until != "" && running.AtLeast(s.Until); s.Model != "service" && !have[name] && !gone { // service: net/http's
			t.Errorf("GODEBUG=%s: the table says until %q, and this Go has it not", name, s.Until)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"", "running", "go1.17.13", "go1.28", "go1.21rc2", "go1.-1", "devel"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, err := Parse(s)
		if err != nil {
			return
		}
		if r.Minor() < 0 || r.Minor() > latestMinor {
			t.Fatalf("Parse(%q).Minor() = %d", s, r.Minor())
		}
		if again, err := Parse(r.Name()); err != nil || again != r {
			t.Fatalf("Parse(%q) = %v, and its name parses to %v, %v", s, r, again, err)
		}
	})
}
