package playground

import (
	"fmt"
	"strconv"
	"strings"
)

// goroutines is a row of goroutines by status: those that can act, the woken ones that
// are to be resumed, and the waiting ones.
type goroutines struct {
	row    Row
	groups map[string]*Group
	acts   int // the goroutine that acts, or 0
	shown  int // number shown in each group
}

func newGoroutines(in *Input, acts, shown int) *goroutines {
	k := &goroutines{row: Row{ID: "goroutines", Label: in.Say("goroutines")}, groups: map[string]*Group{}, acts: acts, shown: shown}
	statuses := []string{"running", "runnable", "waiting"}
	for _, status := range statuses {
		k.row.Groups = append(k.row.Groups, Group{Label: in.Say(status), Cells: []Cell{}})
	}
	for i, status := range statuses {
		k.groups[status] = &k.row.Groups[i]
	}
	return k
}

// add adds a goroutine. A goroutine that waits in a queue that is shown is not shown
// again.
func (k *goroutines) add(g int, status, reason string, queued bool) {
	group := k.groups[status]
	if group == nil || queued && status == "waiting" {
		return
	}
	if len(group.Cells) == k.shown {
		group.More++
		return
	}
	cell := goroutineCell(g)
	if queued {
		cell.ID += ".all"
	}
	cell.Title = reason
	if k.acts == g {
		cell.Look = "acts"
	}
	group.Cells = append(group.Cells, cell)
}

func (k *goroutines) panel() Panel { return Panel{Kind: "rows", Rows: []Row{k.row}} }

// goroutineCell returns the box of a goroutine, which has the same color in all
// pictures.
func goroutineCell(g int) Cell {
	return Cell{ID: fmt.Sprint("g", g), Text: fmt.Sprint("g", g), Hue: hue(g)}
}

// goroutineLine puts a command of a goroutine into words, and returns the goroutine that
// acts.
func goroutineLine(in *Input, text string) (said, by string) {
	words := strings.Fields(text)
	if len(words) < 2 {
		return text, ""
	}
	g := words[1]
	switch words[0] {
	case "do":
		op := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(strings.TrimPrefix(text, "do")), g))
		if plain, err := strconv.Unquote(op); err == nil {
			op = plain
		}
		return in.Say("does", "g", g, "op", op), "g" + g
	case "resume":
		return in.Say("resumes", "g", g), "g" + g
	case "exit":
		return in.Say("exits", "g", g), "g" + g
	}
	return text, ""
}
