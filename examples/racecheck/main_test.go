package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/race"
)

func TestCheck(t *testing.T) {
	for _, svg := range []bool{false, true} {
		races, err := check(race.Config{Record: true, Lockset: true}, "log.jsonl", true, svg)
		if err != nil || !races {
			t.Errorf("races %v, %v", races, err)
		}
	}
	bad := filepath.Join(t.TempDir(), "bad.jsonl")
	if err := os.WriteFile(bad, []byte(`{"g":"main","do":"unlock","on":"mu"}`), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := check(race.Config{}, bad, false, false); err == nil {
		t.Error("an unlock without a lock is right")
	}
	if _, err := check(race.Config{}, "", false, false); err == nil || !strings.Contains(err.Error(), "want a log") {
		t.Errorf("no log: %v", err)
	}
}
