//go:build !overlay

package main

func begin(uint64) {}

func pausing(uint64) {}

func end() []Thread { return nil }
