package browser

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
)

// mostBytes bounds the size of an engine as a host of files sends it.
const mostBytes = 2_000_000

// readers are the views that read Go source, and so need go/types.
var readers = []string{"escape", "iface"}

// TestSizes checks that the engine of each view is small and has only the packages that
// it needs.
func TestSizes(t *testing.T) {
	if _, err := exec.LookPath("brotli"); err != nil {
		if os.Getenv("ORRERY_FULL") == "1" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	for _, v := range about(t).Views {
		name := filepath.Join(files, v.ID+".wasm")
		engine, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		types := bytes.Contains(engine, []byte("go/types.(*Checker)"))
		if want := slices.Contains(readers, v.ID); types != want {
			t.Errorf("%s: it has go/types: %v, want %v", v.ID, types, want)
		}
		size, quality := 0, ""
		for _, quality = range []string{"5", "11"} { // the best quality takes more than ten seconds
			packed, err := exec.Command("brotli", "-c", "-q", quality, name).Output()
			if err != nil {
				t.Fatal(err)
			}
			if size = len(packed); size <= mostBytes {
				break
			}
		}
		t.Logf("%-10s %8d bytes, %7d by brotli -q %s", v.ID, len(engine), size, quality)
		if size > mostBytes {
			t.Errorf("%s: %d bytes, want at most %d", v.ID, size, mostBytes)
		}
	}
}
