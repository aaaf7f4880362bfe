// Package queueing holds the exact results of queueing theory: the M/M/1, M/M/c and M/G/1
// queues in equilibrium. Package service is held against it.
//
// Arrivals come at random (Poisson), lambda a second; a server finishes mu a second
// when it is busy. The load rho is lambda/(c*mu), and has to be below 1.
//
// # Concurrent use
//
// All functions may be called by several goroutines at once.
package queueing

import "fmt"

// A Queue describes a queue in equilibrium. Times are in seconds.
type Queue struct {
	Load     float64 `json:"load"`     // the share of the time for which a server is busy
	Waits    float64 `json:"waits"`    // the probability that a request waits
	Wait     float64 `json:"wait"`     // the mean time in the queue
	Sojourn  float64 `json:"sojourn"`  // the mean time in the system: wait and service
	Length   float64 `json:"length"`   // the mean number in the queue
	InSystem float64 `json:"inSystem"` // the mean number in the system
}

// The numbers that all results of are finite.
const (
	least = 1e-70
	most  = 1e70
)

// MM1 returns the queue of one server with exponential service times. It returns an error
// if a rate is out of [1e-70,1e70], or the load is not below 1.
func MM1(lambda, mu float64) (Queue, error) { return MMC(lambda, mu, 1) }

// MMC returns the queue of c such servers (Erlang's C formula). It returns the errors of
// [MM1], and an error if c is out of [1,1e6].
func MMC(lambda, mu float64, c int) (Queue, error) {
	if c < 1 || c > 1e6 {
		return Queue{}, fmt.Errorf("queueing: %d servers out of range [1,1000000]", c)
	}
	if err := rates(lambda, mu, float64(c)); err != nil {
		return Queue{}, err
	}
	a := lambda / mu
	// Erlang's B by its recurrence, which stays in range, and C from B.
	b := 1.0
	for k := 1; k <= c; k++ {
		b = a * b / (float64(k) + a*b)
	}
	rho := a / float64(c)
	waits := min(b/(1-rho*(1-b)), 1) // near a load of 1 it would round to more
	return little(lambda, 1/mu, rho, waits, waits/(float64(c)*mu-lambda)), nil
}

// MG1 returns the queue of one server whose service times have a mean and a variance (the
// formula of Pollaczek and Khinchine). It returns the errors of [MM1], and an error if
// the mean is out of [1e-70,1e70], or the variance out of [0,1e140].
func MG1(lambda, mean, variance float64) (Queue, error) {
	if !(mean >= least && mean <= most) {
		return Queue{}, fmt.Errorf("queueing: mean %v out of range [%v,%v]", mean, least, most)
	}
	if !(variance >= 0 && variance <= most*most) {
		return Queue{}, fmt.Errorf("queueing: variance %v out of range [0,%v]", variance, most*most)
	}
	if err := rates(lambda, 1/mean, 1); err != nil {
		return Queue{}, err
	}
	rho := lambda * mean
	return little(lambda, mean, rho, rho, lambda*(variance+mean*mean)/(2*(1-rho))), nil
}

func rates(lambda, mu, c float64) error {
	for _, r := range []float64{lambda, mu} {
		if !(r >= least && r <= most) {
			return fmt.Errorf("queueing: rate %v out of range [%v,%v]", r, least, most)
		}
	}
	if !(lambda < c*mu) {
		return fmt.Errorf("queueing: load %v is not below 1: the queue grows without end", lambda/(c*mu))
	}
	return nil
}

// little has the lengths from the times, by Little's law.
func little(lambda, mean, rho, waits, wait float64) Queue {
	return Queue{Load: rho, Waits: waits, Wait: wait, Sojourn: wait + mean, Length: lambda * wait, InSystem: lambda * (wait + mean)}
}
