package explain

import (
	"slices"
	"time"

	"golang.org/x/exp/trace"
)

// A Start is a goroutine that begins to run, and what explains it.
type Start struct {
	Seq     uint64        `json:"seq"`
	At      time.Duration `json:"at"` // since the first event
	G       int64         `json:"g"`
	P       int           `json:"p"`
	M       int64         `json:"m"` // thread, as the system numbers it
	Source  Source        `json:"source,omitempty"`
	From    int           `json:"from"`  // the P that it was stolen from, or -1
	Moved   int           `json:"moved"` // how many came from the global queue, itself among them; 0 if that is not known
	Verdict Verdict       `json:"verdict"`
	Among   []Source      `json:"among"` // if there is more than one
	Func    string        `json:"func,omitempty"`
	Ready   time.Duration `json:"ready"` // when it became runnable; -1 if before the trace
	Wake    Wake          `json:"wake,omitempty"`
	By      int64         `json:"by,omitempty"` // the goroutine that made it runnable
	ReadyP  int           `json:"readyP"`       // the P on which it became runnable, or -1
}

// A Wake names the way in which a goroutine became runnable.
type Wake string

// The ways.
const (
	Created    Wake = "created"
	Woken      Wake = "woken"     // by a goroutine
	ByTimer    Wake = "timer"     // or the like, by the scheduler
	ByNetwork  Wake = "network"   // by the poller, or its deadline
	Yielded    Wake = "yielded"   // runtime.Gosched
	Preempted  Wake = "preempted" // or it handed over a mutex
	CameBack   Wake = "syscall"   // from a system call
	ByCoswitch Wake = "coroutine" // iter.Pull
	ByRuntime  Wake = "runtime"   // the collector's, and others of the runtime's own
)

func (e *Explainer) start(ev *trace.Event, g *goroutine, m int32, p int, at time.Duration) {
	r := e.replay
	if p < 0 {
		return
	}
	known := r.warm && !r.bag[g.index]
	if e.waiting.len() >= 2*window {
		e.settle(window)
	}
	r.cert.tidy()
	sure, ground := r.cert.start(g.index, m, p, r.now, e.stops > 0)
	sound := r.cert.clean
	clean := sound && sure.put
	ok := r.started(g.index, m, p)
	clean = clean && !r.pruned && !r.believed
	unclear, doubted := g.unclear, r.doubted()
	g.again, g.before, g.unclear = 0, false, false
	contradicted := false
	if !ok {
		open := r.thieves || len(r.bag) > 0 || !sound || r.pruned || r.believed
		// What led here was misunderstood, nobody knows since when. If it is that something
		// unlikely was not looked at, or one of several thieves was overlooked, it was not
		// long ago.
		recent := e.waiting.len()
		if open {
			recent = min(recent, recentStarts+2*r.waiting)
		}
		e.settle(recent)
		r.lost()
		for i := range e.waiting.len() {
			w := e.waiting.at(i)
			w.labels, w.plain = nil, false
		}
		e.settle(0)
		contradicted = !open
	}
	w := e.waiting.add()
	e.seq++
	w.at, w.ready, w.g, w.m, w.by = at, g.ready, int64(g.id), int64(e.lastM), int64(g.by)
	w.p, w.readyP, w.name, w.wake = int32(p), int32(g.readyP), g.name, g.wake
	w.layer, w.labels, w.plain, w.unclear, w.doubted = 0, nil, false, unclear, doubted
	w.contradicted, w.clean, w.sure, w.ground = contradicted, clean, sure, ground
	switch {
	case !ok:
		e.settle(0)
	case !known || r.over:
	case r.plain:
		w.plain, w.label[0] = true, r.states[0].label
	default:
		w.layer = r.layer
	}
	if ok && w.layer == 0 && e.open == e.waiting.len()-1 {
		e.open++
	}
	if w.layer > 0 && len(r.states) == 1 && len(r.states[0].nodes) == 1 {
		e.resolve()
	}
	e.counts.States += uint64(len(r.states))
	e.counts.MostStates = max(e.counts.MostStates, len(r.states))
}

// resolve: one state is possible, and it came to be in one way, so that nothing later says
// more of the starts before.
func (e *Explainer) resolve() {
	r := e.replay
	labels := r.labels()
	for i := e.open; i < e.waiting.len(); i++ {
		w := e.waiting.at(i)
		if w.layer > r.settled {
			w.labels = labels[w.layer-r.settled-1]
			if w.plain = len(w.labels) == 1; w.plain {
				w.label[0] = w.labels[0]
			} else {
				w.labels = slices.Clone(w.labels)
			}
			e.prune(w)
		}
		w.layer = 0
	}
	e.open = e.waiting.len()
	r.settled = r.layer
	r.states[0].nodes, r.states[0].bits = nil, 0
	r.nodes.reset()
	r.edges.reset()
}

// prune: other explanations may have been left out since, so that what the states say is
// not certain.
func (e *Explainer) prune(w *waiting) {
	w.clean = w.clean && w.layer > e.replay.leftOut
}

// settle explains all starts but the last, whose number is but.
func (e *Explainer) settle(but int) {
	r := e.replay
	if r == nil {
		return
	}
	n := max(0, e.waiting.len()-but)
	upTo := r.settled
	for i := range n {
		upTo = max(upTo, e.waiting.at(i).layer)
	}
	labels := r.labels()
	first := e.seq - uint64(e.waiting.len()) + 1
	for i := range n {
		w := e.waiting.at(i)
		e.out = append(e.out, Start{})
		s := &e.out[len(e.out)-1]
		w.start(s, first+uint64(i))
		// Nothing is known of it if its layer is empty.
		switch {
		case w.plain:
			w.labels = w.label[:]
		case w.layer > r.settled:
			w.labels = labels[w.layer-r.settled-1]
			e.prune(w)
		}
		if len(w.labels) > 0 {
			s.explain(w.labels)
			switch {
			case w.doubted:
				s.Verdict = Warming
			case w.unclear && s.Verdict == Unique:
				s.Verdict = UpToOrder
			}
		}
		if w.contradicted {
			s.Verdict = Contradicted
		}
		e.certify(w, s)
		e.counts.add(s)
		if w.ground != nil {
			r.cert.drop(w.ground)
		}
	}
	e.waiting.cut(n)
	e.open = max(0, e.open-n)
	r.settle(upTo)
}

// explain says what the labels say.
func (s *Start) explain(labels []label) {
	if len(labels) == 0 {
		s.Verdict = Contradicted
		return
	}
	first := &labels[0]
	for i := range labels {
		l := &labels[i]
		l.source = s.scheduled(l.source)
		if l.bits < first.bits {
			first = l
		}
	}
	s.Verdict, s.Source, s.From, s.Moved = Unique, sources[first.source], int(first.from), int(first.moved)
	for i := range labels {
		l := &labels[i]
		if l.order {
			s.Verdict = UpToOrder
		}
		if l.moved != first.moved && l.bits < first.bits+margin {
			s.Moved = 0
		}
		if l.source == first.source && l.from == first.from {
			continue
		}
		if s.Verdict = UpToOrder; l.bits < first.bits+margin {
			s.Verdict = Several
			break
		}
	}
	if s.Source != Global {
		s.Moved = 0 // others may have stolen of them meanwhile
	}
	if s.Verdict == Several {
		s.Among = make([]Source, len(labels))
		for i := range labels {
			s.Among[i] = sources[labels[i].source]
		}
		s.Source, s.From, s.Moved = Unknown, -1, 0
	}
}

// certify says what is certain of a start. What only the states of the replay say is no
// more than the one explanation in which threads did things in the order of the events.
func (e *Explainer) certify(w *waiting, s *Start) {
	if w.sure.alone != nil {
		w.sure.alone.awaited = false
	}
	if s.Verdict == Contradicted {
		return
	}
	if w.ground != nil {
		w.sure = e.replay.cert.settle(w.ground)
	}
	if w.sure.alone != nil {
		w.sure.alone.alone = true
	}
	if source, from := sources[s.scheduled(w.sure.source)], int(w.sure.from); w.sure.known {
		if s.Verdict != Unique || s.Source != source || s.From != from || !w.clean {
			s.Moved = 0
		}
		s.Verdict, s.Source, s.From, s.Among = Unique, source, from, []Source{}
		return
	}
	if s.Verdict == Unique && !w.clean {
		s.Verdict = UpToOrder
	}
}

// scheduled is the source, or in the place of runnext what made the scheduler put it there
// and run it at once.
func (s *Start) scheduled(from origin) origin {
	if from == fromNext && s.P == s.ReadyP {
		switch s.Wake {
		case ByNetwork:
			return fromNetwork
		case ByRuntime:
			return fromSystem
		}
	}
	return from
}
