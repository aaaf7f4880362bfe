package hostile

import (
	"context"
	"sync"
	"testing"

	"github.com/orrery-go/orrery/alloc"
	"github.com/orrery-go/orrery/chanq"
	"github.com/orrery-go/orrery/claims"
	"github.com/orrery-go/orrery/draw"
	"github.com/orrery-go/orrery/explore"
	"github.com/orrery-go/orrery/gc/marking"
	"github.com/orrery-go/orrery/layout"
	"github.com/orrery-go/orrery/locks"
	"github.com/orrery-go/orrery/release"
	"github.com/orrery-go/orrery/script"
	"github.com/orrery-go/orrery/slicegrow"
)

// TestConcurrent uses, from several goroutines, the values for which a package's doc
// allows that. The race detector reports failures.
func TestConcurrent(t *testing.T) {
	must := func(err error) {
		if err != nil {
			t.Error(err)
		}
	}
	places, err := alloc.ForRelease("go1.22")
	must(err)
	grows, err := slicegrow.ForRelease("go1.26")
	must(err)
	words, err := layout.New(layout.Config{Arch: "386"})
	must(err)
	typ, err := layout.Parse("type T struct { a bool; b *T; c map[string][]T }")
	must(err)
	chans, err := chanq.NewMachine(chanq.Bounded{Caps: []int64{1}, Procs: [][]chanq.Op{{{Verb: chanq.SendVerb, Chan: 1, Value: 1}}, {{Verb: chanq.RecvVerb, Chan: 1}}}})
	must(err)
	mutex, err := locks.NewMachine(locks.Bounded{Objects: []locks.Type{locks.Mutex}, Procs: [][]locks.Op{{{Verb: locks.LockVerb, ID: 1}, {Verb: locks.UnlockVerb, ID: 1}}}})
	must(err)
	heap, err := marking.New(marking.Config{Objects: 2, Fields: 1})
	must(err)

	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			_, err := places.Place(33, false)
			must(err)
			_, err = grows.Grow(slicegrow.Append{Len: 3, Cap: 3, Count: 1, Size: 8})
			must(err)
			l, err := words.Of(typ)
			must(err)
			draw.LayoutWords(l)
			o, err := words.Optimal(typ)
			must(err)
			_ = o
			_, err = release.Parse("go1.17.13")
			must(err)
			_, err = explore.Run(context.Background(), chans, explore.Options{MaxStates: 1000, AllowDeadlock: true})
			must(err)
			_, err = explore.Run(context.Background(), mutex, explore.Options{MaxStates: 1000, AllowDeadlock: true})
			must(err)
			_, err = explore.Run(context.Background(), heap, explore.Options{MaxStates: 100_000, AllowDeadlock: true})
			must(err)
			in, err := script.New("slicegrow")
			must(err)
			_, err = script.Run("model slicegrow\nrelease go1.17\ngrow len=3 cap=3\n----\n", in)
			must(err)
			for _, row := range claims.List()[:50] {
				got, err := claims.Get(row.ID)
				must(err)
				for i := range got.Expect {
					got.Expect[i] = claims.Since{}
				}
			}
		})
	}
	all.Wait()
	for _, row := range claims.List()[:50] {
		if row.Checked() && len(row.Expect) > 0 && row.Expect[0] == (claims.Since{}) {
			t.Errorf("row %s was changed by a caller", row.ID)
		}
	}
}
