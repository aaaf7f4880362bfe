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
	"strings"
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
// Such files are built only with the tag, so that go build ./... needs no flags.
var Linkname = []string{"-tags=linkname", "-ldflags=-checklinkname=0"}

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
	return c, nil
}

func (c *Child) start(ctx context.Context, importPath string, o Options) error {
	if _, err := toolchain.Root(ctx, release.Running); err != nil {
		return fmt.Errorf("%w: %w", ErrCannotBuild, err)
	}
	bin := filepath.Join(c.dir, "child.exe")
	build := exec.CommandContext(ctx, "go", append(append([]string{"build", "-buildvcs=false", "-o", bin}, o.Flags...), importPath)...)
	build.Env = append(toolchain.Quiet(os.Environ()), "GOOS="+runtime.GOOS, "GOARCH="+runtime.GOARCH)
	build.Env = append(build.Env, o.BuildEnv...)
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: go build: %w\n%s", ErrCannotBuild, err, bytes.TrimSpace(out))
	}
	c.cmd = exec.CommandContext(ctx, bin)
	c.cmd.Env = append(append(toolchain.Quiet(os.Environ()), "GOMAXPROCS=1"), o.Env...)
	c.cmd.Stderr = &c.stderr
	var err error
	if c.stdin, err = c.cmd.StdinPipe(); err != nil {
		return err
	}
	stdout, err := c.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	c.stdout = bufio.NewReader(stdout)
	c.cmd.WaitDelay = 5 * time.Second
	if err := c.cmd.Start(); err != nil {
		return err
	}
	// A running program no longer needs its file, except on Windows, where Close
	// removes it.
	os.RemoveAll(c.dir)
	return nil
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
