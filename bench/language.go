package bench

import (
	"fmt"
	"strings"

	"github.com/orrery-go/orrery/program"
)

// These shapes use more of the language than straight sequences of operations.

// text makes operations from their text form; NAME# is a name private to this part.
func (m *maker) text(format string, args ...any) {
	p, err := program.Parse(strings.ReplaceAll(fmt.Sprintf(format, args...), "#", fmt.Sprint(m.part)))
	if err != nil {
		panic(fmt.Sprintf(format, args...) + err.Error()) // as it is written here: TestPrograms
	}
	m.p.Vars, m.p.Chans, m.p.Locks = append(m.p.Vars, p.Vars...), append(m.p.Chans, p.Chans...), append(m.p.Locks, p.Locks...)
	m.p.Timers, m.p.Contexts = append(m.p.Timers, p.Timers...), append(m.p.Contexts, p.Contexts...)
	m.begin(p.Funcs[0].Ops)
	m.p.Funcs = append(m.p.Funcs, p.Funcs[1:]...)
}

// once makes several goroutines use one Once, whose function may panic or end the
// goroutine.
func once(m *maker) {
	ends := []string{"", "\t\tpanic f\n", "\t\texit\n"}[m.IntN(3)]
	m.text(`once o#
main:
	go w# %d
w#:
	loop %d
		do o#
			mark in
			loop %d
				yield
			end
%s		end
		mark after
	end
`, 1+m.IntN(6), 1+m.IntN(3), 1+m.IntN(4), ends)
}

// atomics makes goroutines count, swap, and wait for atomic variables.
func atomics(m *maker) {
	n := 1 + m.IntN(6)
	m.text(`int n# %d
int done#
main:
	go w# %d
	got# = 0
	while got# < %d
		yield
		got# = atomicload done#
	end
	mark {got#}
w#:
	old# = atomicload n#
	loop %d
		yield
	end
	ok# = atomiccas n# old# 7
	if ok# == 0
		atomicadd n# 3
	else
		atomicswap n# 1
	end
	mark {old#} {ok#}
	atomicadd done# 1
`, m.IntN(3), n, n, 1+m.IntN(3))
}

// unwinding makes panics go through calls and deferred functions, some of which recover.
func unwinding(m *maker) {
	recovers := []string{"", "\t\tok# = recover\n\t\tmark {ok#}\n"}
	m.text(`mutex l#
chan c# 3
main:
	i# = loop %d
		go w#(i#)
		%s
	end
w#(x#):
	v# = call f#(x#)
	mark {v#}
	send c# v#
f#(y#):
	lock l#
	defer
		unlock l#
%s	end
	defer
		yield
		mark d
%s	end
	r# = y# %% 2
	if r# == 1
		panic odd {y#}
	end
	return y#
`, 1+m.IntN(3), []string{"yield", "mark m"}[m.IntN(2)], recovers[m.IntN(2)], recovers[m.IntN(2)])
}

// values passes values through channels and decides by them.
func values(m *maker) {
	m.text(`chan c#[3] %d
chan sum# 1
main:
	i# = loop 3
		go adds#(i#)
	end
	i# = loop 3
		j# = loop %d
			send c#[i#] j#
			%s
		end
		close c#[i#]
	end
	t# = loop 3
		v# = recv sum#
		mark {v#}
	end
adds#(k#):
	s# = 0
	loop
		x#, ok# = recv c#[k#]
		if ok# == 0
			break
		end
		if x# == 2
			continue
		end
		s# = s# + x#
	end
	send sum# s#
`, m.IntN(3), 1+m.IntN(5), []string{"yield", "mark m"}[m.IntN(2)])
}

// contexts cancels contexts, each with at most one child, from above and from below.
func contexts(m *maker) {
	m.text(`context a#
context b#
context d#
main:
	withcancel a#
	withcancel b# a#
	withcancel d# b#
	go wa# %d
	go wb# %d
	loop %d
		yield
	end
	cancel %s
	ctxerr a#
	ctxerr b#
	yield
	cancel a#
	ctxerr d#
wa#:
	recv a#
	ctxerr b#
wb#:
	k# = select recv b#, recv d#, recv a#
	mark {k#}
`, 1+m.IntN(4), 1+m.IntN(4), 1+m.IntN(3), []string{"a#", "b#", "d#"}[m.IntN(3)])
}

// tries locks only where TryLock succeeds.
func tries(m *maker) {
	kind := []string{"mutex", "rwmutex"}[m.IntN(2)]
	reads := ""
	if kind == "rwmutex" {
		reads = "\tok# = tryrlock l#\n\tif ok# == 1\n\t\tyield\n\t\trunlock l#\n\tend\n"
	}
	m.text(kind+` l#
chan c# %d
main:
	go w# %d
	go t# %d
w#:
	loop %d
		lock l#
		yield
		unlock l#
	end
	trysend c# 4
t#:
	loop %d
		ok# = trylock l#
		if ok# == 1
			yield
			unlock l#
		else
			yield
		end
	end
`+reads+`	v#, ok#, ready# = tryrecv c#
	mark {v#} {ok#} {ready#}
	len c#
	cap c#
`, m.IntN(3), 1+m.IntN(4), 1+m.IntN(4), 1+m.IntN(4), 1+m.IntN(5))
}

// slowTimers makes timers that stop, are reset, and fire with no receiver. No two are
// due within less than twice [MostLate].
func slowTimers(m *maker) {
	unseen := [][2]int{{2, 6}, {6, 2}, {2, 22}, {22, 6}}[m.IntN(4)]
	m.text(`timer t#
timer f#
ticker k#
main:
	newtimer t# %dms
	%s t#
	go w#
	reset t# 4ms
	afterfunc f# %dms x#(3)
	recv t#
	len t#
	stop t#
	sleep 4ms
	tryrecv t#
	newticker k# 3ms
	recv k#
	recv k#
	stop k#
	select recv k#, recv after 3ms
w#:
	sleep %dms
	mark w
x#(v#):
	mark {v#}
`, 1+m.IntN(3), []string{"stop", "len"}[m.IntN(2)], unseen[0], unseen[1])
}

// slowContexts makes contexts with deadlines.
func slowContexts(m *maker) {
	m.text(`context a#
context b#
main:
	withtimeout a# %dms
	withtimeout b# %dms a#
	go w# %d
	go v#
	recv a#
	ctxerr a#
	ctxerr b#
	cancel b#
	sleep 2ms
w#:
	recv b#
	k# = ctxerr b#
	mark {k#}
v#:
	k# = select recv a#, recv after 4ms
	mark {k#}
`, 7+m.IntN(2)*3, 2+m.IntN(2)*20, 1+m.IntN(4))
}
