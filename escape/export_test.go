package escape

// Without leaves rules out.
func (c Config) Without(rules ...string) Config {
	c.without = map[string]bool{}
	for _, r := range rules {
		c.without[r] = true
	}
	return c
}

// MaxText bounds a message's text.
const MaxText = maxText
