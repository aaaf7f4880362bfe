//go:build !linux

package main

import "time"

func nanosleep(ns int64) { time.Sleep(time.Duration(ns)) }
