package layoutlive

import (
	"bytes"
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"testing"
	"unsafe"

	"github.com/orrery-go/orrery/layout/areas"
)

// Variables of every kind, which the linker must keep.
var (
	pointerVar   = &numberVar
	numberVar    = 12345
	zeroPointer  *int
	zeroNumbers  [100]int64
	constantText = "a string whose bytes are constant"
)

// TestSections compares the areas of this program with the addresses of its parts: each
// known address lies in the section that the model names.
func TestSections(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("reads its own ELF file: on linux")
	}
	file, err := os.Open("/proc/self/exe")
	if err != nil {
		t.Skip("no /proc: ", err)
	}
	defer file.Close()
	f, err := elf.NewFile(file)
	if err != nil || f.Machine != machine[runtime.GOARCH] {
		t.Skip("an emulator runs this program: /proc/self/exe is its file")
	}
	list, err := areas.Sections(file)
	if err != nil {
		t.Fatal(err)
	}
	if f.Type != elf.ET_EXEC {
		t.Skip("a position-independent program is moved: addresses are not those of the file")
	}
	zeroPointer, zeroNumbers[3] = pointerVar, 1
	onHeap, onStack := new([100]int), [10]int{numberVar}
	sink = append(sink[:0], onHeap)
	for _, tt := range []struct {
		what  string
		p     unsafe.Pointer
		area  areas.Area
		noPtr bool
	}{
		{"a function", reflect.ValueOf(TestSections).UnsafePointer(), areas.Code, false},
		{"a string's bytes", unsafe.Pointer(unsafe.StringData(constantText)), areas.Constants, false},
		{"a type's description", unsafe.Pointer(describe(reflect.TypeFor[node]())), areas.Constants, false},
		{"a pointer with a value", unsafe.Pointer(&pointerVar), areas.Data, false},
		{"a number with a value", unsafe.Pointer(&numberVar), areas.Data, true},
		{"a pointer without", unsafe.Pointer(&zeroPointer), areas.Zero, false},
		{"numbers without", unsafe.Pointer(&zeroNumbers), areas.Zero, true},
		{"an object", unsafe.Pointer(onHeap), "", false},
		{"a local variable", unsafe.Pointer(&onStack), "", false},
	} {
		s, ok := areas.Find(list, uint64(uintptr(tt.p)))
		if ok != (tt.area != "") || s.Area != tt.area || s.NoPointers != tt.noPtr {
			t.Errorf("%s at %p lies in %+v, want %q", tt.what, tt.p, s, tt.area)
		}
	}
	sizes := areas.Sizes(list)
	for _, a := range areas.All()[:4] {
		if sizes[a] == 0 {
			t.Errorf("nothing is %s", a)
		}
	}
	t.Logf("%v", sizes)
}

var machine = map[string]elf.Machine{
	"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64, "386": elf.EM_386, "arm": elf.EM_ARM, "riscv64": elf.EM_RISCV,
	"s390x": elf.EM_S390, "ppc64le": elf.EM_PPC64, "loong64": elf.EM_LOONGARCH,
}

// TestFormats reads the executables that the linker makes for other systems.
func TestFormats(t *testing.T) {
	if !full() {
		t.Skip("links programs for three systems: in the full run")
	}
	needGo(t)
	dir := t.TempDir()
	src := "package main\n\nvar p, q = &n, new(int)\nvar n = 7\nvar zp *int\nvar z [999]int\n\nfunc main() { zp = p; z[n] = *q; println(zp, z[n], \"text\") }\n"
	for name, text := range map[string]string{"go.mod": "module example.com/p\n\ngo 1.26\n", "p.go": src} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, system := range []string{"linux", "darwin", "windows"} {
		bin := filepath.Join(dir, system)
		cmd := exec.CommandContext(t.Context(), "go", "build", "-o", bin, ".")
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOOS="+system, "GOARCH=amd64", "GOFLAGS=", "GOWORK=off", "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		data, err := os.ReadFile(bin)
		if err != nil {
			t.Fatal(err)
		}
		list, err := areas.Sections(bytes.NewReader(data))
		if err != nil {
			t.Fatalf("%s: %v", system, err)
		}
		sizes := areas.Sizes(list)
		for _, a := range areas.All()[:4] {
			if sizes[a] < 100 {
				t.Errorf("%s: %d bytes are %s", system, sizes[a], a)
			}
		}
		if sizes[areas.Code] < 100_000 || sizes[areas.Zero] < 8*999 {
			t.Errorf("%s: %v", system, sizes)
		}
		t.Logf("%s: %v", system, sizes)
	}
}
