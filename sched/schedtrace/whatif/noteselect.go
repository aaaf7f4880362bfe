package whatif

import (
	"slices"
	"strconv"
	"strings"

	"golang.org/x/exp/trace"

	"github.com/orrery-go/orrery/chanq"
)

// A choice is the cases of a select.
type choice struct {
	cases []selectCase
	def   bool // there is a default among them
}

// A selectCase is one of them.
type selectCase struct {
	on   int32 // the channel; -1 for the nil channel
	send bool
	def  bool
	gone bool // the channel is nil since the goroutine knows that it is closed
}

// A family is what is alike: the selects at a place of the program, or the operations on
// one object there.
type family struct {
	code   int32   // the place
	strict bool    // channels of it are nil at times: the case that went through is the only one
	polls  bool    // it goes on with default until something else comes
	nils   bool    // a channel that it knows to be closed is nil from then on
	defs   []place // the last outcome that was default, if there is one
	closes []place // outcomes: the channel was closed
}

// took returns the case of a select that went through, if one has.
func (w *Workload) took(o *op) (k selectCase, ok bool) {
	if o.took < 0 {
		return k, false
	}
	return w.choices[o.on].cases[o.took], true
}

// onSelect is a note before a select, or after it: whether its channel was closed, and the
// case. It reports whether that is one.
func (r *recorder) onSelect(g *runner, verb, list string, at trace.Stack) bool {
	switch verb {
	case "cases":
		g.cases = append(g.cases, list)
		return len(g.cases) < chanq.MaxCases/16
	case "select":
		if len(g.cases) > 0 {
			list = strings.Join(append(g.cases, list), ",")
			g.cases = nil
		}
		id, ok := r.choice(list)
		if !ok {
			return false
		}
		r.recorded.Selects++
		g.selects = r.put(g, op{verb: choose, took: -1, on: id, n: -1, like: r.like(-1, whereNoted(at))})
		if g.selects < 0 {
			return true
		}
		here := place{g.number, int32(g.selects)}
		r.ops += len(r.choices[id].cases)
		for _, k := range r.choices[id].cases {
			switch {
			case k.on < 0:
			case k.send:
				r.channels[k.on].sent = append(r.channels[k.on].sent, here)
			default:
				r.channels[k.on].taken = append(r.channels[k.on].taken, here)
			}
		}
		return true
	}
	if g.replaced {
		g.replaced = false
		return true
	}
	closed, number, _ := strings.Cut(list, " ")
	n, err := strconv.Atoi(number)
	if g.selects < 0 || err != nil {
		return false
	}
	o := &g.ops[g.selects]
	if cases := r.choices[o.on].cases; n < 0 || n >= len(cases) || cases[n].on < 0 && !cases[n].def {
		return false
	}
	o.took, o.none = int16(n), closed == "1"
	g.selects = -1
	return true
}

// choice returns the number of the cases in a log: "r:c000012345:4,s:0:0,d:0:0".
func (r *recorder) choice(list string) (id int32, ok bool) {
	if id, ok := r.lists[list]; ok {
		return id, true
	}
	var c choice
	if list == "" { // select {}
		return r.newChoice(list, c), true
	}
	for text := range strings.SplitSeq(list, ",") {
		part := strings.Split(text, ":")
		if len(part) != 3 || len(c.cases) == 1<<15-1 {
			return 0, false
		}
		size, err := strconv.ParseInt(part[2], 10, 64)
		_, bad := strconv.ParseUint(part[1], 16, 64)
		if err != nil || bad != nil || size < 0 || size > 1<<40 || len(part[0]) != 1 || !strings.Contains("rsd", part[0]) {
			return 0, false
		}
		k := selectCase{on: -1, send: part[0] == "s", def: part[0] == "d"}
		if !k.def {
			k.on = r.channel(part[1], size)
		}
		c.def = c.def || k.def
		c.cases = append(c.cases, k)
	}
	return r.newChoice(list, c), true
}

func (r *recorder) newChoice(list string, c choice) int32 {
	id := int32(len(r.choices))
	r.choices = append(r.choices, c)
	r.lists[list] = id
	r.ops += len(c.cases)
	return id
}

// abandon drops a select of which it is not known which case went through.
func (r *recorder) abandon(g *runner) {
	if g.selects >= 0 {
		g.ops[g.selects] = op{verb: work}
		r.recorded.Ignored++
	}
	g.selects, g.replaced, g.waits = -1, false, false
}

// reaches reports whether a goroutine is in an operation that can end the select of g.
func (r *recorder) reaches(by, g *runner) bool {
	on := func(c int32) bool {
		return slices.ContainsFunc(r.choices[g.ops[g.selects].on].cases, func(k selectCase) bool { return k.on == c && c >= 0 })
	}
	if by.selects >= 0 {
		return slices.ContainsFunc(r.choices[by.ops[by.selects].on].cases, func(k selectCase) bool { return on(k.on) })
	}
	for i := len(by.ops) - 1; i >= 0; i-- {
		switch o := by.ops[i]; o.verb {
		case send, recv, closes:
			return on(o.on)
		case work, wake: // it was preempted after the note, or has ended other waits, too
		default:
			return false
		}
	}
	return false
}

// number gives values their numbers. Channels are first in, first out, as are the
// goroutines that wait for them: the receive that begins as the nth gets what the send
// that began as the nth has sent. A select counts if its case there has gone through, and
// no operation that has neither sent nor got a value: a goroutine may be stopped between
// its note and the operation, for as long as others take all values.
func (r *recorder) number() {
	number := func(id int32, all []place, sends bool) (n int32) {
		for _, p := range all {
			o := &r.scripts[p.script].ops[p.op]
			switch o.verb {
			case choose:
				if k, ok := r.took(o); !ok || o.none || k.on != id || k.send != sends || o.n >= 0 {
					continue
				}
			case send, recv:
				if o.none {
					o.n = -1
					continue
				}
			default:
				continue
			}
			o.n = n
			n++
		}
		return n
	}
	for id, c := range r.channels {
		c.sends = number(int32(id), c.sent, true)
	}
	for id, c := range r.channels {
		if c.sends == 0 && !c.closed { // what ended these selects has no note
			for _, p := range c.taken {
				o := &r.scripts[p.script].ops[p.op]
				if k, ok := r.took(o); o.verb == choose && ok && k.on == int32(id) && !k.send {
					*o = op{verb: work}
					r.recorded.Unnoted++
				}
			}
		}
		c.recvs = number(int32(id), c.taken, false)
		c.sent, c.taken = nil, nil
	}
}

// An ending has the last cases of goroutines in their selects at a place, and the others.
type ending struct {
	last  map[int16]int // the goroutines whose last went through with this case
	inner map[int16]bool
	n     int
}

// linkSelects finds out what selects that are alike have in common.
func (w *Workload) linkSelects() {
	endings := map[int32]*ending{}
	var lasts []place
	for i, s := range w.scripts {
		all := map[int32][]int32{}
		var likes []int32
		for j := range s.ops {
			o := &s.ops[j]
			if o.verb != choose {
				continue
			}
			if k, ok := w.took(o); ok && k.def {
				o.n = 0
			}
			if all[o.like] == nil {
				likes = append(likes, o.like)
			}
			all[o.like] = append(all[o.like], int32(j))
		}
		for _, like := range likes {
			at := all[like]
			f := &w.families[like/2]
			w.nilChannels(s, f, at)
			e := endings[like]
			if e == nil {
				e = &ending{last: map[int16]int{}, inner: map[int16]bool{}}
				endings[like] = e
				f.polls = true // unless something else is found
			}
			e.n++
			for n, j := range at {
				o := &s.ops[j]
				p := place{int32(i), j}
				k, ok := w.took(o)
				last := n == len(at)-1
				switch {
				case ok && !k.def && o.n < 0:
					f.closes = append(f.closes, p)
				case ok && k.def:
					f.defs = append(f.defs[:0], p)
				}
				f.polls = f.polls && ok && k.def != last
				switch {
				case !last:
					e.inner[o.took] = true
				case o.n >= 0:
					e.last[o.took]++
					lasts = append(lasts, p)
				default:
					e.last[-1]++
				}
			}
		}
	}
	for _, p := range lasts {
		o := &w.scripts[p.script].ops[p.op]
		if e := endings[o.like]; e.n < 2 || e.last[o.took] != e.n || e.inner[o.took] { // else the case ends it, whichever goroutine it comes to
			o.like++
		}
	}
}

// nilChannels finds out when cases of a goroutine's selects have a nil channel: since it
// knows that the channel is closed, or from time to time.
func (w *Workload) nilChannels(s *script, f *family, at []int32) {
	gone := map[int16]int32{}
	const always = -2
	seen := map[int16]int32{} // a channel, or -1 for a nil channel
	for _, j := range at {
		o := &s.ops[j]
		cases := w.choices[o.on].cases
		var changed []selectCase
		for k := range cases {
			i := int16(k)
			was, ok := seen[i]
			if !ok {
				was = always
			}
			now := cases[k].on
			switch c, closed := gone[i]; {
			case now < 0 && closed:
				if changed == nil {
					changed = slices.Clone(cases)
				}
				changed[k].on, changed[k].gone = c, true
				f.nils = true
				continue
			case was != always && (was < 0) != (now < 0):
				f.strict = true
			}
			seen[i] = now
			delete(gone, i)
		}
		if k, ok := w.took(o); ok && !k.def && !k.send && o.n < 0 {
			gone[o.took] = k.on
		}
		if changed != nil {
			w.choices = append(w.choices, choice{changed, w.choices[o.on].def})
			o.on = int32(len(w.choices) - 1)
		}
	}
}
