package playground

// A Panel is a part of the picture. The page draws each kind in its own way; an element
// that has the same ID before and after a step moves visibly.
type Panel struct {
	Kind  string `json:"kind"` // "rows", "lanes", "graph", "curves", "svg", "text"
	Title string `json:"title,omitempty"`

	Rows  []Row  `json:"rows,omitempty"`  // of rows
	Lanes *Lanes `json:"lanes,omitempty"` // of lanes
	Graph *Graph `json:"graph,omitempty"` // of a graph
	Lines []Line `json:"lines,omitempty"` // of curves
	SVG   string `json:"svg,omitempty"`   // of svg: a file of package draw
	Text  string `json:"text,omitempty"`  // as it is, in a fixed-width font
}

// A Row is an object and its contents: a P, a queue, a channel.
type Row struct {
	ID     string  `json:"id"` // unique in the picture: "p0"
	Label  string  `json:"label"`
	Note   string  `json:"note,omitempty"`
	Acts   bool    `json:"acts,omitempty"` // the step concerns it
	Groups []Group `json:"groups"`
}

// A Group is a row of cells, with a label above.
type Group struct {
	Label string `json:"label,omitempty"`
	Note  string `json:"note,omitempty"` // after the cells
	Cells []Cell `json:"cells"`
	More  int    `json:"more,omitempty"` // cells that were left out
}

// A Cell is a box with a few characters in it: a goroutine, a slot.
type Cell struct {
	ID    string `json:"id,omitempty"` // unique in the picture: "g5"; "" if the cell does not move
	Text  string `json:"text"`
	Hue   int    `json:"hue,omitempty"`   // from 1 to 8, so that cells of one kind can be told apart; 0 is none
	Look  string `json:"look,omitempty"`  // "empty", "acts", "stale", "data", "warm", "white", "grey", "black", "lost", "garbage"
	Title string `json:"title,omitempty"` // a description, for a pointer that hovers over it and for screen readers
	Mark  string `json:"mark,omitempty"`  // below it: "sendx"
}

// Lanes show what happened over time at several places.
type Lanes struct {
	End   int64  `json:"end"` // in nanoseconds, as all times
	Now   int64  `json:"now"`
	Lanes []Lane `json:"lanes"`
	Cut   bool   `json:"cut,omitempty"` // there is more than is shown
}

// A Lane shows what happened at one place over time.
type Lane struct {
	Label string `json:"label"`
	Spans []Span `json:"spans"`
}

// A Span is a period in a lane.
type Span struct {
	From  int64  `json:"from"`
	To    int64  `json:"to"`
	Text  string `json:"text"`
	Hue   int    `json:"hue,omitempty"`
	Look  string `json:"look,omitempty"` // "syscall"
	Ends  string `json:"ends,omitempty"` // "preempted" has a bar
	Title string `json:"title,omitempty"`
}

// A Graph is a picture of nodes on a grid, with arrows between them.
type Graph struct {
	Nodes []Node `json:"nodes"`
	Edges []Edge `json:"edges"`
}

// A Node is a box on the grid. X and Y count from 0, and may lie between grid points.
type Node struct {
	ID    string  `json:"id"`
	Text  string  `json:"text"`
	Note  string  `json:"note,omitempty"` // below it
	X     float64 `json:"x"`
	Y     float64 `json:"y"`
	Look  string  `json:"look,omitempty"` // as of a Cell, and "root"
	Hue   int     `json:"hue,omitempty"`
	Title string  `json:"title,omitempty"`
	New   bool    `json:"changed,omitempty"`
}

// An Edge is an arrow from one node to another.
type Edge struct {
	From string `json:"from"`
	To   string `json:"to"`
	Look string `json:"look,omitempty"` // "strong", "dashed"
	Text string `json:"text,omitempty"`
}

// A Line is a curve: points from left to right.
type Line struct {
	Label  string    `json:"label"`
	Hue    int       `json:"hue,omitempty"`
	X      []float64 `json:"x"`
	Y      []float64 `json:"y"`
	Look   string    `json:"look,omitempty"` // "dashed", "steps"
	Now    int       `json:"now,omitempty"`  // the point of the step, from 1
	Unit   string    `json:"unit,omitempty"` // of Y
	XLabel string    `json:"xLabel,omitempty"`
}

// hue returns the color of object number n, from 1.
func hue(n int) int {
	if n < 1 {
		return 0
	}
	return (n-1)%8 + 1
}

// most cuts a list to n elements, and returns the number of those left out.
func most[T any](list []T, n int) ([]T, int) {
	if len(list) <= n {
		return list, 0
	}
	return list[:n], len(list) - n
}

func cutRunes(s string, n int) string {
	r := []rune(s)
	return string(r[:min(n, len(r))])
}
