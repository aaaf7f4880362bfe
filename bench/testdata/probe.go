// The probe of bench: the files of its child with another main function, in the Go of
// 1.2.
package main

import (
	"encoding/json"
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
	old = true
	var out struct {
		Logs    []string
		Stuck   string
		Puzzles []string
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
	for _, text := range puzzles {
		env := "GOMAXPROCS=1"
		if strings.Contains(text, `"procs"`) {
			env = "GOMAXPROCS=2"
		}
		a := alone{Program: text, Env: []string{env}, Limit: 10 * time.Second}
		for tries := 0; ; tries++ {
			e := a.run()
			if r := e.Result; r == nil || r.Late < 2*time.Millisecond && r.Active < 5*time.Millisecond {
				line := strings.Split(e.Says, "\n")[0]
				if r != nil {
					line = strings.TrimSpace(r.Log + " " + line)
				}
				out.Puzzles = append(out.Puzzles, line)
				break
			}
			if tries == 100 {
				panic("the machine is too busy")
			}
		}
	}
	json.NewEncoder(os.Stdout).Encode(out)
}

const patience = 12 * time.Millisecond

func read(text string) (s source) {
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		panic(err)
	}
	return s
}
