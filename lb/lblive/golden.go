package lblive

import (
	_ "embed"
	"fmt"
	"strings"
)

//go:embed testdata/golden.txt
var golden string

// Golden has, by the case's name, the picks of the real balancer when it was asked.
func Golden() (map[string]string, error) {
	out := map[string]string{}
	for line := range strings.Lines(golden) {
		name, picks, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if !ok {
			return nil, fmt.Errorf("lblive: golden line %.80q", line)
		}
		out[name] = picks
	}
	return out, nil
}
