package lb

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"
)

// TestTwoChoicesKnown: n requests that stay open, on n backends: with random picks the
// busiest has about ln n / ln ln n, with two choices about ln ln n / ln 2 (Azar and
// others, 1994).
func TestTwoChoicesKnown(t *testing.T) {
	most := func(m Method, n int, seed uint64) int {
		names := make([]string, n)
		for i := range names {
			names[i] = fmt.Sprint(i)
		}
		p, err := New(Config{Method: m, Servers: Equal(names...), Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		high := 0
		for range n {
			b, err := p.Pick(Request{})
			if err != nil {
				t.Fatal(err)
			}
			high = max(high, p.(interface{ load(Backend) int }).load(b))
		}
		return high
	}
	for _, n := range []int{1000, 10000, 50000} {
		for seed := range uint64(5) {
			one, two := most(RandomMethod, n, seed), most(TwoChoicesMethod, n, seed)
			lnln := math.Log(math.Log(float64(n)))
			if want := lnln / math.Ln2; math.Abs(float64(two)-want) > 1.5 {
				t.Errorf("%d backends, seed %d: two choices: %d at most, want about %.1f", n, seed, two, want)
			}
			if want := math.Log(float64(n)) / lnln; float64(one) < want {
				t.Errorf("%d backends, seed %d: at random: %d at most, want about %.1f or more", n, seed, one, want)
			}
			if one <= two {
				t.Errorf("%d backends, seed %d: at random %d, two choices %d", n, seed, one, two)
			}
		}
	}
}

// load returns the number of open requests of a backend.
func (p *pool) load(b Backend) int { return p.peers[b].active }

// TestReplicasKnown: with v points for each backend the shares of a ring differ by about
// 1/sqrt(v) of the mean. Here weights determine the points.
func TestReplicasKnown(t *testing.T) {
	spread := func(weight int) float64 {
		sum, trials := 0.0, 0
		for trial := range 6 {
			servers := make([]Server, 40)
			for i := range servers {
				servers[i] = Server{Name: fmt.Sprintf("10.%d.0.%d:80", trial, i), Weight: weight}
			}
			p, err := NewKetama(Config{Servers: servers})
			if err != nil {
				t.Fatal(err)
			}
			p.build()
			share := make([]float64, len(servers))
			for i, pt := range p.ring {
				prev := p.ring[(i+len(p.ring)-1)%len(p.ring)].hash
				share[pt.backend] += float64(pt.hash - prev)
			}
			mean := math.Pow(2, 32) / float64(len(servers))
			for _, s := range share {
				sum += (s/mean - 1) * (s/mean - 1)
				trials++
			}
		}
		return math.Sqrt(sum / float64(trials))
	}
	for _, w := range []int{1, 4, 16} {
		want := 1 / math.Sqrt(float64(160*w))
		if got := spread(w); got < want*0.7 || got > want*1.3 {
			t.Errorf("%d points: shares differ by %.3f of the mean, want about %.3f", 160*w, got, want)
		}
	}
}

// TestQueuesKnown: mean times in the system, by queueing theory. With random picks each
// station is an M/M/1; joining the shortest queue is better, and two choices are in
// between.
func TestQueuesKnown(t *testing.T) {
	stations := make([]Station, 10)
	names := make([]string, 10)
	for i := range stations {
		stations[i] = Station{Service: 10 * time.Millisecond, Random: true}
		names[i] = fmt.Sprint(i)
	}
	traffic := Traffic{Requests: 150000, Every: 1250 * time.Microsecond, Random: true, Seed: 3} // 80 % busy
	rows, err := Compare(traffic, Config{Servers: Equal(names...)}, stations, nil, RandomMethod, RoundRobinMethod, TwoChoicesMethod, LeastConnMethod)
	if err != nil {
		t.Fatal(err)
	}
	mean := map[Method]float64{}
	for _, r := range rows {
		mean[r.Method] = float64(r.Result.Mean) / float64(time.Millisecond)
		if r.Result.Failed != 0 {
			t.Errorf("%v: %d failed", r.Method, r.Result.Failed)
		}
	}
	if got := mean[RandomMethod]; math.Abs(got-50) > 2.5 { // 10 ms / (1 - 0.8)
		t.Errorf("M/M/1: %.2f ms, want 50", got)
	}
	// Two choices: sum over k of rho^(2^k-2), Mitzenmacher 1996, for many stations.
	want := 0.0
	for k := 1; k < 10; k++ {
		want += 10 * math.Pow(0.8, math.Pow(2, float64(k))-2)
	}
	if got := mean[TwoChoicesMethod]; got < want*0.9 || got > want*1.25 {
		t.Errorf("two choices: %.2f ms, want about %.2f", got, want)
	}
	if !(mean[LeastConnMethod] < mean[TwoChoicesMethod] && mean[TwoChoicesMethod] < mean[RoundRobinMethod] && mean[RoundRobinMethod] < mean[RandomMethod]) {
		t.Errorf("the order is wrong: %v", mean)
	}
	t.Logf("%v\n%s", want, Table(rows))
}

// TestBounded: no backend has more than its share times the factor.
func TestBounded(t *testing.T) {
	p, err := New(Config{Method: HABoundedMethod, Servers: Weighted(1, 1, 1, 1, 1), Balance: 125})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 1000 {
		if _, err := p.Pick(Request{Key: fmt.Sprintf("/k%d", i*i)}); err != nil {
			t.Fatal(err)
		}
		for _, b := range p.Snapshot().Backends {
			if most := math.Ceil(float64(i+1) * 1.25 / 5); float64(b.Active) > most {
				t.Fatalf("%d of %d requests with one backend, want at most %.0f", b.Active, i+1, most)
			}
		}
	}
}

// TestMoves: the number of keys, out of 9,000, that move when one of ten servers is
// removed, added, or gets twice its weight.
func TestMoves(t *testing.T) {
	names := make([]string, 11)
	for i := range names {
		names[i] = fmt.Sprintf("10.0.0.%d:80", i+1)
	}
	ten := Equal(names[:10]...)
	heavy := append([]Server{}, ten...)
	heavy[3].Weight = 2
	for _, tt := range []struct {
		method     Method
		after      []Server
		low, high  float64 // of the keys
		only, what string
	}{
		{KetamaMethod, Equal(append(append([]string{}, names[:4]...), names[5:10]...)...), 0.07, 0.13, "must", "goes"},
		{RendezvousMethod, Equal(append(append([]string{}, names[:4]...), names[5:10]...)...), 0.07, 0.13, "must", "goes"},
		{MaglevMethod, Equal(append(append([]string{}, names[:4]...), names[5:10]...)...), 0.08, 0.25, "", "goes"},
		{HAConsistentMethod, Equal(names[:9]...), 0.03, 0.25, "must", "the last goes"},
		{HashMethod, Equal(names[:9]...), 0.85, 0.95, "", "the last goes"},
		{HAURIMethod, Equal(names[:9]...), 0.80, 0.95, "", "the last goes"},
		{HASourceMethod, Equal(names[:9]...), 0.80, 0.95, "", "the last goes"},
		{KetamaMethod, Equal(names...), 0.06, 0.13, "must", "comes"},
		{RendezvousMethod, Equal(names...), 0.07, 0.12, "must", "comes"},
		{HashMethod, Equal(names...), 0.85, 0.95, "", "comes"},
		{RendezvousMethod, heavy, 0.06, 0.12, "", "gets heavy"},
		{KetamaMethod, heavy, 0.05, 0.13, "", "gets heavy"},
	} {
		m, err := CountMoves(Config{Method: tt.method, Servers: ten}, Config{Method: tt.method, Servers: tt.after}, 9000)
		if err != nil {
			t.Fatal(err)
		}
		share := float64(m.Moved) / float64(m.Keys)
		if share < tt.low || share > tt.high || tt.only == "must" && m.Moved != m.Must {
			t.Errorf("%v, a server %s: %v", tt.method, tt.what, m)
		}
		t.Logf("%-18v a server %-13s: %v", tt.method, tt.what, m)
	}
}

// The requests of all methods together are bounded.
func TestCompareBounds(t *testing.T) {
	c := Config{Servers: Equal("a")}
	two := []Method{RoundRobinMethod, RandomMethod}
	if _, err := Compare(Traffic{Requests: MaxRequests/2 + 1}, c, []Station{{}}, nil, two...); err == nil {
		t.Error("over a million requests were simulated")
	}
	for n, want := range map[int]bool{100: true, 101: false} {
		if _, err := Compare(Traffic{Requests: 1}, c, []Station{{}}, nil, slices.Repeat(two, n)[:n]...); (err == nil) != want {
			t.Errorf("%d methods: %v", n, err)
		}
	}
	if _, err := Compare(Traffic{Requests: MaxRequests / 2}, c, []Station{{}}, nil, two...); err != nil {
		t.Error(err)
	}
}
