//go:build go1.15
// +build go1.15

package main

import "sync"

func init() { loadAndDelete = (*sync.Map).LoadAndDelete }
