package explain

import (
	"math/bits"
	"slices"
)

// Of several histories that are possible, the likelier is that in which threads did things
// in the order of their events. What a history assumes beside that is counted in bits.
const (
	unlikely = 8        // a thread did something later, or sooner, than its events say
	passedOn = 4        // a thief, whose next event is not there yet, was stolen from
	deadline = 4        // what waits for the network was woken by its deadline, alone or with others
	margin   = unlikely // by which an explanation must be likelier than all others

	// Those before the start that no state explains which are open then, too, beside two
	// for each goroutine that is runnable: an error shows as soon as these run.
	recentStarts = 64
)

// turnBits is what it needs that a slice is that in which the global queue goes first.
func turnBits(ticks uint64) uint64 { return uint64(bits.Len(uint(bits.OnesCount64(ticks)))) - 1 }

// frugal reports whether only what is likely can be looked at, since there is little work
// left.
func (r *replay) frugal() bool { return r.work < mostWork/4 }

// thin leaves the likeliest states if there are too many, or too little work for them.
func (r *replay) thin(most int) {
	if r.over || len(r.states) < 2 || len(r.fresh) == 0 && r.thinned == r.cert.clean {
		return
	}
	r.thinned = r.cert.clean
	costs := r.costs[:0]
	for _, s := range r.states {
		costs = append(costs, s.cost())
	}
	r.costs = costs
	// There are few, and they are nearly sorted.
	for i := 1; i < len(costs); i++ {
		for k := i; k > 0 && costs[k] < costs[k-1]; k-- {
			costs[k], costs[k-1] = costs[k-1], costs[k]
			r.states[k], r.states[k-1] = r.states[k-1], r.states[k]
		}
	}
	if !r.cert.clean && costs[len(costs)-1] > costs[0]+margin {
		// No later start is explained by what is as unlikely as that.
		i := slices.IndexFunc(costs, func(c uint64) bool { return c > costs[0]+margin })
		clear(r.states[i:])
		r.states = r.states[:i]
		r.leaveOut(false)
	}
	if r.frugal() {
		most = min(most, fewStates)
	}
	if r.work < 0 {
		most = min(most, fewStates/2)
	}
	if len(r.states) <= most {
		return
	}
	near := costs[most] < costs[0]+margin
	clear(r.states[most:])
	r.states = r.states[:most]
	r.leaveOut(near)
}

// leaveOut notes that states are left out that are possible, and perhaps nearly as likely as
// the others: nothing is certain by these alone, until the queues are known to be empty.
func (r *replay) leaveOut(near bool) {
	r.pruned, r.leftOut, r.cert.clean = true, r.layer, false
	if near {
		r.doubt = r.waiting + 1
	}
}

// doubted is called at each start, and reports whether a state that is nearly as likely as
// the others, and was left out, may explain it otherwise.
func (r *replay) doubted() bool {
	r.doubt--
	return r.doubt >= 0
}

// emptied: the queues are known to be empty, and there is but one state of them. If states
// were left out, what is known of schedtick is no more than likely.
func (r *replay) emptied() {
	r.believed = r.believed || r.pruned
	r.pruned = false
	r.cert.clean, r.cert.global = true, false
}
