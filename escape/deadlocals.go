package escape

import (
	"go/constant"
	"go/types"
	"slices"
)

// deadLocals takes away assignments to local variables that nothing reads, if what
// they assign has no effect: cmd/compile/internal/deadlocals, since Go 1.24.
func deadLocals(f *function) {
	d := &deadVisitor{defs: map[*variable][]deadAssign{}, used: map[*variable]bool{}}
	d.nodes(f.body)
	zero := func() *node { return &node{op: opLit, typ: types.Typ[types.Int], val: constant.MakeInt64(0)} }
	for _, rhs := range d.blanks {
		*rhs = zero()
	}
	for _, v := range d.order {
		for _, as := range d.defs[v] {
			*as.lhs, *as.rhs = nil, zero()
		}
		if len(d.defs[v]) > 0 {
			v.defn = nil
		}
	}
}

type deadAssign struct{ lhs, rhs **node }

type deadVisitor struct {
	defs   map[*variable][]deadAssign
	used   map[*variable]bool
	order  []*variable
	blanks []**node // what is thrown away at once
}

func (d *deadVisitor) nodes(list []*node) {
	for _, n := range list {
		d.node(n)
	}
}

func (d *deadVisitor) node(n *node) {
	if n == nil {
		return
	}
	switch n.op {
	case opClosure:
		d.nodes(n.init)
		for _, v := range n.fn.captures {
			d.use(v)
		}
		d.nodes(n.fn.body)
	case opDcl:
	case opLocal:
		d.use(n.v)
	case opAssign:
		d.nodes(n.init)
		d.assign(&n.x, &n.y)
	case opAssign2:
		d.nodes(n.init)
		// A blank among variables throws away; where all are blank, what is assigned
		// counts as read.
		named := slices.ContainsFunc(n.list, func(x *node) bool { return x != nil })
		for i := range n.list {
			if n.list[i] == nil && named && !hasEffects(n.list2[i]) {
				d.blanks = append(d.blanks, &n.list2[i])
				continue
			}
			d.assign(&n.list[i], &n.list2[i])
		}
	default:
		n.children(d.node)
	}
}

func (d *deadVisitor) use(v *variable) {
	if v.class == classResult || d.used[v] {
		return
	}
	d.used[v] = true
	pending := d.defs[v]
	d.defs[v] = nil
	for _, as := range pending {
		d.node(*as.rhs)
	}
}

func (d *deadVisitor) assign(lhs, rhs **node) {
	x := *lhs
	if x == nil {
		d.node(*rhs)
		return
	}
	if x.op != opLocal {
		d.node(x)
		d.node(*rhs)
		return
	}
	if x.v.class != classResult && !d.used[x.v] && !hasEffects(*rhs) {
		if _, ok := d.defs[x.v]; !ok {
			d.order = append(d.order, x.v)
		}
		d.defs[x.v] = append(d.defs[x.v], deadAssign{lhs, rhs})
		return
	}
	d.node(*rhs)
}

func hasEffects(n *node) bool {
	if n == nil {
		return false
	}
	if len(n.init) > 0 {
		return true
	}
	switch n.op {
	case opLocal, opGlobal, opFunc, opLit, opNil, opClosure:
		return false
	}
	return true
}
