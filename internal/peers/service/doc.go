// Package service compares the parts of package service with libraries for the same
// purpose: its limiter with golang.org/x/time/rate, its breaker with
// github.com/sony/gobreaker/v2, its caches with github.com/hashicorp/golang-lru/v2 and
// golang.org/x/sync/singleflight.
package service
