// Package names gives small numbers their stable names: what String prints and
// what JSON holds. A list has the name of number i at index i; an empty name
// stands for a number that has none.
package names

import (
	"fmt"
	"strings"
)

// Of returns the name of number i, or a text like "What(9)" if it has none.
func Of(typ string, list []string, i int) string {
	if i >= 0 && i < len(list) && list[i] != "" {
		return list[i]
	}
	return fmt.Sprintf("%s(%d)", typ, i)
}

// Marshal returns the name of number i, for MarshalText. It returns an error if
// the number has none.
func Marshal(typ string, list []string, i int) ([]byte, error) {
	if i < 0 || i >= len(list) || list[i] == "" {
		return nil, fmt.Errorf("%s %d has no name (want one of %s)", typ, i, all(list))
	}
	return []byte(list[i]), nil
}

// Unmarshal returns the number with the name, for UnmarshalText. It returns an
// error if there is none.
func Unmarshal(typ string, list []string, text []byte) (int, error) {
	for i, name := range list {
		if name != "" && name == string(text) {
			return i, nil
		}
	}
	return 0, fmt.Errorf("no %s %.40q (want one of %s)", typ, text, all(list))
}

func all(list []string) string {
	var named []string
	for _, name := range list {
		if name != "" {
			named = append(named, name)
		}
	}
	return strings.Join(named, ", ")
}
