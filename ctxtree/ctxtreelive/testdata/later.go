//go:build go1.21
// +build go1.21

package main

import (
	"context"
	"time"
)

func init() {
	out.API = append(out.API, "AfterFunc", "WithoutCancel", "WithDeadlineCause", "WithTimeoutCause")
	afterFunc = context.AfterFunc
	withoutCancel = context.WithoutCancel
	withDeadlineCause = func(parent context.Context, d time.Time, cause error) (context.Context, func()) {
		ctx, f := context.WithDeadlineCause(parent, d, cause)
		return ctx, f
	}
	withTimeoutCause = func(parent context.Context, d time.Duration, cause error) (context.Context, func()) {
		ctx, f := context.WithTimeoutCause(parent, d, cause)
		return ctx, f
	}
}
