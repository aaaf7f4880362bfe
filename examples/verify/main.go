// Verify prints the ledger of claims about Go: what each claims, and what a
// model, every release since 1.2 and the Go on this machine answer.
//
//	go run ./examples/verify                      the rows that have a quick check
//	go run ./examples/verify 17-2 20-8            these rows whole: claim, fact, source, all answers
//	go run ./examples/verify -slow                all that have a check
//	go run ./examples/verify -section 17,20       two sections of the notes
//	go run ./examples/verify -verdict wrong       one verdict
//	go run ./examples/verify -release go1.17.13   ask that release, too, now
//	go run ./examples/verify -all                 also what has no check
//	go run ./examples/verify -json
//	go run ./examples/verify -lang zh             claims, facts, questions and verdicts in Chinese
//
// The exit status is 0 if every answer is the expected one, 1 if one is not or a
// check failed, 2 for a wrong argument, and 130 after an interrupt.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"

	"github.com/orrery-go/orrery/claims"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// The exit statuses.
const (
	asExpected    = 0
	notAsExpected = 1
	wrongArgument = 2
	interrupted   = 130
)

// settings are the parsed arguments.
type settings struct {
	section, verdict, release, lang string
	slow, all, json                 bool
	ids                             []string
}

func parse(args []string, stderr io.Writer) (s settings, err error) {
	flags := flag.NewFlagSet("verify", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprintln(stderr, "usage: verify [flags] [row ...]\nA row is named like 17-2. Without one, the selection is printed as a table.")
		flags.PrintDefaults()
	}
	flags.StringVar(&s.section, "section", "", "only these sections of the notes, such as 17,20")
	flags.StringVar(&s.verdict, "verdict", "", "only these verdicts: holds, imprecise, outdated, wrong")
	flags.StringVar(&s.release, "release", "", "ask this release now, such as go1.17.13; fetches its toolchain")
	flags.BoolVar(&s.slow, "slow", false, "also the rows whose check takes longer")
	flags.BoolVar(&s.all, "all", false, "also the rows that have no check; implies -slow")
	flags.BoolVar(&s.json, "json", false, "print JSON")
	flags.StringVar(&s.lang, "lang", "en", "of what is printed, answers and JSON excepted: en or zh")
	if err := flags.Parse(args); err != nil {
		return s, err
	}
	s.ids = flags.Args()
	return s, nil
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	s, err := parse(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return asExpected
	case err != nil:
		return wrongArgument
	}
	rows, left, err := s.rows()
	if err != nil {
		fmt.Fprintln(stderr, "verify:", err)
		return wrongArgument
	}
	words, ok := languages[s.lang]
	if !ok {
		fmt.Fprintf(stderr, "verify: no language %q (want en or zh)\n", s.lang)
		return wrongArgument
	}
	var show printer
	switch {
	case s.json:
		show = &jsonPrinter{out: stdout}
	case len(s.ids) > 0:
		show = &rowPrinter{out: stdout, words: words}
	default:
		show = newTable(stdout, words, left)
	}
	good, err := observe(ctx, rows, s.release, show, stderr)
	if err == nil {
		err = show.end()
	}
	switch {
	case ctx.Err() != nil:
		fmt.Fprintln(stderr, "verify: interrupted")
		return interrupted
	case err != nil:
		fmt.Fprintln(stderr, "verify:", err)
		return notAsExpected
	case !good:
		return notAsExpected
	}
	return asExpected
}

// rows selects rows of the ledger. left is the number of those that are left out only
// because their check is slow.
func (s settings) rows() (rows []claims.Row, left int, err error) {
	for _, id := range s.ids {
		row, err := claims.Get(id)
		if err != nil {
			return nil, 0, err
		}
		rows = append(rows, row)
	}
	if len(s.ids) > 0 {
		if s.section != "" || s.verdict != "" {
			return nil, 0, fmt.Errorf("rows by name and a selection by -section or -verdict do not mix")
		}
		return rows, 0, nil
	}
	var verdicts []string
	for _, v := range claims.Verdicts() {
		verdicts = append(verdicts, string(v))
	}
	sections, err := list("section", s.section, claims.Sections())
	if err != nil {
		return nil, 0, err
	}
	if verdicts, err = list("verdict", s.verdict, verdicts); err != nil {
		return nil, 0, err
	}
	for _, row := range claims.List() {
		switch {
		case !slices.Contains(sections, row.Section()) || !slices.Contains(verdicts, string(row.Verdict)) || !s.all && !row.Checked():
		case s.all || s.slow || row.Quick() || s.section != "":
			rows = append(rows, row)
		default:
			left++
		}
	}
	if len(rows) == 0 {
		return nil, 0, fmt.Errorf("no such row; -all shows those without a check, too")
	}
	return rows, left, nil
}

// list parses a list of names, each of which must be in allowed; "" selects all.
func list(what, text string, allowed []string) ([]string, error) {
	if text == "" {
		return allowed, nil
	}
	names := strings.Split(text, ",")
	for _, name := range names {
		if !slices.Contains(allowed, name) {
			return nil, fmt.Errorf("no %s %q (want some of %s)", what, name, strings.Join(allowed, ","))
		}
	}
	return names, nil
}

// A printer shows rows as their results arrive.
type printer interface {
	row(claims.Observation) error
	end() error
}

// A jsonPrinter prints all rows as one list at the end.
type jsonPrinter struct {
	out  io.Writer
	seen []claims.Observation
}

func (p *jsonPrinter) row(o claims.Observation) error {
	p.seen = append(p.seen, o)
	return nil
}

func (p *jsonPrinter) end() error {
	enc := json.NewEncoder(p.out)
	enc.SetIndent("", "  ")
	return enc.Encode(p.seen)
}
