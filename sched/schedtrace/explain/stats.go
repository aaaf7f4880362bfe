package explain

// Stats count what was read and explained.
type Stats struct {
	Events     uint64          `json:"events,string"`
	Starts     uint64          `json:"starts,string"`
	Verdicts   map[Verdict]int `json:"verdicts"`
	Sources    map[Source]int  `json:"sources"`
	States     uint64          `json:"states,string"` // possible states, summed over the starts
	MostStates int             `json:"mostStates"`
	Cut        int             `json:"cut"` // times that there were too many, and the queues were known no more
}

// counts are the Stats, without maps, which would take more time than most starts do.
type counts struct {
	Stats
	verdicts []count[Verdict]
	sources  []count[Source]
}

type count[T comparable] struct {
	of T
	n  int
}

func (s *counts) add(t *Start) {
	s.Starts++
	s.verdicts = add(s.verdicts, t.Verdict)
	if t.Source != Unknown {
		s.sources = add(s.sources, t.Source)
	}
}

func add[T comparable](counts []count[T], of T) []count[T] {
	for i := range counts {
		if counts[i].of == of {
			counts[i].n++
			return counts
		}
	}
	return append(counts, count[T]{of, 1})
}

// Stats returns the counts up to now.
func (e *Explainer) Stats() Stats {
	s := e.counts.Stats
	if s.Starts == 0 {
		return s
	}
	s.Verdicts, s.Sources = map[Verdict]int{}, map[Source]int{}
	for _, c := range e.counts.verdicts {
		s.Verdicts[c.of] = c.n
	}
	for _, c := range e.counts.sources {
		s.Sources[c.of] = c.n
	}
	return s
}
