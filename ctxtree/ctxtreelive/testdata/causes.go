//go:build go1.20
// +build go1.20

package main

import "context"

func init() {
	out.API = append(out.API, "WithCancelCause", "Cause")
	cause = context.Cause
	withCancelCause = func(parent context.Context) (context.Context, func(error)) {
		ctx, f := context.WithCancelCause(parent)
		return ctx, f
	}
}
