// Storm shows a retry storm and what ends it: a database is slow for two seconds, and
// its clients make it worse for good, or not.
//
//	go run ./examples/storm                  what came through, with and without help
//	go run ./examples/storm -svg storm.svg breaker
//	go run ./examples/storm -spans breaker > spans.jsonl
package main

import (
	"bufio"
	"flag"
	"fmt"
	"log"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/orrery-go/orrery/draw"
	"github.com/orrery-go/orrery/service"
	"github.com/orrery-go/orrery/service/breaker"
	"github.com/orrery-go/orrery/service/dist"
	"github.com/orrery-go/orrery/service/retry"
	"github.com/orrery-go/orrery/service/shed"
)

// names are the remedies, and "none".
var names = []string{"none", "backoff", "budget", "breaker", "deadline", "codel"}

// system returns the database and its clients, with a remedy.
func system(help string) service.Config {
	c := service.Config{
		Seed: 1, Sample: time.Second, MaxSteps: 1 << 22,
		Client: service.Call{Timeout: 100 * time.Millisecond, Retry: retry.Policy{Attempts: 3, Base: 50 * time.Millisecond}},
		Services: []service.Service{{
			Name: "db", Workers: 10, Work: dist.Dist{Shape: dist.Exponential, Mean: 10 * time.Millisecond},
			Faults: []service.Fault{{From: 5 * time.Second, To: 7 * time.Second, Slow: 20}},
		}},
		Load: service.Load{Rate: 800, Duration: 30 * time.Second},
	}
	switch help {
	case "backoff":
		c.Client.Retry.Base, c.Client.Retry.Jitter = 500*time.Millisecond, retry.Full
	case "budget":
		c.Client.Budget = &service.Budget{Ratio: 0.1, Reserve: 10}
	case "breaker":
		c.Client.Breaker = &breaker.Config{Failures: 20, Timeout: time.Second}
	case "deadline":
		c.Client.Propagate = true
	case "codel":
		c.Services[0].CoDel = &shed.CoDelConfig{Target: 5 * time.Millisecond, Interval: 50 * time.Millisecond}
	}
	return c
}

// table returns the number of successful requests out of a hundred in each second.
func table() (string, error) {
	var b strings.Builder
	b.WriteString("of 100 requests came through, second by second; the database is slow from 5 to 7\n\n")
	for _, help := range names {
		r, err := service.Simulate(system(help))
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&b, "%-9s", help)
		for _, m := range r.Samples {
			if m.Service == "" && m.Came > 0 {
				fmt.Fprintf(&b, "%4d", min(100*m.OK/m.Came, 100))
			}
		}
		b.WriteString("\n")
	}
	return b.String(), nil
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("storm: ")
	svg := flag.String("svg", "", "the file to draw one way to help to")
	spans := flag.Bool("spans", false, "print its spans, as JSON lines")
	flag.Parse()
	if flag.NArg() == 0 && *svg == "" && !*spans {
		text, err := table()
		if err != nil {
			log.Fatal(err)
		}
		fmt.Print(text)
		return
	}
	help := flag.Arg(0)
	if !slices.Contains(names, help) || flag.NArg() > 1 {
		log.Fatalf("want one of %s", strings.Join(names, ", "))
	}
	c := system(help)
	out := bufio.NewWriter(os.Stdout)
	if *spans {
		c.Span = func(p service.Span) { out.Write(p.JSONLine()) }
	}
	r, err := service.Simulate(c)
	if err == nil {
		err = out.Flush()
	}
	if err == nil && *svg != "" {
		err = os.WriteFile(*svg, []byte(draw.ServiceSeries("help: "+help, "", r.Samples)), 0o666)
	}
	if err != nil {
		log.Fatal(err)
	}
	if !*spans {
		fmt.Println(r.Result.Latency)
	}
}
