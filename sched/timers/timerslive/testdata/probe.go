// The probe of timerslive, in the Go of 1.2: each puzzle runs in several processes of
// its own, and the output of most of them is the answer.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"sort"
	"strings"
	"sync"
	"time"
)

var out = make([]int, 0, 600)

func mark(n int) { out = append(out, n) }

// ranges returns the numbers, with consecutive ones as a range: "9 0-8".
func ranges() string {
	var words []string
	for i := 0; i < len(out); {
		j := i
		for j+1 < len(out) && out[j+1] == out[j]+1 {
			j++
		}
		if j == i {
			words = append(words, fmt.Sprint(out[i]))
		} else {
			words = append(words, fmt.Sprintf("%d-%d", out[i], out[j]))
		}
		i = j + 1
	}
	return strings.Join(words, " ")
}

func many(n int) {
	var wg sync.WaitGroup
	wg.Add(n)
	for i := 0; i < n; i++ {
		go func(i int) {
			mark(i)
			wg.Done()
		}(i)
	}
	wg.Wait()
}

func sleeping(n int, d func(i int) time.Duration) {
	var wg sync.WaitGroup
	wg.Add(n)
	for i := 0; i < n; i++ {
		go func(i int) {
			time.Sleep(d(i))
			mark(i)
			wg.Done()
		}(i)
	}
	wg.Wait()
}

func spawn(n int) {
	for i := 0; i < n; i++ {
		go func(i int) { mark(i) }(i)
	}
}

const ms = time.Millisecond

// puzzles are the programs of the package, in the same order.
var puzzles = []func(){
	func() { spawn(10); time.Sleep(20 * ms) },
	func() { many(10) },
	func() { sleeping(10, func(int) time.Duration { return 3 * ms }) },
	func() { sleeping(4, func(i int) time.Duration { return time.Duration(i+1) * 230 * time.Microsecond }) },
	func() { sleeping(3, func(i int) time.Duration { return time.Duration(3-i) * 20 * ms }) },
	func() { go mark(0); runtime.Gosched(); mark(1); time.Sleep(10 * ms) },
	func() { time.Sleep(2 * ms); spawn(10); time.Sleep(20 * ms) },
	func() {
		for i := 0; i < 3; i++ {
			go func(i int) { mark(i); runtime.Gosched(); mark(i) }(i)
		}
		time.Sleep(20 * ms)
	},
	func() { many(250) },
	func() { spawn(3) },
	func() {
		spawn(3)
		runtime.Gosched()
	},
	func() {
		var wg sync.WaitGroup
		wg.Add(2)
		c := make(chan int)
		go func() {
			for i := 0; i < 3; i++ {
				c <- i
				mark(i)
			}
			wg.Done()
		}()
		go func() {
			for i := 0; i < 3; i++ {
				mark(10 + <-c)
			}
			wg.Done()
		}()
		wg.Wait()
	},
}

func main() {
	if len(os.Args) > 1 {
		var i int
		fmt.Sscan(os.Args[1], &i)
		if len(os.Args) > 2 {
			runtime.GOMAXPROCS(1)
		}
		start := time.Now()
		puzzles[i]()
		fmt.Printf("%d|%s", int64(time.Since(start)), ranges())
		return
	}
	var all struct{ Env, Self []string }
	for i := range puzzles {
		all.Env = append(all.Env, usual("GOMAXPROCS=1", fmt.Sprint(i)))
		all.Self = append(all.Self, usual("X=1", fmt.Sprint(i), "self"))
	}
	json.NewEncoder(os.Stdout).Encode(all)
}

// A run is the output of a process, and the time for which main ran.
type run struct {
	took int
	says string
}

type byTime []run

func (l byTime) Len() int           { return len(l) }
func (l byTime) Less(i, j int) bool { return l[i].took < l[j].took }
func (l byTime) Swap(i, j int)      { l[i], l[j] = l[j], l[i] }

// usual returns the most frequent output, among the third of all runs that took the
// shortest time: a disturbance makes a run longer.
func usual(env string, args ...string) string {
	var runs []run
	for i := 0; i < 21; i++ {
		cmd := exec.Command("/proc/self/exe", args...)
		cmd.Env = []string{env, "GOGC=off"}
		text, err := cmd.Output()
		if err != nil {
			panic(err)
		}
		parts := strings.SplitN(string(text), "|", 2)
		var r run
		fmt.Sscan(parts[0], &r.took)
		r.says = parts[1]
		runs = append(runs, r)
	}
	sort.Sort(byTime(runs))
	seen, best := map[string]int{}, runs[0].says
	for _, r := range runs[:7] {
		if seen[r.says]++; seen[r.says] > seen[best] {
			best = r.says
		}
	}
	return best
}
