package gclive

import (
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/orrery-go/orrery/internal/child"
	"github.com/orrery-go/orrery/internal/overlay"
)

func marker(t *testing.T) *Stepper {
	t.Helper()
	if os.Getenv("ORRERY_FULL") == "" {
		t.Skip("builds a runtime: set ORRERY_FULL=1")
	}
	s, err := StartMarker(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// TestActs compares random programs whose goroutines act between the steps of a cycle: what
// each store puts into the barrier's buffer, the colour of every object after each step,
// which stacks and objects are scanned, and what weak pointers give.
func TestActs(t *testing.T) {
	real := marker(t)
	const programs = 200
	trials := child.NewTrials(programs)
	var c counts
	for seed := uint64(0); trials.Next(); seed++ {
		acts, err := RandomActs("running", seed)
		if err != nil {
			t.Fatal(err)
		}
		model, err := PredictActs("running", acts)
		if err != nil {
			t.Fatal(err)
		}
		m, err := real.Ask(Ask{Acts: acts})
		if err != nil {
			t.Fatal(err)
		}
		steps, err := m.steps()
		if err != nil {
			t.Fatal(err)
		}
		if msg := disturbed(acts, m, steps); msg != "" {
			trials.Reject(msg)
			continue
		}
		if msg := compareActs(acts, model, m, steps, &c); msg != "" {
			t.Fatalf("seed %d: %s", seed, msg)
		}
		trials.Accept()
	}
	if err := trials.Err(); err != nil {
		t.Error(err)
	}
	t.Logf("%v: %+v", trials, c)
	if trials.Accepted() == programs && (c.Stores < 500 || c.Colours < 50_000 || c.Shaded < 20 || c.Swept < 10 || c.Late < 100 || c.LateScanned < 10 || c.Scanned-c.InSpans < 50 || c.InSpans < 50) {
		t.Error("something was too rare")
	}
}

// The comparison can fail.
func TestActsBroken(t *testing.T) {
	broken := map[string]bool{}
	for seed := uint64(0); seed < 30; seed++ {
		acts, err := RandomActs("running", seed)
		if err != nil {
			t.Fatal(err)
		}
		model, err := PredictActs("running", acts)
		if err != nil {
			t.Fatal(err)
		}
		if msg := compareActs(acts, model, realOf(acts, model), stepsOf(model), new(counts)); msg != "" {
			t.Fatalf("seed %d: %s", seed, msg)
		}
		for name, change := range map[string]func(s *Seen, verb Do) bool{
			"object":  func(s *Seen, _ Do) bool { s.Object++; return true },
			"entry":   func(s *Seen, _ Do) bool { return len(s.Entries) > 0 && s.Entries[0] > 0 && change(&s.Entries[0]) },
			"missing": func(s *Seen, _ Do) bool { s.Entries = s.Entries[1:]; return true },
			"colour":  func(s *Seen, _ Do) bool { s.Colours = "w" + s.Colours[1:]; return true },
			"swept":   func(s *Seen, verb Do) bool { s.Swept = !s.Swept; return s.Colours == "" && verb == DoStrong },
		} {
			for i, a := range acts {
				m := realOf(acts, model)
				s := &m.Seen[i]
				s.Entries = slices.Clone(s.Entries)
				if name == "missing" && (len(s.Entries) == 0 || Do(a.Verb) == DoGo && s.Entries[0] == 0) || name == "colour" && (s.Colours == "" || s.Colours[0] == 'w') {
					continue
				}
				if change(s, Do(a.Verb)) {
					var c counts
					if compareActs(acts, model, m, stepsOf(model), &c) != "" {
						broken[name] = true
					} else if name != "swept" || c.Spread == 0 {
						t.Errorf("seed %d, act %d: the %s may be another", seed, i, name)
					}
				}
			}
		}
		steps := stepsOf(model)
		for i := range steps {
			broken["step"] = true
			if compareActs(acts, model, realOf(acts, model), slices.Delete(slices.Clone(steps), i, i+1), new(counts)) == "" {
				t.Errorf("seed %d: step %d may be missing", seed, i)
			}
		}
	}
	if len(broken) != 6 {
		t.Errorf("only these were broken: %v", broken)
	}
}

func change(n *int) bool {
	*n++
	return true
}

// realOf returns an answer as the model has it.
func realOf(acts []Act, model Predicted) Marked {
	m := Marked{Seen: slices.Clone(model.Seen)}
	for g := range Actors + Started {
		m.Goids = append(m.Goids, uint64(g+100))
	}
	for i, kind := range model.Kinds {
		m.Addrs = append(m.Addrs, placeOf(model, i))
		if ActKinds[kind].Bytes > 512 {
			m.Addrs[i] += 8
		}
	}
	return m
}

// placeOf returns a place for an object, in a page for its kind.
func placeOf(model Predicted, i int) uint64 { return uint64(model.Kinds[i]+1)<<20 + uint64(i)<<4 }

// stepsOf returns the steps that the runtime notes if it does what the model does.
func stepsOf(model Predicted) (steps []overlay.Step) {
	for _, g := range model.Stacks {
		steps = append(steps, overlay.Step{Note: overlay.Note{Kind: overlay.ScannedStack, Object: uint64(g + 99)}})
	}
	for n := 1; n <= len(model.Kinds); n++ {
		at := overlay.Note{Kind: overlay.ScannedObject, Object: placeOf(model, n-1)}
		for i := range model.Scans[n] {
			if i < model.InSpan[n] {
				steps = append(steps, overlay.Step{Note: overlay.Note{Kind: overlay.ScannedSpan}, Parts: []overlay.Note{at}})
			} else {
				steps = append(steps, overlay.Step{Note: at})
			}
		}
	}
	return steps
}

func (m Marked) steps() ([]overlay.Step, error) {
	return overlay.Steps(m.Notes, overlay.Of(overlay.FlushedEntry, overlay.FlushedEntry)|overlay.Of(overlay.ScannedIn, overlay.ScannedIn))
}

// disturbed says what has disturbed a program of acts, or "".
func disturbed(acts []Act, m Marked, steps []overlay.Step) string {
	for i, s := range m.Seen {
		if Do(acts[i].Verb) == DoGo && slices.Equal(s.Entries, []int{-2}) {
			return "the list of all goroutines grew"
		}
	}
	for _, s := range steps {
		if s.Kind == overlay.BufferFlushed && s.Count >= 505 {
			return "the buffer was full"
		}
	}
	return ""
}

// counts are the numbers of what was compared.
type counts struct {
	Stores, Entries, Colours int // stores, the pointers that they put into the buffer, colours of objects
	Strong, Shaded           int // weak pointers made strong ones, and those that change a colour
	Swept, Cached, Spread    int // those that sweep a span, those whose span a P has swept, and those whose objects lie in other spans than in the model
	Late, LateScanned        int // goroutines that start during marking and are not scanned, or are
	Scanned, InSpans         int // objects
}

// compareActs returns the first difference, or "".
func compareActs(acts []Act, model Predicted, m Marked, steps []overlay.Step, c *counts) string {
	marking, filled, number := false, false, Actors
	together := inOneSpan(acts, model, m)
	var weaks []int // objects
	for i, a := range acts {
		p, r := model.Seen[i], m.Seen[i]
		verb := Do(a.Verb)
		if verb == DoStart {
			marking = true
		}
		if p.Object != r.Object {
			return fmt.Sprintf("act %d, %v: object %d in the model, %d really", i, a, p.Object, r.Object)
		}
		entries := func(of []int) []int { return of }
		if verb == DoGo { // the runtime stores other pointers, too
			entries = func(of []int) []int {
				return slices.DeleteFunc(slices.Clone(of), func(n int) bool { return n <= 0 })
			}
		}
		switch {
		case verb == DoFill:
			filled = true
		case verb == DoWeak:
			weaks = append(weaks, p.Object)
		case verb == DoGo:
			if number++; marking && slices.Contains(model.Stacks, number) {
				c.LateScanned++
			} else if marking {
				c.Late++
			}
		}
		if verb != DoFinish && !slices.Equal(entries(p.Entries), entries(r.Entries)) && marking {
			return fmt.Sprintf("act %d, %v: into the buffer %v in the model, %v really", i, a, p.Entries, r.Entries)
		}
		if marking && (verb == DoStore || verb == DoPut) {
			c.Stores++
			c.Entries += len(r.Entries)
		}
		if verb == DoFinish {
			marking = false
			continue
		}
		if !sameColours(p.Colours, r.Colours) {
			return fmt.Sprintf("act %d, %v:\n%s in the model,\n%s really", i, a, p.Colours, r.Colours)
		}
		c.Colours += len(p.Colours)
		if verb == DoStrong {
			c.Strong++
			if marking && i > 0 && model.Seen[i-1].Colours != p.Colours {
				c.Shaded++
			}
			if !marking {
				switch kind := model.Kinds[weaks[a.B]-1]; {
				case !together[kind]:
					c.Spread++
				case (!filled || ActKinds[kind].Bytes == 8) && r.Was && p.Swept:
					c.Cached++
				case r.Swept != p.Swept:
					return fmt.Sprintf("act %d, %v: the span is swept: %v in the model, %v really", i, a, p.Swept, r.Swept)
				case p.Swept:
					c.Swept++
				}
			}
		}
	}
	return compareScans(model, m, steps, c)
}

// inOneSpan reports for each kind whether its objects lie in one span in the model, and
// those that weak pointers point to in one span, a page, really.
func inOneSpan(acts []Act, model Predicted, m Marked) []bool {
	in := make([]bool, len(ActKinds))
	page := make([]uint64, len(ActKinds))
	for kind, l := range ActKinds {
		n := 0
		for _, k := range model.Kinds {
			if k == kind {
				n++
			}
		}
		in[kind] = n <= int(8192/l.Bytes)
	}
	for i, a := range acts {
		if Do(a.Verb) == DoWeak {
			n := model.Seen[i].Object - 1
			kind, at := model.Kinds[n], m.Addrs[n]>>13
			in[kind] = in[kind] && (page[kind] == 0 || page[kind] == at)
			page[kind] = at
		}
	}
	return in
}

// compareScans compares which stacks and objects are scanned.
func compareScans(model Predicted, m Marked, steps []overlay.Step, c *counts) string {
	var stacks []int
	alone, in := map[int]int{}, map[int]int{}
	number := map[uint64]int{}
	for i, at := range m.Addrs {
		if ActKinds[model.Kinds[i]].Bytes > 512 {
			at -= 8 // the header before it is what the collector calls its address
		}
		number[at] = i + 1
	}
	for _, s := range steps {
		switch s.Kind {
		case overlay.ScannedStack:
			if i := slices.Index(m.Goids, s.Object); i >= 0 {
				stacks = append(stacks, i+1)
			}
		case overlay.ScannedObject:
			alone[number[s.Object]]++
		case overlay.ScannedSpan:
			for _, p := range s.Parts {
				in[number[p.Object]]++
			}
		}
	}
	if !slices.Equal(stacks, model.Stacks) {
		return fmt.Sprintf("the stacks of %v are scanned in the model, of %v really, of %d goroutines", model.Stacks, stacks, len(m.Goids))
	}
	for n := 1; n <= len(m.Addrs); n++ {
		if model.Scans[n] != alone[n]+in[n] || model.InSpan[n] != in[n] {
			return fmt.Sprintf("object %d is scanned %d times in the model, %d in a span; really %d, %d in a span", n, model.Scans[n], model.InSpan[n], alone[n]+in[n], in[n])
		}
		c.Scanned += alone[n] + in[n]
		c.InSpans += in[n]
	}
	return ""
}

// sameColours compares the colours of objects. Of some that are marked the runtime does not
// say whether they were scanned.
func sameColours(model, real string) bool {
	if len(model) != len(real) {
		return false
	}
	for i := range model {
		if model[i] != real[i] && (real[i] != 'm' || model[i] == 'w') {
			return false
		}
	}
	return true
}
