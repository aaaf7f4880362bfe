package draw_test

import (
	"strings"
	"testing"

	"github.com/orrery-go/orrery/draw"
	"github.com/orrery-go/orrery/race"
)

// racePicture returns a graph with every element that a picture can have.
func racePicture(t *testing.T) race.Graph {
	l, err := race.NewLog(race.Config{Release: "go1.26", Record: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Play("main: make c chan 0; main: add 1 wg; main: go <worker>; main: write x; main: lock mu; main: write y; main: unlock mu; " +
		"<worker>: lock mu; <worker>: read y; <worker>: unlock mu; <worker>: atomic add n; main: atomic load n; <worker>: recv c; main: send c; " +
		"main: write x; <worker>: read x; <worker>: add -1 wg; main: wait wg; main: read x"); err != nil {
		t.Fatal(err)
	}
	g, err := l.Graph()
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestRace(t *testing.T) {
	g := racePicture(t)
	for file, picture := range map[string]string{"race_happens_before.svg": draw.RaceHappensBefore(g), "race_happens_before.dot": draw.RaceDOT(g)} {
		if strings.HasSuffix(file, "svg") {
			wellFormed(t, picture)
		}
		if !strings.Contains(picture, "race") || !strings.Contains(picture, "worker") {
			t.Errorf("%s shows no race, or no name:\n%s", file, picture)
		}
		same(t, file, picture)
	}
}
