package claims

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/orrery-go/orrery/gc/pacer"
	"github.com/orrery-go/orrery/gc/pacer/pacerlive"
	"github.com/orrery-go/orrery/release"
)

var pacerChecks = map[string]check{
	"1.4-1": {slow: true, model: startsOf, live: func() (string, error) {
		text, err := pacerlive.Starts(context.Background())
		if err != nil {
			return "", err
		}
		w, err := forced()
		if w[0].Cycles > w[0].Asked {
			text = strings.Replace(text, ", ", ", time, ", 1)
		}
		return text, err
	}},
	"1.4-2": {slow: true, model: begins, live: func() (string, error) {
		n, err := pacing()
		if err != nil || n < 10 {
			return fmt.Sprintf("elsewhere, after %d cycles", n), err
		}
		return "at the trigger, before the goal", nil
	}},
	"1.4-3": {slow: true, model: ratioWithStacks, live: func() (string, error) { return pacerlive.StackRatio(context.Background()) }},
	"1.4-4": {slow: true, model: forcedCycles, live: func() (string, error) {
		w, err := forced()
		return some(w[0].Cycles-w[0].Asked) + "; GOGC=off: " + some(w[1].Cycles-w[1].Asked), err
	}},
	"1.4-5": {
		slow: true,
		model: func(rel string) (string, error) {
			p, err := pacerOf(rel)
			if err != nil {
				return "", err
			}
			return periodOf(p)
		},
		live: func() (string, error) {
			w, err := forced()
			return w[0].Period.String(), err
		},
	},
}

// forced measures the cycles that only the passing of time starts, with GOGC=100 and
// off.
var forced = sync.OnceValues(func() (w [2]pacerlive.Forced, err error) {
	w[0], w[1], err = pacerlive.Wait(context.Background())
	return w, err
})

// pacing returns the number of cycles that, by gcpacertrace, began where the model says.
var pacing = sync.OnceValues(func() (int, error) {
	said, err := pacerlive.Golden.Ask(context.Background(), release.Running)
	if err != nil {
		return 0, err
	}
	return pacerlive.CheckPacing(release.Running, said.Pacer)
})

func some(cycles int) string {
	if cycles > 0 {
		return "a cycle"
	}
	return "none"
}

// pacerOf returns the pacer of a release; before 1.9 that of 1.9, since the goal and the
// period that the rows ask about are as old.
func pacerOf(rel string) (*pacer.Pacer, error) {
	r, err := release.Parse(rel)
	if err != nil {
		return nil, err
	}
	if !r.AtLeast("go1.9") {
		rel = "go1.9"
	}
	return pacer.New(pacer.Config{Release: rel})
}

// startsOf lists the causes of cycles.
func startsOf(rel string) (string, error) {
	var out []string
	for _, start := range []func(p *pacer.Pacer) error{
		func(p *pacer.Pacer) error { return p.GrowTo(p.Trigger(), 0) },
		func(p *pacer.Pacer) error {
			if err := p.Measure(pacer.Measured{Live: 1 << 20}); err != nil {
				return err
			}
			return p.Advance(pacer.ForcePeriod + time.Second)
		},
	} {
		p, err := pacerOf(rel)
		if err != nil {
			return "", err
		}
		if err := start(p); err != nil {
			return "", err
		}
		if why, due := p.Due(); due {
			out = append(out, why)
		}
	}
	p, err := pacerOf(rel)
	if err != nil {
		return "", err
	}
	if _, err := p.StartCycle(pacer.Start{Forced: true}); err == nil {
		out = append(out, "runtime.GC")
	}
	return strings.Join(out, ", "), nil
}

// begins reports the size of the heap at which a cycle is due.
func begins(rel string) (string, error) {
	p, err := pacerOf(rel)
	if err != nil {
		return "", err
	}
	if err := p.Measure(pacer.Measured{Live: 64 << 20, Scan: 8 << 20, ConsMark: 0.5, Ratio: 0.8}); err != nil {
		return "", err
	}
	trigger := p.Trigger()
	before, err := p.Allocate(trigger-64<<20-1, 0)
	if err != nil {
		return "", err
	}
	at, err := p.Allocate(1, 0)
	if err != nil || before || !at || trigger >= p.Goal() {
		return fmt.Sprintf("due before it %v, at it %v, trigger %d, goal %d", before, at, trigger, p.Goal()), err
	}
	return "at the trigger, before the goal", nil
}

// ratioWithStacks returns the goal for 32 MiB in use and 32 MiB of stacks.
func ratioWithStacks(rel string) (string, error) {
	p, err := pacerOf(rel)
	if err != nil {
		return "", err
	}
	if err := p.Measure(pacer.Measured{Live: 32 << 20, Stacks: 32 << 20}); err != nil {
		return "", err
	}
	return fmt.Sprintf("%.0f", float64(p.Goal())/(32<<20)), nil
}

// forcedCycles returns the result of an hour without a cycle.
func forcedCycles(rel string) (string, error) {
	var out []string
	for _, percent := range []int{100, -1} {
		p, err := pacerOf(rel)
		if err != nil {
			return "", err
		}
		if _, err := p.SetGCPercent(percent); err != nil {
			return "", err
		}
		if err := p.Measure(pacer.Measured{Live: 1 << 20}); err != nil {
			return "", err
		}
		if err := p.Advance(time.Hour); err != nil {
			return "", err
		}
		_, due := p.Due()
		out = append(out, map[bool]string{true: "a cycle", false: "none"}[due])
	}
	return out[0] + "; GOGC=off: " + out[1], nil
}

// periodOf returns the time after which a cycle is due.
func periodOf(p *pacer.Pacer) (string, error) {
	if err := p.Measure(pacer.Measured{Live: 1 << 20}); err != nil {
		return "", err
	}
	for s := time.Second; s < time.Hour; s += time.Second {
		if err := p.Advance(time.Second); err != nil {
			return "", err
		}
		if _, due := p.Due(); due {
			return (s - time.Second).String(), nil
		}
	}
	return "never", nil
}
