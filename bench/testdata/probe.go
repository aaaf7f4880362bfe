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
		Logs  []string
		Stuck string
	}
	for _, text := range programs {
		for tries := 0; ; tries++ {
			r := run(read(text), patience)
			time.Sleep(patience) // so that its timer is over, too
			if r.Elapsed < 800*time.Microsecond || r.Elapsed < 8*time.Millisecond && !strings.Contains(text, `"lock"`) {
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
	json.NewEncoder(os.Stdout).Encode(out)
}

const patience = 12 * time.Millisecond

func read(text string) (s source) {
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		panic(err)
	}
	return s
}
