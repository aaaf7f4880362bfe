package toolchain

import (
	"os"
	"strings"
)

// Requested returns the releases named in ORRERY_TOOLCHAINS, separated by
// commas: tests run their probes afresh on these. "all" is [Releases].
func Requested() []string {
	env := os.Getenv("ORRERY_TOOLCHAINS")
	if env == "all" {
		return Releases()
	}
	return strings.FieldsFunc(env, func(r rune) bool { return r == ',' || r == ' ' })
}
