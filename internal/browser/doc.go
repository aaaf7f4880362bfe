// Package browser drives the playground in a real browser. It is a module of its own, so
// that what it needs is no dependency of the library: Chromium, driven by chromedp, and
// axe-core, which looks for what some people cannot use.
//
//	cd internal/browser && go test ./...
//	ORRERY_SHOTS=/tmp/shots go test -run Widths ./...    leaves pictures to look at
//
// It skips without chromium and npm, unless ORRERY_FULL is 1: then it fails.
package browser
