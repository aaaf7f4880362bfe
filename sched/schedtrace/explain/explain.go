package explain

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"time"

	"golang.org/x/exp/trace"
)

// An Explainer reads a trace and explains every start. It is for one goroutine at a time.
type Explainer struct {
	in         *counter
	r          *trace.Reader
	err        error
	ended      bool
	first      trace.Time
	now        time.Duration
	begun      bool
	replay     *replay
	rules      rules
	gs         map[trace.GoID]*goroutine
	byIndex    []*goroutine
	made       slab[goroutine]
	named      named
	ms         map[trace.ThreadID]int32
	lastM      trace.ThreadID
	lastThread int32
	recent     [1 << 11]*goroutine // looked up
	out        []Start
	next       int
	waiting    line
	open       int // the first of them whose explanations later events may change
	seq        uint64
	stops      int        // of the world, that have not ended
	stopper    trace.GoID // the goroutine that began the last of them
	counts     counts
	batch      []trace.Event   // read
	done       int             // of them
	ahead      [][]trace.Event // those after them
	late       error           // that came after all
	looked     bool
	whole      bool // to the end of the trace's first part, which has all goroutines
	syncs      int
	early      []trace.GoID // runnable when the trace began, as far as has been read
	workers    []trace.GoID // mark workers, likewise
}

// New reads the beginning of a trace. It returns an error if that is not one of Go 1.22
// or newer.
func New(r io.Reader) (*Explainer, error) {
	if r == nil {
		return nil, errors.New("explain: no reader")
	}
	return begin(r, trueRules())
}

func begin(r io.Reader, rules rules) (*Explainer, error) {
	in := &counter{r: r}
	br := bufio.NewReaderSize(in, 1<<16)
	head, err := br.Peek(16)
	if len(head) < 16 {
		return nil, fmt.Errorf("explain: offset 0: a trace begins with 16 bytes, and there are %d: %w", len(head), err)
	}
	var minor int
	if n, err := fmt.Sscanf(string(head), "go 1.%d trace", &minor); n != 1 || err != nil {
		return nil, fmt.Errorf("explain: offset 0: %q does not begin a trace of Go", head)
	}
	if minor < 22 {
		return nil, fmt.Errorf("explain: offset 0: a trace of Go 1.%d: those before 1.22 have not what is needed", minor)
	}
	tr, err := trace.NewReader(br)
	if err != nil {
		return nil, fmt.Errorf("explain: offset 0: %w", err)
	}
	return &Explainer{in: in, r: tr, rules: rules, gs: map[trace.GoID]*goroutine{}, byIndex: []*goroutine{nil}, ms: map[trace.ThreadID]int32{}}, nil
}

// Starts returns the starts of the rest of the trace, beginning with what the last Step has
// explained. After them, Err says whether that was the end of the trace.
func (e *Explainer) Starts() iter.Seq[Start] {
	return func(yield func(Start) bool) {
		for {
			for e.next < len(e.out) {
				s := e.out[e.next]
				e.next++
				if !yield(s) {
					return
				}
			}
			e.out, e.next = e.out[:0], 0
			if more, _ := e.step(); !more && len(e.out) == 0 {
				return
			}
		}
	}
}

// Err returns the error that ended the reading, or nil.
func (e *Explainer) Err() error { return e.err }

// Step reads an event of the trace. [Explainer.Explained] gives what that explains.
func (e *Explainer) Step() (more bool, err error) {
	e.out, e.next = e.out[:0], 0
	return e.step()
}

// Explained returns the starts that the last Step has explained, in order: mostly none,
// and now and then some thousands, since an explanation waits for what comes later.
func (e *Explainer) Explained() []Start { return slices.Clone(e.out[e.next:]) }

func (e *Explainer) step() (more bool, err error) {
	if e.ended {
		return false, nil
	}
	if e.r == nil {
		return false, errors.New("explain: an Explainer that is not from New")
	}
	if e.err != nil {
		return false, e.err
	}
	if !e.looked {
		e.look()
	}
	if e.done == len(e.batch) {
		e.more()
	}
	if e.done < len(e.batch) {
		e.done++
		return e.do(&e.batch[e.done-1])
	}
	if e.late == io.EOF {
		e.ended = true
		e.settle(0)
		return false, nil
	}
	e.err = fmt.Errorf("explain: offset %d or before: %w", e.in.n, e.late)
	e.settle(0)
	return false, e.err
}

func (e *Explainer) do(ev *trace.Event) (more bool, err error) {
	if e.event(ev); e.err != nil {
		e.settle(0)
		return false, e.err
	}
	return true, nil
}

// look reads ahead: which goroutines were runnable when the trace began, it says only when
// they run.
func (e *Explainer) look() {
	e.looked = true
	for n := range mostAhead {
		batch := e.read(make([]trace.Event, 0, batchSize))
		e.ahead = append(e.ahead, batch)
		for i := range batch {
			if e.lookAt(&batch[i]); n+i > 0 && batch[i].Kind() == trace.EventSync {
				e.whole = true
				return
			}
		}
		if e.late != nil {
			e.whole = true
			return
		}
	}
}

func (e *Explainer) lookAt(ev *trace.Event) {
	switch ev.Kind() {
	case trace.EventStateTransition:
		tr := ev.StateTransition()
		if tr.Resource.Kind != trace.ResourceGoroutine {
			return
		}
		if from, to := tr.Goroutine(); from == trace.GoUndetermined && to == trace.GoRunnable {
			e.early = append(e.early, tr.Resource.Goroutine())
		}
	case trace.EventLabel:
		if strings.HasPrefix(ev.Label().Label, "GC (") {
			e.workers = append(e.workers, ev.Goroutine())
		}
	}
}

// more gives the next batch, if there is one.
func (e *Explainer) more() {
	e.done = 0
	if len(e.ahead) > 0 {
		e.batch = e.ahead[0]
		e.ahead = slices.Delete(e.ahead, 0, 1)
		return
	}
	e.batch = e.read(e.batch[:0])
}

// Events are read in batches: to read one, and replay it, by turns would take a tenth more
// time, since neither finds what it needs in the processor's caches then.
const (
	batchSize = 1 << 7
	mostAhead = 1 << 8 // batches
)

// read fills a batch, unless the trace ends before.
func (e *Explainer) read(batch []trace.Event) (full []trace.Event) {
	defer func() {
		if p := recover(); p != nil {
			e.late = fmt.Errorf("a broken trace: %v", p)
		}
		full = batch
	}()
	for len(batch) < cap(batch) && e.late == nil {
		next := batch[:len(batch)+1]
		if next[len(batch)], e.late = e.r.ReadEvent(); e.late == nil {
			batch = next
		}
	}
	return batch
}

// counter counts the bytes that have been read.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}
