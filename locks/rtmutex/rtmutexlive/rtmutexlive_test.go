package rtmutexlive_test

import (
	"math"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/internal/child"
	"github.com/orrery-go/orrery/locks/rtmutex"
	"github.com/orrery-go/orrery/locks/rtmutex/rtmutexlive"
	"github.com/orrery-go/orrery/release"
)

// TestScripts plays random steps of up to eight threads, and compares the thread that
// gets the lock and the word after each. The bottom of the stack is woken one time in
// 16.
func TestScripts(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the child knows by Linux's /proc that a thread sleeps")
	}
	const threads, steps = 8, 3000
	c, err := child.Start(t.Context(), rtmutexlive.Child, child.Options{Flags: child.Linkname, Env: rtmutexlive.Env})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	s, err := rtmutexlive.NewScript(release.Running, threads, rand.New(rand.NewPCG(1, 0)))
	if err != nil {
		t.Fatal(err)
	}
	began, n := time.Now(), 0
	for ; n < steps && time.Since(began) < 20*time.Second; n++ {
		step := s.Next()
		log, err := child.Call[[]rtmutexlive.Entry](c, rtmutexlive.Question{Threads: threads, Script: []int{step}})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Step(step, log[0]); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d steps, %d of %d unlocks with several asleep woke the bottom of the stack", n, s.Chosen, s.Choices)
	if n < steps/10 {
		t.Fatalf("%d steps in 20 s: want %d", n, steps/10)
	}
	// Five standard deviations, with a probability of 1 in 1.7 million.
	mean := float64(s.Choices) / 16
	if d := math.Abs(float64(s.Chosen) - mean); d > 5*math.Sqrt(mean*15/16) {
		t.Errorf("the bottom of the stack was woken %d times of %d: want about %.0f", s.Chosen, s.Choices, mean)
	}
}

// TestGolden compares the model with every release whose mutex can be reached.
func TestGolden(t *testing.T) {
	rtmutexlive.Golden.Test(t, func(t *testing.T, rel string, got rtmutexlive.Answers) {
		if !got.Linked {
			if r, err := release.Parse(rel); err != nil || r.AtLeast("go1.5") {
				t.Errorf("it cannot be reached: %v", err)
			}
			return
		}
		want := rtmutexlive.Answers{Linked: true, First: map[string]bool{}}
		for _, choice := range []int{0, 1} {
			words, first := play(t, rel, choice)
			want.Words = words
			want.First[first] = true
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("-model +real:\n%s", diff)
		}
	})
}

// play makes thread 1 lock, threads 2 and 3 wait, and then each unlock, and returns the
// flags after each step and the thread that was woken first.
func play(t *testing.T, rel string, choice int) (words []uint64, first string) {
	l, err := rtmutex.New(rtmutex.Config{Release: rel, Threads: 3, Choose: func(int) int { return choice }})
	if err != nil {
		t.Fatal(err)
	}
	run := func(m rtmutex.M, begin func(rtmutex.M) error) rtmutex.Outcome {
		if err := begin(m); err != nil {
			t.Fatal(err)
		}
		o, err := l.Run(m)
		if err != nil {
			t.Fatal(err)
		}
		if o.Woken != 0 {
			if _, err := l.Run(o.Woken); err != nil {
				t.Fatal(err)
			}
		}
		words = append(words, l.Key()&0x3ff)
		return o
	}
	for m := range rtmutex.M(3) {
		run(m+1, l.Lock)
	}
	woken := run(1, l.Unlock).Woken
	run(woken, l.Unlock)
	run(5-woken, l.Unlock)
	return words, map[rtmutex.M]string{2: "longest asleep", 3: "last to sleep"}[woken]
}
