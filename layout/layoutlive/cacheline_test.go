package layoutlive

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"unsafe"

	"golang.org/x/sys/cpu"

	"github.com/orrery-go/orrery/internal/toolchain"
	"github.com/orrery-go/orrery/layout"
	"github.com/orrery-go/orrery/release"
)

// TestCacheLine compares the sizes with the constants in internal/cpu of the running Go,
// which has a file for each architecture, and with the padding in this program.
func TestCacheLine(t *testing.T) {
	if got, err := layout.CacheLine(runtime.GOARCH); err != nil || got != int64(unsafe.Sizeof(cpu.CacheLinePad{})) {
		t.Errorf("%s: model %d, %v; cpu.CacheLinePad %d", runtime.GOARCH, got, err, unsafe.Sizeof(cpu.CacheLinePad{}))
	}
	root, err := toolchain.Root(t.Context(), release.Running)
	if errors.Is(err, toolchain.ErrNoGo) {
		t.Skip("a test program run by itself: ", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	constant := regexp.MustCompile(`(?m)^const CacheLinePadSize = (\d+)`)
	checked := 0
	for _, arch := range layout.Archs() {
		file := arch
		switch {
		case arch == "amd64p32":
			continue // an architecture that Go 1.14 dropped
		case arch == "386" || arch == "amd64":
			file = "x86"
		case strings.HasPrefix(arch, "mips64"), strings.HasPrefix(arch, "ppc64"):
			file = strings.TrimSuffix(arch, "le") + "x" // both byte orders share a file
		}
		data, err := os.ReadFile(filepath.Join(root, "src", "internal", "cpu", "cpu_"+file+".go"))
		if errors.Is(err, os.ErrNotExist) {
			if n, err := layout.CacheLine(arch); err == nil {
				t.Errorf("%s: the runtime has no constant, the model %d", arch, n)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		m := constant.FindSubmatch(data)
		if m == nil {
			t.Fatalf("cpu_%s.go declares no CacheLinePadSize", file)
		}
		want, _ := strconv.ParseInt(string(m[1]), 10, 64)
		if got, err := layout.CacheLine(arch); err != nil || got != want {
			t.Errorf("%s: model %d, %v; the runtime %d", arch, got, err, want)
		}
		checked++
	}
	if checked < 14 {
		t.Errorf("only %d architectures were checked", checked)
	}
}
