package escapelive

import (
	"cmp"
	"os"
	"testing"

	"github.com/orrery-go/orrery/escape"
	"github.com/orrery-go/orrery/release"
)

// TestRandom compares random packages with the compiler of the Go at hand, message by
// message. Packages that the compiler or the type checker refuses are counted and left
// out before anything is compared.
func TestRandom(t *testing.T) {
	rel := cmp.Or(os.Getenv("ORRERY_RANDOM"), release.Running) // since 1.23
	packages, functions := 4, 60
	if os.Getenv("ORRERY_FULL") != "" {
		packages, functions = 40, 150
	}
	refused, messages := 0, 0
	for seed := range uint64(packages) {
		src := Random(seed, functions)
		l := &Loader{}
		p, err := l.Source("p", map[string]string{"p.go": src})
		if err != nil {
			if refused++; refused == 1 {
				t.Logf("seed %d: %v", seed, err)
			}
			continue
		}
		lines, err := Compile(t.Context(), rel, "p", src)
		if err != nil {
			if refused++; refused == 1 {
				t.Logf("seed %d: %v", seed, err)
			}
			continue
		}
		r, err := escape.Analyze(*p, escape.Config{Release: rel})
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		messages += len(lines)
		missing, extra := Compare(lines, Lines(r))
		if len(missing)+len(extra) == 0 {
			continue
		}
		t.Errorf("seed %d: %d missing and %d extra of %d", seed, len(missing), len(extra), len(lines))
		for _, m := range missing[:min(len(missing), 10)] {
			t.Errorf("missing %v", m)
		}
		for _, m := range extra[:min(len(extra), 10)] {
			t.Errorf("extra   %v", m)
		}
		if t.Failed() && os.Getenv("ORRERY_KEEP") != "" {
			_ = os.WriteFile(os.Getenv("ORRERY_KEEP"), []byte(src), 0o666)
			return
		}
	}
	t.Logf("%d packages, %d refused, %d messages", packages, refused, messages)
	if refused > packages/4 {
		t.Errorf("%d of %d packages were refused", refused, packages)
	}
}
