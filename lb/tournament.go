package lb

import "math"

// A tournament says which of many rising numbers is highest, the first of several.
// Number i is base[i] + slope[i]*now. It is a kinetic tournament tree: a node knows
// which of the numbers below it wins, and the time until which no node below it has
// another winner. So when time passes only few nodes are looked at.
type tournament struct {
	now   int
	base  []int
	slope []int
	won   []int32 // by node: the winner; -1 without one. Node 1 is the root, 2k and 2k+1 are below k
	until []int   // by node: the first time at which this no longer holds
	leafs int
}

func newTournament(n int) *tournament {
	t := &tournament{leafs: 1, base: make([]int, n), slope: make([]int, n)}
	for t.leafs < n {
		t.leafs *= 2
	}
	t.won, t.until = make([]int32, 2*t.leafs), make([]int, 2*t.leafs)
	for k := range t.won {
		t.won[k], t.until[k] = -1, math.MaxInt
	}
	return t
}

func (t *tournament) value(i int) int { return t.base[i] + t.slope[i]*t.now }

// put makes number i what it should be now. Then mend, or build.
func (t *tournament) put(i, value, slope int) {
	t.base[i], t.slope[i] = value-slope*t.now, slope
	t.won[t.leafs+i] = int32(i)
}

// drop takes number i out. Then mend.
func (t *tournament) drop(i int) { t.won[t.leafs+i] = -1 }

// build plays all matches.
func (t *tournament) build() {
	for k := t.leafs - 1; k > 0; k-- {
		t.play(k)
	}
}

// mend plays the matches above number i.
func (t *tournament) mend(i int) {
	for k := (t.leafs + i) / 2; k > 0; k /= 2 {
		t.play(k)
	}
}

// advance lets time pass by 1.
func (t *tournament) advance() {
	t.now++
	if t.until[1] <= t.now {
		t.repair(1)
	}
}

func (t *tournament) repair(k int) {
	if k >= t.leafs {
		return
	}
	if t.until[2*k] <= t.now {
		t.repair(2 * k)
	}
	if t.until[2*k+1] <= t.now {
		t.repair(2*k + 1)
	}
	t.play(k)
}

// first is the winner, or -1.
func (t *tournament) first() int { return int(t.won[1]) }

// play is the match of node k.
func (t *tournament) play(k int) {
	until := min(t.until[2*k], t.until[2*k+1])
	w, l := t.won[2*k], t.won[2*k+1] // w is the first of the two
	switch {
	case l < 0:
	case w < 0:
		w = l
	default:
		lead := t.value(int(w)) - t.value(int(l))
		tie := 0 // the other wins a tie if it is the first
		if lead < 0 {
			w, l, lead, tie = l, w, -lead, 1
		}
		if gain := t.slope[l] - t.slope[w]; gain > 0 {
			// After n more steps the other has gained n*gain, and wins when that is
			// more than the lead; the first wins also when it is the lead.
			until = min(until, t.now+(lead-tie)/gain+1)
		}
	}
	t.won[k], t.until[k] = w, until
}
