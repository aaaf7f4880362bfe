// Package runeslive compares package runes with unicode/utf8, for range and the
// conversions of the Go at hand, and records the answers of older releases.
package runeslive

import (
	"embed"
	"unicode/utf8"

	"github.com/orrery-go/orrery/internal/golden"
	"github.com/orrery-go/orrery/internal/toolchain"
)

// An Answer holds the visible properties of a text, by the model or for real.
type Answer struct {
	Rune, LastRune   rune
	Width, LastWidth int
	Range            int // offset of the second turn of a for range loop, or the length
	RangeRune        rune
	Full, Valid      bool
	Count            int
}

// Real returns the answer of the Go at hand.
func Real(s string) (a Answer) {
	a.Rune, a.Width = utf8.DecodeRuneInString(s)
	a.LastRune, a.LastWidth = utf8.DecodeLastRuneInString(s)
	a.Full, a.Valid, a.Count = utf8.FullRuneInString(s), utf8.ValidString(s), utf8.RuneCountInString(s)
	a.Range = len(s)
	for i, r := range s {
		if i > 0 {
			a.Range = i
			break
		}
		a.RangeRune = r
	}
	return a
}

// A Record is the answer of a release: sums over many texts and numbers.
type Record struct {
	Decode map[string]string `json:"decode"` // by set of texts
	Encode string            `json:"encode"`
}

//go:embed testdata/golden
var files embed.FS

//go:embed testdata/probe.go
var probe string

// Golden are the records of every release since 1.2.
var Golden = golden.Set[Record]{
	Probe: toolchain.Probe{Name: "runeslive", Source: probe},
	Files: files,
	Dir:   "runes/runeslive",
}
