// Epoll tells a story twice, on the left level-triggered and on the right edge-triggered:
// what happens, and what each wait reports.
//
//	go run ./examples/epoll
//	go run ./examples/epoll -svg > states.svg
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"strings"

	"github.com/orrery-go/orrery/draw"
	"github.com/orrery-go/orrery/epollsim"
)

func main() {
	log.SetFlags(0)
	if err := run(os.Args[1:], os.Stdout); err != nil && !errors.Is(err, flag.ErrHelp) {
		log.Fatal(err)
	}
}

func run(args []string, out io.Writer) error {
	flags := flag.NewFlagSet("epoll", flag.ContinueOnError)
	svg := flags.Bool("svg", false, "draw the tree and the ready list after each step, level-triggered")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("epoll: %q is too much", flags.Arg(0))
	}
	var columns [2][]string
	var states []epollsim.Snapshot
	for i, mode := range []epollsim.Events{0, epollsim.ET} {
		k, err := epollsim.New(epollsim.Config{})
		if err != nil {
			return err
		}
		ep, _ := k.Create()
		r, w, _ := k.Pipe()
		for _, step := range []struct {
			text string
			call func() (epollsim.Outcome, error)
		}{
			{"watch the pipe", func() (epollsim.Outcome, error) {
				return epollsim.Outcome{}, k.Ctl(ep, epollsim.ADD, r, epollsim.IN|mode, 0)
			}},
			{"2,048 bytes come", func() (epollsim.Outcome, error) { return k.Write(w, 2048) }},
			{"read 1,024", func() (epollsim.Outcome, error) { return k.Read(r, 1024) }},
			{"nothing happens", func() (epollsim.Outcome, error) { return epollsim.Outcome{}, nil }},
			{"1 byte comes", func() (epollsim.Outcome, error) { return k.Write(w, 1) }},
			{"read all", func() (epollsim.Outcome, error) { return k.Read(r, 4096) }},
			{"the writer closes", func() (epollsim.Outcome, error) { return epollsim.Outcome{}, k.Close(w) }},
		} {
			if _, err := step.call(); err != nil {
				return fmt.Errorf("%s: %w", step.text, err)
			}
			states = append(states, k.Snapshot())
			ready, err := k.Wait(ep, 8)
			if err != nil {
				return err
			}
			said := "wait: nothing"
			for _, e := range ready {
				said = fmt.Sprint("wait: ", e.Events)
			}
			columns[i] = append(columns[i], fmt.Sprintf("%-20s %s", step.text, said))
		}
	}
	if *svg {
		_, err := io.WriteString(out, draw.EpollsimTree(states[:len(states)/2]...))
		return err
	}
	fmt.Fprintf(out, "%-42s %s\n%s\n", "level-triggered", "edge-triggered", strings.Repeat("-", 84))
	for i, left := range columns[0] {
		fmt.Fprintf(out, "%-42s %s\n", left, columns[1][i])
	}
	return nil
}
