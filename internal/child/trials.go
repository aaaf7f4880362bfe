package child

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Trials counts the runs of a live test that may be disturbed from outside.
//
//	trials := child.NewTrials(5000)
//	for trials.Next() {
//		run := ...
//		if run.Elapsed > 9*time.Millisecond {
//			trials.Reject("over 9 ms") // before its result is looked at
//			continue
//		}
//		... compare: a mismatch is final ...
//		trials.Accept()
//	}
//	if err := trials.Err(); err != nil { t.Error(err) }
//	t.Log(trials)
//
// A run is rejected because a disturbance was seen, never because of its result.
type Trials struct {
	want     int
	deadline time.Time
	accepted int
	rejected map[string]int
}

// TrialTime is the longest time that [Trials] takes for the runs that it wants.
const TrialTime = 20 * time.Second

// NewTrials returns Trials that want the given number of accepted runs, and take at
// most [TrialTime].
func NewTrials(want int) *Trials {
	return &Trials{want: want, deadline: time.Now().Add(TrialTime), rejected: map[string]int{}}
}

// Next reports whether another run is wanted and there is time for it.
func (t *Trials) Next() bool {
	return t.accepted < t.want && time.Now().Before(t.deadline)
}

// Accept counts a run that was compared.
func (t *Trials) Accept() { t.accepted++ }

// Reject counts a run that was disturbed, by reason.
func (t *Trials) Reject(reason string) { t.rejected[reason]++ }

// Accepted reports how many runs were compared.
func (t *Trials) Accepted() int { return t.accepted }

// Rejected reports how many runs were disturbed.
func (t *Trials) Rejected() (n int) {
	for _, k := range t.rejected {
		n += k
	}
	return n
}

// Err returns an error if fewer than a tenth of the wanted runs were accepted: the
// machine is too busy for a result.
func (t *Trials) Err() error {
	if t.accepted*10 < t.want {
		return fmt.Errorf("child: %s: too few to say anything", t)
	}
	return nil
}

// String returns the counts as text.
func (t *Trials) String() string {
	text := fmt.Sprintf("%d of %d wanted runs accepted, %d rejected", t.accepted, t.want, t.Rejected())
	var reasons []string
	for r, n := range t.rejected {
		reasons = append(reasons, fmt.Sprintf("%d %s", n, r))
	}
	if len(reasons) > 0 {
		slices.Sort(reasons)
		text += " (" + strings.Join(reasons, ", ") + ")"
	}
	return text
}
