//go:build race

package marking_test

const raceEnabled = true
