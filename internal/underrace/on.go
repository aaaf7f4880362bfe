//go:build race

package underrace

// On is whether the race detector is built in.
const On = true
