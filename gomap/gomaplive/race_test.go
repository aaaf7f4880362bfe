//go:build race

package gomaplive_test

const raceEnabled = true
