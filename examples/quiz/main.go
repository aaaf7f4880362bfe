// Quiz asks questions about Go, waits for a letter, says what is right and why.
//
//	go run ./examples/quiz                      ten questions of all kinds
//	go run ./examples/quiz -topic gc -seed 7    about the collector, from seed 7 on
//	go run ./examples/quiz -topic ledger        the claims of the notes
//	go run ./examples/quiz -topic list          the topics, and what each asks for
//	go run ./examples/quiz -answers -n 3        with the answers, without waiting
//	go run ./examples/quiz -lang zh             in Chinese; what a model says stays English
//
// The same topic and seed give the same questions. The exit status is 0 if all
// answers were right, 1 if not, and 2 for a wrong argument.
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/orrery-go/orrery/quiz"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

func run(args []string, in io.Reader, out, stderr io.Writer) int {
	flags := flag.NewFlagSet("quiz", flag.ContinueOnError)
	flags.SetOutput(stderr)
	topics := append(quiz.Topics(), ledger)
	topic := flags.String("topic", "", "one of "+strings.Join(topics, ", ")+"; list: what each asks for; none: any of them")
	seed := flags.Uint64("seed", uint64(time.Now().UnixNano())%1_000_000, "of the first question; the same seed, the same questions")
	n := flags.Int("n", 10, "number of questions")
	lang := flags.String("lang", "en", "of the questions: en or zh")
	answers := flags.Bool("answers", false, "tell the answers and do not wait")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return 0
	} else if err != nil {
		return 2
	}
	w, ok := languages[*lang]
	if !ok {
		fmt.Fprintf(stderr, "quiz: no language %.40q (want en or zh)\n", *lang)
		return 2
	}
	if *topic == "list" && flags.NArg() == 0 {
		for _, t := range topics {
			asks := quiz.Forms(t)
			if t == ledger {
				asks = []string{"claim"}
			}
			fmt.Fprintf(out, "%-10s %s\n", t, strings.Join(asks, ", "))
		}
		return 0
	}
	if *topic != "" && !slices.Contains(topics, *topic) || *n < 1 || flags.NArg() > 0 {
		fmt.Fprintf(stderr, "quiz: want a topic of %s, at least one question, and no other argument\n", strings.Join(topics, ", "))
		return 2
	}
	lines := bufio.NewScanner(in)
	right, asked := 0, 0
	for ; asked < *n; asked++ {
		q, err := question(*lang, *topic, *seed+uint64(asked))
		if err != nil {
			fmt.Fprintln(stderr, "quiz:", err)
			return 1
		}
		fmt.Fprintf(out, "%d. (%s, -seed %d) %s\n", asked+1, q.Topic, q.Seed, q)
		if *answers {
			reveal(out, q)
			continue
		}
		letter, ok := ask(lines, out, len(q.Choices))
		if !ok {
			fmt.Fprintf(out, "\n"+w.score, right, asked)
			return status(right, asked)
		}
		if letter == q.Right {
			right++
			fmt.Fprint(out, w.right)
		} else {
			fmt.Fprint(out, w.no)
		}
		reveal(out, q)
	}
	if *answers {
		return 0
	}
	fmt.Fprintf(out, w.score, right, asked)
	return status(right, asked)
}

func status(right, asked int) int {
	if right == asked {
		return 0
	}
	return 1
}

// ask waits for a letter; it is not ok at the end of the input.
func ask(lines *bufio.Scanner, out io.Writer, choices int) (choice int, ok bool) {
	for {
		fmt.Fprintf(out, "a-%c? ", 'a'+choices-1)
		if !lines.Scan() {
			return 0, false
		}
		text := strings.ToLower(strings.TrimSpace(lines.Text()))
		if len(text) == 1 && 'a' <= text[0] && int(text[0]-'a') < choices {
			return int(text[0] - 'a'), true
		}
	}
}

func reveal(out io.Writer, q quiz.Question) {
	fmt.Fprintf(out, "%s\n", q.Answer())
	for line := range strings.Lines(q.Why + "\n") {
		fmt.Fprint(out, "    "+line)
	}
	if q.Rule != "" {
		fmt.Fprintf(out, "    (%s)\n", q.Source())
	}
	fmt.Fprintln(out)
}
