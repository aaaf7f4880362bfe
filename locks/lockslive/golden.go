package lockslive

import (
	"embed"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/internal/golden"
	"github.com/orrery-go/orrery/internal/toolchain"
	"github.com/orrery-go/orrery/locks"
)

// Answers has the answers of the probe on a release.
type Answers struct {
	Copied  string // panic of a copied Cond
	TryLock bool   // a mutex has that method
}

//go:embed testdata/golden
var files embed.FS

//go:embed testdata/probe.go
var probe string

// Golden holds the answers of every release since 1.2.
var Golden = golden.Set[Answers]{
	Probe: toolchain.Probe{Name: "lockslive", Source: probe},
	Files: files,
	Dir:   "locks/lockslive",
}

// Predict returns the answers of a model of the release.
func Predict(rel string) (a Answers, err error) {
	rules, err := locks.ForRelease(rel)
	if err != nil {
		return a, err
	}
	a.TryLock = rules.TryLock
	m, err := locks.New(locks.Config{Release: rel})
	if err != nil {
		return a, err
	}
	g, err := m.Go()
	if err != nil {
		return a, err
	}
	l, err := m.NewMutex()
	if err != nil {
		return a, err
	}
	c, err := m.NewCond(l)
	if err != nil {
		return a, err
	}
	if _, err := m.Signal(g, c); err != nil {
		return a, err
	}
	if c, err = m.Copy(c); err != nil {
		return a, err
	}
	_, err = m.Signal(g, c)
	if panics, ok := err.(*crash.Error); ok {
		a.Copied, err = panics.Text, nil
	}
	return a, err
}
