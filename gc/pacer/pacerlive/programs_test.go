package pacerlive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/orrery-go/orrery/gc/gclog"
	"github.com/orrery-go/orrery/gc/pacer"
	"github.com/orrery-go/orrery/internal/toolchain"
)

// errBusy says that a program has waited for processors for more than a twentieth of the
// time that it took, so that how far a collection falls behind is not its own.
var errBusy = errors.New("the machine was busy")

// measured runs one of the programs and reads what it tells.
func measured(ctx context.Context, bin, shape string, gogc int) (pacer.Profile, error) {
	var log, told bytes.Buffer
	cmd := exec.CommandContext(ctx, bin, shape)
	cmd.Env = append(toolchain.Quiet(os.Environ()), "GODEBUG=gctrace=1", fmt.Sprint("GOGC=", gogc))
	cmd.Stdout, cmd.Stderr = &told, &log
	start := time.Now()
	if err := cmd.Run(); err != nil {
		return pacer.Profile{}, err
	}
	_, text, _ := strings.Cut(told.String(), "waited ")
	waited, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	if err != nil {
		return pacer.Profile{}, err
	}
	if time.Duration(waited) > time.Since(start)/20 {
		return pacer.Profile{}, errBusy
	}
	p, bad, err := gclog.Read(&log)
	if err == nil && len(bad) > 0 {
		err = bad[0]
	}
	p.GOGC = gogc
	return p, err
}

func peak(p pacer.Profile) (most uint64) {
	for _, s := range p.Samples {
		most = max(most, s.End)
	}
	return most
}

// TestPrograms predicts from a run of each program with GOGC=100 what it does with
// other settings, and prints every error. How far a cycle falls behind depends on what
// else the machine does, so the bounds are wide; gc/fidelity.md says what was seen.
func TestPrograms(t *testing.T) {
	if os.Getenv("ORRERY_FULL") == "" {
		t.Skip("it takes a minute: set ORRERY_FULL=1")
	}
	bin := filepath.Join(t.TempDir(), "programs")
	build := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-o", bin, "github.com/orrery-go/orrery/gc/pacer/pacerlive/programs")
	build.Env = toolchain.Quiet(os.Environ())
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	rejected := 0
	defer func() { t.Logf("%d runs rejected: the machine was busy", rejected) }()
	for _, shape := range []string{"cache", "grow", "burst"} {
		own, err := measured(t.Context(), bin, shape, 100)
		if err == errBusy {
			rejected += 4
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, gogc := range []int{50, 200, 400} {
			real, err := measured(t.Context(), bin, shape, gogc)
			if err == errBusy {
				rejected++
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			w, err := pacer.WhatIf(own, gogc, 0)
			if err != nil {
				t.Fatal(err)
			}
			cycles, most := float64(w.Cycles)/float64(len(real.Samples))-1, float64(w.PeakHeap)/float64(peak(real))-1
			t.Logf("%s, GOGC=%d: %d collections, really %d (%+.0f%%); %d MiB, really %d (%+.0f%%)", shape, gogc, w.Cycles, len(real.Samples), 100*cycles,
				w.PeakHeap>>20, peak(real)>>20, 100*most)
			if d := w.Cycles - len(real.Samples); max(d, -d) > 3 && max(cycles, -cycles) > 0.5 || max(most, -most) > 0.75 {
				t.Errorf("%s, GOGC=%d: far from it", shape, gogc)
			}
		}
	}
}
