package lblive

import (
	_ "embed"
	"fmt"
	"strings"
)

//go:embed testdata/golden.txt
var golden string

// Golden returns the recorded picks of the real balancer, by the name of the case.
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
