// Balance compares methods of load balancing: the same requests, at random times and
// of random lengths, to the same servers.
//
//	go run ./examples/balance                                    five methods, ten servers at 80 percent
//	go run ./examples/balance -servers 4 -load 0.95 smooth "peak ewma"
//	go run ./examples/balance -keys 100 ketama "haproxy consistent" "haproxy bounded"
//	go run ./examples/balance -fail 3s                           a server is down from 1 s to 4 s; checks find it
//	go run ./examples/balance -svg > balance.svg
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/orrery-go/orrery/draw"
	"github.com/orrery-go/orrery/lb"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "balance:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	flags := flag.NewFlagSet("balance", flag.ExitOnError)
	servers := flags.Int("servers", 10, "how many, 1 to 1000")
	load := flags.Float64("load", 0.8, "the share of the servers' time that is asked for, 0.01 to 2")
	requests := flags.Int("n", 50000, "requests")
	keys := flags.Int("keys", 0, "different keys; 0: every request has its own")
	fail := flags.Duration("fail", 0, "how long the first server is down, from 1 s on")
	svg := flags.Bool("svg", false, "draw, rather than tell")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *servers < 1 || *servers > 1000 || !(*load >= 0.01 && *load <= 2) {
		return fmt.Errorf("%d servers out of range [1,1000], or a load of %v out of range [0.01,2]", *servers, *load)
	}
	if *fail < 0 || *fail > 24*time.Hour {
		return fmt.Errorf("-fail %v out of range [0,24h]", *fail)
	}
	methods := []lb.Method{lb.RandomMethod, lb.SmoothMethod, lb.TwoChoicesMethod, lb.LeastConnMethod, lb.KetamaMethod}
	if flags.NArg() > 0 {
		methods = make([]lb.Method, flags.NArg())
		for i, name := range flags.Args() {
			if err := methods[i].UnmarshalText([]byte(name)); err != nil {
				return err
			}
		}
	}
	const service = 10 * time.Millisecond
	weights, stations := make([]int, *servers), make([]lb.Station, *servers)
	for i := range stations {
		weights[i], stations[i] = 1, lb.Station{Service: service, Random: true}
	}
	every := time.Duration(float64(service) / *load / float64(*servers))
	traffic := lb.Traffic{Requests: *requests, Every: every, Random: true, Keys: *keys, Tries: 2}
	var health *lb.HealthConfig
	if *fail > 0 {
		stations[0].Outages = []lb.Outage{{From: time.Second, Until: time.Second + *fail}}
		health = new(lb.HealthConfig)
	}
	rows, err := lb.Compare(traffic, lb.Config{Servers: lb.Weighted(weights...)}, stations, health, methods...)
	if err != nil {
		return err
	}
	if *svg {
		_, err = io.WriteString(out, draw.LBBalance(fmt.Sprintf("%d servers, %.0f %% busy", *servers, *load*100), rows))
		return err
	}
	_, err = io.WriteString(out, lb.Table(rows))
	return err
}
