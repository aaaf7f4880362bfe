// The probe of bench: the files of its child with another main function, in the Go of
// 1.2.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"time"
)

func main() {
	if len(os.Args) > 1 {
		runAlone(os.Args[1])
		return
	}
	runtime.GOMAXPROCS(1)
	debug.SetGCPercent(-1)
	logs = make([]entry, 1<<16)
	old = true
	var out struct {
		Logs    []string
		Stuck   string
		Puzzles []string
		Endings [][]ending
	}
	for _, text := range programs {
		for tries := 0; ; tries++ {
			r := run(read(text), patience)
			time.Sleep(patience) // so that its timer is over, too
			locks := strings.Contains(text, `"lock"`)
			if over := r.Elapsed - r.Spun; over < 800*time.Microsecond && r.Stopped == 0 || over < 8*time.Millisecond && !locks {
				out.Logs = append(out.Logs, r.Log)
				if r.Stuck {
					out.Stuck += "1"
				} else {
					out.Stuck += "0"
				}
				break
			}
			if tries == 2000 {
				panic("the machine is too busy")
			}
		}
	}
	for _, q := range puzzles {
		out.Puzzles = append(out.Puzzles, q.usual())
	}
	for _, q := range held {
		list := []ending{}
		for q.here() && len(list) < 30 {
			list = append(list, q.ask(2*time.Second))
		}
		out.Endings = append(out.Endings, list)
	}
	json.NewEncoder(os.Stdout).Encode(out)
}

// A question is a program to run alone, how, and since which release.
type question struct {
	program string
	env     []string
	since   string
}

func (q question) ask(limit time.Duration) ending {
	a := alone{q.program, q.env, limit}
	return a.run()
}

// usual is what the program says most often. What the runtime's own goroutines have done
// when main begins, on whose thread it is yet, is not the same every time.
func (q question) usual() (most string) {
	count := map[string]int{}
	for start := time.Now(); count[most] < 10 && (most == "" || time.Since(start) < 5*time.Second); {
		e := q.ask(time.Minute)
		line := strings.Split(e.Says, "\n")[0]
		if r := e.Result; r != nil && (r.Late > 2*time.Millisecond || r.Active > 5*time.Millisecond) {
			continue
		} else if r != nil {
			line = strings.TrimSpace(r.Log + " " + line)
		}
		if count[line]++; count[line] > count[most] {
			most = line
		}
	}
	return most
}

// here reports whether this release can run it.
func (q question) here() bool {
	var since, this int
	fmt.Sscanf(q.since, "go1.%d", &since)
	fmt.Sscanf(runtime.Version(), "go1.%d", &this)
	return this >= since
}

const patience = 12 * time.Millisecond

func read(text string) (s source) {
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		panic(err)
	}
	return s
}
