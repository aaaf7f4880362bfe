//go:build !orrery_lean || orrery_sched

package playground

import (
	"fmt"

	"github.com/orrery-go/orrery/program"
	"github.com/orrery-go/orrery/sched"
)

// names returns the program's names for its channels and locks, by number from 1.
func names(p *program.Program) (chans, locks []string) {
	add := func(list []string, name string, count int64) []string {
		if count == 0 {
			return append(list, name)
		}
		for i := range min(count, 1000) {
			list = append(list, fmt.Sprintf("%s[%d]", name, i))
		}
		return list
	}
	for _, c := range p.Chans {
		chans = add(chans, c.Name, c.Count)
	}
	for _, l := range p.Locks {
		locks = add(locks, l.Name, l.Count)
	}
	return chans, locks
}

// objects returns the channels and locks with the goroutines that wait for them.
func (k *schedRun) objects(s sched.Snapshot) (Panel, map[sched.G]bool) {
	const shown, cells = 24, 24
	in := k.in
	panel := Panel{Kind: "rows", Title: in.Say("objects"), Rows: []Row{}}
	queued := map[sched.G]bool{}
	cell := func(g sched.G) Cell {
		c := k.cell(g)
		if queued[g] { // a goroutine in a select is in several queues
			c.ID = ""
		}
		queued[g] = true
		return c
	}
	chans, locks := names(k.p)
	for i, c := range s.Chans.Chans {
		if i >= len(chans) || i >= shown {
			break
		}
		row := Row{ID: fmt.Sprint("chan", i), Label: chans[i], Note: in.Say("chan")}
		if c.Closed {
			row.Note = in.Say("chan closed")
		}
		sends, ring, receives := Group{Label: in.Say("sendq"), Cells: []Cell{}}, Group{Label: in.Say("buffer", "n", c.Qcount, "cap", c.Dataqsiz), Cells: []Cell{}}, Group{Label: in.Say("recvq"), Cells: []Cell{}}
		for j, w := range c.Sendq {
			if j == cells {
				sends.More = len(c.Sendq) - j
				break
			}
			sends.Cells = append(sends.Cells, cell(sched.G(w.G)))
		}
		for j := int64(0); j < c.Dataqsiz; j++ {
			if j == cells {
				ring.More = int(min(c.Dataqsiz-j, 1<<30))
				break
			}
			slot := Cell{ID: fmt.Sprint(row.ID, "-", j), Look: "empty"}
			if c.Holds(j) && j < int64(len(c.Buf)) {
				slot.Look, slot.Text = "data", fmt.Sprint(c.Buf[j])
			}
			ring.Cells = append(ring.Cells, slot)
		}
		for j, w := range c.Recvq {
			if j == cells {
				receives.More = len(c.Recvq) - j
				break
			}
			receives.Cells = append(receives.Cells, cell(sched.G(w.G)))
		}
		row.Groups = []Group{sends, ring, receives}
		panel.Rows = append(panel.Rows, row)
	}
	for i, l := range s.Locks.Objects {
		if i >= len(locks) || i >= shown {
			break
		}
		row := Row{ID: fmt.Sprint("lock", i), Label: locks[i], Note: in.Say("lock." + l.Type.String())}
		holder := Group{Label: in.Say("state"), Cells: []Cell{}, Note: l.Text}
		if l.Holder != 0 {
			c := k.cell(sched.G(l.Holder))
			c.ID, holder.Label = "", in.Say("held by")
			holder.Cells = append(holder.Cells, c)
		}
		waits := Group{Label: in.Say("waits"), Cells: []Cell{}}
		for j, g := range l.Waiting {
			if j == cells {
				waits.More = len(l.Waiting) - j
				break
			}
			waits.Cells = append(waits.Cells, cell(sched.G(g)))
		}
		row.Groups = []Group{holder, waits}
		panel.Rows = append(panel.Rows, row)
	}
	return panel, queued
}
