package escape

import (
	"strings"
)

// stmt writes a statement, of loops, switches and selects what they are alone.
func (p *printer) stmt(n *node) {
	assign := " = "
	if n.def {
		assign = " := "
	}
	switch n.op {
	case opAssign:
		p.targets([]*node{n.x})
		p.str(assign)
		p.expr(n.y, 0)
	case opAssign2:
		p.targets(n.list)
		p.str(assign)
		p.exprs(n.list2)
	case opAssignOf:
		p.targets(n.list)
		p.str(assign)
		p.expr(n.x, 0)
	case opAssignOp:
		p.expr(n.x, 0)
		switch {
		case n.incDec:
			p.str(strings.Repeat(n.tok.String(), 2))
		default:
			p.str(" " + n.tok.String() + "= ")
			p.expr(n.y, 0)
		}
	case opReturn:
		p.str("return ")
		p.exprs(n.list)
	case opSend:
		p.expr(n.x, 3)
		p.str(" <- ")
		p.expr(n.y, 4)
	case opRange, opFor:
		p.str("for loop")
	case opSwitch, opTypeSwitch:
		p.str("switch statement")
	case opSelect:
		p.str("select statement")
	case opGo, opDefer:
		p.str(map[op]string{opGo: "go ", opDefer: "defer "}[n.op])
		p.expr(n.x, 0)
	case opCase:
		if len(n.list2) > 0 {
			p.str("case ")
			p.exprs(n.list2)
		} else {
			p.str("default")
		}
		p.str(": ")
		p.stmts(n.list)
	case opBlock:
		p.stmts(n.list)
	case opIf:
		p.ifStmt(n)
	case opDcl:
		p.str("var " + n.v.text(p.local) + " ")
		p.typ(n.v.typ)
	case opBranch, opGoto:
		p.str(n.tok.String())
		if n.sel != "" {
			p.str(" " + n.sel)
		}
	case opLabel:
		p.str(n.sel + ": ")
	}
}

func (p *printer) stmts(list []*node) {
	for i, n := range list {
		if i > 0 {
			p.str("; ")
		}
		p.expr(n, 0)
	}
}

func (p *printer) ifStmt(n *node) {
	p.str("if ")
	if len(n.init) == 1 && len(n.init[0].init) == 0 {
		p.expr(n.init[0], 0)
		p.str("; ")
	}
	p.expr(n.x, 0)
	p.str(" { ")
	p.stmts(n.list)
	p.str(" }")
	if len(n.list2) > 0 {
		p.str(" else { ")
		p.stmts(n.list2)
		p.str(" }")
	}
}
