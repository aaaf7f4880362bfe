package lb

import (
	"fmt"
	"strings"
	"time"
)

// A Row is a method and its result.
type Row struct {
	Method Method `json:"method"`
	Result Result `json:"result"`
}

// Compare simulates the same traffic with each method, on the servers of the
// configuration, each with its own health checks unless health is nil. It returns an
// error if a method does not accept the servers, if there are more than 100 methods or
// more than [MaxRequests] requests for all of them together, and the errors of [Simulate].
func Compare(t Traffic, c Config, stations []Station, health *HealthConfig, methods ...Method) ([]Row, error) {
	if len(methods) > 100 {
		return nil, fmt.Errorf("lb: %d methods out of range [0,100]", len(methods))
	}
	if len(methods) > 0 && t.Requests > MaxRequests/len(methods) {
		return nil, fmt.Errorf("lb: %d requests out of range [1,%d] for each of %d methods", t.Requests, MaxRequests/len(methods), len(methods))
	}
	rows := []Row{}
	for _, m := range methods {
		c.Method = m
		p, err := New(c)
		if err != nil {
			return nil, fmt.Errorf("%v: %w", m, err)
		}
		if t.Health = nil; health != nil {
			if t.Health, err = NewHealth(p, *health); err != nil {
				return nil, err
			}
		}
		r, err := Simulate(t, p, stations)
		if err != nil {
			return nil, fmt.Errorf("%v: %w", m, err)
		}
		rows = append(rows, Row{m, r})
	}
	return rows, nil
}

// Table formats the rows as text, one line each.
func Table(rows []Row) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-20s %9s %9s %9s %9s %9s %7s  %s\n", "method", "imbalance", "mean", "p50", "p99", "max", "failed", "picks")
	short := func(d time.Duration) string { return d.Round(max(1, d/1000)).Truncate(time.Microsecond).String() }
	for _, r := range rows {
		fmt.Fprintf(&b, "%-20v %9.2f %9s %9s %9s %9s %7d ", r.Method, r.Result.Imbalance, short(r.Result.Mean), short(r.Result.P50), short(r.Result.P99), short(r.Result.Max), r.Result.Failed)
		for i, l := range r.Result.Loads {
			if i == 12 {
				fmt.Fprintf(&b, " and %d more", len(r.Result.Loads)-i)
				break
			}
			fmt.Fprintf(&b, " %d", l.Picks)
		}
		b.WriteByte('\n')
	}
	return b.String()
}
