package ctxtree

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// What a text of a tree shows at most.
const (
	maxLines = 500
	maxDepth = 60
)

// String draws the tree as text, each context below the one it was made from, up to 500
// contexts of at most 60 generations.
func (s Snapshot) String() string {
	below := map[Node][]int{}
	for i, n := range s.Nodes {
		if n.Parent != n.Node {
			below[n.Parent] = append(below[n.Parent], i)
		}
	}
	var b strings.Builder
	lines := 0
	var draw func(i int, first, rest string, depth int)
	draw = func(i int, first, rest string, depth int) {
		if lines++; lines > maxLines {
			return
		}
		fmt.Fprintf(&b, "%s%v\n", first, s.Nodes[i])
		kids := below[s.Nodes[i].Node]
		if depth == maxDepth && len(kids) > 0 {
			fmt.Fprintf(&b, "%s└── and what is below\n", rest)
			return
		}
		for j, k := range kids {
			if j+1 < len(kids) {
				draw(k, rest+"├── ", rest+"│   ", depth+1)
			} else {
				draw(k, rest+"└── ", rest+"    ", depth+1)
			}
			if lines > maxLines {
				return
			}
		}
	}
	for _, i := range below[Nil] {
		// A root that nobody used is not worth a line.
		if s.Nodes[i].Node <= TODO && len(below[s.Nodes[i].Node]) == 0 {
			continue
		}
		draw(i, "", "", 0)
	}
	if lines > maxLines {
		fmt.Fprintf(&b, "and so on, to %d nodes\n", len(s.Nodes))
	}
	for _, g := range s.Goroutines {
		fmt.Fprintf(&b, "goroutine %d: %s of %v, %s\n", g.G, g.Task, g.Node, g.Status)
	}
	return b.String()
}

// String reads like "ctx3 cancelCtx, canceled: context canceled".
func (n NodeState) String() string {
	if n.Node <= TODO {
		return n.Node.String()
	}
	b := fmt.Sprintf("%v %s", n.Node, n.Type)
	switch {
	case n.Type == ValueCtx:
		b += fmt.Sprintf(" %s = %s", n.Key, n.Value)
	case n.Custom != nil:
		b += fmt.Sprintf(" %v", *n.Custom)
	case n.Type == AfterFuncCtx:
		return b + ", " + string(n.Func)
	}
	if n.Type == TimerCtx {
		b += fmt.Sprintf(" until %v", n.Deadline)
	}
	if n.Err != "" {
		b += ", " + string(n.Err)
		if n.Cause != n.Err && n.Cause != "" {
			b += ", because " + string(n.Cause)
		}
	}
	return b
}

// String reads like "*main.ctx with its own Done, Err".
func (c Custom) String() string {
	name := c.Name
	if name == "" {
		name = "custom"
	}
	var own, none []string
	for _, m := range []struct {
		name string
		is   Method
	}{{"Done", c.Done}, {"Err", c.Err}, {"Value", c.Value}, {"Deadline", c.Deadline}} {
		switch m.is {
		case Own:
			own = append(own, m.name)
		case None:
			none = append(none, m.name)
		}
	}
	if c.AfterFunc {
		own = append(own, "AfterFunc")
	}
	if len(own) > 0 {
		name += " with its own " + strings.Join(own, ", ")
	}
	if len(none) > 0 {
		name += " without " + strings.Join(none, ", ")
	}
	return name
}

// text returns a key or a value as Go source would say it, if it is of a basic kind, and
// else its type: never an address, and nothing that runs a method.
func text(v any) string {
	if v == nil {
		return "nil"
	}
	r := reflect.ValueOf(v)
	var s string
	switch r.Kind() {
	case reflect.Bool:
		s = strconv.FormatBool(r.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		s = strconv.FormatInt(r.Int(), 10)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		s = strconv.FormatUint(r.Uint(), 10)
	case reflect.Float32, reflect.Float64:
		s = strconv.FormatFloat(r.Float(), 'g', -1, 64)
	case reflect.String:
		s = r.String()
		if len(s) > 60 {
			s = strings.ToValidUTF8(s[:60], "") + "…"
		}
		s = strconv.Quote(s)
	case reflect.Struct:
		if r.NumField() == 0 {
			return r.Type().String() + "{}"
		}
		return r.Type().String()
	default:
		return r.Type().String()
	}
	if name := r.Type().String(); name != "string" && name != "int" && name != "bool" && name != "float64" {
		return name + "(" + s + ")"
	}
	return s
}
