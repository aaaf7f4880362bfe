package alloc_test

import (
	"testing"

	"github.com/orrery-go/orrery/alloc"
)

func FuzzRules(f *testing.F) {
	f.Add("go1.17.13", 8, int64(1000), true)
	f.Add("", 4, int64(1)<<32-1, false)
	f.Add("running", 8, int64(-1), true)
	f.Add("go1.2", 0, int64(1)<<62, false)
	f.Fuzz(func(t *testing.T, release string, word int, size int64, noscan bool) {
		r, err := alloc.ForRelease(release)
		if err != nil {
			return
		}
		if r, err = r.WithWordSize(word); err != nil {
			return
		}
		up, upErr := r.RoundUp(size, noscan)
		p, err := r.Place(size, noscan)
		if (err == nil) != (upErr == nil) || (err == nil) != (0 <= size && size <= r.MaxAlloc()) {
			t.Fatalf("%d bytes: RoundUp %v, Place %v", size, upErr, err)
		}
		if err == nil && (up < size || p.Way != alloc.Zero && p.Bytes < size) {
			t.Fatalf("%d bytes: rounded to %d, placed in %+v", size, up, p)
		}
	})
}
