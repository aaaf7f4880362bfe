package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"time"
)

// An alone is a program to run in a process of its own, as a user would: its main
// is the main goroutine, and begins when the process does.
type alone struct {
	Program string        // JSON
	Env     []string      // GOMAXPROCS=2
	Limit   time.Duration // time after which it is killed
}

// An ending is the result of an alone.
type ending struct {
	Result *result // if main has returned, or the last goroutine has ended
	Says   string  // output of the runtime, up to the first empty line
	Killed bool    // when the limit was up
}

// launched is the variable that tells a process when it was started, in nanoseconds since
// 1970.
const launched = "LAUNCHED"

func (a *alone) run() (e ending) {
	self := os.Args[0]
	if runtime.GOOS == "linux" {
		self = "/proc/self/exe" // its file may be gone already
	}
	var stdout, stderr bytes.Buffer
	cmd := exec.Command(self, a.Program)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	for _, v := range os.Environ() {
		switch strings.Split(v, "=")[0] {
		case "GODEBUG", "GOGC", "GOMAXPROCS", "GOTRACEBACK":
		default:
			cmd.Env = append(cmd.Env, v)
		}
	}
	cmd.Env = append(cmd.Env, a.Env...)
	cmd.Env = append(cmd.Env, launched+"="+strconv.FormatInt(time.Now().UnixNano(), 10))
	if err := cmd.Start(); err != nil {
		panic(err.Error())
	}
	ended := make(chan bool, 1)
	go func() {
		cmd.Wait() // its output shows whether it failed
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

// A where is the thread of a mark, the number of threads then, and the time.
type where struct {
	Thread, Threads int
	Ms              int           // threads that the runtime has made
	Waits           int           // how often the thread has waited in the kernel
	At              time.Duration // since the program began
	Slices          int           // time slices that all Ps have begun, if slices can tell
}

// here takes no lock, for which a goroutine could wait while it is marked as running.
func (p *prog) here() where {
	n, _ := runtime.ThreadCreateProfile(nil)
	w := where{Ms: n, Waits: waits(), At: time.Since(p.begun), Slices: slices()}
	w.Thread, w.Threads = thread()
	return w
}

// In a traced program these stand among the runtime's dumps: for a mark, and for the
// beginning and the end of a long spin, which keeps its P.
var markToken, holdToken, freeToken = []byte("{mark}"), []byte("{hold}"), []byte("{free}")

const longSpin = time.Millisecond // the shortest of these spins

// isTraced reports whether the runtime writes dumps of its queues, and nothing stops a
// goroutine that spins.
func isTraced() bool {
	debug := os.Getenv("GODEBUG")
	return strings.Contains(debug, "schedtrace=") && strings.Contains(debug, "asyncpreemptoff=1")
}

// tell writes the ending.
func (p *prog) tell() {
	r := result{Log: p.log()}
	for i := range logs[:p.said] {
		if p.marks[i].Ms > 0 {
			r.Marks = append(r.Marks, p.marks[i])
		}
	}
	p.times(&r)
	r.From, r.To = p.from, tick()
	if n, err := strconv.ParseInt(os.Getenv(launched), 10, 64); err == nil {
		r.Began = p.begun.Sub(time.Unix(0, n))
	}
	json.NewEncoder(os.Stdout).Encode(r)
}

// runAlone is the main function of such a process.
func runAlone(text string) {
	var s source
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		panic(err.Error())
	}
	if n, err := strconv.Atoi(os.Getenv("MAXTHREADS")); err == nil {
		debug.SetMaxThreads(n)
	}
	logs = make([]entry, 1<<13) // larger logs would cause a collection before main
	p := load(s)
	p.alone, p.marks = true, make([]where, len(logs))
	p.traced = isTraced()
	p.from = tick()
	p.begin()
	p.work(1, p.funcs["main"], nil)
}
