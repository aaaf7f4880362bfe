package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// An alone is a program to run in a process of its own, as a user would: its main
// is the main goroutine, and begins when the process does.
type alone struct {
	Program string        // JSON
	Env     []string      // GOMAXPROCS=2
	Limit   time.Duration // after which it is killed
}

// An ending is what became of it.
type ending struct {
	Result *result // if main returned, or the last goroutine has ended
	Says   string  // up to the first empty line of what the runtime wrote
	Killed bool    // when the limit was up
}

func (a *alone) run() (e ending) {
	self := os.Args[0]
	if runtime.GOOS == "linux" {
		self = "/proc/self/exe" // its file may be gone already
	}
	var stdout, stderr bytes.Buffer
	cmd := exec.Command(self, a.Program)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "GODEBUG=") && !strings.HasPrefix(v, "GOMAXPROCS=") && !strings.HasPrefix(v, "GOTRACEBACK=") {
			cmd.Env = append(cmd.Env, v)
		}
	}
	cmd.Env = append(cmd.Env, a.Env...)
	if err := cmd.Start(); err != nil {
		panic(err.Error())
	}
	ended := make(chan bool, 1)
	go func() {
		cmd.Wait() // that it failed is told by what it says
		ended <- true
	}()
	select {
	case <-ended:
	case <-time.After(a.Limit):
		e.Killed = true
		cmd.Process.Kill()
		<-ended
	}
	if stdout.Len() > 0 {
		e.Result = new(result)
		if err := json.Unmarshal(stdout.Bytes(), e.Result); err != nil {
			panic(err.Error())
		}
	}
	e.Says = strings.SplitN(strings.TrimRight(stderr.String(), "\n"), "\n\n", 2)[0]
	return e
}

// tell writes what became of it.
func (p *prog) tell() {
	r := result{Log: p.log()}
	p.times(&r)
	json.NewEncoder(os.Stdout).Encode(r)
}

// runAlone is such a process.
func runAlone(text string) {
	var s source
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		panic(err.Error())
	}
	p := load(s)
	p.alone = true
	p.begin()
	p.work(1, p.funcs["main"], nil)
}
