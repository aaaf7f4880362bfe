// Package gc models Go's garbage collector.
package gc
