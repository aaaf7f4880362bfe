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
		Alone   [][]ending
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
		list := []ending{}
		for len(list) < 20 {
			list = append(list, q.ask(time.Minute))
		}
		out.Alone = append(out.Alone, list)
	}
	for _, q := range held {
		list := []ending{}
		for q.here() && len(list) < 30 {
			list = append(list, q.ask(time.Minute))
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
