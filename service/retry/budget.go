package retry

import "fmt"

// A Throttle is gRPC's throttle of retries (gRFC A6): each failure takes a token, each
// success gives a part of one back, and retries are allowed only while more than half of
// the tokens are there. Get one from [NewThrottle].
type Throttle struct{ tokens, most, ratio int } // thousandths

// NewThrottle makes a throttle with all its tokens, most of them. It returns an error if
// most is out of (0,1000], or the ratio, of which three decimals count, is out of
// (0,1000].
func NewThrottle(most int, ratio float64) (*Throttle, error) {
	if most <= 0 || most > 1000 {
		return nil, fmt.Errorf("retry: %d tokens out of range [1,1000]", most)
	}
	if !(ratio >= 0.001 && ratio <= 1000) {
		return nil, fmt.Errorf("retry: token ratio %v out of range [0.001,1000]", ratio)
	}
	return &Throttle{tokens: 1000 * most, most: 1000 * most, ratio: thousandths(ratio)}, nil
}

// thousandths returns three decimals of a ratio, the others cut off. The product may
// round to the wrong side of what was written, as 1.001*1000 does; a quotient does not.
func thousandths(ratio float64) int {
	n := int(ratio * 1000)
	switch {
	case float64(n+1)/1000 <= ratio:
		n++
	case float64(n)/1000 > ratio:
		n--
	}
	return n
}

// Failed reports to the throttle that a call has failed, and returns whether it may be
// repeated.
func (t *Throttle) Failed() bool {
	t.tokens = max(t.tokens-1000, 0)
	return t.tokens > t.most/2
}

// Succeeded reports to the throttle that a call has succeeded.
func (t *Throttle) Succeeded() { t.tokens = min(t.tokens+t.ratio, t.most) }

// Tokens returns the number of tokens, in thousandths.
func (t *Throttle) Tokens() int { return t.tokens }

// A Budget bounds retries to a share of the calls: each first attempt adds a part of a
// token, each retry takes a whole one. Get one from [NewBudget].
type Budget struct{ tokens, most, ratio int } // thousandths

// NewBudget makes a budget with a reserve of retries, in the beginning and at most. It
// returns an error if the ratio is out of [0,1000], or the reserve out of [1,1e6].
func NewBudget(ratio float64, reserve int) (*Budget, error) {
	if !(ratio >= 0 && ratio <= 1000) {
		return nil, fmt.Errorf("retry: ratio %v out of range [0,1000]", ratio)
	}
	if reserve < 1 || reserve > 1e6 {
		return nil, fmt.Errorf("retry: reserve of %d retries out of range [1,1000000]", reserve)
	}
	return &Budget{tokens: 1000 * reserve, most: 1000 * reserve, ratio: thousandths(ratio)}, nil
}

// Called reports to the budget that a call is made for the first time.
func (b *Budget) Called() { b.tokens = min(b.tokens+b.ratio, b.most) }

// Retry asks for a retry, and reports whether it is allowed. It returns an error if the
// budget is the zero Budget.
func (b *Budget) Retry() (bool, error) {
	if b.most == 0 {
		return false, errUseNew
	}
	if b.tokens < 1000 {
		return false, nil
	}
	b.tokens -= 1000
	return true, nil
}

// Tokens returns the number of tokens, in thousandths.
func (b *Budget) Tokens() int { return b.tokens }
