//go:build go1.5
// +build go1.5

package main

const linked = true
