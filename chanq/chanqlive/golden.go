package chanqlive

import (
	"embed"

	"github.com/orrery-go/orrery/internal/golden"
	"github.com/orrery-go/orrery/internal/toolchain"
)

// Answers has the answers of the probe on a release.
type Answers struct {
	Again   bool              // a select woken by a close takes another case that became ready meanwhile
	HchanIn map[string]int    // by element type: bytes of buffer that fit with an hchan into 128 bytes; -1 for none
	Panics  map[string]string // texts
	Timers  map[string]string // results on a timer that fired unseen
}

//go:embed testdata/golden
var files embed.FS

//go:embed testdata/probe.go
var probe string

// Golden holds the answers of every release since 1.2.
var Golden = golden.Set[Answers]{
	Probe: toolchain.Probe{Name: "chanqlive", Source: probe, Env: []string{"GOMAXPROCS=1", "GOGC=off", "GODEBUG=asynctimerchan=0"}},
	Files: files,
	Dir:   "chanq/chanqlive",
}
