package layout

import (
	"fmt"
	"strings"

	"github.com/orrery-go/orrery/release"
)

// An arch holds the differences between architectures: cmd/compile/internal/*/galign.go
// and go/types/sizes.go:gcArchSizes.
type arch struct {
	name     string
	word     int64 // size of a pointer, an int and a uintptr (types.PtrSize)
	maxAlign int64 // of a basic type: the size of a register (types.RegSize)
	maxWidth int64 // no type is as large (types.MaxWidth)
}

var archs = []arch{
	{"386", 4, 4, 1<<32 - 1},
	{"amd64", 8, 8, 1 << 50},
	{"amd64p32", 4, 8, 1<<32 - 1}, // Native Client, gone with Go 1.14
	{"arm", 4, 4, 1<<32 - 1},
	{"arm64", 8, 8, 1 << 50},
	{"loong64", 8, 8, 1 << 50},
	{"mips", 4, 4, 1<<31 - 1},
	{"mipsle", 4, 4, 1<<31 - 1},
	{"mips64", 8, 8, 1 << 50},
	{"mips64le", 8, 8, 1 << 50},
	{"ppc64", 8, 8, 1 << 50},
	{"ppc64le", 8, 8, 1 << 50},
	{"riscv64", 8, 8, 1 << 50},
	{"s390x", 8, 8, 1 << 50},
	{"sparc64", 8, 8, 1 << 50},
	{"wasm", 8, 8, 1 << 50},
}

// Archs returns the names of the architectures: those of go/types.SizesFor, and
// with them every GOARCH that Go supports.
func Archs() []string {
	names := make([]string, len(archs))
	for i, a := range archs {
		names[i] = a.name
	}
	return names
}

// A Config names the architecture and the release.
type Config struct {
	Arch    string `json:"arch"`    // one of Archs, a GOARCH; "" is amd64
	Release string `json:"release"` // "go1.17.13"; "" is the newest known, "running" the calling program's
}

// Rules lay types out as the compiler of one release does for one architecture.
// They do not change, and may be used from several goroutines.
type Rules struct {
	arch
	release  release.Release
	tailByte bool // a trailing zero-size field costs a byte
	align64  bool // sync/atomic.align64 is aligned to 8
	tiny12   bool // a 12-byte object without pointers may begin at a multiple of 4
	hasAll   bool // it has every type of newTypes
	basic    [basics]Extent
}

// New returns the rules of an architecture and a release. It returns an error if one of
// the names is unknown. Releases before 1.2 have the rules of 1.2. New does not check
// whether the release supported the architecture.
func New(c Config) (*Rules, error) {
	rel, err := release.Parse(c.Release)
	if err != nil {
		return nil, fmt.Errorf("layout: %w", err)
	}
	if c.Arch == "" {
		c.Arch = "amd64"
	}
	for _, a := range archs {
		if a.name == c.Arch {
			return newRules(a, rel), nil
		}
	}
	return nil, fmt.Errorf("layout: unknown architecture %.40q (want %s)", c.Arch, strings.Join(Archs(), ", "))
}

// ForRelease is [New] on amd64.
func ForRelease(name string) (*Rules, error) { return New(Config{Release: name}) }

func newRules(a arch, rel release.Release) *Rules {
	r := &Rules{arch: a, release: rel}
	r.tailByte = rel.AtLeast("go1.5")
	r.align64 = rel.AtLeast("go1.19")
	r.tiny12 = a.word == 4 && rel.AtLeast("go1.3") && rel.Minor() != 5 && !rel.AtLeast("go1.16")
	r.hasAll = knowsAll(rel)

	number := func(size int64) Extent { return Extent{Size: size, Align: min(size, a.maxAlign)} }
	r.basic = [basics]Extent{
		Bool: number(1),
		Int:  number(a.word), Int8: number(1), Int16: number(2), Int32: number(4), Int64: number(8),
		Uint: number(a.word), Uint8: number(1), Uint16: number(2), Uint32: number(4), Uint64: number(8),
		Uintptr: number(a.word),
		Float32: number(4), Float64: number(8),
		Complex64:     {Size: 8, Align: 4}, // a pair of float32
		Complex128:    {Size: 16, Align: a.maxAlign},
		String:        {Size: 2 * a.word, Align: a.word, PtrBytes: a.word},
		UnsafePointer: r.words(1, 1),
	}
	if !rel.AtLeast("go1.8") {
		r.basic[Complex64] = number(8)
	}
	return r
}

// words returns the extent of n words of which the first ptrs are pointers.
func (r *Rules) words(n, ptrs int64) Extent {
	return Extent{Size: n * r.word, Align: r.word, PtrBytes: ptrs * r.word}
}

// Arch returns the architecture's name.
func (r *Rules) Arch() string { return r.name }

// Release returns the release whose rules these are.
func (r *Rules) Release() string { return r.release.String() }

// Word returns the size of a pointer in bytes, 4 or 8.
func (r *Rules) Word() int64 { return r.word }
