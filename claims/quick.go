package claims

// slowly marks a check as slow: it builds a program first, or makes many experiments.
func (c check) slowly() check {
	c.slow = true
	return c
}

// Quick reports whether the row has a check that takes no noticeable time. All of those
// together take a few seconds.
func (r Row) Quick() bool { return r.Checked() && !checks[r.ID].slow }
