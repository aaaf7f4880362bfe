// Package lb models load balancing as real balancers do it: nginx's and HAProxy's
// methods, letter by letter, and those that others made known.
//
// # Concurrent use
//
// A picker is for one goroutine at a time.
package lb
