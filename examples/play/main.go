// Play runs scenarios: lessons as text, which need no Go to write.
//
//	go run ./examples/play chanq/testdata/barging.txt
//	go run ./examples/play -verbs chanq
//	go run ./examples/play -w lesson.txt      and write the output into the file
//
// It prints the scenario with what the models say now. The exit status is 0 if that
// is what the file says, 1 if it is not or a command failed, 2 for a wrong argument.
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"

	"github.com/orrery-go/orrery/script"
)

func main() {
	verbs := flag.String("verbs", "", "list the verbs of a model: "+strings.Join(script.Models(), ", "))
	write := flag.Bool("w", false, "write what the models say into the files")
	flag.Usage = func() {
		fmt.Fprintf(flag.CommandLine.Output(), "usage: play [-w] FILE...\n       play -verbs MODEL\n")
		flag.PrintDefaults()
	}
	flag.Parse()
	if *verbs != "" {
		in, err := script.New(*verbs)
		if err != nil {
			fail(2, err)
		}
		fmt.Print(in.Help())
		return
	}
	if flag.NArg() == 0 {
		flag.Usage()
		os.Exit(2)
	}
	status := 0
	for _, name := range flag.Args() {
		holds, err := play(name, *write)
		if err != nil {
			fail(1, err)
		}
		if !holds {
			status = 1
		}
	}
	os.Exit(status)
}

// play runs one scenario and reports whether it holds.
func play(name string, write bool) (holds bool, err error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return false, err
	}
	old := strings.ReplaceAll(string(data), "\r\n", "\n")
	now, failed, err := script.Play(old, nil)
	if err != nil {
		return false, fmt.Errorf("%s: %w", name, err)
	}
	fmt.Print(now)
	for _, e := range failed {
		fmt.Fprintf(os.Stderr, "%s:%d:%d: %v\n", name, e.Line, e.Column, e.Err)
	}
	if write && now != old {
		return len(failed) == 0, os.WriteFile(name, []byte(now), 0o666)
	}
	return len(failed) == 0 && now == old, nil
}

func fail(status int, err error) {
	fmt.Fprintln(os.Stderr, "play:", err)
	os.Exit(status)
}
