//go:build !linux

package main

type counted struct{ Before, Blocked, Waiting int }

func countThreads(n, waiting int) (c counted) { return c }

func spinAlone() {}

func loopEnds(env string) bool { return false }

func exhaust() {}

func says() string { return "" }

func countLocked(n int, unlock bool) int { return 0 }
