package lb

import "math"

// A tournament says which of many rising numbers is highest, and of several the one of
// the lowest rank. Number i is base + slope*now. It is a kinetic tournament tree: a match knows which
// of the numbers below it wins, and the time until which no match below it has another
// winner. So when time passes only few matches are played again.
type tournament struct {
	now     int64
	runners []runner
	matches []match // match 1 is the final; 2k and 2k+1 are before k
	leaves  int
}

type runner struct {
	base, slope int64
	rank        int
}

type match struct {
	until int64 // the first time at which this may no longer hold
	won   int32 // the winner; -1 without one
}

func newTournament(n int) *tournament {
	t := &tournament{leaves: 1, runners: make([]runner, n)}
	for t.leaves < n {
		t.leaves *= 2
	}
	t.matches = make([]match, 2*t.leaves)
	for k := range t.matches {
		t.matches[k] = match{math.MaxInt64, -1}
	}
	return t
}

func (t *tournament) value(i int) int { return int(t.runners[i].base + t.runners[i].slope*t.now) }

// put makes number i what it should be now. Then mend, or build.
func (t *tournament) put(i, value, slope, rank int) {
	t.runners[i] = runner{int64(value) - int64(slope)*t.now, int64(slope), rank}
	t.matches[t.leaves+i].won = int32(i)
}

// drop takes number i out. Then mend.
func (t *tournament) drop(i int) { t.matches[t.leaves+i].won = -1 }

// build plays all matches.
func (t *tournament) build() {
	for k := t.leaves - 1; k > 0; k-- {
		t.play(k)
	}
}

// mend plays the matches of number i.
func (t *tournament) mend(i int) {
	for k := (t.leaves + i) / 2; k > 0; k /= 2 {
		t.play(k)
	}
}

// advance lets time pass by 1.
func (t *tournament) advance() {
	t.now++
	if t.matches[1].until <= t.now {
		t.repair(1)
	}
}

// repair plays the matches below k, and k, whose time is over.
func (t *tournament) repair(k int) {
	if 2*k < t.leaves {
		if t.matches[2*k].until <= t.now {
			t.repair(2 * k)
		}
		if t.matches[2*k+1].until <= t.now {
			t.repair(2*k + 1)
		}
	}
	t.play(k)
}

// first returns the winner, or -1.
func (t *tournament) first() int { return int(t.matches[1].won) }

// play is match k.
func (t *tournament) play(k int) {
	a, b := &t.matches[2*k], &t.matches[2*k+1]
	until, w, l := min(a.until, b.until), a.won, b.won
	switch {
	case l < 0:
	case w < 0:
		w = l
	default:
		x, y := &t.runners[w], &t.runners[l]
		gain := y.slope - x.slope
		lead := x.base - y.base - gain*t.now
		if lead < 0 || lead == 0 && y.rank < x.rank {
			w, lead, gain = l, -lead, -gain
			x, y = y, x
		}
		// The other wins when it has gained more than the lead, or as much with a lower
		// rank.
		if gain > 0 {
			if y.rank < x.rank {
				lead--
			}
			if lead/gain < until-t.now {
				until = t.now + lead/gain + 1
			}
		}
	}
	t.matches[k] = match{until, w}
}
