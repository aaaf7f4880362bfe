//go:build !linux

package main

func watch() {}
