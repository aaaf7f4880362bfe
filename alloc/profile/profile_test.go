package profile_test

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"io"
	"math"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/alloc"
	"github.com/orrery-go/orrery/alloc/profile"
)

// Every object is sampled.
func init() { runtime.MemProfileRate = 1 }

var kept [][]byte

//go:noinline
func allocate(size, n int) {
	for range n {
		kept = append(kept, make([]byte, size))
	}
}

func heapProfile(t testing.TB) []byte {
	t.Helper()
	runtime.GC()
	runtime.GC() // a profile describes the last collection but one
	var b bytes.Buffer
	if err := pprof.Lookup("heap").WriteTo(&b, 0); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestHeapProfile reads a profile of this program, and compares the objects of one size
// with the live ones, and their bytes with those of their slots.
func TestHeapProfile(t *testing.T) {
	rules, err := alloc.ForRelease("running")
	if err != nil {
		t.Fatal(err)
	}
	kept = make([][]byte, 0, 4096)
	// An allocation that starts a collection may allocate a sudog to wait for another
	// start, which the profile attributes to the caller.
	runtime.GC()
	gogc := debug.SetGCPercent(-1)
	defer debug.SetGCPercent(gogc)
	want := map[int64]int64{}
	for i, size := range []int{17, 33, 100, 1000, 5000, 33_000, 100_000} {
		n := 10 + i
		allocate(size, n)
		p, err := rules.Place(int64(size), true)
		if err != nil {
			t.Fatal(err)
		}
		want[p.Bytes] += int64(n)
	}
	p, err := profile.Read(bytes.NewReader(heapProfile(t)))
	if err != nil {
		t.Fatal(err)
	}
	got := map[int64]int64{}
	for _, s := range p.Samples {
		if strings.HasSuffix(s.What, "/profile_test.allocate") {
			got[s.Size] += s.Objects
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-model +profile):\n%s", diff)
	}
	r, err := alloc.Replay(alloc.Config{Release: "running"}, p.Ops(1))
	if err != nil {
		t.Fatal(err)
	}
	var taken int64
	for _, s := range p.Samples {
		taken += s.Objects * s.Size
	}
	var inSlots int64
	for _, c := range r.Classes {
		inSlots += c.Taken
	}
	if inSlots != taken || r.Objects != p.Objects() {
		t.Errorf("%d bytes in slots, %d in the profile; %d objects, %d in the profile", inSlots, taken, r.Objects, p.Objects())
	}
	runtime.KeepAlive(kept)
}

// message encodes a field of wire type 2.
func message(number int, parts ...[]byte) []byte {
	body := bytes.Join(parts, nil)
	return append(binary.AppendUvarint([]byte{byte(number<<3 | 2)}, uint64(len(body))), body...)
}

// number encodes a field of wire type 0.
func number(field int, v uint64) []byte { return binary.AppendUvarint([]byte{byte(field << 3)}, v) }

// TestFields reads a profile made by hand: the live objects count, not the allocated
// ones, and the runtime's functions are skipped.
func TestFields(t *testing.T) {
	var data []byte
	for _, s := range []string{"", "alloc_objects", "alloc_space", "inuse_objects", "inuse_space", "runtime.mallocgc", "main.f", "main.main"} {
		data = append(data, message(6, []byte(s))...)
	}
	for i := range uint64(4) {
		data = append(data, message(1, number(1, i+1))...)
	}
	for i := range uint64(3) {
		data = append(data, message(5, number(1, 10+i), number(2, 5+i))...)
	}
	data = append(data, message(4, number(1, 1), message(4, number(1, 10)))...)                            // runtime.mallocgc
	data = append(data, message(4, number(1, 2), message(4, number(1, 11)), message(4, number(1, 12)))...) // main.f, inlined into main.main
	data = append(data, message(2, number(1, 1), number(1, 2), number(2, 7), number(2, 784), number(2, 2), number(2, 224))...)
	data = append(data, message(2, message(1, []byte{1, 2}), message(2, []byte{9, 90, 1, 112}))...) // packed
	data = append(data, message(2, message(1, []byte{2}), message(2, []byte{9, 90, 0, 0}))...)      // nothing lives
	p, err := profile.Read(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(profile.Profile{Samples: []profile.Sample{{What: "main.f", Size: 112, Objects: 3}}}, p); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestOtherFields skips what a heap profile does not have: numbers of a fixed size, and
// fields of numbers that say nothing, as far as they go. A name that does not exist is
// empty, one in the runtime is better than none, and a slot of 16 bytes has no pointers.
func TestOtherFields(t *testing.T) {
	var data []byte
	data = append(data, 9<<3|1, 1, 2, 3, 4, 5, 6, 7, 8) // 64 bits
	data = append(data, 9<<3|5, 1, 2, 3, 4)             // 32 bits
	for _, s := range []string{"", "inuse_space", "inuse_objects", "runtime.malg"} {
		data = append(data, message(6, []byte(s))...)
	}
	// Field 1<<29 + 6 is not field 6.
	data = append(binary.AppendUvarint(data, (1<<29+6)<<3|2), 1, 'x')
	data = append(data, message(1, number(1, 1))...)
	data = append(data, message(1, number(1, 2))...)
	data = append(data, message(5, number(1, 10), number(2, 3))...)
	data = append(data, message(5, number(1, 11), number(2, 4))...) // there are four strings
	data = append(data, message(4, number(1, 1), message(4, number(1, 10)))...)
	data = append(data, message(4, number(1, 2), message(4, number(1, 11)))...)
	data = append(data, message(2, number(1, 1), number(2, 47), number(2, 3))...)
	data = append(data, message(2, number(1, 2), number(2, 30), number(2, 2))...)
	p, err := profile.Read(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	want := []profile.Sample{{What: "runtime.malg", Size: 16, Objects: 3}, {Size: 15, Objects: 2}}
	if diff := cmp.Diff(want, p.Samples); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var pointers []bool
	for op := range p.Ops(0) {
		pointers = append(pointers, !op.Noscan)
	}
	if diff := cmp.Diff([]bool{false, true}, pointers); diff != "" {
		t.Errorf("pointers (-want +got):\n%s", diff)
	}
	head := len(data)
	for name, values := range map[string][2]int64{"objects": {0, -1}, "bytes": {-1, 1}} {
		bad := append(data[:head:head], message(2, number(1, 1), number(2, uint64(values[0])), number(2, uint64(values[1])))...)
		if p, err := profile.Read(bytes.NewReader(bad)); err == nil {
			t.Errorf("less than no %s: %+v", name, p)
		}
	}
	for n := 1; n <= 13; n++ { // the first two fields
		if _, err := profile.Read(bytes.NewReader(data[:n])); err == nil || n != 9 && !strings.Contains(err.Error(), "ends too early") {
			t.Errorf("the first %d bytes: %v", n, err)
		}
	}
	if _, err := profile.Read(nil); err == nil {
		t.Error("no reader is read")
	}
}

// TestScale halves a profile.
func TestScale(t *testing.T) {
	p := profile.Profile{Samples: []profile.Sample{{What: "a", Size: 64, Objects: 101}, {What: "b", Size: 8, Objects: 1}}}
	var ops []alloc.Op
	for op, err := range p.Ops(2) {
		if err != nil {
			t.Fatal(err)
		}
		ops = append(ops, op)
	}
	want := []alloc.Op{{Verb: alloc.AllocVerb, ID: "0", Size: 64, Noscan: true, What: "a", Count: 50, Rounded: true}}
	if diff := cmp.Diff(want, ops); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestRounding: what is left over counts as one if it is more than half of a scale. The sum
// of objects stays in range.
func TestRounding(t *testing.T) {
	for objects, want := range map[int64]int64{101: 25, 102: 25, 103: 26, 104: 26, 2: 0, 3: 1} {
		p := profile.Profile{Samples: []profile.Sample{{Size: 64, Objects: objects}}}
		got := int64(0)
		for op := range p.Ops(4) {
			got += op.Count
		}
		if got != want {
			t.Errorf("a quarter of %d objects are %d, want %d", objects, got, want)
		}
	}
	many := profile.Profile{Samples: []profile.Sample{{Objects: 5}, {Objects: math.MaxInt64}, {Objects: math.MaxInt64}}}
	if got := many.Objects(); got != 1<<62 {
		t.Errorf("%d objects", got)
	}
}

// TestLargest reads a profile of just the largest size, and one that is a byte larger.
func TestLargest(t *testing.T) {
	tail := slices.Concat(message(6, nil), message(6, []byte("inuse_objects")), message(6, []byte("inuse_space")), message(1, number(1, 1)), message(1, number(1, 2)))
	for _, over := range []int{0, 1} {
		// Before it a field that says nothing, of which five bytes are its number and length.
		data := slices.Concat(message(9, make([]byte, profile.MaxBytes-5-len(tail)+over)), tail)
		if len(data) != profile.MaxBytes+over {
			t.Fatalf("%d bytes", len(data))
		}
		_, err := profile.Read(bytes.NewReader(data))
		if over == 0 && err != nil || over == 1 && (err == nil || !strings.Contains(err.Error(), "more than")) {
			t.Errorf("%d bytes too many: %v", over, err)
		}
	}
}

// TestBadProfiles reads malformed profiles.
func TestBadProfiles(t *testing.T) {
	good := heapProfile(t)
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	for range 80 {
		if _, err := z.Write(make([]byte, 1<<20)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	// What is read goes into arrays that grow to the largest size, as in io.ReadAll, which
	// allocates each twice with the race detector.
	largest := allocated(func() {
		if _, err := io.ReadAll(io.LimitReader(zeros{}, profile.MaxBytes+1)); err != nil {
			t.Error(err)
		}
	})
	took := allocated(func() {
		for name, data := range map[string][]byte{
			"nothing": nil, "text": []byte("heap profile: 1: 2"), "zeros": make([]byte, 100), "half": good[:len(good)/2],
			"too large": bomb.Bytes(), "length": {0x32, 0xff, 0xff, 0xff, 0xff, 0x7f}, "varint": bytes.Repeat([]byte{0xff}, 20), "group": {0x0b},
		} {
			if _, err := profile.Read(bytes.NewReader(data)); err == nil {
				t.Errorf("%s: no error", name)
			}
		}
	})
	if took > largest+1<<20 {
		t.Errorf("it takes %d bytes, io.ReadAll of the largest size %d", took, largest)
	}
}

// zeros is a reader without an end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// allocated returns the bytes that f allocates.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// trace is the output of Go 1.14.15, without most stacks.
const trace = `tracealloc(0xc000050060, 0x60, main.T)
goroutine 1 [running]:
runtime.mallocgc(0x60, 0x46b7c0, 0x1, 0xc000056f18)
main.main()

tracealloc(0xc000010018, 0x8, *main.T)
goroutine 1 [running]:

tracealloc(0xc00004e000, 0x70)
tracealloc(0xc00005e000, 0x400, uint8)
tracegc()
goroutine 2 [running]:
end tracegc

tracefree(0xc000010010, 0x8)
tracefree(0xc000050060, 0x60)
tracefree(0xc00005e000, 0x400)
tracealloc(0xc000050060, 0x60, main.T)
tracealloc(0xc000010018, 0x8, *main.T)
`

func TestTrace(t *testing.T) {
	var ops []alloc.Op
	for op, err := range profile.ReadTrace(strings.NewReader(trace)) {
		if err != nil {
			t.Fatal(err)
		}
		ops = append(ops, op)
	}
	want := []alloc.Op{
		{Verb: alloc.AllocVerb, ID: "0xc000050060", Size: 96, Noscan: true, What: "main.T", Rounded: true},
		{Verb: alloc.AllocVerb, ID: "0xc000010018", Size: 8, What: "*main.T", Rounded: true},
		{Verb: alloc.AllocVerb, ID: "0xc00004e000", Size: 112, Noscan: true, Rounded: true},
		{Verb: alloc.AllocVerb, ID: "0xc00005e000", Size: 1024, Noscan: true, What: "uint8", Rounded: true},
		{Verb: alloc.FreeVerb, ID: "0xc000050060"},
		{Verb: alloc.FreeVerb, ID: "0xc00005e000"},
		{Verb: alloc.GCVerb},
		{Verb: alloc.AllocVerb, ID: "0xc000050060", Size: 96, Noscan: true, What: "main.T", Rounded: true},
	}
	if diff := cmp.Diff(want, ops); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, bad := range []string{"tracealloc()", "tracefree()", "tracealloc(0x10, 0xffffffffffffffffff)", strings.Repeat("x", 1<<20)} {
		var err error
		for _, err = range profile.ReadTrace(strings.NewReader(bad)) {
		}
		if err == nil || !strings.Contains(err.Error(), "line 1:") {
			t.Errorf("%.40s: %v", bad, err)
		}
	}
}

// TestTraceEnds: no reader is the only error, the longest line is read, and a caller may
// stop at any pair.
func TestTraceEnds(t *testing.T) {
	n := 0
	for _, err := range profile.ReadTrace(nil) {
		if n++; err == nil {
			t.Error("no reader is read")
		}
	}
	if n != 1 {
		t.Errorf("without a reader there are %d pairs", n)
	}
	for _, err := range profile.ReadTrace(strings.NewReader(strings.Repeat("x", 1<<20-1) + "\n")) {
		t.Errorf("a line of 1 MiB: %v", err)
	}
	for stop := 1; stop <= 8; stop++ {
		n := 0
		for range profile.ReadTrace(strings.NewReader(trace)) {
			if n++; n == stop {
				break
			}
		}
		if n != stop {
			t.Errorf("%d pairs, want %d", n, stop)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(heapProfile(f))
	f.Add([]byte(trace))
	f.Fuzz(func(t *testing.T, data []byte) {
		if p, err := profile.Read(bytes.NewReader(data)); err == nil {
			_, _ = alloc.Replay(alloc.Config{Limit: 64 << 20}, p.Ops(max(1, p.Objects()/1000)))
		}
		_, _ = alloc.Replay(alloc.Config{Limit: 64 << 20}, profile.ReadTrace(bytes.NewReader(data)))
	})
}
