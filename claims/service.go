package claims

import (
	"fmt"
	"time"

	"github.com/orrery-go/orrery/service"
	"github.com/orrery-go/orrery/service/dist"
	"github.com/orrery-go/orrery/service/servicelive"
)

var serviceChecks = map[string]check{
	"26-4": check{
		model: func(string) (string, error) {
			return serviceAnswers(func(c service.Config) ([]service.Span, error) {
				var spans []service.Span
				c.Span = func(p service.Span) { spans = append(spans, p) }
				_, err := service.Simulate(c)
				return spans, err
			})
		},
		live: func() (string, error) {
			return serviceAnswers(func(c service.Config) ([]service.Span, error) {
				run, err := servicelive.Do(c)
				return run.Spans, err
			})
		},
	}.slowly(),
}

// serviceAnswers returns the ends of requests: three at once at a service with one
// worker and room for one to wait; one whose callee is down and optional; and one
// without time.
func serviceAnswers(spans func(service.Config) ([]service.Span, error)) (string, error) {
	const soon, long = 20 * time.Millisecond, 400 * time.Millisecond
	at := []time.Duration{0, soon, 2 * soon}
	answer := ""
	for _, c := range []service.Config{
		{Services: []service.Service{{Name: "s", Workers: 1, Queue: 1, Work: dist.Dist{Mean: long}}}, Load: service.Load{Times: at}},
		{Services: []service.Service{{Name: "s", Calls: []service.Call{{To: "part", Optional: true}}}, {Name: "part", Faults: []service.Fault{{Down: true}}}}, Load: service.Load{Times: at[:1]}},
		{Services: []service.Service{{Name: "s", Work: dist.Dist{Mean: time.Hour}}}, Client: service.Call{Timeout: soon, Propagate: true}, Load: service.Load{Times: at[:1]}},
	} {
		all, err := spans(c)
		if err != nil {
			return "", err
		}
		count := map[service.Status]int{}
		degraded := false
		for _, p := range all {
			if p.Service == "s" {
				count[p.Status]++
				degraded = degraded || p.Degraded
			}
		}
		if answer != "" {
			answer += "; "
		}
		for st := service.OK; st <= service.Crowded; st++ {
			if n := count[st]; n > 0 {
				answer += fmt.Sprintf("%d %v ", n, st)
			}
		}
		answer = answer[:len(answer)-1]
		if degraded {
			answer += " without the part"
		}
	}
	return answer, nil
}
