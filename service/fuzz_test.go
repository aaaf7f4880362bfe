package service_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/service"
)

// FuzzConfig takes a system from text, sensible or not: nothing panics, every error is
// the model's, and the invariants hold.
func FuzzConfig(f *testing.F) {
	f.Add(`{"services":[{"name":"a","workers":1,"work":{"shape":"exponential","mean":1000000}}],"load":{"rate":900,"requests":50}}`)
	f.Add(`{"services":[{"name":"a","calls":[{"to":"b","timeout":1000000,"propagate":true,"retry":{"attempts":3},"breaker":{"failures":2},"budget":{"ratio":0.1,"reserve":2}}],"parallel":true},{"name":"b","instances":2,"workers":1,"queue":-1,"work":{"mean":2000000},"faults":[{"from":5,"fail":0.5}],"codel":{}}],"load":{"mode":"closed","users":3,"duration":100000000}}`)
	f.Add(`{"services":[{"name":"a","calls":[{"to":"a"}]}],"load":{"rate":-1}}`)
	f.Add(`{"services":[{"name":"a","limit":{"algorithm":"leaky","rate":5,"burst":2},"adaptive":{"max":3}}],"load":{"times":[1,1,1,2],"mode":"open"},"client":{"deadline":5,"bulkhead":1},"sample":1}`)
	f.Fuzz(func(t *testing.T, text string) {
		var c service.Config
		if json.Unmarshal([]byte(text), &c) != nil {
			return
		}
		c.MaxSteps = 2000
		s, err := service.New(c)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "service: ") {
				t.Fatal(err)
			}
			return
		}
		for e := range s.Events() {
			_ = e.String()
		}
		if err := s.Err(); err != nil && !strings.HasPrefix(err.Error(), "service: ") {
			t.Fatal(err)
		}
		if s.Err() == nil {
			if err := s.Check(); err != nil {
				t.Fatal(err)
			}
		}
		_ = s.Report()
		_ = s.Snapshot()
	})
}
