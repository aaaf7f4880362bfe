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

func (s *Stats) add(t *Start) {
	if s.Verdicts == nil {
		s.Verdicts, s.Sources = map[Verdict]int{}, map[Source]int{}
	}
	s.Starts++
	s.Verdicts[t.Verdict]++
	if t.Source != Unknown {
		s.Sources[t.Source]++
	}
}

// Stats returns the counts up to now.
func (e *Explainer) Stats() Stats { return e.stats }
