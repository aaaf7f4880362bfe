//go:build !linux

// Child does nothing here.
package main

func main() {}
