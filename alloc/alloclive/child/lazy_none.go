//go:build !overlay

package main

func hold(bool) {}

func mark() {}

func sweep() {}

func spansOf([]uint64) int { return 0 }

func pagesDo([]uint64, []uint64) {}

func giveBack() {}

func pace(uint64, int64, uint64, uint64) (goal, limitGoal, retained, mapped uint64) { return }

func sweepSome(uint64, uintptr, uintptr) {}
