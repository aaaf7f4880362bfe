package child

import (
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"
)

type question struct{ Text, Fail, Die string }

type answer struct {
	Text       string
	GOMAXPROCS int
	GODEBUG    string
}

const echo = "github.com/orrery-go/orrery/internal/child/echo"

func TestChild(t *testing.T) {
	t.Setenv("GOMAXPROCS", "2")
	t.Setenv("GODEBUG", "gctrace=0")
	c, err := Start(t.Context(), echo, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"a", "two\nlines", strings.Repeat("long ", 50_000)} {
		got, err := Call[answer](c, question{Text: text})
		if err != nil || got.Text != text || got.GOMAXPROCS != 1 || got.GODEBUG != "" {
			t.Errorf("got %.30q with GOMAXPROCS=%d, GODEBUG=%q, %v; want %.30q", got.Text, got.GOMAXPROCS, got.GODEBUG, err, text)
		}
	}
	if _, err := Call[answer](c, question{Fail: "no"}); err == nil || err.Error() != "no" {
		t.Errorf("got error %v, want the child's", err)
	}
	if got, err := Call[answer](c, question{Text: "on"}); err != nil || got.Text != "on" {
		t.Errorf("after an error: %q, %v", got.Text, err)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}

func TestChildDies(t *testing.T) {
	c, err := Start(t.Context(), echo, Options{Env: []string{"GOMAXPROCS=2"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Call[answer](c, question{Die: "boom"}); err == nil || !strings.Contains(err.Error(), "boom") {
		t.Errorf("got %v, want the panic's text", err)
	}
}

// TestBuiltOnce checks that a program that has run is there for the next start.
func TestBuiltOnce(t *testing.T) {
	programs := map[string]bool{}
	for range 3 {
		c, err := Start(t.Context(), echo, Options{})
		if err != nil {
			t.Fatal(err)
		}
		programs[c.cmd.Path] = true
		if got, err := Call[answer](c, question{Text: "again"}); err != nil || got.Text != "again" {
			t.Errorf("got %q, %v", got.Text, err)
		}
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}
	if runtime.GOOS == "linux" && len(programs) != 1 {
		t.Errorf("built again: %v", programs)
	}
}

// TestUnnamed checks that a process finds the program although, before it starts it, it
// gives its number to another file: the pipe by which it reports errors.
func TestUnnamed(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux can start a file without a name")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var files []*os.File
	for range 30 { // more than there are gaps in the numbers
		f, err := os.Open(self)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		files = append(files, f)
	}
	u, err := open(self)
	if err != nil {
		t.Fatal(err)
	}
	defer u.file.Close()
	for _, f := range files[:29] { // the pipe takes one of their numbers
		f.Close()
	}
	cmd := exec.Command(u.path, "-test.run=^$")
	cmd.Stderr = files[29]
	if out, err := cmd.Output(); err != nil {
		t.Errorf("descriptor %d, after %d: %v\n%s", u.file.Fd(), files[29].Fd(), err, out)
	}
}

func TestBadPackage(t *testing.T) {
	if _, err := Start(t.Context(), "github.com/orrery-go/orrery/internal/child/nothing", Options{}); err == nil {
		t.Error("a package that does not exist starts")
	}
}

func TestTrials(t *testing.T) {
	trials := NewTrials(20)
	for i := 0; trials.Next(); i++ {
		if i%2 == 0 {
			trials.Reject("odd")
			continue
		}
		trials.Accept()
	}
	const want = "20 of 20 wanted runs accepted, 20 rejected (20 odd)"
	if got := trials.String(); got != want || trials.Err() != nil {
		t.Errorf("got %q, %v; want %q", got, trials.Err(), want)
	}
	late := NewTrials(20)
	late.Accept()
	late.deadline = time.Now()
	if late.Next() {
		t.Error("it continues when the time is up")
	}
	if late.Err() == nil {
		t.Error("1 of 20 is enough")
	}
}
