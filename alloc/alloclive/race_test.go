//go:build race

package alloclive

const raceEnabled = true
