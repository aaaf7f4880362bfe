//go:build race

package slicegrowlive

const raceEnabled = true
