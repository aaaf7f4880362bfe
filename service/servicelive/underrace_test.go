//go:build race

package servicelive

const underRace = true
