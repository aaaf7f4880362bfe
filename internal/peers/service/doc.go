// Package service holds the parts of package service against libraries that do the
// same: its limiter against golang.org/x/time/rate, its breaker against
// github.com/sony/gobreaker/v2, its caches against github.com/hashicorp/golang-lru/v2 and
// golang.org/x/sync/singleflight.
package service
