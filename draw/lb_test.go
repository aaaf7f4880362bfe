package draw_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/orrery-go/orrery/draw"
	"github.com/orrery-go/orrery/lb"
)

func lbRows(t *testing.T) []lb.Row {
	t.Helper()
	stations := make([]lb.Station, 6)
	for i := range stations {
		stations[i] = lb.Station{Service: 5 * time.Millisecond, Random: true}
	}
	stations[5].Outages = []lb.Outage{{From: time.Second, Until: 2 * time.Second, Delay: 100 * time.Millisecond}}
	rows, err := lb.Compare(lb.Traffic{Requests: 5000, Every: time.Millisecond, Random: true, Keys: 50},
		lb.Config{Servers: lb.Weighted(1, 1, 1, 1, 1, 1)}, stations, nil,
		lb.RandomMethod, lb.SmoothMethod, lb.TwoChoicesMethod, lb.LeastConnMethod, lb.KetamaMethod, lb.HABoundedMethod)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestLBBalance(t *testing.T) {
	picture := draw.LBBalance("six backends, one of them down for a second", lbRows(t))
	wellFormed(t, picture)
	same(t, "lb_balance.svg", picture)
	for _, part := range []string{"imbalance", "failed", `id="lb-3-backend-5"`, "haproxy bounded"} {
		if !strings.Contains(picture, part) {
			t.Errorf("the picture has no %q", part)
		}
	}
}

// TestLBBalanceEdges draws empty, large and wrong inputs.
func TestLBBalanceEdges(t *testing.T) {
	many := make([]lb.Row, 1000)
	for i := range many {
		many[i].Result.Loads = make([]lb.Load, 1000)
		many[i].Method = 255
	}
	for _, rows := range [][]lb.Row{nil, {{}}, many, {{Result: lb.Result{P99: -1, Imbalance: -1, Loads: []lb.Load{{Picks: -5}, {Picks: min(1<<62, math.MaxInt)}}}}}} {
		picture := draw.LBBalance("<&>", rows)
		wellFormed(t, picture)
		if len(picture) > 1<<18 {
			t.Errorf("%d rows make %d bytes", len(rows), len(picture))
		}
	}
}
