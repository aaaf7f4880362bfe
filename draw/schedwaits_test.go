package draw_test

import (
	"math"
	"testing"
	"time"

	"github.com/orrery-go/orrery/draw"
)

func TestSchedWaits(t *testing.T) {
	places := []string{"as runnext", "in its own ring", "in the global queue", "until another P stole it", ""}
	us := func(n ...int) (out []time.Duration) {
		for _, x := range n {
			out = append(out, time.Duration(x)*time.Microsecond)
		}
		return out
	}
	got := draw.SchedWaits("where goroutines waited to run", places, []draw.WaitRow{
		{Name: "main.worker", Count: 120, Waits: us(10, 410, 200, 50, 330)},
		{Name: "main.main", Count: 3, Waits: us(40)},
		{Name: "net/http.(*conn).serve", Count: 17, Waits: us(0, 0, 0, 90)},
		{Name: "idle", Waits: nil},
	})
	wellFormed(t, got)
	same(t, "sched_waits.svg", got)
	wellFormed(t, draw.SchedWaits("", nil, nil))
	rows := make([]draw.WaitRow, 1000)
	rows[2] = draw.WaitRow{Name: "\x00<b>", Count: math.MinInt, Waits: []time.Duration{math.MaxInt64, math.MaxInt64, math.MinInt64}}
	wellFormed(t, draw.SchedWaits("\x00", make([]string, 100), rows))
}
