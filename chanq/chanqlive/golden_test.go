package chanqlive

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/chanq"
)

// TestGolden compares the model of each release with the recorded answers of its
// channels.
func TestGolden(t *testing.T) {
	Golden.Test(t, func(t *testing.T, release string, a Answers) {
		if again := modelAgain(t, release); again != a.Again {
			t.Errorf("a select that a close woke finds another case: model %v, real %v", again, a.Again)
		}
		if diff := cmp.Diff(modelHchanIn(t, release), a.HchanIn); diff != "" {
			t.Errorf("memory (-model +real):\n%s", diff)
		}
		if diff := cmp.Diff(modelPanics(t, release), a.Panics); diff != "" {
			t.Errorf("panics (-model +real):\n%s", diff)
		}
		if diff := cmp.Diff(modelTimers(t, release), a.Timers); diff != "" {
			t.Errorf("timers (-model +real):\n%s", diff)
		}
	})
}

// modelAgain looks for a poll order in which the select finds the other case.
func modelAgain(t *testing.T, release string) bool {
	for _, last := range []bool{false, true} {
		m, err := chanq.New(chanq.Config{Release: release, Choose: func(n int) int {
			if last {
				return n - 1
			}
			return 0
		}})
		if err != nil {
			t.Fatal(err)
		}
		must := func(o chanq.Outcome, err error) chanq.Outcome {
			if err != nil {
				t.Fatal(err)
			}
			return o
		}
		var g [2]chanq.G
		var c [2]chanq.Chan
		for i := range 2 {
			if g[i], err = m.Go(); err != nil {
				t.Fatal(err)
			}
			if c[i], err = m.Make(chanq.Elem{Size: 8}, int64(i)); err != nil {
				t.Fatal(err)
			}
		}
		if o := must(m.Select(g[0], []chanq.Case{{Chan: c[0]}, {Chan: c[1]}}, false)); o.What != chanq.Parked {
			t.Fatal(o)
		}
		must(m.Close(g[1], c[0]))
		must(m.Send(g[1], c[1], 7))
		if o := must(m.Resume(g[0])); o.Case == 1 {
			return true
		}
	}
	return false
}

func newModel(t *testing.T, release string) (*chanq.Chans, chanq.G) {
	t.Helper()
	m, err := chanq.New(chanq.Config{Release: release})
	if err != nil {
		t.Fatal(err)
	}
	g, err := m.Go()
	if err != nil {
		t.Fatal(err)
	}
	return m, g
}

// modelHchanIn returns the model's answer to the probe's question: the largest buffer, a
// multiple of 8 bytes, for which one block of 128 bytes is enough.
func modelHchanIn(t *testing.T, release string) map[string]int {
	m, _ := newModel(t, release)
	out := map[string]int{}
	for name, elem := range map[string]chanq.Elem{"byte": {Size: 1}, "*int": {Size: 8, Pointers: true}} {
		most := -1
		for n := int64(0); n <= 64; n += 8 {
			c, err := m.Make(elem, n/elem.Size)
			if err != nil {
				t.Fatal(err)
			}
			mem, err := m.Memory(c)
			if err != nil {
				t.Fatal(err)
			}
			if mem.Blocks == 1 && mem.Hchan+mem.Buffer <= 128 {
				most = int(n)
			}
		}
		out[name] = most
	}
	return out
}

func modelPanics(t *testing.T, release string) map[string]string {
	m, g := newModel(t, release)
	c, err := m.Make(chanq.Elem{Size: 8}, 0)
	if err != nil {
		t.Fatal(err)
	}
	text := func(_ any, err error) string {
		if err == nil {
			return ""
		}
		return err.Error()
	}
	if _, err := m.Close(g, c); err != nil {
		t.Fatal(err)
	}
	return map[string]string{
		"close nil":    text(m.Close(g, chanq.Nil)),
		"close closed": text(m.Close(g, c)),
		"send closed":  text(m.Send(g, c, 1)),
		"make -1":      text(m.Make(chanq.Elem{Size: 8}, -1)),
		"make 64K*4G":  text(m.Make(chanq.Elem{Size: 1<<16 - 1}, 1<<33)),
		"make 1K*1T":   text(m.Make(chanq.Elem{Size: 1 << 10}, 1<<40)),
		"make 0*1T":    text(m.Make(chanq.Elem{Size: 0}, 1<<40)),
	}
}

func modelTimers(t *testing.T, release string) map[string]string {
	return timersOf(t, chanq.Config{Release: release})
}

func timersOf(t *testing.T, config chanq.Config) map[string]string {
	m, err := chanq.New(config)
	if err != nil {
		t.Fatal(err)
	}
	g, err := m.Go()
	if err != nil {
		t.Fatal(err)
	}
	timer := func(d, pass int) chanq.Chan {
		c, err := m.NewTimer(hour(d))
		if err != nil {
			t.Fatal(err)
		}
		if err := m.Advance(hour(pass)); err != nil {
			t.Fatal(err)
		}
		return c
	}
	size := func(n int64, err error) int64 { return n }
	did := func(ok bool, err error) bool { return ok }
	received := func(c chanq.Chan) bool {
		o, err := m.TryRecv(g, c)
		return err == nil && o.OK
	}
	line := func(answers ...any) string { return strings.TrimSpace(fmt.Sprintln(answers...)) }
	out := map[string]string{}
	c := timer(1, 2)
	out["fired"] = line(size(m.Len(c)), size(m.Cap(c)), received(c), received(c), did(m.Stop(c)))
	c = timer(1, 2)
	out["stop"] = line(did(m.Stop(c)), size(m.Len(c)), received(c))
	c = timer(1, 2)
	out["reset"] = line(did(m.Reset(c, hour(9))), size(m.Len(c)), received(c))
	c = timer(9, 0)
	out["running"] = line(size(m.Len(c)), size(m.Cap(c)), received(c), did(m.Stop(c)), did(m.Stop(c)), did(m.Reset(c, hour(9))), did(m.Reset(c, hour(9))))
	return out
}

func hour(n int) time.Duration { return time.Duration(n) * time.Hour }
