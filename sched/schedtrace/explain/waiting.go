package explain

import "time"

// A waiting start waits for what comes later. There are thousands, so that it is as small as
// can be.
type waiting struct {
	at, ready time.Duration
	g, m, by  int64
	p, readyP int32
	name      string
	wake      Wake

	layer        uint64  // 0 if the queues were not known, or the explanations already are
	labels       []label // then those, if they are not plain
	label        [1]label
	plain        bool
	unclear      bool // nobody knows how it became runnable
	doubted      bool // what was left out may explain it otherwise
	contradicted bool
	clean        bool // the states of the replay are all that are possible
	sure         sure
	ground       *ground // what sure depends on, if that is not known yet
}

// start gives the Start as it is before it is explained.
func (w *waiting) start(s *Start, seq uint64) {
	s.Seq, s.At, s.G, s.P, s.M = seq, w.at, w.g, int(w.p), w.m
	s.Source, s.From, s.Moved, s.Verdict, s.Among = Unknown, -1, 0, Warming, []Source{}
	s.Func, s.Ready, s.Wake, s.By, s.ReadyP = w.name, w.ready, w.wake, w.by, int(w.readyP)
}

// A line has the starts that wait, the first the first. They stay in their places, since
// they are large.
type line struct {
	places []waiting // a power of two
	head   int       // place of the first
	n      int
}

func (l *line) len() int { return l.n }

func (l *line) at(i int) *waiting { return &l.places[(l.head+i)&(len(l.places)-1)] }

// add gives the place after the last. What it holds is to be overwritten.
func (l *line) add() *waiting {
	if l.n == len(l.places) {
		more := make([]waiting, max(64, 2*l.n))
		for i := range l.n {
			more[i] = *l.at(i)
		}
		l.places, l.head = more, 0
	}
	l.n++
	return l.at(l.n - 1)
}

// cut removes the first n.
func (l *line) cut(n int) {
	for i := range n {
		w := l.at(i)
		w.labels, w.ground, w.sure.alone = nil, nil, nil
	}
	l.n -= n
	if l.head = (l.head + n) & max(0, len(l.places)-1); l.n == 0 {
		l.head = 0
	}
}
