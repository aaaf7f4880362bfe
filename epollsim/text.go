package epollsim

import (
	"fmt"
	"strings"
)

// maxItems bounds how many items of an epoll, and how many files, a text shows.
const maxItems = 60

// String draws the epolls as text: each with its tree, the right subtree above and the
// left one below, its lists, and the calls that sleep; then the other files.
func (s Snapshot) String() string {
	var b strings.Builder
	kinds := map[File]FileState{}
	for _, f := range s.Files {
		kinds[f.File] = f
	}
	for _, ep := range s.Epolls {
		fmt.Fprintf(&b, "epoll %s\n", s.descriptors(ep.File))
		lines := 0
		ep.draw(&b, ep.Root, 1, &lines)
		if lines > maxItems {
			fmt.Fprintf(&b, "  and so on, to %d items\n", len(ep.Tree))
		}
		list := func(name string, items []Item) {
			if len(items) > 0 {
				fmt.Fprintf(&b, "  %s:%s\n", name, fds(items))
			}
		}
		list("ready", ep.Ready)
		list("taken by a scan", ep.Sending)
		list("overflow, the newest first", ep.Overflow)
		if len(ep.Sleepers) > 0 {
			fmt.Fprintf(&b, "  asleep: %s\n", strings.Trim(fmt.Sprint(ep.Sleepers[:min(len(ep.Sleepers), maxItems)]), "[]"))
		}
	}
	n := 0
	for _, d := range s.FDs {
		f := kinds[d.File]
		if f.Type == Epoll || f.Type == Regular {
			continue
		}
		if n++; n > maxItems {
			fmt.Fprintf(&b, "and so on, to descriptor %d\n", s.FDs[len(s.FDs)-1].FD)
			break
		}
		fmt.Fprintf(&b, "%d %s: %v", d.FD, f.Type, f.Ready)
		switch f.Type {
		case EventFD, Semaphore:
			fmt.Fprintf(&b, ", count %d", f.Count)
		case PipeWrite:
		default:
			fmt.Fprintf(&b, ", %d bytes", f.Bytes)
		}
		b.WriteString("\n")
	}
	for _, w := range s.Waiters {
		if w.Status == Awake {
			fmt.Fprintf(&b, "waiter %d: awake\n", w.Waiter)
		}
	}
	return b.String()
}

// descriptors returns those of a file: "3", "3, 7", or "of no descriptor".
func (s Snapshot) descriptors(f File) string {
	var parts []string
	for _, d := range s.FDs {
		if d.File == f && len(parts) < maxItems {
			parts = append(parts, fmt.Sprint(d.FD))
		}
	}
	if len(parts) == 0 {
		return "of no descriptor"
	}
	return strings.Join(parts, ", ")
}

func fds(items []Item) string {
	var b strings.Builder
	for i, it := range items {
		if i == maxItems {
			fmt.Fprintf(&b, " and %d more", len(items)-i)
			break
		}
		fmt.Fprintf(&b, " %d", it.FD)
	}
	return b.String()
}

// draw draws the subtree of an item.
func (ep EpollState) draw(b *strings.Builder, i, depth int, lines *int) {
	if i < 0 || i >= len(ep.Tree) || depth > 64 || *lines > maxItems { // a state from outside may have a cycle
		return
	}
	it := ep.Tree[i]
	ep.draw(b, it.Right, depth+1, lines)
	if *lines++; *lines > maxItems {
		return
	}
	colour, listed := "black", ""
	if it.Red {
		colour = "red"
	}
	if it.Listed {
		listed = ", listed"
	}
	fmt.Fprintf(b, "%s%d %v, %s%s\n", strings.Repeat("  ", depth), it.FD, it.Events, colour, listed)
	ep.draw(b, it.Left, depth+1, lines)
}
