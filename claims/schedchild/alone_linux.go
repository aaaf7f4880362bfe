// Schedchild answers the questions of the ledger about the scheduler.
//
// Its files for Linux are in the Go of 1.2: as part of the probe of package claims they
// ask every release.
package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"time"
	"unsafe"
)

// An experiment runs in a process of its own, without threads, stacks or goroutines of
// other experiments. It prints its findings, as KEY: ANSWER, or that it was disturbed.
type experiment func()

// disturbed is the prefix with which an experiment reports a disturbance. It is then
// repeated, and its findings are dropped.
const disturbed = "disturbed: "

func say(key string, v ...interface{}) {
	fmt.Println(key + ": " + strings.TrimSpace(fmt.Sprintln(v...)))
}

// isolated runs the experiment that the arguments name, if any.
func isolated() bool {
	if len(os.Args) < 2 {
		return false
	}
	// If its parent is gone and nobody kills it, the process ends by itself.
	syscall.Setrlimit(syscall.RLIMIT_CPU, &syscall.Rlimit{Cur: 20, Max: 20})
	experiments[os.Args[1]]()
	return true
}

// begin prepares an experiment.
func begin(name string, env []string) *exec.Cmd {
	words := strings.Split(name, " ")
	cmd := exec.Command("/proc/self/exe", words...)
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "GODEBUG=") && !strings.HasPrefix(v, "GOMAXPROCS=") && !strings.HasPrefix(v, "GOTRACEBACK=") {
			cmd.Env = append(cmd.Env, v)
		}
	}
	cmd.Env = append(cmd.Env, "GOTRACEBACK=0")
	cmd.Env = append(cmd.Env, env...)
	return cmd
}

// found caches the findings of experiments.
var found = map[string]map[string]string{}

// ask returns the finding of an experiment for a key.
func ask(name, key string, env ...string) string {
	id := name + " " + strings.Join(env, " ")
	for try := 0; found[id] == nil; try++ {
		if try == 100 {
			return "disturbed 100 times"
		}
		cmd := begin(name, env)
		timer := time.AfterFunc(10*time.Second, func() { cmd.Process.Kill() })
		out, _ := cmd.Output()
		timer.Stop()
		if !strings.Contains(string(out), disturbed) {
			found[id] = answersOf(string(out))
		}
	}
	return found[id][key]
}

func answersOf(out string) map[string]string {
	answers := map[string]string{}
	for _, line := range strings.Split(out, "\n") {
		if i := strings.Index(line, ": "); i > 0 {
			answers[line[:i]] = line[i+2:]
		}
	}
	return answers
}

// A text is the output of a process.
type text []byte

func (b *text) Write(p []byte) (int, error) {
	*b = append(*b, p...)
	return len(p), nil
}

// A dump is the output of GODEBUG=schedtrace=1 about the scheduler.
type dump struct {
	procs, threads, idle, global int
	local                        []int // of each P, without runnext
}

func (d dump) runnable() int {
	n := d.global
	for _, k := range d.local {
		n += k
	}
	return n
}

// mark returns the line by which the parent knows that the next dumps count, that runnable
// goroutines will be in queues, and how many dumps in a row must be the same. If it is
// more than one, all threads must sleep, too: one that has just put a goroutine into a
// queue is not idle yet. One that waits for a lock sleeps as well, but not for long.
func mark(runnable, same int) (line unsafe.Pointer, n uintptr) {
	b := []byte(fmt.Sprintf("\nnow %d %d\n", runnable, same))
	return unsafe.Pointer(&b[0]), uintptr(len(b))
}

// watch returns the first dump after each mark of an experiment in which as many
// goroutines are in queues as the mark says, and which stays the same as it says. Then it
// sends a byte to the experiment, which is blocked, to make it continue; at the
// end it kills it.
func watch(marks int, name string, env ...string) (seen []dump) {
	id := name + " " + strings.Join(env, " ")
	if seen = watched[id]; seen != nil {
		return seen
	}
	for late := time.Now().Add(10 * time.Second); watched[id] == nil && time.Now().Before(late); {
		if seen = watchOnce(marks, name, env); len(seen) == marks {
			watched[id] = seen
		}
	}
	for len(seen) < marks {
		seen = append(seen, dump{local: []int{-1, -1}})
	}
	return seen
}

// watched caches the dumps of experiments.
var watched = map[string][]dump{}

func watchOnce(marks int, name string, env []string) (seen []dump) {
	cmd := begin(name, append(env, "GODEBUG=schedtrace=1,asyncpreemptoff=1"))
	stderr, err := cmd.StderrPipe()
	if err != nil {
		return nil
	}
	goOn, err := cmd.StdinPipe()
	if err != nil || cmd.Start() != nil {
		return nil
	}
	timer := time.AfterFunc(3*time.Second, func() { cmd.Process.Kill() })
	r := bufio.NewReader(stderr)
	var last dump
	for want, same, equal, others := 0, 0, 0, 0; len(seen) < marks && others < 50; {
		line, err := r.ReadString('\n')
		if err != nil {
			break
		}
		if n, _ := fmt.Sscanf(line, "now %d %d", &want, &same); n == 2 {
			equal, others = 0, 0
			// The line that was being printed when the mark came is older than the mark.
			if _, err := r.ReadString('\n'); err != nil {
				break
			}
			continue
		}
		d, ok := parseDump(line)
		switch {
		case !ok || same == 0:
			continue
		case d.runnable() != want, same > 1 && !asleep(cmd.Process.Pid):
			equal = 0
		case equal > 0 && reflect.DeepEqual(d, last):
			equal++
		default:
			equal, last = 1, d
		}
		if equal == same {
			seen = append(seen, d)
			same = 0
			goOn.Write([]byte("x"))
		} else if equal < 2 {
			others++
		}
	}
	timer.Stop()
	cmd.Process.Kill()
	io.Copy(new(text), r)
	cmd.Wait()
	return seen
}

// asleep reports whether all threads of a process sleep. It gives sysmon, which has just
// printed a dump, some time to do so.
func asleep(pid int) bool {
	for end := time.Now().Add(5 * time.Millisecond); time.Now().Before(end); {
		threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", pid))
		awake := len(threads) == 0 || err != nil
		for i := 0; i < len(threads) && !awake; i++ {
			awake = state(threads[i]) != 'S'
		}
		if !awake {
			return true
		}
	}
	return false
}

// state returns the state of a thread, such as S if it sleeps, or 0 if it is gone.
func state(stat string) byte {
	f, err := os.Open(stat)
	if err != nil {
		return 0
	}
	defer f.Close()
	var line text
	io.Copy(&line, f)
	i := bytes.LastIndex(line, []byte(") ")) // the name before it may have any characters
	if i < 0 || i+2 == len(line) {
		return 0
	}
	return line[i+2]
}

// parseDump reads a line like "SCHED 2ms: gomaxprocs=1 ... runqueue=129 [170]".
func parseDump(line string) (d dump, ok bool) {
	from, to := strings.Index(line, "["), strings.Index(line, "]")
	if !strings.HasPrefix(line, "SCHED ") || from < 0 || to < from {
		return d, false
	}
	for _, w := range strings.Fields(line[:from]) {
		fmt.Sscanf(w, "gomaxprocs=%d", &d.procs)
		fmt.Sscanf(w, "threads=%d", &d.threads)
		fmt.Sscanf(w, "idlethreads=%d", &d.idle)
		fmt.Sscanf(w, "runqueue=%d", &d.global)
	}
	for _, w := range strings.Fields(line[from+1 : to]) {
		n := 0
		fmt.Sscanf(w, "%d", &n)
		d.local = append(d.local, n)
	}
	return d, true
}

// detail returns a part of the detailed dump about the first P.
func detail(name string, env ...string) string {
	cmd := begin(name, append(env, "GODEBUG=schedtrace=1,scheddetail=1"))
	stderr, err := cmd.StderrPipe()
	if err != nil || cmd.Start() != nil {
		return ""
	}
	timer := time.AfterFunc(8*time.Second, func() { cmd.Process.Kill() })
	var keys []string
	r := bufio.NewReader(stderr)
	for keys == nil {
		line, err := r.ReadString('\n')
		if err != nil {
			break
		}
		if !strings.HasPrefix(line, "  P0: ") {
			continue
		}
		for _, w := range strings.Fields(line)[1:] {
			switch key := strings.Split(w, "=")[0]; key {
			case "m", "runqsize", "gfreecnt", "timerslen":
				keys = append(keys, key)
			}
		}
	}
	timer.Stop()
	cmd.Process.Kill()
	io.Copy(new(text), r)
	cmd.Wait()
	return strings.Join(keys, " ")
}

// tid returns the number of this thread, without a system call that the scheduler would
// notice.
func tid() int {
	n, _, _ := syscall.RawSyscall(syscall.SYS_GETTID, 0, 0, 0)
	return int(n)
}
