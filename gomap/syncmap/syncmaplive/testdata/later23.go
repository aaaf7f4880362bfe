//go:build go1.23
// +build go1.23

package main

import "sync"

func init() { clearAll = (*sync.Map).Clear }
