package chanqlive

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/chanq"
	goRelease "github.com/orrery-go/orrery/release"
)

// TestLessons holds that programs are the same when they were written and read.
func TestLessons(t *testing.T) {
	programs, err := Recorded()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range programs {
		again, err := Parse(p.String())
		if err != nil || again.String() != p.String() {
			t.Errorf("%v: %v, %v", p, again, err)
		}
		if diff := cmp.Diff(p, again); diff != "" {
			t.Error(diff)
		}
	}
	for _, bad := range []string{"", "1", "x 2", "1 x", "1 2 1", "1 2 x:s1", "1 2 1:", "1 2 1:q1", "1 2 1:s", "1 2 1:S", "1 2 1:S0", "1 2 1:S0x;", "1 2 1:s1,x"} {
		if p, err := Parse(bad); err == nil {
			t.Errorf("%q is %v", bad, p)
		}
	}
}

// TestGolden holds the model of each release against what its goroutines did.
func TestGolden(t *testing.T) {
	programs, err := Recorded()
	if err != nil {
		t.Fatal(err)
	}
	Golden.Test(t, func(t *testing.T, release string, a Answers) {
		if len(a.Logs) != len(programs) {
			t.Fatalf("%d programs have %d logs", len(programs), len(a.Logs))
		}
		operations := 0
		for i, p := range programs {
			model, err := Predict(release, p, a.Logs[i])
			if err != nil || model != a.Logs[i] {
				t.Fatalf("program %d, %v: %v\n(-model +real):\n%s", i, p, err, cmp.Diff(strings.Fields(model), strings.Fields(a.Logs[i])))
			}
			operations += strings.Count(a.Logs[i], ":")
			// The model follows: that it could have chosen more than the real one
			// shows only here, where eight selects had the choice.
			if i < len(Lessons) && strings.HasPrefix(Lessons[i].Name, "a select that a close woke finds something else") {
				r, err := goRelease.Parse(release)
				if found := strings.Contains(a.Logs[i], ":1r7"); err != nil || found == r.AtLeast("go1.16") {
					t.Errorf("a select that a close woke found another case: %v, %v", found, err)
				}
			}
		}
		t.Logf("%d programs, %d operations", len(programs), operations)
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

// TestSame holds that a record is kept for another choice of a select, and not
// for anything else.
func TestSame(t *testing.T) {
	const release = "go1.17.13"
	old, err := Golden.Load(release)
	if err != nil {
		t.Fatal(err)
	}
	change := func(f func(a *Answers)) Answers {
		a := old
		a.Logs = append([]string(nil), old.Logs...)
		f(&a)
		return a
	}
	last := len(Lessons) - 1 // two selects meet: either may be the sender
	other := map[string]string{"|00 2:0s 1:0r6 |00": "|00 2:1r5 1:1s |00", "|00 2:1r5 1:1s |00": "|00 2:0s 1:0r6 |00"}[old.Logs[last]]
	if other == "" {
		t.Fatalf("the last lesson's log is %q", old.Logs[last])
	}
	if !same(release, old, old) || !same(release, old, change(func(a *Answers) { a.Logs[last] = other })) {
		t.Error("another choice is another answer")
	}
	for name, now := range map[string]Answers{
		"value":  change(func(a *Answers) { a.Logs[last] = strings.Replace(other, "5", "4", 1) }),
		"order":  change(func(a *Answers) { a.Logs[0] = strings.Replace(a.Logs[0], "r10", "r11", 1) }),
		"panics": change(func(a *Answers) { a.Panics = nil }),
		"length": change(func(a *Answers) { a.Logs = a.Logs[1:] }),
	} {
		if same(release, old, now) {
			t.Errorf("another %s is the same answer", name)
		}
	}
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

// modelHchanIn is what the probe measures: the multiple of 8 bytes of buffer up
// to which one block of 128 bytes is enough.
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
