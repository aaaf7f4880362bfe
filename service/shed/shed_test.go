package shed_test

import (
	"math"
	"testing"
	"time"

	"github.com/orrery-go/orrery/service/shed"
)

const ms = time.Millisecond

// TestControlLaw: while every packet has waited too long, RFC 8289's CoDel drops the
// first after an interval, and the next after 100ms/sqrt(1), 100ms/sqrt(2), and so on.
func TestControlLaw(t *testing.T) {
	c, err := shed.NewCoDel(shed.CoDelConfig{})
	if err != nil {
		t.Fatal(err)
	}
	var drops, due []time.Duration // when, and when the next one is due
	for now := 10 * ms; now < time.Second; now += ms {
		drop, err := c.Dequeue(now, now-10*ms, 5)
		if err != nil {
			t.Fatal(err)
		}
		if drop {
			drops = append(drops, now)
			due = append(due, 0)
			due[len(due)-1], _ = c.Dropping()
		}
		if _, dropping := c.Dropping(); dropping != (len(drops) > 0) {
			t.Fatalf("at %v it is dropping: %t", now, dropping)
		}
	}
	if drops[0] != 110*ms {
		t.Errorf("the first drop is at %v", drops[0])
	}
	next := 110 * time.Millisecond
	for i, at := range drops[1:] {
		next += time.Duration(float64(100*ms) / math.Sqrt(float64(i+1)))
		if due[i] != next {
			t.Errorf("after drop %d the next is due at %v, want %v", i+1, due[i], next)
		}
		if at < next || at >= next+ms {
			t.Fatalf("drop %d is at %v, want %v: %v", i+2, at, next, drops)
		}
	}
}

// TestBurst: a queue that empties within an interval loses nothing, nor does its last
// packet, however long it waited.
func TestBurst(t *testing.T) {
	c, err := shed.NewCoDel(shed.CoDelConfig{})
	if err != nil {
		t.Fatal(err)
	}
	for burst := range 10 {
		came := time.Duration(burst) * time.Second
		for i := range 95 {
			if drop, err := c.Dequeue(came+time.Duration(i)*ms, came, 94-i); drop || err != nil {
				t.Fatalf("burst %d drops %d, %v", burst, i, err)
			}
		}
	}
	for i := range 100 {
		if drop, err := c.Dequeue(time.Hour+time.Duration(i)*time.Second, time.Hour, 0); drop || err != nil {
			t.Fatal("the last one is dropped", err)
		}
	}
}

// TestResume: if it was dropping a short time ago, it continues at about the same rate.
func TestResume(t *testing.T) {
	c, err := shed.NewCoDel(shed.CoDelConfig{})
	if err != nil {
		t.Fatal(err)
	}
	drops := func(from, to time.Duration) (n int) {
		for now := from; now < to; now += ms {
			drop, err := c.Dequeue(now, now-10*ms, 5)
			if err != nil {
				t.Fatal(err)
			}
			if drop {
				n++
			}
		}
		return n
	}
	first := drops(time.Second, 3*time.Second)
	if _, err := c.Dequeue(3*time.Second, 3*time.Second, 5); err != nil {
		t.Fatal(err)
	}
	again := drops(3*time.Second, 5*time.Second)
	if again <= first {
		t.Errorf("%d drops, and then %d", first, again)
	}
	if _, err := c.Dequeue(5*time.Second, 5*time.Second, 5); err != nil {
		t.Fatal(err)
	}
	if later := drops(100*time.Second, 102*time.Second); later != first {
		t.Errorf("%d drops, and %d after a long peace", first, later)
	}
}

func TestAdaptive(t *testing.T) {
	a, err := shed.NewAdaptive(shed.AdaptiveConfig{Initial: 4, Max: 8, Slow: 10 * ms, Backoff: 0.5})
	if err != nil {
		t.Fatal(err)
	}
	for a.Enter() {
	}
	if a.In() != 4 {
		t.Fatalf("%d are in", a.In())
	}
	for range 100 { // always full, but without delay
		if err := a.Leave(ms, true); err != nil {
			t.Fatal(err)
		}
		for a.Enter() {
		}
	}
	if a.Limit() != 8 {
		t.Errorf("the limit is %d", a.Limit())
	}
	if err := a.Leave(11*ms, true); err != nil || a.Limit() != 4 {
		t.Errorf("after a slow one it is %d, %v", a.Limit(), err)
	}
	for range 3 {
		if err := a.Leave(0, false); err != nil {
			t.Fatal(err)
		}
	}
	if a.Limit() != 1 {
		t.Errorf("it is %d", a.Limit())
	}
	for a.In() > 0 {
		if err := a.Leave(0, false); err != nil {
			t.Fatal(err)
		}
	}
	if !a.Enter() || a.Enter() {
		t.Error("one may always enter, and here not two")
	}
}

// TestRise: the limit rises by 1 in as many requests as it lets in at once, if at least
// half of it is in use.
func TestRise(t *testing.T) {
	for in, want := range []int{1: 0, 2: 5, 3: 5, 4: 5} {
		if in == 0 {
			continue
		}
		a, err := shed.NewAdaptive(shed.AdaptiveConfig{Initial: 4, Slow: 10})
		if err != nil {
			t.Fatal(err)
		}
		for range in {
			a.Enter()
		}
		rounds := 0
		for ; rounds < 20 && a.Limit() == 4; rounds++ {
			if err := a.Leave(10, true); err != nil { // just not slow
				t.Fatal(err)
			}
			a.Enter()
		}
		// 4, 4.25, 4.49, 4.71, 4.92, 5.12
		if want == 0 && a.Limit() != 4 || want > 0 && rounds != want {
			t.Errorf("with %d in: after %d requests the limit is %d, want it to rise after %d", in, rounds, a.Limit(), want)
		}
	}
}

// TestBounds: the ends of the ranges are in them, and 0 stands for the defaults.
func TestBounds(t *testing.T) {
	for _, c := range []shed.AdaptiveConfig{{}, {Max: 1}, {Min: 1, Max: 1, Initial: 1}, {Max: shed.MaxLimit}, {Min: shed.MaxLimit}, {Min: 3, Initial: 3}, {Max: 3, Initial: 3}, {Slow: 1}} {
		if _, err := shed.NewAdaptive(c); err != nil {
			t.Errorf("%+v: %v", c, err)
		}
	}
	for _, c := range []shed.AdaptiveConfig{{Max: shed.MaxLimit + 1}, {Min: 3, Initial: 2}, {Backoff: -0.1}} {
		if _, err := shed.NewAdaptive(c); err == nil {
			t.Errorf("%+v passes", c)
		}
	}
	for _, c := range []shed.CoDelConfig{{Target: 1}, {Target: 100 * ms}, {Target: 1, Interval: 1}} {
		if _, err := shed.NewCoDel(c); err != nil {
			t.Errorf("%+v: %v", c, err)
		}
	}
	for most, ok := range map[int]bool{-1: false, 0: false, 1: true} {
		if _, err := shed.NewBulkhead(most); (err == nil) != ok {
			t.Errorf("a bulkhead for %d: %v", most, err)
		}
	}
	a, err := shed.NewAdaptive(shed.AdaptiveConfig{Initial: 100})
	if err != nil {
		t.Fatal(err)
	}
	a.Enter()
	if err := a.Leave(0, false); err != nil || a.Limit() != 90 {
		t.Errorf("after a failure the limit is %d, %v", a.Limit(), err)
	}
	if a.Leave(0, true) == nil {
		t.Error("a request leaves that is not inside")
	}
	c, err := shed.NewCoDel(shed.CoDelConfig{})
	if err != nil {
		t.Fatal(err)
	}
	for came, ok := range map[time.Duration]bool{-1: false, 0: true, 5: true, 6: false} {
		if _, err := c.Dequeue(5, came, 1); (err == nil) != ok {
			t.Errorf("at 5, of what came at %d: %v", came, err)
		}
	}
	// At the end of time nothing is dropped for a wait.
	if drop, err := c.Dequeue(math.MaxInt64, 0, 1); drop || err != nil {
		t.Error(drop, err)
	}
}

func TestBulkhead(t *testing.T) {
	b, err := shed.NewBulkhead(2)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []bool{true, true, false} {
		if b.Enter() != want {
			t.Errorf("%d enters: %v", i, !want)
		}
	}
	if b.In() != 2 || b.Leave() != nil || !b.Enter() {
		t.Error("not two at once")
	}
	for i, want := range []bool{true, true, false} {
		if err := b.Leave(); (err == nil) != want {
			t.Errorf("%d leaves: %v", i, err)
		}
	}
}

func TestBad(t *testing.T) {
	for _, c := range []shed.CoDelConfig{{Target: -1}, {Interval: -1}, {Target: time.Second}} {
		if _, err := shed.NewCoDel(c); err == nil {
			t.Errorf("%+v passes", c)
		}
	}
	for _, c := range []shed.AdaptiveConfig{{Min: -1}, {Max: -1}, {Min: 3, Max: 2}, {Initial: 9, Max: 8}, {Slow: -1}, {Backoff: 1}, {Backoff: math.NaN()}} {
		if _, err := shed.NewAdaptive(c); err == nil {
			t.Errorf("%+v passes", c)
		}
	}
	var c shed.CoDel
	if _, err := c.Dequeue(0, 0, 0); err == nil {
		t.Error("the zero CoDel takes one")
	}
	var a shed.Adaptive
	var b shed.Bulkhead
	if a.Enter() || b.Enter() || a.Leave(0, true) == nil || b.Leave() == nil {
		t.Error("a zero value lets one in")
	}
	d, err := shed.NewCoDel(shed.CoDelConfig{Interval: math.MaxInt64, Target: 1})
	if err != nil {
		t.Fatal(err)
	}
	for now := time.Duration(math.MaxInt64 - 3); now < math.MaxInt64; now++ {
		if drop, err := d.Dequeue(now, 0, 1); drop || err != nil {
			t.Error(drop, err)
		}
	}
	if _, err := d.Dequeue(1, 0, 1); err == nil {
		t.Error("the time goes back")
	}
}
