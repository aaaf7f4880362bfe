package alloclive

import (
	"github.com/orrery-go/orrery/alloc/pages"
	"github.com/orrery-go/orrery/internal/overlay"
)

// A PageStep is a step of a page allocator that has no heap.
type PageStep struct {
	Verb PageVerb
	A, B int64
}

// A PageVerb is the verb of a [PageStep].
type PageVerb uint8

// The verbs, with A and B.
const (
	NewPages   PageVerb = iota // bytes of a huge page, or 0
	AllocPages                 // P, pages
	FreePages                  // the first page, pages
	FlushPages                 // P
	Force                      // bytes to give back
	ToGoal                     // bytes that may be retained
	NextCycle
)

// A Result is the result of a step: the first page of an allocation, how many of its pages
// had been given back, and whether they are known to be zero; or the bytes that are given
// back, and the rows.
type Result struct {
	N, Scavenged int64
	Zeroed       bool
	Rows         [][2]int64 // first page, pages
}

// Pages performs the steps with a page allocator of the runtime's, which takes notes.
func (r *Real) Pages(steps []PageStep) ([]Result, error) {
	a, err := r.ask(Question{Steps: steps})
	if err != nil {
		return nil, err
	}
	notes, err := overlay.All(a.Notes)
	if err != nil {
		return nil, err
	}
	out := make([]Result, len(steps))
	for i := range steps {
		scavenged := a.Results[2*i+1]
		out[i] = Result{
			N: int64(a.Results[2*i]), Scavenged: int64(uint32(scavenged)),
			Zeroed: steps[i].Verb == AllocPages && scavenged>>32 == 0,
		}
		if v := steps[i].Verb; v != Force && v != ToGoal {
			continue
		}
		for left := out[i].N; left > 0 && len(notes) > 0; notes = notes[1:] {
			n := int64(notes[0].Count)
			out[i].Rows = append(out[i].Rows, [2]int64{int64(notes[0].Object-pagesBase) / lazyPage, n})
			left -= n * lazyPage
		}
	}
	return out, nil
}

// pagesBase is where the allocator of [Real.Pages] begins.
const pagesBase = 0xc000000000

// ModelPages performs [Real.Pages] in the model.
func ModelPages(release string, steps []PageStep) (out []Result, err error) {
	m := pageModel{release: release}
	for _, s := range steps {
		r, err := m.do(s)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, m.heap.Check()
}

type pageModel struct {
	release string
	heap    *pages.Heap
	rows    [][2]int64
}

func (m *pageModel) do(s PageStep) (r Result, err error) {
	switch s.Verb {
	case NewPages:
		m.heap, err = pages.New(pages.Config{Release: m.release, Procs: 4, NoHugePages: s.A == 0, Trace: func(e pages.Event) {
			if e.Kind == pages.Scavenged {
				m.rows = append(m.rows, [2]int64{e.Page, e.Pages})
			}
		}})
	case AllocPages:
		var run pages.Run
		run, err = m.heap.Alloc(int(s.A), s.B)
		r.N, r.Scavenged, r.Zeroed = run.Page, run.Scavenged, run.Zeroed
	case FreePages:
		err = m.heap.Free(0, s.A, s.B)
	case FlushPages:
		m.heap.FlushCache(int(s.A))
	case Force:
		r.N = m.heap.Scavenge(s.A)
	case ToGoal:
		r.N = m.heap.ScavengeTo(s.A)
	case NextCycle:
		m.heap.Collected()
	}
	r.Rows, m.rows = m.rows, nil
	return r, err
}

// A Pace has what decides the goals of the scavenger, in bytes.
type Pace struct {
	InUse                  uint64 // when the last collection ended
	Limit                  int64
	HeapGoal, LastHeapGoal uint64
}

// Goals has the scavenger's goals, the largest number for none, and what the heap retains
// and the process has mapped.
type Goals struct{ Goal, Limit, Retained, Mapped uint64 }

// Goals returns the goals that the runtime computes.
func (r *Real) Goals(of []Pace) ([]Goals, error) {
	a, err := r.ask(Question{Paces: of})
	return a.Goals, err
}
