//go:build race

package ctxtreelive

const underRace = true
