package layout

import "fmt"

// cacheLines has the runtime's size of a cache line
// (internal/cpu/cpu_*.go:CacheLinePadSize): a constant for each architecture, although
// its processors may differ.
var cacheLines = map[string]int64{
	"386": 64, "amd64": 64, "amd64p32": 64,
	"arm": 32, "arm64": 128,
	"loong64": 64,
	"mips":    32, "mipsle": 32, "mips64": 32, "mips64le": 32,
	"ppc64": 128, "ppc64le": 128,
	"riscv64": 64,
	"s390x":   256,
	"wasm":    64,
}

// CacheLine returns the size in bytes of the blocks in which processors of the
// architecture move memory, as the runtime assumes it: the distance of two variables at
// which writing one does not slow down reading the other. It returns an error if the
// architecture is unknown, or is sparc64, for which the runtime has no such constant.
func CacheLine(arch string) (int64, error) {
	n, ok := cacheLines[arch]
	if !ok {
		return 0, fmt.Errorf("layout: no cache line known for architecture %.40q", arch)
	}
	return n, nil
}
