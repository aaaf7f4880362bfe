package main

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"time"

	"github.com/orrery-go/orrery/claims"
	"github.com/orrery-go/orrery/internal/terminal"
)

// patience is the time that a row may take before a line says what the command is
// waiting for.
const patience = 2 * time.Second

// check checks a row; tests of what is printed remember the answers.
var check = claims.Check

// observe checks the rows that have a check, passes the others on, and shows each as
// soon as its result is known. It reports whether every answer was the expected one. An
// interrupt ends it at once; the rows shown so far stay.
func observe(ctx context.Context, rows []claims.Row, release string, show printer, stderr io.Writer) (good bool, err error) {
	say := newProgress(stderr)
	defer say("")
	check := check // since a check may go on after an interrupt
	said := map[string]claims.Observation{}
	if release != "" {
		say("asking %s", release)
		obs, err := wait(ctx, stderr, "fetching "+release+" and building a program with it", func() ([]claims.Observation, error) {
			return claims.CheckOn(ctx, release)
		})
		if err != nil {
			return false, err
		}
		for _, o := range obs {
			said[o.Row.ID] = o
		}
	}
	good = true
	for i, row := range rows {
		say("%d of %d: %s, %s", i+1, len(rows), row.ID, row.Claim)
		o, ok := said[row.ID]
		if !ok && row.Checked() {
			why := fmt.Sprintf("building the program that %s asks, with %s: the first time that takes a while", row.ID, runtime.Version())
			if o, err = wait(ctx, stderr, why, func() (claims.Observation, error) { return check(row.ID) }); err != nil {
				return false, err
			}
		}
		o.Row = row
		good = good && (o.OK || !row.Checked())
		say("")
		if err := show.row(o); err != nil {
			return false, err
		}
	}
	return good, nil
}

// wait calls f and returns when f does or the context ends. If that takes longer than
// patience, it says what it is waiting for.
func wait[T any](ctx context.Context, stderr io.Writer, why string, f func() (T, error)) (T, error) {
	type result struct {
		v   T
		err error
	}
	done := make(chan result, 1)
	go func() {
		v, err := f()
		done <- result{v, err}
	}()
	slow := time.NewTimer(patience)
	defer slow.Stop()
	for {
		select {
		case r := <-done:
			return r.v, r.err
		case <-ctx.Done():
			var none T
			return none, ctx.Err()
		case <-slow.C:
			fmt.Fprintf(stderr, "verify: %s\n", why)
		}
	}
}

// newProgress returns a function that shows the current activity, on a terminal.
func newProgress(w io.Writer) func(format string, args ...any) {
	width, tty := terminal.Size(w)
	return func(format string, args ...any) {
		if tty {
			fmt.Fprintf(w, "\r\x1b[K%.*s", width-1, fmt.Sprintf(format, args...))
		}
	}
}
