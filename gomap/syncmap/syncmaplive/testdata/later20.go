//go:build go1.20
// +build go1.20

package main

import "sync"

func init() {
	swap, compareAndSwap, compareAndDelete = (*sync.Map).Swap, (*sync.Map).CompareAndSwap, (*sync.Map).CompareAndDelete
}
