// Package child runs experiments in a process of their own.
//
// An experiment that must run undisturbed cannot run in a test program, where the
// race detector, other tests and the garbage collector interfere. A live twin
// keeps such an experiment in a main package of this module, which [Start]
// builds as a user would, without the test's flags, and runs with GOMAXPROCS=1.
// Questions and answers pass as JSON through its pipes: the main package calls
// [Serve], the test [Call].
package child

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/orrery-go/orrery/internal/toolchain"
	"github.com/orrery-go/orrery/release"
)

// ErrCannotBuild says that a child's program could not be built: there is no go command
// of the right release, or the module was vendored, which omits its main packages.
var ErrCannotBuild = errors.New("the program of the experiment cannot be built here")

// A Child is a running experiment. It answers one call at a time.
type Child struct {
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	stdout *bufio.Reader
	stderr bytes.Buffer
	dir    string // folder of the program, removed when it ends
}

// Options change how a child is built and run.
type Options struct {
	Flags    []string // of go build, such as -gcflags=-l
	BuildEnv []string // of go build, such as GOEXPERIMENT=goroutineleakprofile
	Env      []string // of the child, such as GODEBUG=asyncpreemptoff=1; GOMAXPROCS=1 unless it says otherwise
}

// Linkname are the flags for a child that reaches into the runtime by go:linkname.
// Such files are built only with the tag, so that go build ./... needs no flags. Without
// tables for a debugger, linking takes less time.
var Linkname = []string{"-tags=linkname", "-ldflags=-checklinkname=0 -w"}

// Start builds the main package of that import path with the go command on the
// path, which must be of the release that built the calling program, and runs
// it until Close or until the context ends.
func Start(ctx context.Context, importPath string, o Options) (*Child, error) {
	dir, err := os.MkdirTemp("", "orrery-child-")
	if err != nil {
		return nil, err
	}
	c := &Child{dir: dir}
	if err := c.start(ctx, importPath, o); err != nil {
		os.RemoveAll(dir)
		return nil, fmt.Errorf("child: %s: %w", importPath, err)
	}
	// A running program no longer needs its file, except on Windows, where Close
	// removes it.
	os.RemoveAll(dir)
	return c, nil
}

// built has the programs that this process has built, by the command and its environment,
// so that each is linked once.
var built struct {
	sync.Mutex
	programs map[string]unnamed
}

func (c *Child) start(ctx context.Context, importPath string, o Options) error {
	if _, err := toolchain.Root(ctx, release.Running); err != nil {
		return fmt.Errorf("%w: %w", ErrCannotBuild, err)
	}
	args := append(append([]string{"build", "-buildvcs=false"}, o.Flags...), importPath)
	env := append(toolchain.Quiet(os.Environ()), "GOOS="+runtime.GOOS, "GOARCH="+runtime.GOARCH)
	env = append(env, o.BuildEnv...)
	key := fmt.Sprintf("%q", [][]string{args, env})
	built.Lock()
	defer built.Unlock()
	if u, ok := built.programs[key]; ok {
		return c.run(ctx, u.path, o)
	}
	bin := filepath.Join(c.dir, "child.exe")
	build := exec.CommandContext(ctx, "go", slices.Insert(args, 1, "-o", bin)...)
	build.Env = env
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: go build: %w\n%s", ErrCannotBuild, err, bytes.TrimSpace(out))
	}
	if u, err := open(bin); err == nil {
		if err := c.run(ctx, u.path, o); err == nil {
			if built.programs == nil {
				built.programs = map[string]unnamed{}
			}
			built.programs[key] = u
			return nil
		}
		u.file.Close()
	}
	return c.run(ctx, bin, o)
}

// run starts the program of that path.
func (c *Child) run(ctx context.Context, path string, o Options) (err error) {
	c.cmd = exec.CommandContext(ctx, path)
	c.cmd.Env = append(append(toolchain.Quiet(os.Environ()), "GOMAXPROCS=1"), o.Env...)
	c.cmd.Stderr = &c.stderr
	if c.stdin, err = c.cmd.StdinPipe(); err != nil {
		return err
	}
	stdout, err := c.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	c.stdout = bufio.NewReader(stdout)
	c.cmd.WaitDelay = 5 * time.Second
	return c.cmd.Start()
}

// An unnamed is a program whose file stays open and will have no name, so that nothing of
// it is left when this process ends.
type unnamed struct {
	path string
	file *os.File
}

// open opens a program so that this process can start it when its file has no name. Only
// Linux can do that.
//
// The path names this process. In /proc/self/fd a process that starts would look for the
// file among its own descriptors, of which some have got other files by then
// (syscall/exec_linux.go:forkAndExecInChild1, nextfd).
func open(name string) (unnamed, error) {
	if runtime.GOOS != "linux" {
		return unnamed{}, errors.ErrUnsupported
	}
	self, err := os.Readlink("/proc/self") // os.Getpid may be of another namespace
	if err != nil {
		return unnamed{}, err
	}
	f, err := os.Open(name)
	if err != nil {
		return unnamed{}, err
	}
	return unnamed{fmt.Sprintf("/proc/%s/fd/%d", self, f.Fd()), f}, nil
}

// Call sends a question and decodes the answer. It returns the error of the
// experiment, if any; if the child has died, the error has the end of its standard
// error.
func Call[Answer, Question any](c *Child, q Question) (Answer, error) {
	var reply struct {
		Answer Answer
		Error  string
	}
	line, err := json.Marshal(q)
	if err != nil {
		return reply.Answer, err
	}
	if _, err := c.stdin.Write(append(line, '\n')); err != nil {
		return reply.Answer, c.died(err)
	}
	line, err = c.stdout.ReadBytes('\n')
	if err != nil {
		return reply.Answer, c.died(err)
	}
	if err := json.Unmarshal(line, &reply); err != nil {
		return reply.Answer, fmt.Errorf("child: the answer is not the JSON of a %T: %w", reply.Answer, err)
	}
	if reply.Error != "" {
		return reply.Answer, errors.New(reply.Error)
	}
	return reply.Answer, nil
}

func (c *Child) died(err error) error {
	waitErr := c.cmd.Wait()
	text := c.stderr.String()
	if len(text) > 2000 {
		text = text[:2000] + " ..." // the cause comes first, then every goroutine
	}
	return fmt.Errorf("child: it ended: %w\n%s", errors.Join(err, waitErr), strings.TrimSpace(text))
}

// Close ends the child and removes its program.
func (c *Child) Close() error {
	c.stdin.Close()
	err := c.cmd.Wait()
	return errors.Join(err, os.RemoveAll(c.dir))
}

// Serve is the main function of a child: it answers questions until there are no
// more. Answer must not print to standard output.
func Serve[Question, Answer any](answer func(Question) (Answer, error)) {
	in, out := json.NewDecoder(bufio.NewReader(os.Stdin)), bufio.NewWriter(os.Stdout)
	for {
		var q Question
		if err := in.Decode(&q); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			fmt.Fprintln(os.Stderr, "child: the question:", err)
			os.Exit(1)
		}
		var reply struct {
			Answer Answer
			Error  string
		}
		var err error
		if reply.Answer, err = answer(q); err != nil {
			reply.Error = err.Error()
		}
		if err := json.NewEncoder(out).Encode(reply); err != nil {
			fmt.Fprintln(os.Stderr, "child: the answer:", err)
			os.Exit(1)
		}
		if err := out.Flush(); err != nil {
			os.Exit(1) // the test has gone
		}
	}
}
