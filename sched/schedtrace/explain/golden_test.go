package explain

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"hash/fnv"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write testdata/golden.txt anew")

// disturbed are ways to explain a trace, in which something happens to the replay before each
// event.
var disturbed = []struct {
	name   string
	plant  func(*rules)
	before func(e *Explainer, n int)
}{
	{"undisturbed", nil, func(*Explainer, int) {}},
	{"little work", nil, func(e *Explainer, n int) { e.replay.work = min(e.replay.work, 20) }},
	{"hardly any work", nil, func(e *Explainer, n int) { e.replay.work = min(e.replay.work, 40*(n%20)-enoughWork) }},
	{"lost", nil, func(e *Explainer, n int) {
		if n%97 == 0 {
			e.settle(0)
			e.replay.lost()
		}
	}},
	{"settled", nil, func(e *Explainer, n int) {
		if n%37 == 0 {
			e.settle(15)
		}
	}},
	{"given up", nil, func(e *Explainer, n int) {
		if n%211 == 0 {
			e.settle(0)
			e.replay.giveUp()
		}
	}},
	{"swept", nil, func(e *Explainer, n int) {
		if n%50 == 0 {
			e.replay.stamps.taken, e.replay.cert.given.taken = 1<<30, 1<<30
		}
	}},
	{"by wrong turns and steals", func(r *rules) { r.turn, r.stealLess = 50, true }, func(*Explainer, int) {}},
	{"by a wrong first", func(r *rules) { r.firstStolen, r.globalFirst = true, true }, func(*Explainer, int) {}},
	{"by wrong rings", func(r *rules) { r.lifo, r.noNext = true, true }, func(*Explainer, int) {}},
}

// goldenBlock is the number of starts that have a hash.
const goldenBlock = 100

// digest is a line of all that is said of a trace: counts, and the hash of every goldenBlock starts
// with the snapshots up to then. Another has what was made for that.
func digest(t testing.TB, b []byte, plant func(*rules), before func(e *Explainer, n int)) (line, kept string, starts []Start) {
	rules := trueRules()
	if plant != nil {
		plant(&rules)
	}
	e, err := begin(bytes.NewReader(b), rules)
	if err != nil {
		t.Fatal(err)
	}
	h := fnv.New32a()
	enc := json.NewEncoder(h)
	var out strings.Builder
	for n := 0; ; n++ {
		if e.replay != nil {
			before(e, n)
		}
		more, err := e.step()
		for _, s := range e.Explained() {
			if err := enc.Encode(s); err != nil {
				t.Fatal(err)
			}
			if starts = append(starts, s); len(starts)%goldenBlock == 0 {
				fmt.Fprintf(&out, " %08x", h.Sum32())
			}
		}
		e.out, e.next = e.out[:0], 0
		if n%13 == 0 {
			if err := enc.Encode(e.Snapshot()); err != nil {
				t.Fatal(err)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
		if !more {
			break
		}
	}
	s := e.Stats()
	var counts []string
	for _, v := range slices.Sorted(maps.Keys(s.Verdicts)) {
		counts = append(counts, fmt.Sprintf("%d %s", s.Verdicts[v], v))
	}
	for _, v := range slices.Sorted(maps.Keys(s.Sources)) {
		counts = append(counts, fmt.Sprintf("%d %s", s.Sources[v], v))
	}
	line = fmt.Sprintf("%d events, %d starts: %s; %d states, at most %d, cut %d;%s %08x", s.Events, s.Starts, strings.Join(counts, ", "), s.States, s.MostStates, s.Cut, out.String(), h.Sum32())
	r := e.replay
	stores := 0
	for _, free := range r.stores.free {
		stores += len(free)
	}
	kept = fmt.Sprintf("%d and %d states and queues, %d and %d free, in %d stores; %d stamps, %d free; %d and %d puts and looks, %d and %d free; %d grounds free; %d nodes, %d free; %d edges, %d free; %d goroutines, %d free; %d wait in %d places",
		r.made.taken, r.queues.taken, len(r.made.free), len(r.queues.free), stores, len(r.stamps.arrays), len(r.stamps.free),
		r.cert.given.size(), r.cert.made.size(), len(r.cert.given.free), len(r.cert.made.free), len(r.cert.grounds.free),
		len(r.nodes.arrays), len(r.nodes.free), len(r.edges.arrays), len(r.edges.free), e.made.taken, len(e.made.free), e.waiting.len(), len(e.waiting.places))
	return line, kept, starts
}

// TestGolden compares every field of every start, and of snapshots, with what it was, also where
// the replay has little work left, begins again, or goes by wrong rules. Most of what may go
// wrong leaves what is said true, but says it of fewer starts. Where a change is meant, -update
// writes the files anew: golden.txt has what is said, and kept.txt how much is made for it, and
// used again. Whatever disturbs the replay, nothing is contradicted, and what is
// unique is true, also where threads pause.
func TestGolden(t *testing.T) {
	var got, kept []string
	for _, folder := range []string{"", "hard"} {
		all := load(t, folder)
		for _, name := range slices.Sorted(maps.Keys(all)) {
			for _, d := range disturbed {
				line, made, starts := digest(t, all[name].trace, d.plant, d.before)
				got, kept = append(got, name+", "+d.name+": "+line), append(kept, name+", "+d.name+": "+made)
				if d.plant != nil {
					continue
				}
				for i, s := range starts {
					if truth := all[name].truth[i]; s.Verdict == Contradicted || s.Verdict == Unique && word(s) != truth {
						t.Errorf("%s, %s: start %d is %s, truth %s: %+v", name, d.name, s.Seq, word(s), truth, s)
					}
				}
			}
		}
	}
	golden(t, "testdata/golden.txt", got)
	golden(t, "testdata/kept.txt", kept)
}

// golden compares lines with those of a file.
func golden(t *testing.T, file string, got []string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(strings.Join(got, "\n")+"\n"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
	if len(got) != len(want) {
		t.Fatalf("%s: %d lines, want %d", file, len(got), len(want))
	}
	for i := range got {
		if got[i] != want[i] {
			t.Errorf("got\n%s\nwant\n%s", got[i], want[i])
		}
	}
}
