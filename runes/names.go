package runes

import "github.com/orrery-go/orrery/internal/names"

// String returns the name: "after E0".
func (s State) String() string { return names.Of("State", states, int(s)) }

// MarshalText returns the name, for JSON.
func (s State) MarshalText() ([]byte, error) { return names.Marshal("State", states, int(s)) }

// UnmarshalText reads a name that MarshalText returned.
func (s *State) UnmarshalText(text []byte) error {
	i, err := names.Unmarshal("State", states, text)
	*s = State(i)
	return err
}
