package ipc

import (
	"fmt"
	"strings"
)

const maxLines = 100

// String lists each process with its descriptors and the data in their files, and the
// calls that sleep.
func (s Snapshot) String() string {
	var b strings.Builder
	files := map[int]FileState{}
	for _, f := range s.Files {
		files[f.File] = f
	}
	lines := 0
	for _, p := range s.Procs {
		fmt.Fprintf(&b, "process %d\n", p.Proc)
		for _, d := range p.FDs {
			if lines++; lines > maxLines {
				fmt.Fprintln(&b, "  and so on")
				break
			}
			fmt.Fprintf(&b, "  %d %v\n", d.FD, files[d.File])
		}
		if len(p.Pending) > 0 {
			fmt.Fprintf(&b, "  pending: %s\n", strings.Trim(fmt.Sprint(p.Pending[:min(len(p.Pending), LastSignal)]), "[]"))
		}
	}
	for i, w := range s.Waiters {
		if i == maxLines {
			fmt.Fprintf(&b, "and %d more calls\n", len(s.Waiters)-i)
			break
		}
		status := "sleeps"
		if w.Awake {
			status = "is awake"
		}
		fmt.Fprintf(&b, "waiter %d of process %d %s\n", w.Waiter, w.Proc, status)
	}
	return b.String()
}

// String reads like "pipe, read end: 5000 bytes in 2 of 16".
func (f FileState) String() string {
	text := fmt.Sprintf("%.40s: %d bytes", f.Type, f.Bytes)
	if f.Room > 0 {
		return fmt.Sprintf("%s in %d of %d", text, len(f.Parts), f.Room)
	}
	return fmt.Sprintf("%s in %d", text, len(f.Parts))
}
