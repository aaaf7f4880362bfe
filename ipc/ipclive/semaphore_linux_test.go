package ipclive

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/ipc"
)

// semaphores is a program that performs the operations in its input on a semaphore of
// the C library, and prints the result of each and the count.
const semaphores = `
#include <errno.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>

int main(void) {
	char verb[16];
	unsigned n;
	sem_t s;
	while (scanf("%15s %u", verb, &n) == 2) {
		int r, count = -1;
		errno = 0;
		if (strcmp(verb, "init") == 0) r = sem_init(&s, 0, n);
		else if (strcmp(verb, "up") == 0) r = sem_post(&s);
		else r = sem_trywait(&s);
		if (strcmp(verb, "init") != 0 || r == 0) sem_getvalue(&s, &count);
		printf("%s %d\n", r == 0 ? "nil" : errno == EINVAL ? "EINVAL" : errno == EOVERFLOW ? "EOVERFLOW" : errno == EAGAIN ? "EAGAIN" : "other", count);
	}
	return 0;
}
`

// TestSemaphore compares the counts of semaphores, up to the highest, with the C
// library.
func TestSemaphore(t *testing.T) {
	missing := t.Skipf // if a compiler, or the library's headers, are missing
	if os.Getenv("ORRERY_FULL") != "" {
		missing = t.Fatalf
	}
	if _, err := exec.LookPath("gcc"); err != nil {
		missing("%v", err)
	}
	name := filepath.Join(t.TempDir(), "semaphores")
	if err := os.WriteFile(name+".c", []byte(semaphores), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("gcc", "-pthread", "-o", name, name+".c").CombinedOutput(); err != nil {
		missing("%v\n%s", err, out)
	}
	s, err := ipc.New(ipc.Config{})
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 31))
	var lines, want []string
	sem, count := 0, 0
	do := func(verb string, n uint32) {
		said := "nil"
		var err error
		switch verb {
		case "init":
			var made int
			if made, err = s.Semaphore(1, int(n)); err == nil {
				sem, count = made, int(n)
			}
		case "up":
			if err = s.Up(1, sem); err == nil {
				count++
			}
		default:
			var o ipc.Outcome
			if o, err = s.Down(1, sem); err == nil && o.Waiter == 0 {
				count--
			} else if err == nil {
				err = s.Interrupt(o.Waiter)
				if _, intr := s.Resume(o.Waiter); err == nil && intr == ipc.EINTR {
					err = ipc.EAGAIN
				}
			}
		}
		if err != nil {
			said = err.Error()
		}
		lines = append(lines, fmt.Sprintf("%s %d", verb, n))
		if verb == "init" && err != nil {
			want = append(want, said+" -1")
		} else {
			want = append(want, fmt.Sprint(said, " ", count))
		}
	}
	for range 40 {
		n := []uint32{0, 1, 2, ipc.MaxCount - 2, ipc.MaxCount - 1, ipc.MaxCount}[r.IntN(6)]
		do("init", n)
		for range 40 {
			do([]string{"up", "down"}[r.IntN(2)], 0)
		}
	}
	// If int has 32 bits, the model gets -1 and other negative numbers.
	for _, n := range []uint32{ipc.MaxCount + 1, ipc.MaxCount + 2, 1<<32 - 1} {
		do("init", n)
	}
	cmd := exec.Command(name)
	cmd.Stdin = strings.NewReader(strings.Join(lines, "\n"))
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	errs := map[string]int{}
	got := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(got) != len(want) {
		t.Fatalf("%d lines, want %d", len(got), len(want))
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("line %d, %s: model %s, the C library %s", i, lines[i], want[i], got[i])
		}
		said, _, _ := strings.Cut(got[i], " ")
		errs[said]++
	}
	t.Logf("%d calls: %v", len(got), errs)
	if errs["EINVAL"] == 0 || errs["EOVERFLOW"] == 0 || errs["EAGAIN"] == 0 {
		t.Error("the calls are too tame")
	}
}
