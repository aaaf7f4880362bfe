//go:build !overlay

package main

func hold(bool) {}

func sweep() {}

func markAlone(float64) {}

func together() {}

func nextRoot() (class int, goid uint64) { return 0, 0 }

func root() {}

func drain(int64) int64 { return 0 }

func credit(int64) {}

func flush() {}

func markDone() bool { return true }

func buffered() uintptr { return 0 }

func entry(uintptr) uintptr { return 0 }

func settle(from, keep, end uintptr) {}

func colourOf(uintptr) int { return 0 }

func spanOf(uintptr) (base uintptr, swept bool) { return 0, true }

func assists() int64 { return 0 }

func free() int { return 0 }

func goidOf() uint64 { return 1 }

func unswept() int { return 0 }
