package playground

import "slices"

// views are the views that this build has, in the order of the page.
var views []*View

// order is the order of the page. A new view is added here, and adds itself in its file.
var order = []string{"sched", "chanq", "locks", "gc", "pacer", "alloc", "slicegrow", "layout", "gomap", "ctxtree", "race", "epollsim", "escape", "runes", "iface", "lb"}

// add is called by the file of each view.
func add(v *View) {
	views = append(views, v)
	slices.SortFunc(views, func(a, b *View) int { return slices.Index(order, a.ID) - slices.Index(order, b.ID) })
}

func viewOf(id string) *View {
	for _, v := range views {
		if v.ID == id {
			return v
		}
	}
	return nil
}
