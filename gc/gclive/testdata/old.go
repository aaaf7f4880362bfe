//go:build !go1.24
// +build !go1.24

package main

// Releases without cleanups and weak pointers.

func newCrashes() []string             { return nil }
func newCrash(name string)             {}
func cleanups() map[string]interface{} { return nil }
