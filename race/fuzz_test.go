package race_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/race"
)

// FuzzDetector performs operations that the bytes choose, sensible or not: nothing
// panics, every error is the model's or Go's, and the invariants hold.
func FuzzDetector(f *testing.F) {
	f.Add("go1.26", byte(4), []byte{0, 1, 0, 2, 1, 0, 3, 1, 8, 4, 2, 8})
	f.Add("go1.15", byte(0), []byte{2, 1, 1, 16, 1, 1, 0, 1, 0, 17, 2, 1, 18, 1, 1})
	f.Add("", byte(255), []byte{2, 1, 4, 22, 1, 4, 0, 1, 0, 21, 2, 4})
	f.Fuzz(func(t *testing.T, release string, limits byte, script []byte) {
		d, err := race.New(race.Config{
			Release: release, Strict: limits&64 != 0, Lockset: limits&128 != 0, Record: limits&32 != 0,
			Limits: race.Limits{Cells: int(limits & 3), Slots: int(limits >> 3 & 3), FirstByte: limits&16 != 0, Exited: int(limits >> 2 & 1)},
		})
		if err != nil {
			return
		}
		if len(script) > 3000 {
			script = script[:3000]
		}
		for ; len(script) >= 3; script = script[3:] {
			a, b := script[1], script[2]
			op := race.Op{
				Verb: allVerbs[int(script[0])%len(allVerbs)], G: race.G(int8(a)), On: race.Object(int8(b)), Addr: uint64(b),
				Size: int(int8(b >> 1)), N: int64(int8(b)), Type: allTypes[int(b)%len(allTypes)], Place: race.Place(b),
			}
			if b == 255 {
				op.Addr, op.Size, op.N = 1<<64-1, min(1<<62, math.MaxInt), 1<<63-1
			}
			_, err := d.Do(op)
			var panics *crash.Error
			if err != nil && !errors.As(err, &panics) && !strings.HasPrefix(err.Error(), "race: ") {
				t.Fatalf("%v: %v", op, err)
			}
			if err := d.Check(); err != nil {
				t.Fatalf("after %v: %v", op, err)
			}
		}
		log, err := d.Record()
		if err != nil {
			return
		}
		for _, any := range []bool{true, false} {
			m, err := race.NewInterleavings(log, any)
			if err != nil {
				continue
			}
			s := m.Initial()[0]
			for range 50 {
				next := s
				m.Successors(s, func(_ int, to [8]uint64) { next = to })
				_ = m.Check(next)
				if _, _, err := m.Order([][8]uint64{s, next}); err != nil {
					t.Fatal(err)
				}
				s = next
			}
		}
	})
}

// FuzzLog reads any text: an error names the line.
func FuzzLog(f *testing.F) {
	f.Add(`{"g":"main","do":"go","new":"w","at":"main.go:7"}` + "\n" + `{"g":"w","do":"write","var":"x"}` + "\n" + `{"g":1,"do":"read","addr":16}`)
	f.Add(`{"g":"main","do":"make","on":"c","type":"chan","cap":1,"size":8}` + "\n" + `{"g":"main","do":"send","on":"c"}`)
	f.Add(`{"g":"main","do":"make","on":"c","type":"cond","lock":"mu"}`)
	f.Add(`{"g":"main","do":"unlock","on":"mu"}` + "\n" + `null`)
	f.Fuzz(func(t *testing.T, text string) {
		l, err := race.NewLog(race.Config{})
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Read(strings.NewReader(text)); err != nil && !strings.HasPrefix(err.Error(), "race: line ") {
			t.Fatal(err)
		}
		if err := l.Check(); err != nil {
			t.Fatal(err)
		}
		for _, r := range l.Reports() {
			l.Describe(r)
		}
	})
}

// FuzzWords reads any text as entries in words.
func FuzzWords(f *testing.F) {
	for _, r := range race.MemoryModel() {
		f.Add(r.With)
	}
	f.Fuzz(func(t *testing.T, text string) {
		l, err := race.NewLog(race.Config{})
		if err != nil {
			t.Fatal(err)
		}
		_ = l.Play(text)
		if err := l.Check(); err != nil {
			t.Fatal(err)
		}
	})
}
