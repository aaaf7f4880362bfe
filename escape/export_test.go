package escape

import (
	"maps"
	"slices"
)

// Without returns a Config without some rules.
func (c Config) Without(rules ...string) Config {
	c.without = map[string]bool{}
	for _, r := range rules {
		c.without[r] = true
	}
	return c
}

// Switches returns the rules that releases differ in and that can be turned off.
func Switches() []string { return slices.Collect(maps.Keys(new(rules).switches())) }

// MaxText bounds a message's text.
const MaxText = maxText
