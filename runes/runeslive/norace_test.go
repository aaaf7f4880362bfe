//go:build !race

package runeslive_test

const raceEnabled = false
