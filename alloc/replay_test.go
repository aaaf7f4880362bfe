package alloc_test

import (
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/alloc"
	"github.com/orrery-go/orrery/internal/cputime"
)

func values(ops []alloc.Op) iter.Seq2[alloc.Op, error] {
	return func(yield func(alloc.Op, error) bool) {
		for _, op := range ops {
			if !yield(op, nil) {
				return
			}
		}
	}
}

func replayed(t *testing.T, c alloc.Config, stream string) alloc.Report {
	t.Helper()
	r, err := alloc.Replay(c, alloc.ReadOps(strings.NewReader(stream)))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestReplay compares the result of a stream with one counted by hand.
func TestReplay(t *testing.T) {
	r := replayed(t, alloc.Config{Release: "go1.26"}, `
		{"op":"alloc","id":"nodes","size":72,"best":64,"what":"node","count":100}
		{"op":"alloc","id":"text","size":100,"noscan":true,"what":"text","count":10}
		{"op":"alloc","id":"gone","size":4096,"noscan":true}
		{"op":"alloc","id":"file","size":40000,"noscan":true,"what":"file"}
		{"op":"alloc","id":"row","size":1016,"what":"row","count":3}
		{"op":"free","id":"gone"}
		{"op":"free","id":"nodes","count":40}
	`)
	want := []alloc.Group{
		{What: "file", Size: 40000, Noscan: true, Way: alloc.Large, Slot: 40960, Allocated: 1, Live: 1, Taken: 40960, Waste: 960, Smaller: 32768, SmallerSaves: 8192},
		{What: "node", Size: 72, Best: 64, Way: alloc.Small, Class: 7, Slot: 80, Allocated: 100, Live: 60, Taken: 4800, Waste: 480, Smaller: 64, SmallerSaves: 960, OrderSaves: 960},
		{What: "row", Size: 1016, Way: alloc.Small, Class: 32, Slot: 1024, Allocated: 3, Live: 3, Taken: 3072, Waste: 24, Smaller: 888, SmallerSaves: 384},
		{What: "text", Size: 100, Noscan: true, Way: alloc.Small, Class: 9, Slot: 112, Allocated: 10, Live: 10, Taken: 1120, Waste: 120, Smaller: 96, SmallerSaves: 160},
		{Size: 4096, Noscan: true, Way: alloc.Small, Class: 44, Slot: 4096, Allocated: 1, Smaller: 3456},
	}
	if diff := cmp.Diff(want, r.Groups); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if r.Objects != 74 || r.Asked != 60*72+10*100+40000+3*1016 || r.Inuse != 40960+3*8192 {
		t.Errorf("%+v", r)
	}
	var total int64
	for _, c := range r.Classes {
		total += c.SpanBytes
		if c.Taken+c.FreeSlots+c.Tail != c.SpanBytes {
			t.Errorf("the class does not add up: %+v", c)
		}
	}
	if total != r.Inuse {
		t.Errorf("%d bytes of %d are told by class", total, r.Inuse)
	}
	if text, err := r.Table(3); err != nil || !strings.Contains(text, "node: 60 of 72 bytes take 4800, 480 wasted; 64 bytes each would save 960; the best order of fields (64 bytes) saves 960\n") || !strings.Contains(text, "and 2 groups more\n") {
		t.Error(text, err)
	}
	for groups, want := range map[int]string{0: "and 5 groups more\n", 5: "order of fields", alloc.MaxPicture: "order of fields"} {
		if text, err := r.Table(groups); err != nil || !strings.Contains(text, want) || strings.Contains(text, "groups more") != (groups == 0) {
			t.Errorf("a table of %d groups: %v\n%s", groups, err, text)
		}
	}
	if _, err := r.Table(alloc.MaxPicture + 1); err == nil {
		t.Error("a table of too many groups is made")
	}
	if _, err := r.Table(-1); err == nil {
		t.Error("a table of -1 groups")
	}
	roundTrip(t, r)
}

// TestSmaller checks that the size that is reported as the largest smaller one is that,
// in every class and release, and saves the reported bytes.
func TestSmaller(t *testing.T) {
	for _, release := range releases {
		rules := rules(t, release, 8)
		for _, noscan := range []bool{true, false} {
			for size := int64(1); size < 70_000; size = size + 1 + size/40 {
				r, err := alloc.Replay(alloc.Config{Release: release}, values([]alloc.Op{{Verb: alloc.AllocVerb, ID: "x", Size: size, Noscan: noscan}}))
				if err != nil {
					t.Fatal(err)
				}
				g := r.Groups[0]
				if g.Smaller == 0 {
					if g.Way != alloc.Tiny && size > 16 {
						t.Errorf("%s, %d bytes, noscan %v: nothing is smaller", release, size, noscan)
					}
					continue
				}
				at, err := rules.Place(g.Smaller, noscan)
				if err != nil {
					t.Fatal(err)
				}
				above, err := rules.Place(g.Smaller+1, noscan)
				if err != nil {
					t.Fatal(err)
				}
				if g.Slot-at.Bytes != g.SmallerSaves || above.Bytes != g.Slot || g.Smaller >= size {
					t.Errorf("%s, %d bytes, noscan %v: %+v, but %d bytes go to %+v and one more to %+v", release, size, noscan, g, g.Smaller, at, above)
				}
			}
		}
	}
}

// TestReplayGC checks that freed objects are reclaimed at a collection, and live ones
// are not.
func TestReplayGC(t *testing.T) {
	var b strings.Builder
	for round := range 30 {
		for i := range 200 {
			fmt.Fprintf(&b, `{"op":"alloc","id":"%d.%d","size":%d,"noscan":%v,"count":20}`+"\n", round, i, i*7%900, i%2 == 0)
		}
		b.WriteString(`{"op":"gc"}` + "\n")
		for i := range 200 {
			if i%5 != 0 {
				fmt.Fprintf(&b, `{"op":"free","id":"%d.%d"}`+"\n", round, i)
			}
		}
	}
	for _, release := range releases {
		r := replayed(t, alloc.Config{Release: release, Limit: 128 << 20}, b.String())
		if r.Objects != 30*40*20 {
			t.Errorf("%s: %d objects live", release, r.Objects)
		}
	}
}

// TestBadOps replays streams that make no sense.
func TestBadOps(t *testing.T) {
	start := cputime.Process()
	const one = `{"op":"alloc","id":"a","size":8}` + "\n"
	for _, stream := range []string{
		"{", "[]", "7", `{"op":"alloc"`, `{"op":"move"}`, `{"op":"alloc","size":8}`, `{"op":"alloc","id":"a","size":-1}`, `{"op":"alloc","id":"a","colour":"red"}`,
		`{"op":"alloc","id":"a","size":1e300}`, `{"op":"alloc","id":"a","count":-1}`, `{"op":"alloc","id":"a","count":4194305}`, `{"op":"alloc","id":"a","size":9223372036854775807}`,
		`{"op":"alloc","id":"a","size":8,"best":9}`, `{"op":"alloc","id":"a","best":-1}`, one + one, one + `{"op":"alloc","id":"b","size":8,"count":4194304}`, `{"op":"free","id":"a"}`, one + `{"op":"free","id":"a","count":2}`, one + `{"op":"free","id":"a","count":-1}`,
		one + `{"op":"free","id":"a"}` + "\n" + `{"op":"free","id":"a"}`, `{"op":"gc"} {"op":"gc"}`, strings.Repeat("x", 1<<17), "\x00",
	} {
		if _, err := alloc.Replay(alloc.Config{}, alloc.ReadOps(strings.NewReader(stream))); err == nil {
			t.Errorf("%.60s: no error", stream)
		}
	}
	if _, err := alloc.Replay(alloc.Config{Release: "go2"}, alloc.ReadOps(strings.NewReader(""))); err == nil {
		t.Error("go2 is a release")
	}
	_, err := alloc.Replay(alloc.Config{Limit: 1 << 20}, alloc.ReadOps(strings.NewReader(`{"op":"alloc","id":"a","size":100000,"count":2000000}`)))
	if !errors.Is(err, alloc.OutOfMemory) {
		t.Error(err)
	}
	if d := cputime.Process() - start; d > 2*time.Second {
		t.Errorf("it takes %v", d)
	}
}

// TestWriteOps checks that WriteOps and ReadOps are inverse.
func TestWriteOps(t *testing.T) {
	ops := []alloc.Op{
		{Verb: alloc.AllocVerb, ID: "a", Size: 100, Noscan: true, What: "x", Count: 3, Best: 96, Rounded: true}, {Verb: alloc.GCVerb}, {Verb: alloc.FreeVerb, ID: "a", Count: 1},
	}
	var b strings.Builder
	if err := alloc.WriteOps(&b, values(ops)); err != nil {
		t.Fatal(err)
	}
	var again []alloc.Op
	for op, err := range alloc.ReadOps(strings.NewReader(b.String())) {
		if err != nil {
			t.Fatal(err)
		}
		again = append(again, op)
	}
	if diff := cmp.Diff(ops, again); diff != "" {
		t.Errorf("(-written +read):\n%s", diff)
	}
}

func FuzzReplay(f *testing.F) {
	f.Add(`{"op":"alloc","id":"a","size":8}` + "\n" + `{"op":"free","id":"a"}` + "\n" + `{"op":"gc"}`)
	f.Fuzz(func(t *testing.T, stream string) {
		r, err := alloc.Replay(alloc.Config{Limit: 32 << 20}, alloc.ReadOps(strings.NewReader(stream)))
		if err != nil {
			return
		}
		if _, err := r.Table(10); err != nil {
			t.Fatal(err)
		}
	})
}
