package gclive

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/gc"
	"github.com/orrery-go/orrery/internal/child"
	"github.com/orrery-go/orrery/internal/overlay"
)

// TestStores compares the number of pointers in the barrier's buffer after each of some
// thousand stores, and the number of them at each flush.
func TestStores(t *testing.T) {
	real := marker(t)
	r := rand.New(rand.NewPCG(1, 2))
	trials := child.NewTrials(20)
	flushes := map[uint32]int{}
	for trials.Next() {
		all := make([]Store, 4000)
		for i := range all {
			all[i] = Store(r.IntN(3))
		}
		m, err := real.Ask(Ask{Stores: all})
		if err != nil {
			t.Fatal(err)
		}
		if m.Longest > Undisturbed {
			trials.Reject("over 9 ms")
			continue
		}
		steps, err := m.steps()
		if err != nil {
			t.Fatal(err)
		}
		if msg := compareStores(all, m, steps); msg != "" {
			t.Fatal(msg)
		}
		for _, s := range steps {
			flushes[s.Count]++
		}
		trials.Accept()
	}
	if err := trials.Err(); err != nil {
		t.Error(err)
	}
	t.Logf("%v; flushes by the number of pointers: %v", trials, flushes)
	if trials.Accepted() == 20 && (flushes[511] < 20 || flushes[512] < 20) {
		t.Error("too few")
	}
}

// compareStores returns the first difference, or "".
func compareStores(all []Store, m Marked, steps []overlay.Step) string {
	var flushed []uint32
	h, err := gc.New(gc.Config{Release: "running", Globals: 1, Trace: func(e gc.Event) {
		if e.Kind == gc.Flushed {
			flushed = append(flushed, uint32(e.N))
		}
	}})
	if err != nil {
		return err.Error()
	}
	g, err := h.Go(0, 2)
	if err == nil {
		_, err = h.Alloc(g, 1, ActKinds[0])
	}
	if err == nil {
		err = h.Start()
	}
	for err == nil && h.Snapshot().Stage != "mark" {
		_, err = h.Step()
	}
	for err == nil && h.Snapshot().Pause != "" {
		_, err = h.Step()
	}
	if err != nil {
		return err.Error()
	}
	for i, s := range all {
		if err := h.StoreGlobal(g, 0, int(s)-1); err != nil { // no slot, one that is nil, and one that is not
			return err.Error()
		}
		if n := len(h.Snapshot().Buffer); int64(n) != m.Steps[i] {
			return fmt.Sprintf("after store %d, of kind %d: %d pointers in the model's buffer, %d really", i, s, n, m.Steps[i])
		}
	}
	var real []uint32
	for _, s := range steps[1:] { // after the first, which makes it empty
		if s.Kind == overlay.BufferFlushed && len(real) < len(flushed) {
			real = append(real, s.Count)
		}
	}
	if !slices.Equal(real, flushed) {
		return fmt.Sprintf("flushes of %v pointers in the model, of %v really", flushed, real)
	}
	return ""
}

// TestSizes compares which objects are scanned with others of their span, and which by
// themselves: those of every size up to 130 words.
func TestSizes(t *testing.T) {
	real := marker(t)
	var words []int
	for n := 1; n <= 130; n++ {
		words = append(words, n)
	}
	m, err := real.Ask(Ask{Sizes: words})
	if err != nil {
		t.Fatal(err)
	}
	steps, err := m.steps()
	if err != nil {
		t.Fatal(err)
	}
	spans, alone := 0, 0
	for i, n := range words {
		for j, slots := range []int{n, 0} {
			at := m.Addrs[2*i+j]
			if n > 64 && slots > 0 {
				at -= 8 // its header
			}
			a, s := scansOf(at, steps)
			model, err := scansOfSize(gc.Layout{Bytes: int64(8 * n), Slots: slots})
			if err != nil {
				t.Fatal(err)
			}
			if got := [2]int{a, s}; got != model {
				t.Errorf("an object of %d words, %d of them pointers: scanned by itself and with its span %v times in the model, %v really", n, slots, model, got)
			}
			spans, alone = spans+s, alone+a
		}
	}
	t.Logf("%d objects scanned with their spans, %d by themselves; 0 mismatches", spans, alone)
	if spans != 63 || alone != 67 {
		t.Errorf("%d objects are scanned with their spans, %d by themselves", spans, alone)
	}
}

// scansOf returns how often an object was really scanned by itself, and with its span.
func scansOf(at uint64, steps []overlay.Step) (alone, span int) {
	for _, s := range steps {
		if s.Kind == overlay.ScannedObject && s.Object == at {
			alone++
		}
		for _, p := range s.Parts {
			if p.Object == at {
				span++
			}
		}
	}
	return alone, span
}

// scansOfSize is scansOf in the model, for one object.
func scansOfSize(l gc.Layout) (scans [2]int, err error) {
	var black int
	h, err := gc.New(gc.Config{Release: "running", Globals: 1, Trace: func(e gc.Event) {
		switch e.Kind {
		case gc.Blackened:
			black++
		case gc.SpanScanned:
			scans[1] += int(e.N)
		}
	}})
	if err != nil {
		return scans, err
	}
	g, err := h.Go(0, 1)
	if err == nil {
		_, err = h.Alloc(g, 0, l)
	}
	if err == nil {
		err = h.GC()
	}
	if l.Slots > 0 {
		scans[0] = black - scans[1]
	}
	return scans, err
}

// TestCalls compares the steps of runtime.GC, when it is called in each state that the
// collector may be in.
func TestCalls(t *testing.T) {
	real := marker(t)
	var states []string
	for range 5 {
		states = append(states, CallSwept, CallUnswept, CallBegun, CallRoots, CallGrey, CallTwo)
	}
	m, err := real.Ask(Ask{Calls: states})
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range states {
		if msg := compareCall(s, m.Calls[i]); msg != "" {
			t.Errorf("call %d, %s: %s", i, s, msg)
		}
	}
}

// compareCall returns the difference from the model, or "".
func compareCall(state string, c Called) string {
	notes, err := overlay.All(c.Notes)
	if err != nil {
		return err.Error()
	}
	var steps strings.Builder
	add := func(kind string) {
		if kind != "s" || !strings.HasSuffix(steps.String(), "s") {
			steps.WriteString(kind)
		}
	}
	var asked, got []overlay.Note
	for _, n := range notes {
		switch {
		case n.Kind == overlay.AskedGC:
			asked = append(asked, n)
		case n.Kind == overlay.GotGC:
			got = append(got, n)
		case len(asked) == 0:
		case n.Kind == overlay.SweptSpan:
			add("s")
		case n.Kind == overlay.CycleBegan:
			add("b")
		case n.Kind == overlay.CycleMarked:
			add("m")
		}
	}
	real := steps.String()
	want := 1
	if state == CallTwo { // both share a cycle
		want = 2
	}
	if len(asked) != want || len(got) != want {
		return fmt.Sprintf("%d calls, %d of which return", len(asked), len(got))
	}
	for i := range asked {
		if asked[i].Object+1 != got[i].Object {
			return fmt.Sprintf("called in cycle %d, returned after cycle %d", asked[i].Object, got[i].Object)
		}
	}
	model, left, err := callInModel(state)
	switch {
	case err != nil:
		return err.Error()
	case model != real:
		return fmt.Sprintf("%s in the model, %s really", model, real)
	case left != c.Unswept:
		return fmt.Sprintf("%d spans are not swept in the model, %d really", left, c.Unswept)
	}
	return ""
}

// callInModel returns the steps of GC: s for spans that are swept, b for a cycle that
// begins, and m for one whose marking ends; and the number of spans that are left.
func callInModel(state string) (string, int, error) {
	var steps strings.Builder
	var last gc.Event
	h, err := gc.New(gc.Config{Release: "running", Globals: 1, Trace: func(e gc.Event) {
		last = e
		switch e.Kind {
		case gc.SpanSwept:
			if !strings.HasSuffix(steps.String(), "s") {
				steps.WriteByte('s')
			}
		case gc.CycleBegins:
			steps.WriteByte('b')
		case gc.BarrierOff:
			steps.WriteByte('m')
		}
	}})
	if err != nil {
		return "", 0, err
	}
	g, err := h.Go(0, 1)
	for range 2000 {
		if err == nil {
			_, err = h.Alloc(g, 0, ActKinds[0])
		}
		if err == nil {
			_, err = h.Alloc(g, 0, ActKinds[1])
		}
	}
	until := func(kind gc.Kind) {
		for err == nil && last.Kind != kind {
			_, err = h.Step()
		}
	}
	if err == nil && state != CallSwept {
		err = h.Start()
	} else if err == nil {
		err = h.GC()
	}
	switch state {
	case CallUnswept:
		until(gc.CycleEnds)
	case CallBegun:
		until(gc.PauseEnds)
	case CallRoots, CallTwo:
		until(gc.StackScanned)
	case CallGrey:
		until(gc.StackScanned)
		if err == nil {
			_, err = h.Step()
		}
	}
	steps.Reset()
	if err == nil {
		err = h.GC()
	}
	return steps.String(), h.Snapshot().Unswept, err
}

// TestAssists compares the bytes that each allocation scans, with several ratios, and with
// a worker that scans, too.
func TestAssists(t *testing.T) {
	real := marker(t)
	r := rand.New(rand.NewPCG(3, 4))
	trials := child.NewTrials(45)
	assists, free := 0, 0
	for run := 0; trials.Next(); run++ {
		a := randomAssisting(r, []int{2, 4, 8, 64, 127, 255, 511, 4095, 5120}[run%9], []float64{0.25, 1, 3.7, 0.001, 40}[run%5])
		m, err := real.Ask(Ask{Assist: &a})
		if err != nil {
			t.Fatal(err)
		}
		notes, err := overlay.All(m.Notes)
		if err != nil {
			t.Fatal(err)
		}
		some, last := 0, int64(0)
		for _, n := range m.Steps {
			if n > last {
				some++
			}
			last = n
		}
		if some != len(notes) {
			trials.Reject("an assist was interrupted") // after 10 ms
			continue
		}
		model, err := a.Predict("running")
		if err != nil {
			t.Fatal(err)
		}
		for i := range a.Steps {
			if model[i] != m.Steps[i] {
				t.Fatalf("run %d, ratio %v, step %d, %v: assists have scanned %d bytes in the model, %d really", run, a.Ratio, i, a.Steps[:i+1], model[i], m.Steps[i])
			}
		}
		assists, free = assists+some, free+len(a.Steps)-some
		trials.Accept()
	}
	if err := trials.Err(); err != nil {
		t.Error(err)
	}
	t.Logf("%v: %d allocations assist, %d steps do not; 0 mismatches", trials, assists, free)
	if trials.Accepted() == 45 && (assists < 200 || free < 2000) {
		t.Error("too few")
	}
}

// The comparisons can fail.
func TestMarksBroken(t *testing.T) {
	all := []Store{StorePointer, StoreNil, StoreNilVariable}
	first := []overlay.Step{{}}
	if msg := compareStores(all, Marked{Steps: []int64{2, 3, 5}}, first); msg != "" {
		t.Error(msg)
	}
	for i := range all {
		m := Marked{Steps: []int64{2, 3, 5}}
		m.Steps[i]++
		if compareStores(all, m, first) == "" {
			t.Errorf("store %d may take another place", i)
		}
	}
	call := func(kinds ...overlay.Kind) Called {
		var words []uint64
		for i, k := range kinds {
			n := uint64(0)
			if k == overlay.GotGC {
				n = 1
			}
			words = append(words, uint64(i), n, uint64(k), 0)
		}
		return Called{Notes: []overlay.Thread{{Words: words}}}
	}
	right := []overlay.Kind{overlay.AskedGC, overlay.CycleMarked, overlay.SweptSpan, overlay.CycleBegan, overlay.CycleMarked, overlay.SweptSpan, overlay.GotGC}
	if msg := compareCall(CallRoots, call(right...)); msg != "" {
		t.Error(msg)
	}
	for i := range right {
		if compareCall(CallRoots, call(slices.Delete(slices.Clone(right), i, i+1)...)) == "" {
			t.Errorf("step %d of a call may be missing", i)
		}
	}
	if c := call(right...); compareCall(CallRoots, Called{Unswept: 1, Notes: c.Notes}) == "" {
		t.Error("a span may be left")
	}
}

// randomAssisting returns steps for which a list of 3 MB is enough.
func randomAssisting(r *rand.Rand, words int, ratio float64) Assisting {
	a := Assisting{Words: words, Objects: (3 << 20) / (8 * words), Roots: 8 * assistSlots, Ratio: ratio}
	sizes := []int{16, 48, 512, 1024, 4096, 16384, 32768, 65536, 1 << 20}
	left := 2 << 20
	for len(a.Steps) < 200 {
		n := sizes[r.IntN(len(sizes))]
		if r.IntN(6) == 0 {
			n = -1 - r.IntN(40_000)
		}
		cost := -n
		if n > 0 {
			cost = int(float64(n)*ratio) + 1
		}
		if cost > 1<<19 || cost > left {
			n, cost = 16, int(16*ratio)+1
		}
		left -= cost
		a.Steps = append(a.Steps, n)
	}
	return a
}

const assistSlots = 2 // of the goroutine that allocates

// Predict returns the bytes that assists have scanned after each step.
func (a Assisting) Predict(release string) (scanned []int64, err error) {
	var done uint64
	var last gc.Event
	h, err := gc.New(gc.Config{Release: release, AssistRatio: a.Ratio / 8, Trace: func(e gc.Event) {
		last = e
		if e.Kind == gc.Assist {
			done += 8 * e.N
		}
	}})
	if err != nil {
		return nil, err
	}
	g, err := h.Go(0, assistSlots)
	if err != nil {
		return nil, err
	}
	l := gc.Layout{Bytes: int64(8 * a.Words), Slots: a.Words}
	for range a.Objects {
		if _, err := h.Alloc(g, 1, l); err != nil {
			return nil, err
		}
		if err := h.Store(g, 1, 0, 0); err != nil {
			return nil, err
		}
		if err := h.Move(g, 0, 1); err != nil {
			return nil, err
		}
	}
	w, err := h.MakeWeak(g, 0)
	if err != nil {
		return nil, err
	}
	for _, do := range []func() error{func() error { return h.Drop(g, 0) }, func() error { return h.Drop(g, 1) }, h.Start} {
		if err := do(); err != nil {
			return nil, err
		}
	}
	for last.Kind != gc.StackScanned {
		if _, err := h.Step(); err != nil {
			return nil, err
		}
	}
	if _, err := h.WeakValue(g, 0, w); err != nil {
		return nil, err
	}
	for _, n := range a.Steps {
		if n > 0 {
			_, err = h.Alloc(g, 1, gc.Layout{Bytes: int64(n)})
		}
		for left := -n; err == nil && left > 0; left -= 8 * a.Words {
			if a.Words > 64 && a.Words < 4096 {
				left -= 8 // its header
			}
			_, err = h.Step()
		}
		if err != nil {
			return nil, err
		}
		scanned = append(scanned, int64(done))
	}
	return scanned, nil
}
