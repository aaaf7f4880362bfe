package service

import (
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
	"golang.org/x/sync/singleflight"

	"github.com/orrery-go/orrery/service/cache"
)

// TestLRU checks the cache against golang-lru: what is found, what is evicted, the order.
func TestLRU(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	ops := 0
	for range 500 {
		size := 1 + r.IntN(12)
		var gone []int
		real, err := simplelru.NewLRU[int, int](size, func(k, _ int) { gone = append(gone, k) })
		if err != nil {
			t.Fatal(err)
		}
		model, err := cache.NewLRU[int, int](size, 0)
		if err != nil {
			t.Fatal(err)
		}
		for i := range 200 {
			k := r.IntN(20)
			ops++
			gone = gone[:0]
			switch r.IntN(6) {
			case 0, 1:
				want := real.Add(k, i)
				key, got, err := model.Add(0, k, i)
				if err != nil || got != want || got && !slices.Equal(gone, []int{key}) {
					t.Fatalf("Add: %d %v, want %v %v, %v", key, got, gone, want, err)
				}
			case 2, 3:
				want, ok := real.Get(k)
				if got, found, err := model.Get(0, k); err != nil || got != want || found != ok {
					t.Fatalf("Get: %d %v, want %d %v, %v", got, found, want, ok, err)
				}
			case 4:
				want, ok := real.Peek(k)
				if got, found, err := model.Peek(0, k); err != nil || got != want || found != ok {
					t.Fatalf("Peek: %d %v, want %d %v, %v", got, found, want, ok, err)
				}
			case 5:
				if got, want := model.Remove(k), real.Remove(k); got != want {
					t.Fatalf("Remove: %v, want %v", got, want)
				}
			}
			if !slices.Equal(model.Keys(), real.Keys()) || model.Len() != real.Len() {
				t.Fatalf("%v, want %v", model.Keys(), real.Keys())
			}
			if err := model.Check(); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Logf("%d operations, 0 mismatches", ops)
}

// TestFlight checks the flight against singleflight in bubbles: which goroutine loads,
// which wait, and until when.
func TestFlight(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	ops, led := 0, 0
	for range 1000 {
		synctest.Test(t, func(t *testing.T) {
			var (
				group singleflight.Group
				model cache.Flight[string]
				all   sync.WaitGroup
				start = time.Now()
			)
			for range 60 {
				time.Sleep(time.Duration(1 + r.Int64N(int64(5*time.Millisecond))))
				key, takes := []string{"a", "b", "c"}[r.IntN(3)], time.Duration(1+r.Int64N(int64(30*time.Millisecond)))
				if r.IntN(20) == 0 {
					group.Forget(key)
					model.Forget(key)
				}
				ops++
				want, err := model.Do(time.Since(start), key, takes)
				if err != nil {
					t.Fatal(err)
				}
				if want.Leads {
					led++
				}
				all.Go(func() {
					leads := false
					if _, err, _ := group.Do(key, func() (any, error) {
						leads = true
						time.Sleep(takes)
						return nil, nil
					}); err != nil {
						t.Error(err)
					}
					if got := (cache.Ride{Leads: leads, Until: time.Since(start)}); got != want {
						t.Errorf("%+v, want %+v", got, want)
					}
				})
				synctest.Wait()
			}
			all.Wait()
		})
		if t.Failed() {
			t.FailNow()
		}
	}
	t.Logf("%d calls, %d of them loaded, 0 mismatches", ops, led)
}
