package gomaplive_test

import (
	"errors"
	"runtime"
	"testing"

	"github.com/orrery-go/orrery/gomap/gomaplive"
	"github.com/orrery-go/orrery/internal/underrace"
)

// TestScheduler shows why TestMaps needs a child without -race: with it, making a
// goroutine draws a random number of the thread (runtime/proc.go:runqput, under
// randomizeScheduler), and so does making one ready, as a collection does with its
// workers. Without -race neither does.
func TestScheduler(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	r, err := gomaplive.NewRandom()
	if errors.Is(err, gomaplive.ErrNoRandom) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	const goroutines, most = 5, 30
	least := most
	for range 50 { // the least counts, since a thread that starts in the meantime draws, too
		done := make(chan bool, goroutines)
		r.Sync()
		for range goroutines {
			go func() { done <- true }()
		}
		r.Mark()
		drawn := 0
		for ; drawn < most && !r.Agrees(); drawn++ {
			r.Uint64()
		}
		least = min(least, drawn)
		for range goroutines {
			<-done
		}
	}
	want := 0
	if underrace.On {
		want = goroutines
	}
	if least != want {
		t.Errorf("%d goroutines: the thread has drawn at least %d numbers, want %d", goroutines, least, want)
	}
}
