package draw

import (
	"fmt"
	"strings"

	"github.com/orrery-go/orrery/epollsim"
)

// Limits of a picture of epolls.
const (
	epollStates = 6  // states
	epollEach   = 3  // epolls of a state
	epollDepth  = 5  // levels of a tree
	epollListed = 14 // items of a list
)

// EpollsimTree draws the epolls of kernels, one state below the other: the tree of
// watched files, in which red items are marked, and below it the ready list, the items
// that a scan has taken, and the overflow. It draws at most five levels of a tree.
func EpollsimTree(states ...epollsim.Snapshot) string {
	var p svg
	y := 24
	for i, s := range states {
		if i == epollStates {
			p.textOn("dim", 20, y, 0, "start", fmt.Sprintf("and %d more states", len(states)-i))
			y += 24
			break
		}
		for j, ep := range s.Epolls {
			if j == epollEach {
				p.textOn("dim", 20, y, 0, "start", fmt.Sprintf("and %d more epolls", len(s.Epolls)-j))
				y += 24
				break
			}
			y = p.epoll(i, s, ep, y)
		}
		if len(s.Epolls) == 0 {
			p.textOn("dim", 20, y, 0, "start", "no epoll")
			y += 24
		}
	}
	p.legend(20, y, sign{"black", "black item"}, sign{"g7", "red item"}, sign{"data", "on a list"}, sign{"warm", "taken by a scan, or overflow"})
	return p.String("epoll: trees and ready lists")
}

// epoll draws an epoll from y on, and returns where it ends.
func (p *svg) epoll(state int, s epollsim.Snapshot, ep epollsim.EpollState, y int) int {
	const left, step, high, level = 20, 62, 24, 44
	p.text(left, y, 0, "start", fmt.Sprintf("state %d: epoll file %d, %d items", state+1, ep.File, len(ep.Tree)))
	y += 14
	type place struct{ x, y, depth int }
	at := map[int]place{}
	next, deepest := 0, 0
	var walk func(i, depth int)
	walk = func(i, depth int) {
		if _, seen := at[i]; i < 0 || i >= len(ep.Tree) || seen || depth >= epollDepth {
			return
		}
		at[i] = place{}
		walk(ep.Tree[i].Left, depth+1)
		at[i] = place{left + next*step, y + depth*level, depth}
		next++
		deepest = max(deepest, depth)
		walk(ep.Tree[i].Right, depth+1)
	}
	walk(ep.Root, 0)
	for i := range ep.Tree {
		from, ok := at[i]
		if !ok {
			continue
		}
		for _, child := range []int{ep.Tree[i].Left, ep.Tree[i].Right} {
			if to, ok := at[child]; ok && to.depth == from.depth+1 {
				p.line("wire", from.x+27, from.y+high, to.x+27, to.y)
			}
		}
	}
	for i, it := range ep.Tree {
		if xy, ok := at[i]; ok {
			p.epollItem(fmt.Sprintf("epollsim-%d-%d-item-%d", state, ep.File, i), it, xy.x, xy.y)
		}
	}
	if len(ep.Tree) > 0 {
		y += deepest*level + high + 20
	} else {
		y += 8
	}
	if more := len(ep.Tree) - len(at); more > 0 {
		p.textOn("dim", left, y, 0, "start", fmt.Sprintf("and %d more below", more))
		y += 20
	}
	y = p.epollList("ready", "data", ep.Ready, left, y)
	if len(ep.Sending) > 0 {
		y = p.epollList("taken", "warm", ep.Sending, left, y)
	}
	if len(ep.Overflow) > 0 {
		y = p.epollList("overflow", "warm", ep.Overflow, left, y)
	}
	if len(ep.Sleepers) > 0 {
		p.textOn("dim", left, y+16, 0, "start", "asleep: "+strings.Trim(fmt.Sprint(ep.Sleepers[:min(len(ep.Sleepers), 20)]), "[]"))
		y += 24
	}
	return y + 24
}

// epollItem draws an item: its descriptor, and whether it is on a list.
func (p *svg) epollItem(id string, it epollsim.ItemState, x, y int) {
	class, ink := "black", "on-black"
	label := fmt.Sprint(it.FD)
	if it.Red {
		class, ink = "g7", ""
		label += " red"
	}
	p.box(id, class, x, y, 54, 24)
	if it.Listed {
		p.box("", "changed", x, y, 54, 24)
	}
	p.textOn(ink, x+27, y+16, 54, "middle", label)
}

func (p *svg) epollList(name, class string, items []epollsim.Item, x, y int) int {
	p.textOn("dim", x, y+16, 0, "start", name)
	at := x + 80
	for i, it := range items {
		if i == epollListed {
			p.textOn("dim", at, y+16, 0, "start", fmt.Sprintf("and %d more", len(items)-i))
			break
		}
		p.box("", class, at, y, 46, 24)
		p.text(at+23, y+16, 46, "middle", fmt.Sprint(it.FD))
		if i+1 < len(items) {
			p.line("wire", at+46, y+12, at+58, y+12)
		}
		at += 58
	}
	if len(items) == 0 {
		p.textOn("dim", at, y+16, 0, "start", "empty")
	}
	return y + 32
}
