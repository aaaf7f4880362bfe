package gclog

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/orrery-go/orrery/gc/pacer"
	"github.com/orrery-go/orrery/internal/brief"
)

// Metrics lists the names of runtime/metrics that [ReadMetrics] reads.
var Metrics = []string{
	"/gc/cycles/total:gc-cycles", "/gc/heap/live:bytes", "/gc/heap/goal:bytes", "/gc/heap/allocs:bytes", "/gc/scan/stack:bytes", "/gc/scan/globals:bytes",
	"/cpu/classes/gc/total:cpu-seconds", "/cpu/classes/gc/mark/idle:cpu-seconds", "/memory/classes/total:bytes", "/memory/classes/heap/released:bytes",
	"/memory/classes/heap/free:bytes", "/memory/classes/heap/objects:bytes", "/sched/gomaxprocs:threads", "/gc/gogc:percent", "/gc/gomemlimit:bytes",
}

// ReadMetrics reads samples of runtime/metrics, to the byte where gctrace rounds to
// MiB: a JSON object a line, with the names in [Metrics] and "at", the seconds since the
// program began.
//
//	{"at": 1.25, "/gc/cycles/total:gc-cycles": 7, "/gc/heap/live:bytes": 1048576, ...}
//
// A program takes one now and then, at best as often as it collects. Several cycles
// between two samples are taken to be alike. Lines that cannot be read are returned, and
// the rest is used. It returns an error if fewer than two are left, or the reader fails.
func ReadMetrics(r io.Reader) (p pacer.Profile, bad []*LineError, err error) {
	if r == nil {
		return p, nil, errors.New("gclog: the reader is nil")
	}
	p = pacer.Profile{GOGC: 100, Samples: []pacer.Sample{}}
	in := bufio.NewScanner(r)
	in.Buffer(make([]byte, 0, MaxLine), 1<<16)
	var last map[string]float64
	var largest float64
	for line := 1; in.Scan(); line++ {
		text := strings.TrimSpace(in.Text())
		if text == "" {
			continue
		}
		var m map[string]float64
		e := json.Unmarshal([]byte(text), &m)
		if e == nil {
			e = plausible(m, last)
		}
		if e != nil {
			bad = append(bad, &LineError{line, text, brief.Error(e)})
			continue
		}
		if last != nil {
			if err := between(&p, last, m, &largest); err != nil {
				return p, bad, err
			}
		}
		last = m
	}
	if err := in.Err(); err != nil {
		return p, bad, fmt.Errorf("gclog: %w", err)
	}
	if len(p.Samples) == 0 {
		return p, bad, fmt.Errorf("gclog: no two samples with a cycle between: %w", pacer.ErrNothing)
	}
	p.Until = time.Duration(last["at"] * float64(time.Second))
	return p, bad, nil
}

// plausible returns an error for a sample that is incomplete, or whose numbers go back.
func plausible(m, last map[string]float64) error {
	for _, name := range append([]string{"at"}, Metrics[:4]...) {
		if _, ok := m[name]; !ok {
			return fmt.Errorf("no %s", name)
		}
	}
	for name, v := range m {
		if !(v >= 0 && v <= math.MaxUint64) {
			return fmt.Errorf("%.60s is %v", name, v)
		}
	}
	if m["at"] > 1e8 {
		return errors.New("at is over three years")
	}
	for _, name := range []string{"at", Metrics[0], Metrics[3]} {
		if m[name] < last[name] {
			return fmt.Errorf("%s goes back", name)
		}
	}
	return nil
}

// between adds the cycles between two samples; largest is the largest heap so far.
func between(p *pacer.Profile, a, b map[string]float64, largest *float64) error {
	n := b[Metrics[0]] - a[Metrics[0]]
	switch {
	case n < 1:
		return nil
	case n+float64(len(p.Samples)) > pacer.MaxCycles:
		return fmt.Errorf("gclog: over %d cycles", pacer.MaxCycles)
	}
	per := func(name string) float64 { return (b[name] - a[name]) / n }
	bytes := func(v float64) uint64 { return uint64(min(max(v, 0), 1<<48)) }
	cpu, idle := max(per(Metrics[6]), 0), max(per(Metrics[7]), 0)
	for i := range int(n) {
		at := a["at"] + (b["at"]-a["at"])*float64(i+1)/n
		live := b[Metrics[1]]
		// The bytes allocated from the end of one cycle to the next, plus the live bytes.
		end := live + per(Metrics[3])
		p.Samples = append(p.Samples, pacer.Sample{
			Cycle: uint64(a[Metrics[0]]) + uint64(i) + 1, At: time.Duration(at * float64(time.Second)), Start: bytes(end), End: bytes(end), Live: bytes(live),
			Goal: bytes(a[Metrics[2]]), Stacks: bytes(b[Metrics[4]]), Globals: bytes(b[Metrics[5]]), Procs: int(min(max(b[Metrics[12]], 1), 1<<16)),
			CPU: time.Duration(min(max(cpu-idle, 0), 1e6) * float64(time.Second)), Idle: time.Duration(min(idle, 1e6) * float64(time.Second)),
		})
	}
	// What is beside the heap when that is largest: with less, more of it is free slots.
	if objects := b[Metrics[11]]; objects > *largest {
		*largest = objects
		p.Beside = bytes(b[Metrics[8]] - b[Metrics[9]] - b[Metrics[10]] - objects)
	}
	if gogc, ok := b[Metrics[13]]; ok {
		if p.GOGC = int(min(gogc, math.MaxInt32)); gogc > math.MaxInt32 {
			p.GOGC = pacer.Off // it is the largest number if the collector is off
		}
	}
	if limit, ok := b[Metrics[14]]; ok && limit < 1<<62 {
		p.Limit = int64(limit)
	}
	return nil
}
