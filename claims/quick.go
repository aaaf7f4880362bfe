package claims

// slowly marks a check that takes long: it builds a program to ask first, or makes many
// experiments.
func (c check) slowly() check {
	c.slow = true
	return c
}

// Quick reports whether the row has a check that is done in a blink. All of those
// together take a few seconds.
func (r Row) Quick() bool { return r.Checked() && !checks[r.ID].slow }
