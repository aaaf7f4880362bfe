package draw

import (
	"fmt"

	"github.com/orrery-go/orrery/ipc"
)

// Limits of a picture of processes.
const (
	ipcFiles = 16
	ipcParts = 16
)

// IPCBuffers draws the data between processes as an SVG: the pages, buffers or messages
// of each file, the fuller the darker, and the descriptors that refer to it.
func IPCBuffers(s ipc.Snapshot) string {
	const left, top, wide, high, step = 20, 40, 36, 28, 66
	var p svg
	p.text(left, 22, 0, "start", fmt.Sprintf("%d processes, %d bytes in the kernel, %d bytes shared", len(s.Procs), s.Held, s.Shared))
	names := map[int]string{}
	for _, proc := range s.Procs {
		for _, d := range proc.FDs {
			if len(names[d.File]) < 2*mostText {
				names[d.File] += fmt.Sprintf(" %d:%d", proc.Proc, d.FD)
			}
		}
	}
	y := top
	for i, f := range s.Files {
		if i == ipcFiles {
			p.textOn("dim", left, y+16, 0, "start", fmt.Sprintf("and %d more files", len(s.Files)-i))
			y += 24
			break
		}
		p.text(left, y+12, 0, "start", fmt.Sprintf("%v; process and descriptor:%s", f, names[f.File]))
		for j := range max(min(f.Room, ipcParts), min(len(f.Parts), ipcParts)) {
			share, class := 0.0, "full"
			if j < len(f.Parts) {
				share = float64(f.Parts[j]) / 4096
			}
			id := fmt.Sprintf("ipc-%d-part-%d", f.File, j)
			if p.box("", "cell", left+j*wide, y+20, wide-4, high); j < len(f.Parts) {
				p.share(id, class, left+j*wide, y+20, wide-4, high, share)
			}
		}
		if more := len(f.Parts) - ipcParts; more > 0 {
			p.textOn("dim", left+ipcParts*wide+8, y+38, 0, "start", fmt.Sprintf("and %d more", more))
		}
		y += step
	}
	for i, w := range s.Waiters {
		if i == ipcFiles {
			p.textOn("dim", left, y+16, 0, "start", fmt.Sprintf("and %d more calls", len(s.Waiters)-i))
			y += 20
			break
		}
		status := "sleeps"
		if w.Awake {
			status = "is awake"
		}
		p.textOn("dim", left, y+16, 0, "start", fmt.Sprintf("waiter %d of process %d %s, for file %d", w.Waiter, w.Proc, status, w.File))
		y += 20
	}
	p.legend(left, y+16, sign{"cell", "room"}, sign{"full", "bytes to read, the more the darker"})
	return p.String("data between processes")
}
