package lb

func (s *sim) push(h happening) {
	s.seq++
	h.seq = s.seq
	s.heap = append(s.heap, h)
	for i := len(s.heap) - 1; i > 0; {
		up := (i - 1) / 2
		if !sooner(s.heap[i], s.heap[up]) {
			break
		}
		s.heap[i], s.heap[up] = s.heap[up], s.heap[i]
		i = up
	}
}

func (s *sim) pop() happening {
	h := s.heap[0]
	last := len(s.heap) - 1
	s.heap[0] = s.heap[last]
	s.heap = s.heap[:last]
	for i := 0; ; {
		k := 2*i + 1
		if k >= last {
			return h
		}
		if k+1 < last && sooner(s.heap[k+1], s.heap[k]) {
			k++
		}
		if !sooner(s.heap[k], s.heap[i]) {
			return h
		}
		s.heap[i], s.heap[k] = s.heap[k], s.heap[i]
		i = k
	}
}

func sooner(a, b happening) bool { return a.at < b.at || a.at == b.at && a.seq < b.seq }
