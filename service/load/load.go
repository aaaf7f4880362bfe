// Package load measures a service as load generators do.
//
// An open loop sends when it is time, whether or not earlier requests are done; a closed
// loop has users, each of which waits for its answer first. The closed loop stops asking
// just when the service is slow, and so misses the waits of the requests that it did not
// send: coordinated omission. These appear if times are counted from when a request was
// to be sent, as by wrk2, or if the missing ones are filled in afterwards, as by
// HdrHistogram: [Histogram.RecordCorrected].
//
// # Concurrent use
//
// A Histogram is for one goroutine at a time.
package load

import (
	"fmt"
	"math"
	"math/bits"
	"time"
)

// A Histogram counts times in buckets that are at most 1/64 of their value wide. The
// zero Histogram is empty.
type Histogram struct {
	count  int
	sum    float64 // nanoseconds
	max    time.Duration
	counts []uint32 // by bucket
}

// sub is the number of buckets from a power of two to the next.
const sub, subBits = 64, 6

// bucket returns the index of a time: those below 2*sub have one each.
func bucket(d time.Duration) int {
	v := uint64(d)
	shift := max(bits.Len64(v)-subBits-1, 0)
	return shift*sub + int(v>>shift)
}

// top returns the largest time of a bucket.
func top(i int) time.Duration {
	if i < 2*sub {
		return time.Duration(i)
	}
	shift := i/sub - 1
	return time.Duration((uint64(i-shift*sub)+1)<<shift - 1)
}

const buckets = (63-subBits-1)*sub + 2*sub

// Record counts a time; a negative one counts as 0.
func (h *Histogram) Record(d time.Duration) {
	d = max(d, 0)
	if h.counts == nil {
		h.counts = make([]uint32, buckets)
	}
	h.count++
	h.sum += float64(d)
	h.max = max(h.max, d)
	h.counts[bucket(d)]++
}

// MaxCorrected is the largest number of times that a call of [Histogram.RecordCorrected]
// fills in.
const MaxCorrected = 1 << 20

// RecordCorrected counts a time measured by a closed loop that was to send a request
// every interval, and the times of the requests that it did not send meanwhile. It
// returns an error if the interval is not above 0, or more than MaxCorrected times would
// be filled in.
func (h *Histogram) RecordCorrected(d, interval time.Duration) error {
	if interval <= 0 {
		return fmt.Errorf("load: interval %v out of range (0,%v]", interval, time.Duration(math.MaxInt64))
	}
	if d/interval > MaxCorrected {
		return fmt.Errorf("load: %v is more than %d intervals of %v", d, MaxCorrected, interval)
	}
	for ; d >= interval; d -= interval {
		h.Record(d)
	}
	return nil
}

// Count returns the number of times counted.
func (h *Histogram) Count() int { return h.count }

// Mean returns the mean, exact except for rounding; 0 if none was counted.
func (h *Histogram) Mean() time.Duration {
	if h.count == 0 {
		return 0
	}
	return time.Duration(min(h.sum/float64(h.count), float64(h.max)))
}

// Max returns the longest time; 0 if none was counted.
func (h *Histogram) Max() time.Duration { return h.max }

// Quantile returns the time that the share q of all times does not exceed, to 1/64 of it:
// 0.99 for the 99th percentile. It is 0 if none was counted; a share outside (0,1] counts
// as the nearest inside.
func (h *Histogram) Quantile(q float64) time.Duration {
	if h.count == 0 {
		return 0
	}
	rank := 1
	if q > 0 {
		rank = max(1, min(h.count, int(math.Ceil(min(q, 1)*float64(h.count)))))
	}
	for i, n := range h.counts {
		if rank -= int(n); rank <= 0 {
			return min(top(i), h.max)
		}
	}
	return h.max
}

// Reset empties the histogram.
func (h *Histogram) Reset() {
	clear(h.counts)
	*h = Histogram{counts: h.counts}
}

// A Summary has the usual figures of a histogram.
type Summary struct {
	Count int           `json:"count"`
	Mean  time.Duration `json:"mean"`
	P50   time.Duration `json:"p50"`
	P90   time.Duration `json:"p90"`
	P99   time.Duration `json:"p99"`
	P999  time.Duration `json:"p999"`
	Max   time.Duration `json:"max"`
}

// Summary returns the usual figures of the histogram.
func (h *Histogram) Summary() Summary {
	return Summary{Count: h.count, Mean: h.Mean(), P50: h.Quantile(0.5), P90: h.Quantile(0.9), P99: h.Quantile(0.99), P999: h.Quantile(0.999), Max: h.max}
}

// String reads like "1000 requests: mean 2ms, p50 1ms, p99 9ms, max 20ms".
func (s Summary) String() string {
	return fmt.Sprintf("%d requests: mean %v, p50 %v, p99 %v, max %v", s.Count, round(s.Mean), round(s.P50), round(s.P99), round(s.Max))
}

// round leaves three digits or so.
func round(d time.Duration) time.Duration {
	for r := time.Duration(1); ; r *= 10 {
		if d < 1000*r || r == 1e15 {
			return d.Round(r)
		}
	}
}
