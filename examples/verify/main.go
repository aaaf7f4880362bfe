// Verify prints the ledger of claims about Go: what each claims, and what a
// model, every release since 1.2 and the Go on this machine answer.
//
//	go run ./examples/verify                      the rows that have a quick check
//	go run ./examples/verify -slow                all that have a check
//	go run ./examples/verify -section 17,20       two sections of the notes
//	go run ./examples/verify -verdict wrong       one verdict
//	go run ./examples/verify -release go1.17.13   ask that release, too, now
//	go run ./examples/verify -all                 also what has no check
//	go run ./examples/verify -json
//
// It exits with 1 when an answer is not the expected one.
package main

import (
	"context"
	"encoding/json"
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

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("verify", flag.ContinueOnError)
	flags.SetOutput(stderr)
	section := flags.String("section", "", "only these sections of the notes, such as 17,20")
	verdict := flags.String("verdict", "", "only these verdicts: holds, imprecise, outdated, wrong")
	release := flags.String("release", "", "ask this release now, such as go1.17.13; fetches its toolchain")
	long := flags.Bool("slow", false, "also the rows whose check takes longer")
	all := flags.Bool("all", false, "also the rows that have no check; implies -slow")
	asJSON := flags.Bool("json", false, "print JSON")
	if err := flags.Parse(args); err != nil {
		return 2
	}

	var rows []claims.Row
	left := 0
	for _, row := range claims.List() {
		switch {
		case !chosen(*section, row.Section()) || !chosen(*verdict, string(row.Verdict)) || !*all && !row.Checked():
		case *all || *long || row.Quick() || *section != "":
			rows = append(rows, row)
		default:
			left++
		}
	}
	if len(rows) == 0 {
		fmt.Fprintln(stderr, "verify: no such row; -all shows those without a check, too")
		return 2
	}
	seen, err := observe(ctx, rows, *release, stderr)
	if err != nil {
		fmt.Fprintln(stderr, "verify:", err)
		return 1
	}
	if *asJSON {
		enc := json.NewEncoder(stdout)
		enc.SetIndent("", "  ")
		err = enc.Encode(seen)
	} else {
		err = printTable(stdout, seen)
		if left > 0 {
			fmt.Fprintf(stdout, "%d rows whose check takes longer: -slow.\n", left)
		}
	}
	if err != nil || !confirmed(seen) {
		return 1
	}
	return 0
}

// confirmed reports whether every row that has a check was as expected.
func confirmed(seen []claims.Observation) bool {
	return !slices.ContainsFunc(seen, func(o claims.Observation) bool { return o.Row.Checked() && !o.OK })
}

func chosen(list, name string) bool {
	return list == "" || slices.Contains(strings.Split(list, ","), name)
}

// observe checks the rows that have a check, and passes on the others.
func observe(ctx context.Context, rows []claims.Row, release string, progress io.Writer) ([]claims.Observation, error) {
	width, tty := terminal(progress)
	say := func(format string, args ...any) {
		if tty {
			fmt.Fprintf(progress, "\r\x1b[K%.*s", width-1, fmt.Sprintf(format, args...))
		}
	}
	defer say("")
	said := map[string]claims.Observation{}
	if release != "" {
		say("asking %s", release)
		obs, err := claims.CheckOn(ctx, release, claims.IDs()...)
		if err != nil {
			return nil, err
		}
		for _, o := range obs {
			said[o.Row.ID] = o
		}
	}
	var out []claims.Observation
	for i, row := range rows {
		say("%d of %d: %s, %s", i+1, len(rows), row.ID, row.Claim)
		o, ok := said[row.ID]
		if !ok && row.Checked() {
			var err error
			if o, err = claims.Check(row.ID); err != nil {
				return nil, err
			}
		}
		o.Row = row
		out = append(out, o)
	}
	return out, nil
}
