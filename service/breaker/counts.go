package breaker

// Counts count requests and results: a request when it goes, its result when it ends.
type Counts struct {
	Requests             uint32 `json:"requests"`
	TotalSuccesses       uint32 `json:"totalSuccesses"`
	TotalFailures        uint32 `json:"totalFailures"`
	TotalExclusions      uint32 `json:"totalExclusions"`
	ConsecutiveSuccesses uint32 `json:"consecutiveSuccesses"`
	ConsecutiveFailures  uint32 `json:"consecutiveFailures"`
}

func (c *Counts) success() {
	c.TotalSuccesses++
	c.ConsecutiveSuccesses++
	c.ConsecutiveFailures = 0
}

func (c *Counts) failure() {
	c.TotalFailures++
	c.ConsecutiveFailures++
	c.ConsecutiveSuccesses = 0
}

func (c *Counts) excluded() { c.TotalExclusions++ }

// valid returns the requests that say something, or may still.
func (c *Counts) valid() uint32 { return less(c.Requests, c.TotalExclusions) }

// less subtracts, to no less than 0.
func less(a, b uint32) uint32 { return a - min(a, b) }

// rolling are counts in a ring of periods, and their sum.
type rolling struct {
	total   Counts
	age     uint64 // the period, from the clearing
	buckets []Counts
}

func (r *rolling) at(age uint64) *Counts { return &r.buckets[age%uint64(len(r.buckets))] }

func (r *rolling) request() {
	r.total.Requests++
	r.at(r.age).Requests++
}

// end counts the result of a request of a period, if that is not forgotten.
func (r *rolling) end(age uint64, count func(*Counts)) {
	if r.age-age < uint64(len(r.buckets)) {
		count(&r.total)
		count(r.at(age))
	}
}

func (r *rolling) clear(age uint64) {
	r.total, r.age = Counts{}, age
	clear(r.buckets)
}

// grow forgets the periods that are an interval old.
func (r *rolling) grow(age uint64) {
	if age-r.age >= uint64(len(r.buckets)) {
		r.clear(age)
		return
	}
	for r.age < age {
		r.age++
		r.forget(r.at(r.age))
	}
}

// forget takes a period out of the sum. Of a row of successes or failures that all
// periods together make, what began in this one is taken off.
func (r *rolling) forget(old *Counts) {
	t := &r.total
	successes := old.ConsecutiveSuccesses + t.TotalSuccesses - old.TotalSuccesses
	failures := old.ConsecutiveFailures + t.TotalFailures - old.TotalFailures
	if t.ConsecutiveSuccesses == successes {
		t.ConsecutiveSuccesses = less(t.ConsecutiveSuccesses, old.ConsecutiveSuccesses)
	}
	if t.ConsecutiveFailures == failures {
		t.ConsecutiveFailures = less(t.ConsecutiveFailures, old.ConsecutiveFailures)
	}
	t.Requests = less(t.Requests, old.Requests)
	t.TotalSuccesses = less(t.TotalSuccesses, old.TotalSuccesses)
	t.TotalFailures = less(t.TotalFailures, old.TotalFailures)
	t.TotalExclusions = less(t.TotalExclusions, old.TotalExclusions)
	*old = Counts{}
}
