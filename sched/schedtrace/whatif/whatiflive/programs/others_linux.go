package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// others reports for how long the process's threads have been ready and did not run, and
// for how many hundredths of a second the host has kept a processor. The thread that is
// made first is left out: sysmon, which may wait while all processors run goroutines.
// Both are 0 where the system does not tell.
func others() (kept time.Duration, steals int) {
	tasks, _ := filepath.Glob("/proc/self/task/*/schedstat")
	slices.SortFunc(tasks, func(a, b string) int { return cmp.Or(len(a)-len(b), strings.Compare(a, b)) })
	for i, name := range tasks {
		if i == 1 {
			continue
		}
		data, _ := os.ReadFile(name)
		var ran, waited int64
		fmt.Sscan(string(data), &ran, &waited)
		kept += time.Duration(waited)
	}
	data, _ := os.ReadFile("/proc/stat")
	var user, nice, system, idle, wait, irq, soft int
	fmt.Sscanf(string(data), "cpu %d %d %d %d %d %d %d %d", &user, &nice, &system, &idle, &wait, &irq, &soft, &steals)
	return kept, steals
}

// blocks is a system call of that time.
func blocks(d time.Duration) {
	t := syscall.NsecToTimespec(int64(d))
	syscall.Nanosleep(&t, nil)
}
