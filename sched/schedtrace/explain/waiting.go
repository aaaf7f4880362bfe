package explain

// A waiting start waits for what comes later.
type waiting struct {
	Start
	layer   uint64  // 0 if the queues were not known, or the explanations already are
	labels  []label // then those, if they are not plain
	plain   bool
	label   [1]label
	unclear bool // nobody knows how it became runnable
	doubted bool // what was left out may explain it otherwise
	ground  *ground
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
		w.labels, w.ground = nil, nil
	}
	l.n -= n
	if l.head = (l.head + n) & max(0, len(l.places)-1); l.n == 0 {
		l.head = 0
	}
}
